import type { Bounds } from '../algebra/bounds.ts'
import { type ConnectionSet, NO_CONNECTIONS } from '../algebra/connections.ts'
import { interval } from '../algebra/intervals.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import type { Firewall } from '../model/azure/firewall.ts'
import { atAddresses, INTERNET, places } from '../reach/azure/places.ts'
import { type NatRule, translationsOf } from '../reach/layers/firewall-nat.ts'
import { rulesetOf } from '../reach/layers/firewall-ruleset.ts'
import type { GateLine } from './gate-lines.ts'
import { isEmptyBox, type PacketBox, type Packets, subtractPackets, TooManyPackets } from './packets.ts'
import { standIn } from './stand-in.ts'

/** What NAT rules of a firewall let in from the internet, by client and by the address and port behind them. The first rule that matches ends. */
export function translatedPackets(azure: AzureNetwork, firewall: Firewall): Bounds<Packets> | undefined {
  if (!rulesetOf(azure, firewall).complete) return undefined
  const certain: PacketBox[] = []
  const possible: PacketBox[] = []
  const mayMatch: PacketBox[] = []
  const surelyMatches: PacketBox[] = []
  try {
    for (const rule of translationsOf(azure, firewall)) {
      const { source, destination, connections, present } = rule
      const side = (which: 'certain' | 'possible'): PacketBox => ({
        from: places.intersect(source[which], INTERNET),
        to: destination[which],
        connections: connections[which],
      })
      const [sure, perhaps] = [side('certain'), side('possible')]
      if (present === 'yes' && !isEmptyBox(sure)) {
        certain.push(...subtractPackets([sure], mayMatch).map((box) => behind(box, rule)))
      }
      if (!isEmptyBox(perhaps)) {
        possible.push(...subtractPackets([perhaps], surelyMatches).map((box) => behind(box, rule)))
      }
      mayMatch.push(perhaps)
      if (present === 'yes') surelyMatches.push(sure)
    }
  } catch (error) {
    if (error instanceof TooManyPackets) return undefined
    throw error
  }
  return { certain, possible }
}

/** Each NAT rule with the packets that it may let in. */
export function translationLines(azure: AzureNetwork, firewall: Firewall): readonly GateLine[] {
  return translationsOf(azure, firewall).flatMap((rule): readonly GateLine[] => {
    const { source, destination, connections, step } = rule
    if (step.origin === undefined || step.resource === undefined) return []
    const box = {
      from: places.intersect(source.possible, INTERNET),
      to: destination.possible,
      connections: connections.possible,
    }
    const words = step.rule.replace(/^.*?: nat rule /, 'firewall: nat rule ')
    return [{ origin: step.origin, resource: step.resource, words, allows: true, matches: behind(box, rule) }]
  })
}

/** Where a rule leads that is filled in later: which address that will be is no news. */
const LATER = standIn('an address behind the firewall that is filled in later')

/** The packet after its translation, still with the client's address. */
function behind({ from, connections }: PacketBox, { address, port }: NatRule): PacketBox {
  const to = address === undefined ? LATER : atAddresses(address)
  return { from, to, connections: port === undefined ? connections : onPort(connections, port) }
}

function onPort({ TCP, UDP }: ConnectionSet, port: number): ConnectionSet {
  const one = interval(port, port + 1)
  return { ...NO_CONNECTIONS, TCP: TCP.length > 0 ? one : [], UDP: UDP.length > 0 ? one : [] }
}
