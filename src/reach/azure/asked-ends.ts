import { type AddressSet, addressSets, parseAddress, parseCidr, singleAddress } from '../../algebra/addresses.ts'
import type { Cluster, NodePool } from '../../model/azure/cluster.ts'
import { knownValue } from '../../model/azure/prop.ts'
import { serviceTag } from '../../model/azure/service-tags.ts'
import { type Subnet, subnetName } from '../../model/azure/virtual-network.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import {
  ANY_PUBLIC_HOST,
  atAddresses,
  atHost,
  atServices,
  isPlatform,
  METADATA,
  type Places,
  PRIVATE_V4,
  parseRange,
} from './places.ts'
import type { Site } from './state.ts'

/** What a person means by a peer of a question. */
export type AskedEnd =
  | { readonly kind: 'workload'; readonly workload: Workload }
  | { readonly kind: 'node'; readonly cluster: Cluster; readonly pool: NodePool }
  | { readonly kind: 'subnet'; readonly subnet: Subnet }
  /** Private addresses, or public ones that a network of the tree uses. */
  | { readonly kind: 'private'; readonly addresses: AddressSet }
  | { readonly kind: 'public'; readonly places: Places; readonly name: string | undefined }
  | { readonly kind: 'platform'; readonly places: Places }
  | { readonly kind: 'api-server'; readonly cluster: Cluster }

/**
 * Reads `namespace/name`, an address or CIDR, a domain name, `internet`, `tag/Storage.WestEurope`, `subnet/vnet/snet`, `node/<pool>`,
 * `api-server` or `api-server/<cluster>`, `metadata`. Undefined where it names nothing of the state.
 */
export function findEnd(site: Site, text: string): AskedEnd | undefined {
  const lower = text.toLowerCase()
  if (lower === 'internet') return { kind: 'public', places: ANY_PUBLIC_HOST, name: undefined }
  if (lower === 'metadata') return { kind: 'platform', places: atAddresses(parseRange(METADATA)!) }
  if (lower === 'api-server' || lower.startsWith('api-server/')) return apiServerEnd(site, lower)
  if (lower.startsWith('tag/')) {
    const tag = serviceTag(text.slice('tag/'.length))
    return tag && { kind: 'public', places: atServices(tag), name: undefined }
  }
  if (lower.startsWith('subnet/')) return subnetEnd(site, lower.slice('subnet/'.length))
  if (lower.startsWith('node/')) return nodeEnd(site, lower.slice('node/'.length))
  const address = parseAddress(text)
  if (address !== undefined) return addressEnd(site, singleAddress(address))
  const block = parseCidr(text)
  if (block !== undefined) return addressEnd(site, block.addresses)
  const workload = workloadNamed(site, text)
  if (workload !== undefined) return { kind: 'workload', workload }
  return isDomainName(text) ? { kind: 'public', places: atHost(lower), name: lower } : undefined
}

function apiServerEnd(site: Site, text: string): AskedEnd | undefined {
  const name = text.split('/')[1]
  const cluster =
    name === undefined
      ? site.cluster
      : site.azure.clusters.all.find(({ object }) => knownValue(object.name)?.toLowerCase() === name)
  return cluster && { kind: 'api-server', cluster }
}

function subnetEnd(site: Site, name: string): AskedEnd | undefined {
  const subnet = site.azure.subnets.all.find((one) => knownValue(subnetName(one))?.toLowerCase() === name)
  return subnet && { kind: 'subnet', subnet }
}

/** A pool by its name, in any cluster of the state. */
function nodeEnd(site: Site, name: string): AskedEnd | undefined {
  const parts = name.split('/')
  const wanted = parts.at(-1)
  const clusters =
    site.cluster === undefined ? [] : [site.cluster, ...site.azure.clusters.all.filter((one) => one !== site.cluster)]
  for (const cluster of clusters) {
    if (parts.length > 1 && knownValue(cluster.object.name)?.toLowerCase() !== parts[0]) continue
    const pool = cluster.pools.find((one) => knownValue(one.name)?.toLowerCase() === wanted)
    if (pool !== undefined) return { kind: 'node', cluster, pool }
  }
  return undefined
}

function addressEnd(site: Site, addresses: AddressSet): AskedEnd {
  const where = atAddresses(addresses)
  if (isPlatform(where)) return { kind: 'platform', places: where }
  const inTree = site.topology.locate(addresses).some(({ network }) => network !== undefined)
  const isPrivate = inTree || addressSets.covers(PRIVATE_V4, addresses)
  return isPrivate ? { kind: 'private', addresses } : { kind: 'public', places: where, name: undefined }
}

const WORKLOADS = new WeakMap<Site, ReadonlyMap<string, Workload>>()

/** By id, by namespace and name, and by the names of pods; the first of several has the name. */
function workloadNamed(site: Site, text: string): Workload | undefined {
  let index = WORKLOADS.get(site)
  if (index === undefined) {
    const names = new Map<string, Workload>()
    for (const workload of site.state.kubernetes?.workloads ?? []) {
      const { id, namespace, name, pods } = workload
      for (const key of [id, `${namespace}/${name}`, ...pods.map((pod) => `${namespace}/${pod}`)]) {
        if (!names.has(key)) names.set(key, workload)
      }
    }
    index = names
    WORKLOADS.set(site, index)
  }
  return index.get(text) ?? index.get(text.includes('/') ? text : `default/${text}`)
}

function isDomainName(text: string): boolean {
  return text.length <= 253 && /^(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})+\.?$/.test(text)
}
