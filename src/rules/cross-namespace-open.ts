import { connectionSets, hasPort, samplePort } from '../algebra/connections.ts'
import { eachEndpoint } from './each.ts'
import { onlyNeededSources } from './edit/needed-rules.ts'
import { anyPod } from './facts/any-pod.ts'
import { findGrant, printGrant } from './facts/grant.ts'
import { isShown } from './facts/judged-endpoints.ts'
import { admitsEverybody, declaredPorts, fromAnyNamespace, isTooOpen } from './facts/open-ingress.ts'
import { newestOf, packetsTo, passing, proofOf } from './facts/proof.ts'
import { type EndpointHit, endpointHit, hiddenHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { listNames } from './hits/listing.ts'
import { ofGrant } from './hits/of-grant.ts'
import { withinIsolation } from './hits/wider-finding.ts'
import { defineRule, type Hit } from './rule.ts'

export const crossNamespaceOpen = defineRule({
  id: 'cross-namespace-open',
  meta: {
    title: 'Every namespace can reach a port that is not for everybody',
    severity: 'medium',
    concepts: ['ingress'],
    layer: 'network-policy',
    why: 'A data store or an administrator’s port that every pod of the cluster can open is one compromised container away from anybody.',
    fix: 'Name the namespaces and pods that must connect.',
    sources: [
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
    ],
  },

  /** Yields a hit for each isolated endpoint that lets any pod in, on every port or on one that is not for strangers. */
  check: eachEndpoint(function* (endpoint, view) {
    const { reach } = view
    const { subject, end, id, name, workload } = endpoint
    const region = reach.own(subject, 'ingress').certain
    const connections = fromAnyNamespace(view, region)
    const words = isTooOpen(connections, workload)
    if (words === undefined) return
    const grant = findGrant(
      reach,
      subject,
      'ingress',
      (one) => isTooOpen(fromAnyNamespace(view, one), workload) !== undefined,
    )
    const resource = grant?.policy.resource ?? workload?.resource
    if (resource === undefined || !isShown(view, endpoint, 'ingress')) {
      yield hiddenHit(id)
      return
    }
    const wanted = samplePort(connectionSets.intersect(declaredPorts(workload), connections)) ??
      samplePort(connections) ?? { protocol: 'TCP', port: 80 }
    yield endpointHit({
      resource: resource.address,
      at: grant?.rule.origin ?? resource.origin,
      subject: id,
      ...ofGrant(
        view,
        grant,
        (hit: Hit) => `Any pod of any namespace can connect to ${listNames((hit as EndpointHit).names)} ${words}.`,
      ),
      ...(admitsEverybody(view, region) ? { within: { rule: 'policy-allows-all', subject: id } } : {}),
      ...withinIsolation(view, endpoint, 'ingress'),
      name,
      say: (names) =>
        `Any pod of any namespace can connect to ${listNames(names)} ${words}: ${grant === undefined ? 'the policies together allow it' : `${printGrant(grant)} allows it`}. One compromised container anywhere in the cluster is enough. Name the namespaces and pods that must connect.`,
      prove: () => {
        const [first, ...others] = packetsTo(end, anyPod(view), wanted)
        const open = others.filter(({ protocol, port }) => hasPort(connections, protocol, port))
        return proofOf(reach, newestOf(view.before, passing(reach, [first!, ...open])))
      },
      decide: 'Which namespaces and pods must connect.',
      objectsTo: ({ to, kind }) => kind === 'ingress' || to.workload === id || to.name === name,
      fix: () => grant && onlyNeededSources(view, grant),
    })
  }),

  merge: mergeEndpoints,

  /** The sources that the manifests show to be needed. */
  patch: (hit) => hit.fix?.(),
})
