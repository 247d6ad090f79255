import { eachEndpoint } from './each.ts'
import { onlyNeededSources } from './edit/needed-rules.ts'
import { anyPod } from './facts/any-pod.ts'
import { findGrant, printGrant } from './facts/grant.ts'
import { isShown } from './facts/judged-endpoints.ts'
import { admitsEverybody } from './facts/open-ingress.ts'
import { addressOf, newestOf, packetsTo, passing, proofOf } from './facts/proof.ts'
import { type EndpointHit, endpointHit, hiddenHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { listNames } from './hits/listing.ts'
import { ofGrant } from './hits/of-grant.ts'
import { withinIsolation } from './hits/wider-finding.ts'
import { defineRule, type Hit } from './rule.ts'

const ANY_HOSTS = ['203.0.113.10', '2001:db8::10'].map(addressOf)

export const policyAllowsAll = defineRule({
  id: 'policy-allows-all',
  meta: {
    title: 'Policy lets everybody in on every port',
    severity: 'medium',
    concepts: ['ingress'],
    layer: 'network-policy',
    why: 'Policies add up, and none takes away what another allows: one rule without sources and ports undoes the isolation of all policies beside it.',
    fix: 'Name the sources and the ports.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/#allow-all-ingress-traffic'],
  },

  /** Yields a hit for each isolated endpoint that a rule opens to every source on every port. */
  check: eachEndpoint(function* (endpoint, view) {
    const { reach } = view
    const { subject, end, id, name, workload } = endpoint
    if (!admitsEverybody(view, reach.own(subject, 'ingress').certain)) return
    const grant = findGrant(reach, subject, 'ingress', (region) => admitsEverybody(view, region))
    const resource = grant?.policy.resource ?? workload?.resource
    if (resource === undefined || !isShown(view, endpoint, 'ingress')) {
      yield hiddenHit(id)
      return
    }
    const port = workload?.ports.find((each) => each.port !== undefined)
    yield endpointHit({
      resource: resource.address,
      at: grant?.rule.origin ?? resource.origin,
      subject: id,
      ...ofGrant(
        view,
        grant,
        (hit: Hit) =>
          `Every pod of the cluster and every address can connect to ${listNames((hit as EndpointHit).names)} on any port.`,
      ),
      ...withinIsolation(view, endpoint, 'ingress'),
      name,
      say: (names) =>
        `${grant === undefined ? 'The policies together let' : `${printGrant(grant)} lets`} every pod of the cluster and every address connect to ${listNames(names)} on any port. Policies add up, so this undoes every other policy for ${names.length === 1 ? 'it' : 'them'}. Name the sources and the ports.`,
      prove: () => {
        const wanted = { protocol: port?.protocol ?? 'TCP', port: port?.port ?? 80 } as const
        return proofOf(
          reach,
          newestOf(
            view.before,
            passing(
              reach,
              [anyPod(view), ...ANY_HOSTS].flatMap((from) => packetsTo(end, from, wanted)),
            ),
          ),
        )
      },
      decide: 'Who must connect, and to which port.',
      objectsTo: ({ to, kind }) => kind === 'ingress' || to.workload === id || to.name === name,
      fix: () => grant && onlyNeededSources(view, grant),
    })
  }),

  merge: mergeEndpoints,

  /** The sources that the manifests show to be needed. */
  patch: (hit) => hit.fix?.(),
})
