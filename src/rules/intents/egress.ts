import { addressSets, printAddress } from '../../algebra/addresses.ts'
import type { Bounds } from '../../algebra/bounds.ts'
import { samplePort } from '../../algebra/connections.ts'
import { sampleName } from '../../algebra/names.ts'
import type { Region } from '../../algebra/regions.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Intent } from '../../config/intent.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { PUBLIC_ADDRESSES, sampleAddress } from '../../reach/address-ranges.ts'
import { AKS_REQUIRED_NAMES } from '../../reach/azure/aks-names.ts'
import { azureEgress } from '../../reach/azure/azure-egress.ts'
import { EVERY_CONNECTION, EVERY_REGION, type PlaceRegion, placeRegions } from '../../reach/azure/flows.ts'
import { podHost } from '../../reach/azure/hosts.ts'
import { poolsOf } from '../../reach/azure/placement.ts'
import { NOWHERE, places, withPublic } from '../../reach/azure/places.ts'
import type { PeerSet } from '../../reach/peers.ts'
import { linkedCluster, siteOf } from '../facts/azure-site.ts'
import { connectionsOf, meets, outsidePlaces } from './scope.ts'

/** Somewhere outside of the cluster that an intent forbids and that is certainly reached. */
export interface ForbiddenPlace {
  /** An address, a domain name or a service tag, as one packet may go to it. */
  readonly to: string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly port: number
}

/** What an intent forbids to reach outside of the cluster: what `to` means, without the destinations that are allowed. */
export function forbiddenRegion(intent: Intent, view: StateView): PlaceRegion {
  const wanted = placeRegions.of(outsidePlaces(intent.to.peer, view), connectionsOf(intent))
  if (intent.expect.kind !== 'allow-only') return wanted
  // Names that every cluster needs are open for the nodes, and pods that share their addresses get them too.
  const needed = placeRegions.of({ ...NOWHERE, hosts: AKS_REQUIRED_NAMES.names }, EVERY_CONNECTION)
  return intent.expect.destinations.reduce(
    (left, { peer, connections }) =>
      placeRegions.subtract(left, placeRegions.of(outsidePlaces(peer, view), connections ?? EVERY_CONNECTION)),
    placeRegions.subtract(wanted, needed),
  )
}

/** The forbidden part that every layer of the state certainly lets a workload reach; asks Azure where the state has a cluster. */
export function reachedOutside(view: StateView, workload: Workload, forbidden: PlaceRegion): PlaceRegion {
  const reached = placeRegions.intersect(allowedByPolicies(view, workload, 'certain'), forbidden)
  if (reached.length === 0) return reached
  return allowedByAzure(view, workload)
    .map(({ certain }) => certain)
    .reduce(placeRegions.intersect, reached)
}

/** The forbidden part that a workload perhaps reaches, on one of the pools that may run it. */
export function perhapsOutside(view: StateView, workload: Workload, forbidden: PlaceRegion): PlaceRegion {
  const reached = placeRegions.intersect(allowedByPolicies(view, workload, 'possible'), forbidden)
  const azure = allowedByAzure(view, workload).map(({ possible }) => possible)
  if (reached.length === 0 || azure.length === 0) return reached
  return placeRegions.intersect(azure.reduce(placeRegions.union), reached)
}

/** The forbidden part that the policies certainly let out, whatever Azure does. */
export function leftOpenByPolicies(view: StateView, workload: Workload, forbidden: PlaceRegion): PlaceRegion {
  return placeRegions.intersect(allowedByPolicies(view, workload, 'certain'), forbidden)
}

const lifted = new WeakMap<Region<PeerSet>, PlaceRegion>()

/** A range that holds all public addresses holds every name; closer ones are not taken to name any. */
function allowedByPolicies({ reach }: StateView, workload: Workload, which: 'certain' | 'possible'): PlaceRegion {
  const subject = reach.universe.classOf.get(workload.id)
  if (subject === undefined) return placeRegions.empty
  const own = reach.own(subject, 'egress')[which]
  let region = lifted.get(own)
  if (region === undefined) {
    region = placeRegions.unionOf(
      own.map(({ peers, connections }) => ({ peers: withPublic(peers.addresses), connections })),
    )
    lifted.set(own, region)
  }
  return region
}

const perView = new WeakMap<StateView, Map<string, Bounds<PlaceRegion>>>()
const UNKNOWN: Bounds<PlaceRegion> = { certain: placeRegions.empty, possible: EVERY_REGION }

/** What Azure lets out of each pool that may run the workload, of every cluster that may be the workload's. */
function allowedByAzure(view: StateView, workload: Workload): readonly Bounds<PlaceRegion>[] {
  const site = siteOf(view)
  const known = perView.get(view) ?? new Map<string, Bounds<PlaceRegion>>()
  perView.set(view, known)
  const onHost = workload.hostNetwork === 'yes'
  const linked = linkedCluster(view)
  const clusters = linked === undefined ? site.azure.clusters.all : [linked]
  return clusters.flatMap((cluster, index) =>
    poolsOf(cluster, workload).map((pool) => {
      const key = `${index} ${cluster.pools.indexOf(pool)} ${onHost}`
      let region = known.get(key)
      if (region === undefined) {
        const host = podHost(site, cluster, pool, onHost)
        region = host === undefined ? UNKNOWN : azureEgress(site, host)
        known.set(key, region)
      }
      return region
    }),
  )
}

/** One packet of a region: to a public address where it holds one, else to another or to a name; undefined where it holds none. */
export function samplePlace(region: PlaceRegion): ForbiddenPlace | undefined {
  for (const { peers, connections } of region) {
    const packet = samplePort(connections)
    if (packet === undefined) continue
    const open = addressSets.intersect(peers.addresses, PUBLIC_ADDRESSES)
    const address = sampleAddress(open) ?? sampleAddress(peers.addresses)
    if (address !== undefined) return { to: printAddress(address), ...packet }
    const host = sampleName(peers.hosts)
    if (host !== undefined && host !== '') return { to: host, ...packet }
    const [service] = peers.services.services
    if (service !== undefined) {
      const [name, { except, symbols }] = service
      return { to: `tag/${name}${except || symbols[0] === undefined ? '' : `.${symbols[0]}`}`, ...packet }
    }
    if (host !== undefined) return { to: 'internet', ...packet }
  }
  return undefined
}

/** True where a region holds any public place on the connections. */
export function allowsPeers(region: Region<PeerSet>, forbidden: PlaceRegion): boolean {
  return region.some(({ peers, connections }) =>
    forbidden.some(
      (other) =>
        !addressSets.isEmpty(peers.addresses) &&
        meets(connections, other.connections) &&
        overlapPlaces(peers, other.peers),
    ),
  )
}

function overlapPlaces({ addresses }: PeerSet, other: PlaceRegion[number]['peers']): boolean {
  return !places.isEmpty(places.intersect(withPublic(addresses), other))
}
