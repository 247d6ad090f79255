import type { Bounds } from '../../algebra/bounds.ts'
import { coversIntervals, hasNumber, type Intervals, interval, unionIntervals } from '../../algebra/intervals.ts'
import { both, either, type Truth, toTruth } from '../../algebra/truth.ts'
import type { Origin } from '../../base/origin.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { type AzureObject, labelOf } from '../../model/azure/azure-object.ts'
import { originOf } from '../../model/azure/azure-objects.ts'
import type { Link } from '../../model/azure/link.ts'
import { knownValue, type PropList } from '../../model/azure/prop.ts'
import type { AdminRule, RuleEnd, RuleProtocol, SecurityGroup, SecurityRule } from '../../model/azure/security-group.ts'
import type { NetworkTag } from '../../model/azure/service-tags.ts'
import type { Resource } from '../../parse/resource.ts'
import type { Answer, Step } from '../azure/outcome.ts'
import { atAddresses, EVERYWHERE, isIn, NOWHERE, type Places, parseRange, places } from '../azure/places.ts'
import { type PrefixSet, toPrefixSet } from '../azure/prefixes.ts'

/** One packet as a filter of Azure sees it. */
export interface FabricPacket {
  readonly source: Places
  readonly destination: Places
  /** Application security groups of the network cards. */
  readonly sourceGroups: ReadonlySet<AzureObject>
  readonly destinationGroups: ReadonlySet<AzureObject>
  readonly protocol: FabricProtocol
  /** Of the destination; 0 for protocols without ports. */
  readonly port: number
}

export type FabricProtocol = 'TCP' | 'UDP' | 'SCTP' | 'ICMP'

/** What the tags mean for the network that a filter stands in. */
export interface TagScope {
  readonly virtualNetwork: Bounds<Places>
  readonly internet: Places
  /** Pod ranges outside of the network: the default rules let them through, whether they are in the tag otherwise is not documented. */
  readonly podRanges: Places
}

/** A rule ready to be asked. */
export interface FilterRule {
  readonly name: string
  /** Undefined where it is not known: then the rule may stand in both. */
  readonly direction: 'Inbound' | 'Outbound' | undefined
  readonly priority: number
  /** Undefined where it is not known. */
  readonly access: 'Allow' | 'AlwaysAllow' | 'Deny' | undefined
  /** Undefined where it is not known. */
  readonly protocol: RuleProtocol | undefined
  readonly source: FilterEnd
  readonly destination: FilterEnd
  readonly ports: Bounds<Intervals>
  readonly isDefault: boolean
  /** Whether the rule is there at all. */
  readonly present: Truth
  readonly resource: Resource | undefined
  readonly origin: Origin | undefined
}

export interface FilterEnd {
  readonly prefixes: PrefixSet
  readonly groups: ReadonlySet<AzureObject>
  readonly groupsKnown: boolean
}

/** The rules of a group for both directions, ascending by priority, default rules included. */
export interface Filter {
  readonly label: string
  readonly inbound: readonly FilterRule[]
  readonly outbound: readonly FilterRule[]
  /** False where rules could not be read, so that any other may stand before those that were. */
  readonly complete: boolean
  readonly resource: Resource | undefined
}

const ANY: PrefixSet = { places: { certain: EVERYWHERE, possible: EVERYWHERE }, tags: [] }
const ALL_PORTS: Intervals = interval(0, 65536)

function tagged(...tags: NetworkTag[]): PrefixSet {
  return { places: { certain: NOWHERE, possible: NOWHERE }, tags }
}

/**
 * Default rules, priorities 65000, 65001 and 65500, each direction.
 * Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules
 */
const DEFAULTS_IN = [
  defaultRule('AllowVnetInBound', 65000, 'Allow', tagged('VirtualNetwork'), tagged('VirtualNetwork')),
  defaultRule('AllowAzureLoadBalancerInBound', 65001, 'Allow', tagged('AzureLoadBalancer'), ANY),
  defaultRule('DenyAllInBound', 65500, 'Deny', ANY, ANY),
]
const DEFAULTS_OUT = [
  defaultRule('AllowVnetOutBound', 65000, 'Allow', tagged('VirtualNetwork'), tagged('VirtualNetwork')),
  defaultRule('AllowInternetOutBound', 65001, 'Allow', ANY, tagged('Internet')),
  defaultRule('DenyAllOutBound', 65500, 'Deny', ANY, ANY),
]

function defaultRule(
  name: string,
  priority: number,
  access: 'Allow' | 'Deny',
  source: PrefixSet,
  destination: PrefixSet,
): FilterRule {
  const end = (prefixes: PrefixSet): FilterEnd => ({ prefixes, groups: new Set(), groupsKnown: true })
  return {
    name,
    direction: undefined,
    priority,
    access,
    protocol: '*',
    source: end(source),
    destination: end(destination),
    ports: { certain: ALL_PORTS, possible: ALL_PORTS },
    isDefault: true,
    present: 'yes',
    resource: undefined,
    origin: undefined,
  }
}

const FILTERS = new WeakMap<SecurityGroup, { readonly filter: Filter; readonly network: AzureNetwork | undefined }>()

/** A security group's rules, made once: for all networks that have the group, or for one where a rule names what is not in the group. */
export function toFilter(network: AzureNetwork, group: SecurityGroup): Filter {
  const made = FILTERS.get(group)
  if (made !== undefined && (made.network === undefined || made.network === network)) return made.filter
  const rules = group.rules.map((rule) => toFilterRule(network, rule))
  const filter: Filter = {
    label: labelOf(group.object),
    ...filterOf(rules),
    complete: group.complete,
    resource: group.object.resource,
  }
  FILTERS.set(group, { filter, network: group.rules.every(isWrittenOut) ? undefined : network })
  return filter
}

function isWrittenOut({ source, destination }: SecurityRule): boolean {
  return [source, destination].every(({ prefixes }) => prefixes.items.every(({ known }) => known))
}

/** A filter of rules that no resource of the tree holds, such as those that AKS keeps on its nodes. */
export function generatedFilter(label: string, inbound: readonly FilterRule[], resource: Resource | undefined): Filter {
  return { label, ...filterOf(inbound), complete: true, resource }
}

function filterOf(rules: readonly FilterRule[]): Pick<Filter, 'inbound' | 'outbound'> {
  const sorted = [...rules].sort((a, b) => a.priority - b.priority)
  return {
    inbound: [...sorted.filter(({ direction }) => direction !== 'Outbound'), ...DEFAULTS_IN],
    outbound: [...sorted.filter(({ direction }) => direction !== 'Inbound'), ...DEFAULTS_OUT],
  }
}

/** One rule of a group, or a security admin rule, ready to be asked. */
export function toFilterRule(network: AzureNetwork, rule: SecurityRule | AdminRule): FilterRule {
  const { resource } = rule.object
  return {
    name: rule.name.known ? rule.name.value : labelOf(rule.object),
    direction: rule.direction.known ? rule.direction.value : undefined,
    priority: rule.priority.known ? rule.priority.value : 0,
    access: knownValue(rule.access),
    protocol: knownValue(rule.protocol),
    source: toEnd(network, rule.source, resource),
    destination: toEnd(network, rule.destination, resource),
    ports: toPorts(rule.destinationPorts),
    isDefault: false,
    present: resource.maybe === undefined && rule.direction.known ? 'yes' : 'maybe',
    resource,
    origin: originOf(rule.object),
  }
}

function toEnd(network: AzureNetwork, end: RuleEnd, from: Resource): FilterEnd {
  return {
    prefixes: toPrefixSet(network, end.prefixes, from),
    groups: new Set(end.groups.flatMap((link: Link) => (link.kind === 'found' ? [link.object] : []))),
    groupsKnown: end.groups.every(({ kind }) => kind === 'found'),
  }
}

/** `*`, `n` and `n-m`; no ports at all are those of protocols without ports. */
export function toPorts(list: PropList<string>): Bounds<Intervals> {
  let certain: Intervals = []
  let unknown = !list.complete
  for (const item of list.items) {
    if (!item.known) unknown = true
    else certain = unionIntervals(certain, parsePorts(item.value))
  }
  if (list.absent) return { certain: ALL_PORTS, possible: ALL_PORTS }
  return { certain, possible: unknown ? ALL_PORTS : certain }
}

export function parsePorts(text: string): Intervals {
  const trimmed = text.trim()
  if (trimmed === '*' || trimmed.toLowerCase() === 'any') return ALL_PORTS
  const match = /^(\d{1,5})(?:\s*-\s*(\d{1,5}))?$/.exec(trimmed)
  if (match === null) return []
  const first = Number(match[1])
  return interval(first, (match[2] === undefined ? first : Number(match[2])) + 1)
}

/** Whether the rule matches the packet in its scope. */
export function matchesRule(rule: FilterRule, packet: FabricPacket, scope: TagScope): Truth {
  const shape = both(rule.present, both(matchesProtocol(rule.protocol, packet.protocol), matchesPort(rule, packet)))
  if (shape === 'no') return 'no'
  const source = both(shape, matchesEnd(rule.source, packet.source, packet.sourceGroups, scope, rule.isDefault))
  if (source === 'no') return 'no'
  return both(source, matchesEnd(rule.destination, packet.destination, packet.destinationGroups, scope, rule.isDefault))
}

function matchesProtocol(protocol: RuleProtocol | undefined, wanted: FabricProtocol): Truth {
  if (protocol === undefined) return 'maybe'
  return toTruth(protocol === '*' || protocol.toUpperCase() === wanted)
}

function matchesPort({ ports, protocol }: FilterRule, { port, protocol: wanted }: FabricPacket): Truth {
  if (wanted === 'ICMP') {
    // Rules for ICMP have no ports; a rule for any protocol on some ports is one for the protocols that have them.
    return toTruth(protocol === 'Icmp' || hasAllPorts(ports.certain))
  }
  if (hasNumber(ports.certain, port)) return 'yes'
  return hasNumber(ports.possible, port) ? 'maybe' : 'no'
}

function hasAllPorts(ports: Intervals): boolean {
  return coversIntervals(ports, interval(1, 65536))
}

function matchesEnd(
  end: FilterEnd,
  where: Places,
  groups: ReadonlySet<AzureObject>,
  scope: TagScope,
  isDefault: boolean,
): Truth {
  if (end.groups.size > 0 || !end.groupsKnown) {
    for (const group of end.groups) if (groups.has(group)) return 'yes'
    return end.groupsKnown ? 'no' : 'maybe'
  }
  const { certain, possible } = resolvePrefixes(end.prefixes, scope, isDefault)
  const surely = isIn(where, certain)
  if (surely === 'yes') return 'yes'
  return either(surely, isIn(where, possible) === 'no' ? 'no' : 'maybe')
}

/** Tags filled in with what they mean in a scope. */
export function resolvePrefixes(prefixes: PrefixSet, scope: TagScope, isDefault: boolean): Bounds<Places> {
  if (prefixes.tags.length === 0) return prefixes.places
  let { certain, possible } = prefixes.places
  for (const tag of prefixes.tags) {
    const meant = meaningOf(tag, scope, isDefault)
    certain = places.union(certain, meant.certain)
    possible = places.union(possible, meant.possible)
  }
  return { certain, possible }
}

/** 168.63.129.16 is where health probes come from. */
const PROBES = atAddresses(parseRange('168.63.129.16')!)

function meaningOf(tag: NetworkTag, scope: TagScope, isDefault: boolean): Bounds<Places> {
  switch (tag) {
    case 'VirtualNetwork': {
      const { certain, possible } = scope.virtualNetwork
      return isDefault
        ? { certain: places.union(certain, scope.podRanges), possible: places.union(possible, scope.podRanges) }
        : { certain, possible: places.union(possible, scope.podRanges) }
    }
    case 'Internet':
      return { certain: scope.internet, possible: scope.internet }
    case 'AzureLoadBalancer':
      return { certain: PROBES, possible: PROBES }
    // The platform's own addresses are asked about in `platformFilter`, never as places of a packet.
    case 'AzurePlatformDNS':
    case 'AzurePlatformIMDS':
    case 'AzurePlatformLKM':
      return { certain: NOWHERE, possible: NOWHERE }
  }
}

/** The first rule that matches decides; where a rule may match, what comes after it counts as well. */
export function judgeFilter(
  filter: Filter,
  direction: 'inbound' | 'outbound',
  packet: FabricPacket,
  scope: TagScope,
): Step {
  const answers = new Set<Answer>()
  let decider: FilterRule | undefined
  for (const rule of filter[direction]) {
    const match = matchesRule(rule, packet, scope)
    if (match === 'no') continue
    decider ??= rule
    answers.add(accessAnswer(rule.access))
    if (match === 'yes') break
  }
  if (!filter.complete) answers.add('allowed').add('denied')
  const answer = answers.size === 1 ? [...answers][0]! : 'unknown'
  const at = decider?.isDefault === false ? decider : filter
  const named =
    decider === undefined ? 'no rule' : decider.isDefault ? decider.name : `rule ${decider.name} (${decider.priority})`
  return {
    layer: 'nsg',
    answer,
    rule: `${filter.label}, ${direction}: ${named}`,
    ...(at.resource && { resource: at.resource }),
    ...('origin' in at && at.origin !== undefined && { origin: at.origin }),
  }
}

function accessAnswer(access: FilterRule['access']): Answer {
  if (access === undefined) return 'unknown'
  return access === 'Deny' ? 'denied' : 'allowed'
}

/**
 * Whether a group keeps a packet from a platform service: only outbound denials that name its tag do, and only ones that stand above
 * anything else that names it. Source: network-security-groups-overview#azure-platform-considerations
 */
export function judgePlatform(filter: Filter, tag: NetworkTag, packet: FabricPacket): Step {
  let maybe = false
  for (const rule of filter.outbound) {
    if (rule.isDefault || !rule.destination.prefixes.tags.includes(tag)) continue
    const match = both(rule.present, both(matchesProtocol(rule.protocol, packet.protocol), matchesPort(rule, packet)))
    if (match === 'no') continue
    const denies = rule.access === undefined ? 'maybe' : toTruth(rule.access === 'Deny')
    if (both(match, denies) === 'maybe') maybe = true
    if (match === 'yes' && denies !== 'maybe') {
      return {
        layer: 'nsg',
        answer: maybe ? 'unknown' : denies === 'yes' ? 'denied' : 'allowed',
        rule: `${filter.label}, outbound: rule ${rule.name} (${rule.priority}) names ${tag}`,
        ...(rule.resource && { resource: rule.resource }),
        ...(rule.origin && { origin: rule.origin }),
      }
    }
  }
  return {
    layer: 'nsg',
    answer: maybe ? 'unknown' : 'allowed',
    rule: `${filter.label}, outbound: platform addresses pass unless a rule names ${tag}`,
    ...(filter.resource && { resource: filter.resource }),
  }
}

/** A rule that AKS's cloud controller or a node pool adds: `priority` and up, inbound, from any source port. */
export function generatedRule(given: {
  readonly name: string
  readonly priority: number
  readonly access: 'Allow' | 'Deny'
  readonly source: PrefixSet
  readonly destination?: PrefixSet
  readonly protocol: RuleProtocol
  readonly ports: Bounds<Intervals>
  readonly present?: Truth
  readonly resource: Resource
  readonly origin?: Origin
}): FilterRule {
  return {
    name: given.name,
    direction: 'Inbound',
    priority: given.priority,
    access: given.access,
    protocol: given.protocol,
    source: { prefixes: given.source, groups: new Set(), groupsKnown: true },
    destination: { prefixes: given.destination ?? ANY, groups: new Set(), groupsKnown: true },
    ports: given.ports,
    isDefault: false,
    present: given.present ?? 'yes',
    resource: given.resource,
    origin: given.origin,
  }
}
