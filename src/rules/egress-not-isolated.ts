import { eachEndpoint } from './each.ts'
import { isolateNamespace } from './edit/namespace-policies.ts'
import { isOfNamespace } from './facts/flow-ends.ts'
import { isOpen, isShown, mayStayOpen } from './facts/judged-endpoints.ts'
import { mayIsolateOtherwise } from './facts/other-policies.ts'
import { addressOf, proofOf } from './facts/proof.ts'
import { endpointHit, hiddenHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { capital, listNames, verb } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const egressNotIsolated = defineRule({
  id: 'egress-not-isolated',
  meta: {
    title: 'Workload is isolated for ingress only',
    severity: 'medium',
    concepts: ['egress'],
    layer: 'network-policy',
    why: 'Policies that only say who may come in leave the way out open: to every pod, the internet, the nodes and the instance metadata service.',
    fix: 'Add Egress to the policy types, with DNS and the connections that are needed.',
    sources: [
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic',
    ],
  },

  /** Yields a hit for each endpoint whose ingress is isolated and whose egress no policy isolates. */
  check: eachEndpoint(function* (endpoint, view) {
    const { reach } = view
    const { subject, end, id, name, workload } = endpoint
    const namespace = end.facts.namespace!
    if (!isOpen(reach, subject, 'egress') || mayIsolateOtherwise(view, namespace)) {
      if (mayStayOpen(view, subject, 'egress', namespace)) yield hiddenHit(id)
      return
    }
    const policy = reach.selecting(subject, 'ingress').find(({ selects }) => selects === 'yes')?.policy
    const resource = policy?.resource ?? workload?.resource
    if (resource === undefined || !isShown(view, endpoint, 'ingress')) {
      yield hiddenHit(id)
      return
    }
    yield endpointHit({
      resource: resource.address,
      at: policy?.podSelectorOrigin ?? resource.origin,
      subject: id,
      cause: namespace,
      within: { rule: policy === undefined ? 'namespace-no-default-deny' : 'default-deny-lost', subject: id },
      name,
      say: (names) =>
        `${capital(listNames(names))} ${verb(names, 'is', 'are')} isolated for ingress, but no NetworkPolicy limits what ${verb(names, 'it', 'they')} can connect to: every pod, the nodes, the instance metadata service and the internet, as far as the cluster decides. A compromised container could load code or send data anywhere. Isolate egress too, and allow DNS and the connections that are needed.`,
      prove: () => proofOf(reach, { from: end, to: addressOf('203.0.113.10'), protocol: 'TCP', port: 443 }),
      objectsTo: ({ from }) => isOfNamespace(from, namespace),
      fix: () =>
        workload === undefined ? undefined : isolateNamespace(view, namespace, ['Egress'], 'default-deny-egress'),
    })
  }),

  merge: mergeEndpoints,

  patch: (hit) => hit.fix?.(),
})
