import { type AddressSet, ALL_ADDRESSES, addressSets } from '../../algebra/addresses.ts'
import { type Bounds, exactly } from '../../algebra/bounds.ts'
import {
  type ConnectionSet,
  connectionSet,
  type PortProtocol,
  samplePort,
  singlePort,
} from '../../algebra/connections.ts'
import { hasNumber } from '../../algebra/intervals.ts'
import type { Service, ServicePort } from '../../model/kubernetes/service.ts'
import type { PlainDoor, SeenAs } from '../door.ts'
import { translationsOf } from '../layers/firewall-nat.ts'
import {
  type Arrivals,
  addressesOf,
  admittedAt,
  answered,
  type DoorContext,
  fromInside,
  fromOutside,
  NOBODY,
  oneOf,
  perhaps,
  publicTruth,
  tagsOf,
  weaker,
  withArrivals,
} from './arrivals.ts'
import { behindFrontend, withinRanges } from './frontend-ways.ts'
import type { Frontend } from './frontends.ts'
import { firewallHost, type Host, nodeHost } from './hosts.ts'
import { inSeriesLazily, whichever } from './outcome.ts'
import { INTERNET, type Places, places } from './places.ts'
import { placeBounds } from './prefixes.ts'
import { type Site, workerPools } from './state.ts'
import { frontDoorsOf, mayBeOrigin } from './unwalked.ts'
import { walk } from './walk.ts'

/** The doors of a load balancer's Service: its frontend, and the NAT rules of firewalls that lead to it. */
export function throughBalancer(context: DoorContext, door: PlainDoor): readonly PlainDoor[] {
  const frontend = context.frontendOf(door.resource)
  const port = portOf(door, frontend?.service)
  if (frontend === undefined || port === undefined) return [door]
  const arrivals = arrivalsAt(context, frontend, port)
  // What annotations admit, the node's own filter enforces alone; what the spec lists, kube-proxy drops on every way.
  const listed = exactly(frontend.nodeRanges ?? ALL_ADDRESSES)
  return [withArrivals({ ...door, sources: listed }, arrivals), ...translations(context, door, frontend, port)]
}

/** The port of the Service that the door is for. */
function portOf({ frontend }: PlainDoor, service: Service | undefined): ServicePort | undefined {
  const asked = samplePort(frontend)
  return asked && service?.ports.find(({ protocol, port }) => protocol === asked.protocol && port === asked.port)
}

/** One of the pools answers and nobody knows which: what all of them let in is certain. */
export function arrivalsAt(context: DoorContext, frontend: Frontend, port: ServicePort): Arrivals {
  const { site, cluster } = context
  const { service, floating, public: isPublic } = frontend
  return context.remember(`${service.resource.address} ${port.protocol} ${port.port}`, () => {
    const clients = portsFrom(port.protocol, port.port)
    const nodes = floating ? clients : portsFrom(port.protocol, port.nodePort)
    // Whom a Front Door lets in over a Private Link service is not walked.
    const isOrigin = frontDoorsOf(site.azure).length > 0 && mayBeOrigin(site.azure, frontend)
    const hidden = isOrigin ? perhaps(exactly(INTERNET)) : NOBODY
    const parts = workerPools(cluster).map((pool): Arrivals => {
      const node = nodeHost(site, cluster, pool)
      const target = floating ? behindFrontend(node, frontend) : node
      return {
        outside: isPublic === 'no' ? hidden : fromOutside(site, target, nodes),
        inside: isPublic === 'yes' ? NOBODY : toInternalFrontend(site, node, frontend, clients, nodes),
      }
    })
    const all = oneOf(parts)
    return isPublic === 'maybe' ? { outside: perhaps(all.outside), inside: perhaps(all.inside) } : all
  })
}

/** Without floating IP the client and its routes see the frontend, the node its own address and the node port. */
function toInternalFrontend(
  site: Site,
  node: Host,
  frontend: Frontend,
  clients: ConnectionSet,
  nodes: ConnectionSet,
): Bounds<Places> {
  const target = behindFrontend(node, frontend)
  if (frontend.floating) return fromInside(site, target, clients)
  const balancer: Host = { ...target, subnet: undefined, cards: [] }
  return placeBounds.intersect(fromInside(site, balancer, clients), admittedAt(site, node, nodes))
}

/** NAT rules of firewalls that lead to the frontend; inside the network the firewall's address is the source. */
function translations(
  { site, cluster }: DoorContext,
  door: PlainDoor,
  frontend: Frontend,
  { protocol, port }: ServicePort,
): readonly PlainDoor[] {
  if (port === undefined || (protocol !== 'TCP' && protocol !== 'UDP')) return []
  return site.azure.firewalls.all.flatMap((firewall) => {
    const home = firewallHost(site, firewall)
    const rules = translationsOf(site.azure, firewall)
    return rules.flatMap((rule, index): readonly PlainDoor[] => {
      const { step } = rule
      if (rule.address === undefined || !addressSets.covers(frontend.places.addresses, rule.address)) return []
      const outside = rule.port === undefined ? port : rule.ports.possible[0]
      const isMeant = rule.port === undefined ? hasNumber(rule.ports.possible, port) : rule.port === port
      if (!isMeant || outside === undefined || step.resource === undefined) return []
      const onward = inSeriesLazily(
        () =>
          whichever(
            workerPools(cluster).map((pool) => {
              const host: Host = { ...nodeHost(site, cluster, pool), places: frontend.places }
              return walk(site, home, { kind: 'host', host }, { protocol, port, name: undefined })
            }),
          ),
        () => withinRanges(frontend, { places: home.places, host: home, end: { kind: 'nodes' } }),
      )
      // The first rule that matches ends.
      const before = rules.slice(0, index).filter(({ ports, destination }) => {
        return hasNumber(ports.possible, outside) && places.equal(destination.certain, rule.destination.certain)
      })
      const left = before.reduce((all, { source }) => placeBounds.subtract(all, source), rule.source)
      const clients = placeBounds.intersect(left, exactly(INTERNET))
      const sources = answered(clients, step.resource.maybe === undefined ? onward.answer : weaker(onward.answer))
      if (places.isEmpty(sources.possible)) return []
      return [
        {
          ...door,
          kind: 'firewall-nat',
          resource: step.resource,
          origin: step.origin ?? step.resource.origin,
          public: publicTruth(sources),
          sources: addressesOf(sources),
          serviceTags: tagsOf(sources),
          frontend: singlePort(protocol, outside),
          seenAs: forwarded(door.seenAs, home.places.addresses),
        },
      ]
    })
  })
}

/** All of a protocol's where the port is not known. */
function portsFrom(protocol: PortProtocol, port: number | undefined): ConnectionSet {
  return port === undefined ? connectionSet(protocol) : singlePort(protocol, port)
}

/** What policies see of clients whose packets come from somebody else's address. */
function forwarded(seenAs: SeenAs, addresses: AddressSet): SeenAs {
  return seenAs === 'unfiltered' ? seenAs : { addresses, orNodes: seenAs === 'node-or-client' }
}
