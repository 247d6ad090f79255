import { addressSets } from '../../algebra/addresses.ts'
import type { Truth } from '../../algebra/truth.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import type { Firewall } from '../../model/azure/firewall.ts'
import { surely } from '../../model/azure/prop.ts'
import { judgeFirewall, translatesSource } from '../layers/firewall.ts'
import { type NextHop, routesTo } from '../layers/route.ts'
import { routeSetOf } from './host-routes.ts'
import { firewallHost, type Host, hostsAt, regionOfHost } from './hosts.ts'
import { destinationOf, type Leg, type PrivateLeg, type PublicLeg, type RouteWords } from './leg.ts'
import { denied, inSeries, inSeriesLazily, type Outcome, outcomeOf, unknownAt, whichever } from './outcome.ts'
import { acceptsForwarded, canReach } from './peerings.ts'
import { NOWHERE, parseRange, places } from './places.ts'
import { firewallPlace, publicPlace } from './prefixes.ts'
import type { Site } from './state.ts'

type Hop = Extract<NextHop, { kind: 'appliance' }>

/** A packet at the next hop of a route: through a firewall of the tree as its rules say, and `forward` from there on. */
export function throughAppliance(leg: Leg, hop: Hop, words: RouteWords, forward: (leg: Leg) => Outcome): Outcome {
  const { site, from, goal, demand, at } = leg
  const firewall = findFirewall(site, hop)
  if (firewall === undefined) return applianceUnknown(site, at, hop, words)
  const home = firewallHost(site, firewall)
  const reached = canReach(site, at.network, home.network)
  if (reached === 'no') return words.refused('the firewall is in a network that is not peered')
  if (isMeant(goal, home)) return words.taken(`to ${labelOf(firewall.object)} itself`)
  const step = judgeFirewall(site.azure, firewall, {
    source: from.places,
    destination: destinationOf(goal),
    name: demand.name,
    protocol: demand.protocol,
    port: demand.port,
  })
  const isApplication = step.by === 'application'
  return inSeriesLazily(
    () =>
      reached === 'yes'
        ? words.taken(`to ${labelOf(firewall.object)}`)
        : unknownAt('route', 'whether the firewall is reached is not known'),
    () => outcomeOf(step),
    () => {
      const translates = isApplication ? 'yes' : translatesSource(site.azure, firewall, destinationOf(goal))
      return goal.kind === 'host'
        ? onToHost({ ...leg, goal }, home, translates, forward)
        : onToPublic({ ...leg, goal }, firewall, home, translates)
    },
  )
}

/** Whether a packet is for the firewall itself, as a query for a name is: its rules are about what it passes on. */
function isMeant(goal: Leg['goal'], home: Host): boolean {
  return goal.kind === 'host' && goal.host.network === home.network && places.covers(home.places, goal.host.places)
}

/** The firewall that has the address of a next hop. */
export function findFirewall(site: Site, { address, object }: Hop): Firewall | undefined {
  if (object !== undefined) return site.azure.firewalls.of(object)
  if (address === undefined) return undefined
  return site.azure.firewalls.all.find((firewall) => {
    const own = firewallPlace(site.azure, firewall.object)
    if (own !== undefined && addressSets.covers(own.possible.addresses, address)) return true
    const subnet = site.azure.subnets.of(firewall.subnet)
    return subnet !== undefined && addressSets.covers(site.topology.addressesOf(subnet).certain, address)
  })
}

/** A next hop that is no firewall of the tree: another appliance may do anything, and where there is none the packet is lost. */
function applianceUnknown(site: Site, at: Host, { address, object }: Hop, { taken, refused }: RouteWords): Outcome {
  if (address === undefined) {
    return unknownAt(
      'route',
      object === undefined ? 'the next hop is not known' : `what ${object.resource.address} does is not known`,
    )
  }
  const [host] = hostsAt(site, address)
  const isFixed = site.azure.interfaces.some(({ configurations }) =>
    configurations.some(
      ({ privateAddress }) =>
        privateAddress?.known === true && addressSets.covers(address, parseRange(privateAddress.value) ?? address),
    ),
  )
  if (isFixed)
    return inSeries(
      taken('to an appliance'),
      unknownAt('firewall', `what the appliance ${host?.label ?? ''} does is not known`),
    )
  const peersOutside =
    at.network !== undefined && site.topology.peersOf(at.network).some(({ network }) => network === undefined)
  if (host?.network === undefined && peersOutside)
    return unknownAt('firewall', 'the appliance is in a network that is not in the tree')
  const mayHost = site.azure.interfaces.some(
    ({ ipForwarding, configurations }) =>
      !surely(ipForwarding, false) &&
      configurations.some(({ subnet }) => host?.subnet !== undefined && site.azure.subnets.of(subnet) === host.subnet),
  )
  const balancers = site.azure.loadBalancers.all.some(({ frontends }) =>
    frontends.some(({ subnet }) => host?.subnet !== undefined && site.azure.subnets.of(subnet) === host.subnet),
  )
  if (mayHost || balancers) return unknownAt('firewall', 'what the appliance behind the next hop does is not known')
  return refused('nothing in the tree has the address of the next hop')
}

/** From the firewall to the internet, with one of its public addresses. */
function onToPublic({ site, goal }: PublicLeg, firewall: Firewall, home: Host, translates: Truth): Outcome {
  const { resource } = firewall.object
  if (translates === 'no') {
    return denied(
      'firewall',
      `${labelOf(firewall.object)} keeps the private source address, with which no answer comes back`,
      { resource },
    )
  }
  const found = firewall.publicIps.flatMap((link) => (link.kind === 'found' ? [publicPlace(link.object)] : []))
  const all = found.reduce(places.union, NOWHERE)
  const complete = found.length === firewall.publicIps.length && found.length > 0
  const onward = routesTo(routeSetOf(site, home), destinationOf(goal))
  if (onward.some(({ route }) => route.hop.kind === 'none')) {
    return denied('route', "the firewall's own subnet has no route there", { resource })
  }
  const identity = { certain: complete ? all : NOWHERE, possible: all }
  return goal.accept({ identity, subnet: undefined, region: regionOfHost(home) }, false)
}

/** From the firewall to a host: its own subnet's routes, with its address where it translates the source. */
function onToHost(leg: PrivateLeg, home: Host, translates: Truth, forward: (leg: Leg) => Outcome): Outcome {
  const { site, from, goal } = leg
  const translated: Host = { ...home, groups: new Set(), firewall: undefined }
  const kept: Host = { ...home, places: from.places, groups: from.groups, firewall: undefined }
  const ways = translates === 'maybe' ? [translated, kept] : [translates === 'yes' ? translated : kept]
  return whichever(
    ways.map((source) =>
      inSeriesLazily(
        () => forward({ ...leg, from: source, at: home }),
        () => acceptsForwarded(site, from, goal.host, home, translates),
      ),
    ),
  )
}
