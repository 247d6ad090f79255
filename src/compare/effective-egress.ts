import { type AddressSet, addressSets, cidr } from '../algebra/addresses.ts'
import { type Bounds, exactly } from '../algebra/bounds.ts'
import { ALL_CONNECTIONS } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import type { Cluster, NodePool } from '../model/azure/cluster.ts'
import type { Workload } from '../model/kubernetes/workload.ts'
import { azureEgress } from '../reach/azure/azure-egress.ts'
import { type CarriedPlaces, carriersOf, joinCarriers } from '../reach/azure/carriers.ts'
import { toClusterFacts } from '../reach/azure/cluster-facts.ts'
import { EVERY_REGION, type PlaceRegion, placeRegions, regionBounds } from '../reach/azure/flows.ts'
import { podHost } from '../reach/azure/hosts.ts'
import { poolsOf } from '../reach/azure/placement.ts'
import { atAddresses, EVERYWHERE, METADATA, PLATFORM_DNS, places, withPublic } from '../reach/azure/places.ts'
import { type Site, workerPools } from '../reach/azure/state.ts'
import type { PeerSet } from '../reach/peers.ts'
import type { ClusterLink } from './cluster-link.ts'
import type { StateView } from './state-view.ts'

export type LinkedCluster = Extract<ClusterLink, { kind: 'linked' }>

/** What pods with one class and one choice of pools can reach outside the cluster. */
export interface EffectiveEgress {
  /** Equal for workloads that share all of it within one state. */
  readonly key: string
  /** What their policies let out. */
  readonly policies: Bounds<PlaceRegion>
  /** What Azure lets out of the pools that may run them. */
  readonly azure: Bounds<PlaceRegion>
  /** What gets out: both let it. */
  readonly all: Bounds<PlaceRegion>
  readonly pools: readonly NodePool[]
  /** What carries packets out of the subnets of those pools. */
  readonly carriers: readonly CarriedPlaces[]
}

const known = new WeakMap<StateView, Map<string, EffectiveEgress>>()

/**
 * The way out of a class of pods through the cluster and Azure together; `workload` says which pools run them, else all may.
 *
 * Addresses of the cluster's own pods and nodes are not in it. Computed once for all classes of a group.
 */
export function effectiveEgress(
  view: StateView,
  { cluster, site }: LinkedCluster,
  subject: number,
  workload: Workload | undefined,
): EffectiveEgress {
  const { reach } = view
  const pools = workload === undefined ? workerPools(cluster) : poolsOf(cluster, workload)
  const onHost = workload?.hostNetwork === 'yes'
  const numbers = pools.map((pool) => cluster.pools.indexOf(pool)).join(',')
  const key = `${reach.groups.egress.groupOf(subject)}|${numbers}|${onHost}`
  const made = known.get(view) ?? new Map<string, EffectiveEgress>()
  known.set(view, made)
  const same = made.get(key)
  if (same !== undefined) return same
  const own = reach.own(subject, 'egress')
  const policies = { certain: toPlaceRegion(own.certain), possible: toPlaceRegion(own.possible) }
  const azure = poolsEgress(site, cluster, pools, onHost)
  const egress = {
    key,
    policies,
    azure,
    all: regionBounds.intersect(policies, azure),
    pools,
    get carriers() {
      return poolCarriers(site, cluster, pools, onHost)
    },
  }
  made.set(key, egress)
  return egress
}

/** What a pod of a pool that no manifest shows may reach: Azure's layers alone hold it back. */
export function poolEgress(site: Site, cluster: Cluster, pool: NodePool): Bounds<PlaceRegion> {
  return regionBounds.intersect(
    poolsEgress(site, cluster, [pool], false),
    exactly(placeRegions.of(EVERYWHERE, ALL_CONNECTIONS)),
  )
}

function toPlaceRegion(region: Region<PeerSet>): PlaceRegion {
  return placeRegions.unionOf(
    region
      .filter(({ peers }) => !addressSets.isEmpty(peers.addresses))
      .map(({ peers, connections }) => ({ peers: withPublic(peers.addresses), connections })),
  )
}

const PLATFORM_SERVICES: AddressSet = cidr(`${PLATFORM_DNS}/32`)
const METADATA_SERVICE: AddressSet = cidr(`${METADATA}/32`)

const ofPools = new WeakMap<Site, Map<string, Bounds<PlaceRegion>>>()

function poolsEgress(site: Site, cluster: Cluster, pools: readonly NodePool[], onHost: boolean): Bounds<PlaceRegion> {
  const made = ofPools.get(site) ?? new Map<string, Bounds<PlaceRegion>>()
  ofPools.set(site, made)
  const key = `${pools.map((pool) => cluster.pools.indexOf(pool)).join(',')} ${onHost}`
  let region = made.get(key)
  if (region === undefined) {
    region = leavingPools(site, cluster, pools, onHost)
    made.set(key, region)
  }
  return region
}

/** A pod runs on one of the pools: what all of them let out is certain. */
function leavingPools(site: Site, cluster: Cluster, pools: readonly NodePool[], onHost: boolean): Bounds<PlaceRegion> {
  const [first, ...others] = pools.map((pool) => hostEgress(site, cluster, pool, onHost))
  // A cluster whose pools are not in the tree may have any.
  const both = others.reduce(
    (a, b) => ({
      certain: placeRegions.intersect(a.certain, b.certain),
      possible: placeRegions.union(a.possible, b.possible),
    }),
    first ?? { certain: placeRegions.empty, possible: EVERY_REGION },
  )
  const { nodeAddresses, podAddresses } = toClusterFacts(site, cluster)
  const inside = [nodeAddresses, podAddresses].reduce<AddressSet>(
    (all, some) => (some === undefined ? all : addressSets.union(all, some)),
    { v4: [], v6: [] },
  )
  const outside = exactly(placeRegions.of(places.subtract(EVERYWHERE, atAddresses(inside)), ALL_CONNECTIONS))
  return regionBounds.intersect(regionBounds.union(both, platform(cluster, onHost)), outside)
}

const carriersOfPools = new WeakMap<Site, Map<string, readonly CarriedPlaces[]>>()

/** What carries packets of pods out of the subnets of pools, any of which may run them. */
export function poolCarriers(
  site: Site,
  cluster: Cluster,
  pools: readonly NodePool[],
  onHost = false,
): readonly CarriedPlaces[] {
  const made = carriersOfPools.get(site) ?? new Map<string, readonly CarriedPlaces[]>()
  carriersOfPools.set(site, made)
  const key = `${pools.map((pool) => cluster.pools.indexOf(pool)).join(',')} ${onHost}`
  let carriers = made.get(key)
  if (carriers === undefined) {
    carriers = pools
      .map((pool) => podHost(site, cluster, pool, onHost))
      .reduce<readonly CarriedPlaces[]>(
        (all, host) => (host === undefined ? all : joinCarriers(all, carriersOf(site, host))),
        [],
      )
    made.set(key, carriers)
  }
  return carriers
}

/** The platform answers on every host, whatever filters and routes say. */
function platform({ podLinkLocalAccess }: Cluster, onHost: boolean): Bounds<PlaceRegion> {
  const of = (addresses: AddressSet) => placeRegions.of(atAddresses(addresses), ALL_CONNECTIONS)
  const all = of(addressSets.union(PLATFORM_SERVICES, METADATA_SERVICE))
  const isOpen = onHost || (podLinkLocalAccess.known && podLinkLocalAccess.value === 'IMDS')
  const isClosed = !onHost && podLinkLocalAccess.known && podLinkLocalAccess.value === 'None'
  return { certain: isOpen ? all : of(PLATFORM_SERVICES), possible: isClosed ? of(PLATFORM_SERVICES) : all }
}

const egresses = new WeakMap<Site, Map<string, Bounds<PlaceRegion>>>()

function hostEgress(site: Site, cluster: Cluster, pool: NodePool, onHost: boolean): Bounds<PlaceRegion> {
  const made = egresses.get(site) ?? new Map<string, Bounds<PlaceRegion>>()
  egresses.set(site, made)
  const key = `${cluster.pools.indexOf(pool)} ${onHost}`
  let region = made.get(key)
  if (region === undefined) {
    const host = podHost(site, cluster, pool, onHost)
    region = host === undefined ? { certain: placeRegions.empty, possible: EVERY_REGION } : azureEgress(site, host)
    made.set(key, region)
  }
  return region
}
