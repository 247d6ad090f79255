import { addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import { type Bounds, exactly } from '../../algebra/bounds.ts'
import { ALL_PORTS, type ConnectionSet, connectionKey, NO_CONNECTIONS } from '../../algebra/connections.ts'
import { hasNumber, type Intervals, intersectIntervals, interval, unionIntervals } from '../../algebra/intervals.ts'
import { hasName, type NameSet, NO_NAMES, namePatterns, nameSets } from '../../algebra/names.ts'
import { both, either, type Truth, toTruth } from '../../algebra/truth.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import type { Firewall, FirewallPolicy, FirewallRule, RuleCollection } from '../../model/azure/firewall.ts'
import type { Link } from '../../model/azure/link.ts'
import { knownItems, knownValue, type PropList, type UnknownProp } from '../../model/azure/prop.ts'
import type { Resource } from '../../parse/resource.ts'
import { AKS_REQUIRED_NAMES } from '../azure/aks-names.ts'
import type { Answer, FirewallRuleKind, Step } from '../azure/outcome.ts'
import {
  atAddresses,
  EVERYWHERE,
  INTERNET,
  isIn,
  NOWHERE,
  type Places,
  PRIVATE_V4,
  parseRange,
  places,
  placesKey,
  withPublic,
} from '../azure/places.ts'
import { ANYTHING, type PrefixSet, placeBounds, toPrefixSet } from '../azure/prefixes.ts'
import { type FabricProtocol, toPorts } from './nsg.ts'

/** A packet as a firewall sees it; `name` is what the client asks for, where it asks by name. */
export interface FirewallPacket {
  readonly source: Places
  readonly destination: Places
  readonly name: string | undefined
  readonly protocol: FabricProtocol
  readonly port: number
}

/** What the firewall does with a packet, and which of its rule types decided: application rules always translate the source. */
export interface FirewallStep extends Step {
  readonly by: FirewallRuleKind
}

/** Collections in the order in which they are read: kinds first, then parents, groups and collections by priority. */
interface Ruleset {
  readonly nat: readonly RuleCollection[]
  readonly network: readonly RuleCollection[]
  readonly application: readonly RuleCollection[]
  /** False where rules exist that could not be read. */
  readonly complete: boolean
  readonly dnsProxy: Truth
  readonly privateRanges: PropList<string>
  /** The policy, or the firewall where there is none. */
  readonly resource: Resource
}

const RULESETS = new WeakMap<Firewall, Ruleset>()

export function rulesetOf(network: AzureNetwork, firewall: Firewall): Ruleset {
  const made = RULESETS.get(firewall)
  if (made !== undefined) return made
  const ruleset = toRuleset(network, firewall)
  RULESETS.set(firewall, ruleset)
  return ruleset
}

/** How many parents are followed: Azure allows one level, a cycle in the code must not hang us. */
const MOST_PARENTS = 8

function toRuleset(network: AzureNetwork, firewall: Firewall): Ruleset {
  if (firewall.policy.kind === 'absent') {
    return {
      ...byKind([...firewall.collections].sort(byPriority)),
      complete: firewall.collections.every(({ complete }) => complete),
      dnsProxy: truthOf(firewall.dnsProxy),
      privateRanges: firewall.privateRanges,
      resource: firewall.object.resource,
    }
  }
  const chain: FirewallPolicy[] = []
  let link: Link = firewall.policy
  while (chain.length < MOST_PARENTS) {
    const policy = network.firewallPolicies.of(link)
    if (policy === undefined || chain.includes(policy)) break
    chain.push(policy)
    link = policy.base
  }
  const own = chain[0]
  const ordered = [...chain].reverse().flatMap((policy) => policy.groups)
  return {
    ...byKind(ordered.flatMap((group) => group.collections)),
    complete:
      own !== undefined &&
      link.kind === 'absent' &&
      ordered.every((group) => group.complete && group.collections.every(({ complete }) => complete)),
    dnsProxy: own === undefined ? 'maybe' : truthOf(own.dnsProxy),
    privateRanges: own?.privateRanges ?? firewall.privateRanges,
    resource: own?.object.resource ?? firewall.object.resource,
  }
}

function byKind(collections: readonly RuleCollection[]): Pick<Ruleset, 'nat' | 'network' | 'application'> {
  const of = (kind: RuleCollection['kind']) => collections.filter((collection) => collection.kind === kind)
  return { nat: of('nat'), network: of('network'), application: of('application') }
}

function byPriority(a: RuleCollection, b: RuleCollection): number {
  return (knownValue(a.priority) ?? 0) - (knownValue(b.priority) ?? 0)
}

function truthOf(prop: { readonly known: boolean; readonly value?: boolean }): Truth {
  return prop.known ? toTruth(prop.value === true) : 'maybe'
}

/**
 * Network rules, then application rules, then the default deny; in each the first match ends. Kinds come before priorities, and a
 * parent policy's groups before its children's within a kind. Source: learn.microsoft.com/azure/firewall/rule-processing
 */
export function judgeFirewall(network: AzureNetwork, firewall: Firewall, packet: FirewallPacket): FirewallStep {
  const ruleset = rulesetOf(network, firewall)
  const answers = new Set<Answer>()
  let first: { step: FirewallStep } | undefined
  const note = (collection: RuleCollection, rule: FirewallRule, by: 'network' | 'application') => {
    const answer: Answer = !collection.action.known
      ? 'unknown'
      : collection.action.value === 'Deny'
        ? 'denied'
        : 'allowed'
    answers.add(answer)
    first ??= { step: stepOf(firewall, collection, rule, by, answer) }
  }
  let decided = false
  for (const by of ['network', 'application'] as const) {
    for (const collection of decided ? [] : ruleset[by]) {
      if (decided) break
      for (const rule of collection.rules) {
        const match = both(
          isThere(collection),
          by === 'network'
            ? matchesNetwork(network, rule, collection, packet, ruleset)
            : matchesApplication(network, rule, collection, packet),
        )
        if (match === 'no') continue
        note(collection, rule, by)
        if (match === 'yes') {
          decided = true
          break
        }
      }
    }
  }
  if (!decided) answers.add('denied')
  if (!ruleset.complete) answers.add('allowed').add('denied')
  const answer = answers.size === 1 ? [...answers][0]! : 'unknown'
  const step = first?.step ?? {
    layer: 'firewall' as const,
    answer,
    rule: `${labelOf(firewall.object)}: no rule matches, the default is to deny`,
    resource: ruleset.resource,
    by: 'default' as const,
  }
  return { ...step, answer }
}

function stepOf(
  firewall: Firewall,
  collection: RuleCollection,
  rule: FirewallRule,
  by: FirewallStep['by'],
  answer: Answer,
): FirewallStep {
  const name = `${knownValue(collection.name) ?? '?'}/${knownValue(rule.name) ?? '?'}`
  return {
    layer: 'firewall',
    answer,
    rule: `${labelOf(firewall.object)}: ${by} rule ${name}`,
    resource: collection.object.resource,
    origin: rule.value.origin,
    by,
  }
}

function isThere(collection: RuleCollection): Truth {
  return collection.object.resource.maybe === undefined ? 'yes' : 'maybe'
}

function matchesNetwork(
  network: AzureNetwork,
  rule: FirewallRule,
  { object }: RuleCollection,
  packet: FirewallPacket,
  ruleset: Ruleset,
): Truth {
  const compiled = compile(network, rule, object.resource)
  const shape = both(matchesProtocol(rule, packet.protocol), matchesPort(compiled, packet))
  if (shape === 'no') return 'no'
  const base = both(shape, within(packet.source, compiled.source))
  if (base === 'no') return 'no'
  const byAddress = compiled.hasDestination ? within(packet.destination, compiled.destination) : 'no'
  return both(base, either(byAddress, matchesNames(rule, packet, ruleset)))
}

/** Names of network rules have no wildcards, and mean something only where the clients ask the firewall for names. */
function matchesNames({ destinationNames }: FirewallRule, { name }: FirewallPacket, { dnsProxy }: Ruleset): Truth {
  if (destinationNames.absent) return 'no'
  if (name === undefined)
    return destinationNames.complete && destinationNames.items.every((item) => item.known) ? 'no' : 'maybe'
  const surely = destinationNames.items.some((item) => item.known && item.value.toLowerCase() === name)
  if (surely) return dnsProxy === 'yes' ? 'yes' : 'maybe'
  return destinationNames.complete && destinationNames.items.every((item) => item.known) ? 'no' : 'maybe'
}

/** Application rules are for HTTP, HTTPS and MSSQL over TCP, by the name in the request. */
function matchesApplication(
  network: AzureNetwork,
  rule: FirewallRule,
  { object }: RuleCollection,
  packet: FirewallPacket,
): Truth {
  if (packet.protocol !== 'TCP') return 'no'
  const compiled = compile(network, rule, object.resource)
  const { certain, possible } = applicationConnections(rule)
  const isSure = hasNumber(certain.TCP, packet.port) && rule.services.every(({ protocol }) => protocol.known)
  const service = isSure ? 'yes' : hasNumber(possible.TCP, packet.port) ? 'maybe' : 'no'
  if (service === 'no') return 'no'
  const base = both(service, within(packet.source, compiled.source))
  return base === 'no' ? 'no' : both(base, matchesTargets(rule, compiled, packet))
}

function matchesTargets(rule: FirewallRule, compiled: CompiledRule, packet: FirewallPacket): Truth {
  const targets: Truth[] = []
  const name = packet.name ?? ''
  const isPublic = isIn(packet.destination, NOT_PRIVATE) !== 'no'
  if (!rule.targetNames.absent) {
    if (compiled.names === undefined) targets.push('maybe')
    else targets.push(toTruth(hasName(compiled.names, name) && (name !== '' || isPublic)))
    if (!rule.targetNames.complete || rule.targetNames.items.some((item) => !item.known)) targets.push('maybe')
  }
  for (const tag of rule.nameTags.items) {
    if (!tag.known) targets.push('maybe')
    else if (isAksTag(tag.value)) targets.push(toTruth(AKS_REQUIRED_NAMES.has(name)))
    else targets.push(name === '' ? 'no' : 'maybe')
  }
  // A URL is a host and a path: the host part decides whether a request can match at all.
  for (const url of rule.targetUrls.items) {
    const set = url.known ? namePatterns([hostOf(url.value)], 'any') : undefined
    targets.push(set === undefined || hasName(set, name) ? 'maybe' : 'no')
  }
  // Which sites a category holds is Microsoft's to say.
  if (!rule.webCategories.absent) targets.push('maybe')
  return targets.reduce(either, 'no')
}

function isAksTag(tag: string): boolean {
  return tag.toLowerCase() === 'azurekubernetesservice'
}

function hostOf(url: string): string {
  return url.replace(/^https?:\/\//i, '').split('/')[0] ?? ''
}

const NOT_PRIVATE: Places = places.subtract(EVERYWHERE, atAddresses(PRIVATE_V4))

interface CompiledRule {
  readonly source: Bounds<Places>
  readonly destination: Bounds<Places>
  readonly hasDestination: boolean
  readonly ports: ReturnType<typeof toPorts>
  /** Undefined where a pattern cannot be taken apart. Made when first asked for: most rules are only looked at many at once. */
  readonly names: ReturnType<typeof namePatterns>
}

const COMPILED = new WeakMap<FirewallRule, CompiledRule>()

function compile(network: AzureNetwork, rule: FirewallRule, from: Resource): CompiledRule {
  const made = COMPILED.get(rule)
  if (made !== undefined) return made
  const destination = union(network, toPrefixSet(network, rule.destinations, from), rule.destinationGroups)
  let names: CompiledRule['names']
  let isNamed = false
  const compiled: CompiledRule = {
    source: union(network, toPrefixSet(network, rule.sources, from), rule.sourceGroups),
    destination,
    hasDestination: !rule.destinations.absent || rule.destinationGroups.length > 0,
    ports: toPorts(rule.destinationPorts),
    get names() {
      if (!isNamed) names = namePatterns(knownItems(rule.targetNames), 'any')
      isNamed = true
      return names
    },
  }
  COMPILED.set(rule, compiled)
  return compiled
}

/** Addresses and the address groups beside them. */
function union(network: AzureNetwork, prefixes: PrefixSet, groups: readonly Link[]): Bounds<Places> {
  let all = prefixes.places
  // A firewall knows no `Internet` or `VirtualNetwork`: such a word stands for nothing that could be told.
  if (prefixes.tags.length > 0) all = placeBounds.union(all, ANYTHING)
  for (const link of groups) {
    const group = network.ipGroups.of(link)
    all = placeBounds.union(
      all,
      group === undefined ? ANYTHING : toPrefixSet(network, group.addresses, group.object.resource).places,
    )
  }
  return all
}

function within(where: Places, { certain, possible }: Bounds<Places>): Truth {
  const surely = isIn(where, certain)
  if (surely === 'yes') return 'yes'
  return either(surely, isIn(where, possible) === 'no' ? 'no' : 'maybe')
}

function matchesProtocol({ protocols }: FirewallRule, wanted: FabricProtocol): Truth {
  if (protocols.absent) return 'no'
  const found = protocols.items.map((item): Truth => {
    if (!item.known) return 'maybe'
    return toTruth(item.value.toLowerCase() === 'any' || item.value.toUpperCase() === wanted)
  })
  return [...found, protocols.complete ? 'no' : ('maybe' as Truth)].reduce(either, 'no')
}

function matchesPort({ ports }: CompiledRule, { port, protocol }: FirewallPacket): Truth {
  if (protocol === 'ICMP') return 'yes'
  if (hasNumber(ports.certain, port)) return 'yes'
  return hasNumber(ports.possible, port) ? 'maybe' : 'no'
}

/** Rules of one kind and action that stand together, with equal sources and connections, as sets. */
export interface RuleSets {
  readonly source: Bounds<Places>
  readonly destination: Bounds<Places>
  readonly connections: Bounds<ConnectionSet>
  /** Undefined where the action is not known. */
  readonly allows: boolean | undefined
  /** The application rule, where the tree does not say all of its names: {@link namesToCome} stands for them. */
  readonly unnamed?: FirewallRule
}

const RULE_SETS = new WeakMap<Ruleset, readonly RuleSets[]>()

/** Network and application rules of a firewall as sets, in the order in which they are read; undefined where rules could not be read. */
export function ruleSetsOf(network: AzureNetwork, firewall: Firewall): readonly RuleSets[] | undefined {
  const ruleset = rulesetOf(network, firewall)
  if (!ruleset.complete) return undefined
  const made = RULE_SETS.get(ruleset)
  if (made !== undefined) return made
  const sets = (['network', 'application'] as const).flatMap((by) => joinAlike(setsOfKind(network, ruleset, by)))
  RULE_SETS.set(ruleset, sets)
  return sets
}

/** One rule as sets, with where it is written. */
export interface RuleLine extends RuleSets {
  readonly rule: FirewallRule
  readonly collection: RuleCollection
}

/** Every network and application rule of a firewall by itself, in the order in which they are read. */
export function ruleLinesOf(network: AzureNetwork, firewall: Firewall): readonly RuleLine[] {
  const ruleset = rulesetOf(network, firewall)
  return (['network', 'application'] as const).flatMap((by) =>
    setsOfKind(network, ruleset, by).map(({ source, destination, connections, allows, rule, collection }) => ({
      source,
      destination: destination(),
      connections,
      allows,
      rule,
      collection,
    })),
  )
}

/** One rule, before it is joined with those that are alike. */
interface SingleRule extends Omit<RuleSets, 'destination'> {
  readonly rule: FirewallRule
  readonly collection: RuleCollection
  destination(): Bounds<Places>
  /** Where the rule is about these names alone and nothing of it is unknown. */
  readonly patterns: readonly string[] | undefined
}

function setsOfKind(network: AzureNetwork, ruleset: Ruleset, by: 'network' | 'application'): readonly SingleRule[] {
  const isNetwork = by === 'network'
  return ruleset[by].flatMap((collection) => {
    const isSure = isThere(collection) === 'yes'
    return collection.rules.map((rule): SingleRule => {
      const compiled = compile(network, rule, collection.object.resource)
      return {
        rule,
        collection,
        source: compiled.source,
        destination: () => {
          const all = isNetwork ? networkTargets(rule, compiled, ruleset) : applicationTargets(rule, compiled)
          return isSure ? all : { certain: NOWHERE, possible: all.possible }
        },
        connections: isNetwork ? networkConnections(rule, compiled) : applicationConnections(rule),
        allows: collection.action.known ? collection.action.value !== 'Deny' : undefined,
        ...(isNetwork || namesToCome(rule) === NO_NAMES ? {} : { unnamed: rule }),
        patterns: !isNetwork && isSure && hasNamesAlone(rule) ? knownItems(rule.targetNames) : undefined,
      }
    })
  })
}

function hasNamesAlone({ targetNames, targetUrls, webCategories, nameTags }: FirewallRule): boolean {
  return isWhollyKnown(targetNames) && targetUrls.absent && webCategories.absent && nameTags.absent
}

/** Within a run of one action the order says nothing, so rules that differ only in their destinations are one. */
function joinAlike(rules: readonly SingleRule[]): readonly RuleSets[] {
  const joined: RuleSets[] = []
  let run = new Map<string, SingleRule[]>()
  const close = () => {
    for (const alike of run.values()) joined.push(joinDestinations(alike))
    run = new Map()
  }
  for (const [index, rule] of rules.entries()) {
    if (index > 0 && rule.allows !== rules[index - 1]!.allows) close()
    const key = isExact(rule)
      ? `${placesKey(rule.source.certain)}|${connectionKey(rule.connections.certain)}`
      : `rule ${index}`
    const alike = run.get(key)
    if (alike === undefined) run.set(key, [rule])
    else alike.push(rule)
  }
  close()
  return joined
}

function isExact({ source, connections, patterns, destination, unnamed }: SingleRule): boolean {
  if (unnamed !== undefined) return false
  if (source.certain !== source.possible || connections.certain !== connections.possible) return false
  if (patterns !== undefined) return true
  const { certain, possible } = destination()
  return certain === possible
}

function joinDestinations(rules: readonly SingleRule[]): RuleSets {
  const [first] = rules
  if (rules.length === 1) return { ...first!, destination: first!.destination() }
  const names = namePatterns(
    rules.flatMap(({ patterns = [] }) => patterns),
    'any',
  )
  const named = names === undefined ? NOWHERE : hasName(names, '') ? INTERNET : { ...NOWHERE, hosts: names }
  const rest = rules.filter(({ patterns }) => names === undefined || patterns === undefined)
  const others = rest.map(({ destination }) => destination()).reduce(placeBounds.union, exactly(NOWHERE))
  return { ...first!, destination: placeBounds.union(exactly(named), others) }
}

function networkTargets(rule: FirewallRule, compiled: CompiledRule, { dnsProxy }: Ruleset): Bounds<Places> {
  const addresses = compiled.hasDestination ? compiled.destination : { certain: NOWHERE, possible: NOWHERE }
  const names = namePatterns(knownItems(rule.destinationNames), 'any') ?? NO_NAMES
  const byName = { ...NOWHERE, hosts: names }
  const isKnown = isWhollyKnown(rule.destinationNames)
  if (rule.destinationNames.absent) return addresses
  return {
    certain: places.union(addresses.certain, dnsProxy === 'yes' ? byName : NOWHERE),
    possible: places.union(addresses.possible, isKnown ? byName : INTERNET),
  }
}

/**
 * Stand-ins for the names of an application rule that are not written: of a parameter `<aksFqdns>`, of a tag `<tag WindowsUpdate>`, of
 * a category `<web category News>`. Equal stand-ins are equal names, and none is a name that can be asked for.
 */
export function namesToCome({ targetNames, nameTags, webCategories }: FirewallRule): NameSet {
  const words = (list: PropList<string>, kind: string) =>
    list.items.map((item) => (item.known ? `<${kind} ${item.value}>` : holeOf(item)))
  const later = targetNames.items.flatMap((item) => (item.known ? [] : holeOf(item)))
  const all = [...later, ...words(nameTags, 'tag'), ...words(webCategories, 'web category')]
  return all.length === 0 ? NO_NAMES : (namePatterns(all, 'any') ?? NO_NAMES)
}

function holeOf({ unknown }: UnknownProp): string {
  const name = (value: UnknownProp['unknown']) => `<${/"([^"<>*]+)"/.exec(value.detail)?.[1] ?? 'names'}>`
  if (unknown.kind === 'choice' || unknown.parts === undefined) {
    return `${unknown.kind === 'choice' ? '' : (unknown.prefix ?? '')}${name(unknown)}`
  }
  return unknown.parts.map((part) => (typeof part === 'string' ? part : name(part))).join('')
}

/** Names of public hosts; a rule that also takes requests without a name of note takes every public address. */
function applicationTargets(rule: FirewallRule, { names }: CompiledRule): Bounds<Places> {
  const tags = rule.nameTags.items.map((tag) => tag.known && isAksTag(tag.value))
  const known = nameSets.union(names ?? NO_NAMES, tags.includes(true) ? AKS_REQUIRED_NAMES.names : NO_NAMES)
  const certain = hasName(known, '') ? INTERNET : { ...NOWHERE, hosts: known }
  const isKnown =
    names !== undefined &&
    isWhollyKnown(rule.targetNames) &&
    rule.targetUrls.absent &&
    rule.webCategories.absent &&
    !tags.includes(false)
  return { certain, possible: isKnown ? certain : INTERNET }
}

function isWhollyKnown({ complete, items }: PropList<string>): boolean {
  return complete && items.every((item) => item.known)
}

function networkConnections({ protocols }: FirewallRule, { ports }: CompiledRule): Bounds<ConnectionSet> {
  const known = knownItems(protocols).map((word) => word.toUpperCase())
  const has = (word: string) => known.includes(word) || known.includes('ANY')
  const side = (range: Intervals, all: boolean): ConnectionSet => ({
    ...NO_CONNECTIONS,
    TCP: has('TCP') || all ? intersectIntervals(range, ALL_PORTS) : [],
    UDP: has('UDP') || all ? intersectIntervals(range, ALL_PORTS) : [],
    ICMP: has('ICMP') || all ? interval(0, 65536) : [],
  })
  const open = !protocols.complete || known.length < protocols.items.length
  const certain = side(ports.certain, false)
  return !open && ports.certain === ports.possible
    ? exactly(certain)
    : { certain, possible: side(ports.possible, open) }
}

/** A rule for a tag of names says HTTPS, or nothing at all. Source: learn.microsoft.com/azure/firewall/fqdn-tags */
function applicationConnections({ services, nameTags }: FirewallRule): Bounds<ConnectionSet> {
  let ports: Intervals = []
  let open = false
  for (const { port } of services) {
    if (port.known) ports = unionIntervals(ports, interval(port.value, port.value + 1))
    else open = true
  }
  if (!nameTags.absent && services.length === 0) ports = interval(443, 444)
  const certain = { ...NO_CONNECTIONS, TCP: ports }
  return open ? { certain, possible: { ...NO_CONNECTIONS, TCP: ALL_PORTS } } : exactly(certain)
}

/** Whether a network rule's packet leaves with the firewall's address: not towards private ranges. */
export function translatesSource(network: AzureNetwork, firewall: Firewall, destination: Places): Truth {
  const { privateRanges } = rulesetOf(network, firewall)
  if (privateRanges.absent) return negate(isIn(destination, withPublic(PRIVATE_V4)))
  const ranges = privateRanges.items.map((item) => {
    if (!item.known) return undefined
    return item.value.toLowerCase() === 'ianaprivateranges' ? PRIVATE_V4 : (parseRange(item.value) ?? NO_ADDRESSES)
  })
  if (ranges.includes(undefined) || !privateRanges.complete) return 'maybe'
  return negate(isIn(destination, withPublic(ranges.map((range) => range!).reduce(addressSets.union, NO_ADDRESSES))))
}

function negate(truth: Truth): Truth {
  return truth === 'yes' ? 'no' : truth === 'no' ? 'yes' : 'maybe'
}

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
        address,
        port,
        step: stepOf(firewall, collection, rule, 'nat', 'allowed'),
      }
    }),
  )
}

export interface NatRule {
  /** The clients that it is for. */
  readonly source: Bounds<Places>
  /** The firewall's public addresses that it is for. */
  readonly destination: Bounds<Places>
  readonly ports: ReturnType<typeof toPorts>
  /** Without the destination, which is one of the firewall's public addresses. */
  matches(packet: FirewallPacket): Truth
  /** Where it leads; undefined where that is not known. */
  readonly address: Places['addresses'] | undefined
  readonly port: number | undefined
  readonly step: FirewallStep
}
