import type { FabricPacket, FabricProtocol } from '../layers/nsg.ts'
import type { Caller } from '../layers/paas-firewall.ts'
import type { RouteChoice } from '../layers/route.ts'
import type { Host } from './hosts.ts'
import { allowed, denied, type Outcome } from './outcome.ts'
import type { Places } from './places.ts'
import type { Site } from './state.ts'

/** One packet on its way, as far as a host whose routes carry it on. */
export interface Leg {
  readonly site: Site
  /** The host whose address the packet carries. */
  readonly from: Host
  readonly goal: Goal
  readonly demand: Demand
  /** The host whose routes carry it on: the sender, a gateway, or a firewall that it came through. */
  readonly at: Host
}

/** A leg whose goal is a host of a network. */
export type PrivateLeg = Leg & { readonly goal: Extract<Goal, { kind: 'host' }> }
/** A leg whose goal is outside of every network. */
export type PublicLeg = Leg & { readonly goal: Extract<Goal, { kind: 'public' }> }

/** What is sent, as the fabric sees it. */
export interface Demand {
  readonly protocol: FabricProtocol
  readonly port: number
  /** What the client asks for, where it asks by name. */
  readonly name: string | undefined
}

/** Where a packet is meant to arrive. */
export type Goal =
  | { readonly kind: 'host'; readonly host: Host }
  | {
      readonly kind: 'public'
      readonly places: Places
      /** What the far end says of its caller. */
      accept(caller: Caller, viaClusterBalancer: boolean): Outcome
    }

/** What the packet's header says of where it goes. */
export function destinationOf(goal: Goal): Places {
  return goal.kind === 'host' ? goal.host.places : goal.places
}

/** The packet's header, as filters see it. */
export function packetOf(from: Host, goal: Goal, { protocol, port }: Demand): FabricPacket {
  return {
    source: from.places,
    destination: destinationOf(goal),
    sourceGroups: from.groups,
    destinationGroups: goal.kind === 'host' ? goal.host.groups : new Set(),
    protocol,
    port,
  }
}

/** What one route says of a packet. */
export interface RouteWords {
  taken(to: string): Outcome
  refused(why: string): Outcome
}

/** The words of a route, with its label and the line that it stands in. */
export function wordsOfRoute({ route: { label, resource, origin } }: RouteChoice): RouteWords {
  const place = resource && { resource, ...(origin && { origin }) }
  return {
    taken: (to) => allowed('route', `${label}: ${to}`, place),
    refused: (why) => denied('route', `${label}: ${why}`, place),
  }
}
