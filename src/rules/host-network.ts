import { get } from '../base/value.ts'
import { workloadName } from '../model/kubernetes/workload.ts'
import { removeEntry } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { isKeptFromMetadata } from './facts/metadata-way.ts'
import { addressOf, nodesEnd, proofOf } from './facts/proof.ts'
import { defineRule } from './rule.ts'

export const hostNetwork = defineRule({
  id: 'host-network',
  meta: {
    title: "Pod uses its node's network",
    severity: 'medium',
    concepts: ['host-network'],
    layer: 'host',
    why: 'Network policies do not hold for it: it has the address of the node, reaches whatever the node reaches, sees the traffic of other pods, and every port it opens is open on the node.',
    fix: 'Remove hostNetwork; a DaemonSet of the network itself is the exception.',
    sources: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline'],
  },

  /** Yields a hit for each workload with `hostNetwork: true`. */
  *check(view) {
    for (const workload of view.network.kubernetes.workloads) {
      if (workload.hostNetwork !== 'yes') continue
      const { resource, podSpec } = workload
      const name = workloadName(workload)
      const isKept = isKeptFromMetadata(view, workload)
      yield {
        resource: resource.address,
        at: workload.hostNetworkOrigin ?? resource.origin,
        subject: workload.id,
        message: `${name} runs in the network of its node, where no NetworkPolicy holds: it can connect to whatever the node can${isKept ? '' : ', the instance metadata service among it'}, and every port that it opens is open on the node. Remove hostNetwork unless the program is part of the network itself.`,
        get witness() {
          if (isKept) return undefined
          const proof = proofOf(view.reach, {
            from: nodesEnd(view.reach),
            to: addressOf('169.254.169.254'),
            protocol: 'TCP',
            port: 80,
          })
          return { ...proof, packet: { ...proof.packet, from: name } }
        },
        objectsTo: ({ from, to }) => from.workload === workload.id || to.workload === workload.id,
        fix: () =>
          inPlace(
            podSpec?.kind === 'map' && get(podSpec, 'hostNetwork')
              ? removeEntry({ map: podSpec, key: 'hostNetwork' })
              : undefined,
            `Gives ${name} a network of its own.`,
          ),
      }
    }
  },

  /** Takes the field out. */
  patch: (hit) => hit.fix?.(),
})
