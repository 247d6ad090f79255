import type { Bounds } from '../../algebra/bounds.ts'
import type { ConnectionSet } from '../../algebra/connections.ts'
import { both, type Truth } from '../../algebra/truth.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import type { Firewall } from '../../model/azure/firewall.ts'
import { type Places, parseRange } from '../azure/places.ts'
import {
  compile,
  type FirewallPacket,
  type FirewallStep,
  matchesPort,
  matchesProtocol,
  stepOf,
  within,
} from './firewall-rule.ts'
import { isThere, rulesetOf } from './firewall-ruleset.ts'
import { networkConnections } from './firewall-targets.ts'
import type { toPorts } from './nsg.ts'

/** NAT rules that a packet to one of the firewall's public addresses meets, in order; the first that matches translates it. */
export function translationsOf(network: AzureNetwork, firewall: Firewall): readonly NatRule[] {
  return rulesetOf(network, firewall).nat.flatMap((collection) =>
    collection.rules.map((rule): NatRule => {
      const compiled = compile(network, rule, collection.object.resource)
      const address = rule.translatedAddress?.known === true ? parseRange(rule.translatedAddress.value) : undefined
      const port = rule.translatedPort?.known === true ? Number(rule.translatedPort.value) : undefined
      return {
        matches: (packet) =>
          both(
            both(isThere(collection), matchesProtocol(rule, packet.protocol)),
            both(within(packet.source, compiled.source), matchesPort(compiled, packet)),
          ),
        source: compiled.source,
        destination: compiled.destination,
        ports: compiled.ports,
        connections: networkConnections(rule, compiled),
        present: isThere(collection),
        address,
        port,
        step: stepOf(firewall, collection, rule, 'nat', 'allowed'),
      }
    }),
  )
}

/** One NAT rule, with the clients that it is for and where it sends them. */
export interface NatRule {
  /** The clients that it is for. */
  readonly source: Bounds<Places>
  /** The firewall's public addresses that it is for. */
  readonly destination: Bounds<Places>
  readonly ports: ReturnType<typeof toPorts>
  /** Protocols and public ports. */
  readonly connections: Bounds<ConnectionSet>
  /** Whether the rule surely exists. */
  readonly present: Truth
  /** Without the destination, which is one of the firewall's public addresses. */
  matches(packet: FirewallPacket): Truth
  /** Where it leads; undefined where that is not known. */
  readonly address: Places['addresses'] | undefined
  readonly port: number | undefined
  readonly step: FirewallStep
}
