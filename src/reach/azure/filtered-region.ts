import type { Bounds } from '../../algebra/bounds.ts'
import { type Filter, toFilter } from '../layers/nsg.ts'
import { adminFilterRules } from '../layers/security-admin.ts'
import {
  EVERYTHING,
  type FilterView,
  type FixedEnd,
  filterRegion,
  firstMatchOf,
  PERHAPS_ANYTHING,
  type PlaceRegion,
  regionBounds,
  regionRules,
  scopedView,
} from './flows.ts'
import type { Host } from './hosts.ts'
import type { Site } from './state.ts'

/** Security admin rules, then every filter of the host and its subnet. */
export function filteredAt(
  site: Site,
  host: Host,
  direction: 'inbound' | 'outbound',
  fixed: FixedEnd,
): Bounds<PlaceRegion> {
  const scope = site.topology.scopeOf(host.network, host.subnet, host.podRanges, host.podRangesRouted)
  const view = scopedView(site, scope)
  const { subnet } = host
  const group = subnet && site.azure.securityGroups.of(subnet.securityGroup)
  const filters: readonly Filter[] = group === undefined ? host.cards : [...host.cards, toFilter(site.azure, group)]
  const missing =
    subnet?.securityGroup.kind === 'outside' || subnet?.securityGroup.kind === 'unknown' || !host.cardsKnown
  let region: Bounds<PlaceRegion> = missing ? PERHAPS_ANYTHING : EVERYTHING
  for (const filter of filters) region = regionBounds.intersect(region, filterRegion(filter, direction, fixed, view))
  return withAdminRules(site, host, direction, fixed, view, region)
}

function withAdminRules(
  site: Site,
  host: Host,
  direction: 'inbound' | 'outbound',
  fixed: FixedEnd,
  view: FilterView,
  region: Bounds<PlaceRegion>,
): Bounds<PlaceRegion> {
  const rules = adminFilterRules(site.azure, host, direction === 'inbound' ? 'Inbound' : 'Outbound')
  if (rules.length === 0) return region
  const decisions = regionRules(rules, fixed, view)
  const where = (access: 'Deny' | 'AlwaysAllow') =>
    firstMatchOf(
      decisions.map((decision, i) => ({
        ...decision,
        allows: rules[i]!.access === undefined ? undefined : rules[i]!.access === access,
      })),
    )
  return regionBounds.subtract(regionBounds.union(region, where('AlwaysAllow')), where('Deny'))
}
