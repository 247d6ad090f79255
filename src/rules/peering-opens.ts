import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import { knownValue, surely } from '../model/azure/prop.ts'
import { subnetName, type VirtualNetwork } from '../model/azure/virtual-network.ts'
import type { Peer } from '../reach/azure/topology.ts'
import { inPlace } from './edit/one-patch.ts'
import { removeResource } from './edit/remove-resource.ts'
import { askAzure, azureWitness, siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { type WayOut, waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const peeringOpens = defineRule({
  id: 'peering-opens',
  meta: {
    title: 'A new peering gives another network a way to the cluster',
    severity: 'medium',
    concepts: ['node-subnet'],
    layer: 'route',
    why: 'Peered networks are in the tag VirtualNetwork, which security groups admit by default: every host there can open every port of the nodes.',
    fix: 'Deny what is not needed in the security group of the subnet, by the ranges of the other network.',
    sources: ['https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview'],
  },

  /** Yields a hit for each network of the tree that the change connects with that of a cluster, and whose hosts get to the nodes. */
  *checkChange({ base, head }) {
    if (base === undefined || head === undefined) return
    const before = new Set(waysOut(base).flatMap((way) => neighbours(base, way).map(({ key }) => key)))
    const seen = new Set<string>()
    for (const way of waysOut(head)) {
      for (const { key, peer, network } of neighbours(head, way)) {
        if (before.has(key) || seen.has(key)) continue
        seen.add(key)
        const open = openFrom(head, network, way)
        if (open === undefined) continue
        yield azureHit(head, {
          object: peer.local.object,
          at: originOf(peer.local.object),
          severity: 'medium',
          say: `connects ${labelOf(network.object)} with the network of ${labelOf(way.cluster.object)}, and the security groups let its hosts open ${open.query.to === way.peer ? 'ports of the nodes' : 'ports there'}, TCP ${open.query.port} for example. Deny what is not needed, by the ranges of that network.`,
          witness: azureWitness(open.query, open.outcome),
          decide: 'Which hosts of the other network need which ports of the nodes?',
          fix: () => inPlace(removeResource(peer.local.object), 'Takes the peering away again.'),
        })
      }
    }
  },

  merge: mergeAzure,

  /** Without the peering. */
  patch: (hit) => hit.fix?.(),
})

interface Neighbour {
  readonly key: string
  readonly peer: Peer
  readonly network: VirtualNetwork
}

/** Networks that are surely connected with that of a way, by a name that base and head share. */
function neighbours(view: StateView, { network }: WayOut): readonly Neighbour[] {
  if (network === undefined) return []
  const own = subjectOf(view, network.object)
  return siteOf(view)
    .topology.peersOf(network)
    .flatMap((peer) => {
      const { network: other, connected, local } = peer
      if (other === undefined || connected !== 'yes' || !surely(local.allowVirtualNetworkAccess, true)) return []
      return [{ key: `${own} ${subjectOf(view, other.object)}`, peer, network: other }]
    })
}

/** Subnets that hold services of Azure and no hosts of anybody. */
const OF_AZURE = /\/(?:AzureFirewall(?:Management)?|Gateway|AzureBastion|RouteServer)Subnet$/i

/** SSH and the kubelet: what nodes listen on. */
const PORTS = [22, 10250]

function openFrom(view: StateView, network: VirtualNetwork, { peer, carries }: WayOut) {
  if (carries === 'pods') return undefined
  for (const subnet of siteOf(view).topology.subnetsOf(network)) {
    const name = knownValue(subnetName(subnet))
    if (name === undefined || OF_AZURE.test(name)) continue
    for (const port of PORTS) {
      const query = { from: `subnet/${name}`, to: peer, protocol: 'TCP', port } as const
      const outcome = askAzure(view, query)
      if (outcome.answer === 'allowed') return { query, outcome }
    }
  }
  return undefined
}
