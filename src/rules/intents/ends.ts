import { type AddressSet, addressSets, printAddress } from '../../algebra/addresses.ts'
import type { StateView } from '../../compare/state-view.ts'
import { coversPeer, type PeerPattern } from '../../config/peer-pattern.ts'
import type { AzureObject } from '../../model/azure/azure-object.ts'
import { knownValue } from '../../model/azure/prop.ts'
import { PUBLIC_ADDRESSES, sampleAddress } from '../../reach/address-ranges.ts'
import { type Host, nodeHost, subnetHost } from '../../reach/azure/hosts.ts'
import { workerPools } from '../../reach/azure/state.ts'
import { siteOf } from '../facts/azure-site.ts'
import { overlaps } from '../facts/cluster-ranges.ts'
import { subnetPeer } from './scope.ts'

/** An end of an intent that is no workload: one of what Azure's code of a state holds, or an address outside. */
export interface NamedEnd {
  readonly kind: 'nodes' | 'subnet' | 'api-server' | 'public'
  /** As questions name it: `node/aks/system`, `subnet/spoke/nodes`, `api-server/aks`, `203.0.113.10`, `tag/Storage`. */
  readonly peer: string
  /** All names by which an intent can mean it. */
  readonly names: readonly string[]
  readonly object: AzureObject | undefined
  /** Where it sends from; undefined for the API server and for what is public. */
  readonly host: Host | undefined
}

/** Node pools and API servers that a pattern means by name: `nodes`, `node/system`, `api-server`. */
export function namedTargets(peer: PeerPattern, view: StateView): readonly NamedEnd[] {
  if (peer.kind !== 'name') return []
  return [...nodesOf(view), ...apiServersOf(view)].filter((end) => isMeant(peer, end))
}

/**
 * What a pattern means as a source besides workloads: nodes by name alone, subnets that hold none, and addresses outside of the cluster.
 * The internet as a whole is not in it: doors are what it comes by.
 */
export function namedSources(peer: PeerPattern, view: StateView): readonly NamedEnd[] {
  switch (peer.kind) {
    case 'internet':
    case 'domain':
      return []
    case 'any':
    case 'outside':
      return subnetsOf(view).filter(({ isOfNodes }) => !isOfNodes)
    case 'addresses':
      return addressEnds(peer.addresses, view)
    case 'name': {
      const text = peer.text.toLowerCase()
      if (text.startsWith('tag/')) return text.includes('*') ? [] : [publicEnd(peer.text)]
      return [...nodesOf(view), ...subnetsOf(view)].filter((end) => isMeant(peer, end))
    }
  }
}

/** Whether a pattern covers an end by any of its names. */
export function isMeant(peer: PeerPattern, { names }: NamedEnd): boolean {
  return names.some((name) => coversPeer(peer, name))
}

function nodesOf(view: StateView): readonly NamedEnd[] {
  const site = siteOf(view)
  return site.azure.clusters.all.flatMap((cluster) =>
    workerPools(cluster).map((pool): NamedEnd => {
      const name = knownValue(pool.name) ?? '?'
      const owner = knownValue(cluster.object.name)
      const full = owner === undefined ? `node/${name}` : `node/${owner}/${name}`
      return {
        kind: 'nodes',
        peer: full,
        names: ['nodes', `node/${name}`, full],
        object: pool.object,
        host: nodeHost(site, cluster, pool),
      }
    }),
  )
}

function apiServersOf(view: StateView): readonly NamedEnd[] {
  return siteOf(view).azure.clusters.all.map(({ object }): NamedEnd => {
    const name = knownValue(object.name)
    const peer = name === undefined ? 'api-server' : `api-server/${name}`
    return { kind: 'api-server', peer, names: ['api-server', peer], object, host: undefined }
  })
}

function subnetsOf(view: StateView): readonly (NamedEnd & { readonly isOfNodes: boolean })[] {
  const site = siteOf(view)
  const nodes = new Set(
    site.azure.clusters.all.flatMap(({ pools }) =>
      pools.flatMap((pool) => [site.azure.subnets.of(pool.subnet), site.azure.subnets.of(pool.podSubnet)]),
    ),
  )
  return site.azure.subnets.all.map((subnet) => {
    const peer = subnetPeer(subnet)
    return {
      kind: 'subnet',
      peer,
      names: [peer],
      object: subnet.object,
      host: subnetHost(site, subnet),
      isOfNodes: nodes.has(subnet),
    }
  })
}

function publicEnd(peer: string): NamedEnd {
  return { kind: 'public', peer, names: [peer], object: undefined, host: undefined }
}

/** Subnets that a range holds, one address of those that it cuts, and one of the public part where that is not the internet. */
function addressEnds(range: AddressSet, view: StateView): readonly NamedEnd[] {
  const { topology, azure } = siteOf(view)
  const inside = azure.subnets.all.flatMap((subnet): NamedEnd[] => {
    const own = topology.addressesOf(subnet).certain
    if (!overlaps(own, range)) return []
    const end = subnetsOf(view).find(({ object }) => object === subnet.object)
    const address = sampleAddress(addressSets.intersect(own, range))
    if (end === undefined || address === undefined) return []
    return [
      addressSets.covers(range, own) ? end : { ...end, kind: 'public', peer: printAddress(address), host: undefined },
    ]
  })
  const open = addressSets.intersect(range, PUBLIC_ADDRESSES)
  const sample = addressSets.covers(range, PUBLIC_ADDRESSES) ? undefined : sampleAddress(open)
  return sample === undefined ? inside : [...inside, publicEnd(printAddress(sample))]
}
