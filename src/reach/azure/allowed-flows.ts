import type { Bounds } from '../../algebra/bounds.ts'
import type { Firewall } from '../../model/azure/firewall.ts'
import type { SecurityGroup } from '../../model/azure/security-group.ts'
import { ruleSetsOf } from '../layers/firewall-sets.ts'
import { toFilter } from '../layers/nsg.ts'
import {
  EVERY_FLOW,
  EVERY_REGION,
  type FixedEnd,
  type Flows,
  filterFlows,
  firstMatch,
  flowSets,
  manyFlows,
  PERHAPS_ANYTHING,
  type PlaceRegion,
  placeRegions,
  type RuleDecision,
  regionSets,
  SYMBOLIC_VIEW,
} from './flows.ts'
import { places } from './places.ts'
import type { Site } from './state.ts'

/** What a firewall forwards for one fixed end, by the other. */
export function firewallRegion(site: Site, firewall: Firewall, fixed: FixedEnd): Bounds<PlaceRegion> {
  const rules = ruleSetsOf(site.azure, firewall)
  if (rules === undefined) return PERHAPS_ANYTHING
  const decisions = rules.map((rule): RuleDecision<PlaceRegion> => {
    const [mine, theirs] = fixed.side === 'source' ? [rule.source, rule.destination] : [rule.destination, rule.source]
    const certain = places.covers(mine.certain, fixed.places)
    const possible = !places.isEmpty(places.intersect(mine.possible, fixed.places))
    return {
      match: {
        certain: certain ? placeRegions.of(theirs.certain, rule.connections.certain) : placeRegions.empty,
        possible: possible ? placeRegions.of(theirs.possible, rule.connections.possible) : placeRegions.empty,
      },
      allows: rule.allows,
    }
  })
  return firstMatch(decisions, EVERY_REGION, regionSets)
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
