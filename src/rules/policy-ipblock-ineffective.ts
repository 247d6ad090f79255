import { type AddressSet, addressSets } from '../algebra/addresses.ts'
import { DIRECTIONS } from '../model/kubernetes/network-policy.ts'
import { blocksMatchNodes, blocksMatchPods } from '../reach/engine.ts'
import { linkedCluster } from './facts/azure-site.ts'
import { rangesIn } from './facts/cluster-ranges.ts'
import { defineRule } from './rule.ts'

export const policyIpblockIneffective = defineRule({
  id: 'policy-ipblock-ineffective',
  meta: {
    title: 'Address block that matches nothing here',
    severity: 'medium',
    concepts: ['network-policy'],
    layer: 'network-policy',
    why: 'Policies see pods after the address of a Service is translated, and some engines never match pods or nodes by their addresses: the connection that was meant stays closed.',
    fix: 'Select pods by labels; name nodes in the way of the engine.',
    sources: [
      'https://docs.cilium.io/en/stable/security/policy/language/#ip-cidr-based',
      'https://learn.microsoft.com/azure/aks/use-network-policies',
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-ipblock-selectors',
    ],
  },

  /** Yields a hit for each `ipBlock` that lies wholly in the Services' range of its cluster, or in that of pods or nodes under an engine that matches those by labels alone. */
  *check(view) {
    const cluster = linkedCluster(view)
    if (cluster === undefined) return
    const { engine, podAddresses, nodeAddresses } = view.reach.cluster
    const services = rangesIn(cluster.serviceCidrs, 'Services').map(({ addresses }) => addresses)
    const dead: readonly (readonly [words: string, why: string, AddressSet | undefined])[] = [
      [
        'Services',
        'policies see the address of a pod, which the node puts in the place of that of the Service',
        services.reduce(addressSets.union, addressSets.empty),
      ],
      ...(engine === 'unknown' || engine === 'none' || blocksMatchPods(engine)
        ? []
        : [['pods', `${engine} matches pods by their labels alone`, podAddresses] as const]),
      ...(engine === 'unknown' || engine === 'none' || blocksMatchNodes(engine)
        ? []
        : [['nodes', `${engine} does not match nodes by their addresses`, nodeAddresses] as const]),
    ]
    for (const { resource, rules, isolates, rejections } of view.network.kubernetes.policies) {
      if (rejections.length > 0) continue
      for (const direction of DIRECTIONS) {
        if (isolates[direction] === 'no') continue
        for (const { index, peers = [] } of rules[direction]) {
          for (const peer of peers) {
            if (peer.kind !== 'block' || addressSets.isEmpty(peer.addresses)) continue
            const found = dead.find(([, , range]) => range !== undefined && addressSets.covers(range, peer.addresses))
            if (found === undefined) continue
            const [words, why] = found
            yield {
              resource: resource.address,
              at: peer.origin,
              subject: `${view.identity(resource.address)} ${direction} ${index + 1} ${words}`,
              message: `${resource.address} ${direction} rule ${index + 1} names a block of the ${words} of its cluster, and matches none of them: ${why}. What it is to allow stays closed. ${words === 'nodes' ? 'The nodes are reached by rules of the engine itself.' : 'Select the pods by their labels.'}`,
              decide: words === 'nodes' ? 'Whether the nodes are needed.' : 'Which pods are meant?',
            }
          }
        }
      }
    }
  },
})
