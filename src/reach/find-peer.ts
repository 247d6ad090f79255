import { type AddressSet, parseAddress, parseCidr, printAddress, singleAddress } from '../algebra/addresses.ts'
import { METADATA_ADDRESS, PUBLIC_ADDRESSES } from './address-ranges.ts'
import type { AddressEnd, PacketEnd } from './layer.ts'
import type { Reachability } from './reachability.ts'
import { NODES } from './universe.ts'

/** What a peer of a question stands for. */
export type AskedPeer =
  | { readonly kind: 'endpoint'; readonly end: Extract<PacketEnd, { kind: 'endpoint' }>; readonly subject: number }
  /** Every one of the addresses. */
  | { readonly kind: 'addresses'; readonly addresses: AddressSet; readonly internet: boolean }
  /** One host whose address is not known. */
  | { readonly kind: 'somewhere' }

/**
 * Finds what a person means by a peer: `namespace/name` or `name` of a workload or pod (in `default`), also with its kind as in
 * `shop/web[Deployment]`; an address or CIDR; `internet`, `metadata`, `nodes`, `node/<pool>`, `api-server`.
 *
 * Undefined where the state has no such workload and the text is nothing else.
 */
export function findPeer(reach: Reachability, text: string): AskedPeer | undefined {
  if (text === 'internet') return { kind: 'addresses', addresses: PUBLIC_ADDRESSES, internet: true }
  if (text === 'metadata') return { kind: 'addresses', addresses: METADATA_ADDRESS, internet: false }
  if (text === 'api-server' || text.startsWith('api-server/')) return { kind: 'somewhere' }
  if (text === 'nodes' || text.startsWith('node/')) return endpointOf(reach, NODES.id)
  const address = parseAddress(text)
  if (address !== undefined) return { kind: 'addresses', addresses: singleAddress(address), internet: false }
  const block = parseCidr(text)
  if (block !== undefined) return { kind: 'addresses', addresses: block.addresses, internet: false }
  const id = workloadIds(reach).get(text.includes('/') ? text : `default/${text}`)
  return id === undefined ? undefined : endpointOf(reach, id)
}

function endpointOf(reach: Reachability, id: string): AskedPeer {
  const subject = reach.universe.classOf.get(id)!
  const endpoint = reach.universe.classes[subject]!.members.find((member) => member.id === id)!
  const shared = reach.classes.facts[subject]!
  const workload = reach.classes.workload(id)
  return { kind: 'endpoint', end: { kind: 'endpoint', endpoint, facts: { ...shared, workload } }, subject }
}

const idsByReach = new WeakMap<Reachability, ReadonlyMap<string, string>>()

/** Ids of workloads by everything that people call them. A pod's own name goes before a controller's. */
function workloadIds(reach: Reachability): ReadonlyMap<string, string> {
  const known = idsByReach.get(reach)
  if (known !== undefined) return known
  const ids = new Map<string, string>()
  const workloads = reach.network.kubernetes.workloads
  for (const { id, namespace, name } of workloads) {
    ids.set(id, id)
    if (!ids.has(`${namespace}/${name}`)) ids.set(`${namespace}/${name}`, id)
  }
  for (const { id, namespace, pods } of workloads) for (const pod of pods) ids.set(`${namespace}/${pod}`, id)
  idsByReach.set(reach, ids)
  return ids
}

/** The end of a packet for one address of a set. */
export function addressEnd(set: AddressSet): AddressEnd {
  const first = set.v4[0]
  const address =
    first !== undefined ? ({ family: 'v4', value: first } as const) : ({ family: 'v6', value: set.v6[0]! } as const)
  return { kind: 'address', address: printAddress(address) }
}
