import { printAddresses } from '../../algebra/addresses.ts'
import type { AzureObject } from '../../model/azure/azure-object.ts'
import { type NextHop, routesTo } from '../layers/route.ts'
import { findFirewall } from './appliance.ts'
import { routeSetOf } from './host-routes.ts'
import type { Host } from './hosts.ts'
import { atAddresses, EVERYWHERE, PLATFORM, type Places, places } from './places.ts'
import type { Site } from './state.ts'

/** What carries packets out of a subnet. Nothing: the network itself does, to the internet, to a peer or to a service. */
export type Carrier =
  | { readonly kind: 'firewall' | 'gateway'; readonly object: AzureObject }
  /** A next hop that is no firewall of the tree. */
  | { readonly kind: 'appliance'; readonly address: string }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown' }

/** Destinations with what may carry packets to them: one carrier, and several where nobody can tell which route is there. */
export interface CarriedPlaces {
  readonly where: Places
  readonly carriers: readonly Carrier[]
}

/** All destinations to which routes of a host lead, by what carries packets there. Disjoint; platform addresses, which no route steers, are not in it. */
export function carriersOf(site: Site, host: Host): readonly CarriedPlaces[] {
  const wanted = places.subtract(EVERYWHERE, atAddresses(PLATFORM))
  const set = routeSetOf(site, host)
  if (host.unknown !== undefined || set.unknown !== undefined) return [{ where: wanted, carriers: [UNKNOWN] }]
  return routesTo(set, wanted)
    .filter(({ route: { hop } }) => hop.kind !== 'none')
    .reduce<readonly CarriedPlaces[]>(
      (all, { places: where, route }) => joinCarriers(all, [{ where, carriers: [carrierOf(site, route.hop)] }]),
      [],
    )
}

/** Where either of two may be the case: each place with the carriers of both. */
export function joinCarriers(a: readonly CarriedPlaces[], b: readonly CarriedPlaces[]): readonly CarriedPlaces[] {
  const joined: CarriedPlaces[] = []
  let rest = [...a]
  for (const other of b) {
    let left = other.where
    const next: CarriedPlaces[] = []
    for (const one of rest) {
      const both = places.intersect(one.where, left)
      if (places.isEmpty(both)) {
        next.push(one)
        continue
      }
      joined.push({ where: both, carriers: unite(one.carriers, other.carriers) })
      left = places.subtract(left, both)
      const alone = places.subtract(one.where, both)
      if (!places.isEmpty(alone)) next.push({ ...one, where: alone })
    }
    if (!places.isEmpty(left)) joined.push({ where: left, carriers: other.carriers })
    rest = next
  }
  return gather([...rest, ...joined])
}

/** Parts with the same carriers are one. */
function gather(parts: readonly CarriedPlaces[]): readonly CarriedPlaces[] {
  const byCarriers: CarriedPlaces[] = []
  for (const part of parts) {
    const same = byCarriers.findIndex(
      ({ carriers }) =>
        carriers.length === part.carriers.length &&
        carriers.every((one) => part.carriers.some((two) => isSame(one, two))),
    )
    if (same < 0) byCarriers.push(part)
    else byCarriers[same] = { ...part, where: places.union(byCarriers[same]!.where, part.where) }
  }
  return byCarriers
}

function unite(a: readonly Carrier[], b: readonly Carrier[]): readonly Carrier[] {
  return [...a, ...b.filter((two) => !a.some((one) => isSame(one, two)))]
}

function isSame(a: Carrier, b: Carrier): boolean {
  if (a.kind !== b.kind) return false
  if (a.kind === 'appliance') return a.address === (b as typeof a).address
  return !('object' in a) || a.object === (b as typeof a).object
}

const NOTHING: Carrier = { kind: 'nothing' }
const UNKNOWN: Carrier = { kind: 'unknown' }

function carrierOf(site: Site, hop: NextHop): Carrier {
  switch (hop.kind) {
    case 'local':
    case 'peering':
    case 'internet':
    case 'service-endpoint':
    case 'private-endpoint':
    case 'none':
      return NOTHING
    case 'unknown':
      return UNKNOWN
    case 'gateway':
      return hop.gateway === undefined ? UNKNOWN : { kind: 'gateway', object: hop.gateway.object }
    case 'appliance': {
      const firewall = findFirewall(site, hop)
      if (firewall !== undefined) return { kind: 'firewall', object: firewall.object }
      if (hop.address === undefined) return UNKNOWN
      return { kind: 'appliance', address: printAddresses(hop.address) }
    }
  }
}
