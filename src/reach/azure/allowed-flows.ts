import { type Bounds, isExact } from '../../algebra/bounds.ts'
import type { Firewall } from '../../model/azure/firewall.ts'
import type { SecurityGroup } from '../../model/azure/security-group.ts'
import { ruleSetsOf } from '../layers/firewall-sets.ts'
import { toFilter } from '../layers/nsg.ts'
import { firstMatch, type RuleDecision } from './first-match.ts'
import {
  EVERY_FLOW,
  type FixedEnd,
  type Flows,
  filterFlows,
  firstMatchOf,
  flowSets,
  manyFlows,
  PERHAPS_ANYTHING,
  type PlaceRegion,
  placeRegions,
  SYMBOLIC_VIEW,
} from './flows.ts'
import { type Places, places } from './places.ts'
import type { Site } from './state.ts'

/** What a firewall forwards for one fixed end, by the other. */
export function firewallRegion(site: Site, firewall: Firewall, fixed: FixedEnd): Bounds<PlaceRegion> {
  const rules = ruleSetsOf(site.azure, firewall)
  if (rules === undefined) return PERHAPS_ANYTHING
  // Rules share the few sides that the firewall's clients have.
  const held = new Map<Bounds<Places>, Bounds<boolean>>()
  const decisions = rules.flatMap((rule): readonly RuleDecision<PlaceRegion>[] => {
    const [mine, theirs] = fixed.side === 'source' ? [rule.source, rule.destination] : [rule.destination, rule.source]
    const holds = held.get(mine) ?? holdsIn(mine, fixed.places)
    held.set(mine, holds)
    if (!holds.possible) return []
    const possible = placeRegions.of(theirs.possible, rule.connections.possible)
    const isSure = isExact(theirs) && isExact(rule.connections)
    const certain = isSure ? possible : placeRegions.of(theirs.certain, rule.connections.certain)
    return [{ match: { certain: holds.certain ? certain : placeRegions.empty, possible }, allows: rule.allows }]
  })
  return firstMatchOf(decisions)
}

/** Whether packets from or to somewhere in `where` are surely, and possibly, on a side of a rule. */
function holdsIn(side: Bounds<Places>, where: Places): Bounds<boolean> {
  return {
    certain: places.covers(side.certain, where),
    possible: !places.isEmpty(places.intersect(side.possible, where)),
  }
}

/**
 * What a security group lets through, by source and destination, wherever it is used: tags and application groups stand for themselves.
 *
 * A reordered, renamed or split list of rules gives the equal set.
 */
export function nsgAllowed(site: Site, group: SecurityGroup, direction: 'inbound' | 'outbound'): Bounds<Flows> {
  return filterFlows(toFilter(site.azure, group), direction, SYMBOLIC_VIEW)
}

/** What a firewall forwards, by source and destination. NAT rules are not in it: they change the destination. */
export function firewallAllowed(site: Site, firewall: Firewall): Bounds<Flows> {
  const rules = ruleSetsOf(site.azure, firewall)
  if (rules === undefined) return { certain: flowSets.empty, possible: EVERY_FLOW }
  const decisions = rules.map(({ source, destination, connections, allows }): RuleDecision<Flows> => {
    const side = (which: 'certain' | 'possible') =>
      flowSets.of(source[which], placeRegions.of(destination[which], connections[which]))
    return { match: { certain: side('certain'), possible: side('possible') }, allows }
  })
  return firstMatch(decisions, EVERY_FLOW, manyFlows)
}
