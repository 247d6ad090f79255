import { eachEndpoint } from './each.ts'
import { isolateNamespace } from './edit/namespace-policies.ts'
import { anyPod } from './facts/any-pod.ts'
import { isOfNamespace } from './facts/flow-ends.ts'
import { isOpen, mayStayOpen } from './facts/judged-endpoints.ts'
import { mayIsolateOtherwise } from './facts/other-policies.ts'
import { addressOf, proofOf } from './facts/proof.ts'
import { endpointHit, hiddenHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { listNames, verb } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const namespaceNoDefaultDeny = defineRule({
  id: 'namespace-no-default-deny',
  meta: {
    title: 'Workload is not isolated by any network policy',
    severity: 'medium',
    concepts: ['namespace-no-netpol'],
    layer: 'network-policy',
    why: 'Kubernetes lets every pod talk to every other pod until a NetworkPolicy selects it, so one compromised container reaches all of them.',
    fix: 'Deny by default in the namespace, and allow DNS and the connections that are needed.',
    sources: [
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies',
      'https://learn.microsoft.com/azure/aks/operator-best-practices-network#control-traffic-flow-with-network-policies',
    ],
  },

  /** Yields a hit for each workload that no policy isolates for ingress; its open egress is part of it. */
  check: eachEndpoint(function* ({ subject, end, id, name, workload }, view) {
    const { reach } = view
    if (workload === undefined) return
    if (!isOpen(reach, subject, 'ingress') || mayIsolateOtherwise(view, workload.namespace)) {
      if (mayStayOpen(view, subject, 'ingress', workload.namespace)) yield hiddenHit(id)
      return
    }
    const both = isOpen(reach, subject, 'egress')
    const { namespace } = workload
    yield endpointHit({
      resource: workload.resource.address,
      at: workload.resource.origin,
      subject: id,
      cause: `${namespace} ${both}`,
      extent: both ? 2 : 1,
      within: { rule: 'default-deny-lost', subject: id },
      name,
      say: (names) => {
        const them = names.length === 1 ? 'it' : 'them'
        const open = both
          ? `every pod of the cluster can connect to ${them}, and ${them === 'it' ? 'it' : 'they'} can connect to every pod and to the internet, as far as the cluster decides`
          : `every pod of the cluster can connect to ${them}`
        return `No NetworkPolicy isolates ${listNames(names)}${both ? '' : ' for ingress'}: ${open}. One compromised container is enough to reach ${verb(names, 'it', 'all of them')}. Deny by default in namespace ${namespace}, and allow DNS and the connections that are needed.`
      },
      prove: () =>
        both
          ? proofOf(reach, { from: end, to: addressOf('203.0.113.10'), protocol: 'TCP', port: 443 })
          : proofOf(reach, { from: anyPod(view), to: end, protocol: 'TCP', port: workload.ports[0]?.port ?? 80 }),
      objectsTo: ({ from, to }) => [from, to].some((peer) => isOfNamespace(peer, namespace)),
      fix: () => isolateNamespace(view, namespace, both ? ['Ingress', 'Egress'] : ['Ingress']),
    })
  }),

  merge: mergeEndpoints,

  /** Default deny for the namespace, with what its manifests show to be needed. */
  patch: (hit) => hit.fix?.(),
})
