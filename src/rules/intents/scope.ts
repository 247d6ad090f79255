import { addressSets, cidr } from '../../algebra/addresses.ts'
import { type ConnectionSet, connectionSets } from '../../algebra/connections.ts'
import { namePatterns } from '../../algebra/names.ts'
import type { ServiceSet } from '../../algebra/service-sets.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Intent, Selection } from '../../config/intent.ts'
import { coversPeer, type PeerPattern } from '../../config/peer-pattern.ts'
import { knownValue } from '../../model/azure/prop.ts'
import { serviceTag } from '../../model/azure/service-tags.ts'
import { type Subnet, subnetName } from '../../model/azure/virtual-network.ts'
import { type Workload, workloadName } from '../../model/kubernetes/workload.ts'
import { PUBLIC_ADDRESSES } from '../../reach/address-ranges.ts'
import { EVERY_CONNECTION } from '../../reach/azure/flows.ts'
import { atAddresses, atServices, INTERNET, NOWHERE, type Places, PRIVATE_V4 } from '../../reach/azure/places.ts'
import { siteOf } from '../facts/azure-site.ts'

/** The connections that an intent is about. */
export function connectionsOf({ connections }: Intent): ConnectionSet {
  return connections ?? EVERY_CONNECTION
}

/** Whether the state is one of those that a selection names. */
export function isInState({ state }: Selection, { name }: StateView): boolean {
  return state === undefined || state.matches(name)
}

/** The workloads of a state that a selection means: by name, and by labels that are surely theirs. */
export function selectWorkloads(selection: Selection, view: StateView): readonly Workload[] {
  if (!isInState(selection, view) || !namesWorkloads(selection.peer)) return []
  return view.network.kubernetes.workloads.filter((workload) => selects(selection, workload))
}

export function selects({ peer, labels }: Selection, workload: Workload): boolean {
  return (
    namesWorkloads(peer) &&
    coversPeer(peer, workloadName(workload)) &&
    [...labels].every(([key, value]) => workload.labels.known.get(key) === value)
  )
}

/** Patterns that can be the name of a workload at all. */
function namesWorkloads({ kind }: PeerPattern): boolean {
  return kind === 'any' || kind === 'name'
}

const OUTSIDE = addressSets.union(PUBLIC_ADDRESSES, addressSets.union(PRIVATE_V4, cidr('fc00::/7')))

/** What a pattern means of everything that is not in the cluster, subnets and service tags by their names included; nothing for workloads. */
export function outsidePlaces(peer: PeerPattern, view: StateView): Places {
  switch (peer.kind) {
    case 'any':
    case 'outside':
      return { ...INTERNET, addresses: OUTSIDE }
    case 'internet':
      return INTERNET
    case 'addresses':
      return atAddresses(peer.addresses)
    case 'domain': {
      const hosts = namePatterns([peer.subdomains ? `*.${peer.name}` : peer.name], 'any')
      return hosts === undefined ? NOWHERE : { ...NOWHERE, hosts }
    }
    case 'name':
      return namedPlaces(peer, view)
  }
}

/** Subnets of the tree that a name means, and the service tag that it is. */
function namedPlaces(peer: PeerPattern, view: StateView): Places {
  const tag = serviceTagOf(peer)
  if (tag !== undefined) return atServices(tag)
  if (!/^(?:\*\*?|subnet)\//.test(peer.text)) return NOWHERE
  const { azure, topology } = siteOf(view)
  const addresses = azure.subnets.all
    .filter((subnet) => coversPeer(peer, subnetPeer(subnet)))
    .map((subnet) => topology.addressesOf(subnet).certain)
    .reduce(addressSets.union, addressSets.empty)
  return atAddresses(addresses)
}

/** The tag that a pattern names; `tag/Storage.*` means all of its regions. Undefined for patterns that mean several tags. */
export function serviceTagOf({ kind, text }: PeerPattern): ServiceSet | undefined {
  if (kind !== 'name' || !text.toLowerCase().startsWith('tag/')) return undefined
  return serviceTag(text.slice('tag/'.length).replace(/\.\*$/, ''))
}

/** `subnet/vnet/snet`: how reports and questions name a subnet. */
export function subnetPeer(subnet: Subnet): string {
  return `subnet/${knownValue(subnetName(subnet)) ?? '?'}`
}

/** True where two sets of connections share one. */
export function meets(a: ConnectionSet, b: ConnectionSet): boolean {
  return !connectionSets.isEmpty(connectionSets.intersect(a, b))
}
