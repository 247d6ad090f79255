import { type Bounds, exactly } from '../../algebra/bounds.ts'
import { ALL_PORTS, type ConnectionSet, NO_CONNECTIONS } from '../../algebra/connections.ts'
import { type Intervals, intersectIntervals, interval, unionIntervals } from '../../algebra/intervals.ts'
import { hasName, type NameSet, NO_NAMES, namePatterns, nameSets } from '../../algebra/names.ts'
import type { FirewallRule } from '../../model/azure/firewall.ts'
import { knownItems, type PropList, type UnknownProp } from '../../model/azure/prop.ts'
import { AKS_REQUIRED_NAMES } from '../azure/aks-names.ts'
import { nameStandIn } from '../azure/name-stand-ins.ts'
import { INTERNET, NOWHERE, type Places, places } from '../azure/places.ts'
import { type CompiledRule, isAksTag } from './firewall-rule.ts'
import type { Ruleset } from './firewall-ruleset.ts'

/** Addresses and names that a network rule is for: names only where clients ask the firewall's DNS proxy. */
export function networkTargets(rule: FirewallRule, compiled: CompiledRule, { dnsProxy }: Ruleset): Bounds<Places> {
  const addresses = compiled.hasDestination ? compiled.destination : exactly(NOWHERE)
  if (rule.destinationNames.absent) return addresses
  const names = namePatterns(knownItems(rule.destinationNames), 'any') ?? NO_NAMES
  const byName = { ...NOWHERE, hosts: names }
  const isKnown = isWhollyKnown(rule.destinationNames)
  return {
    certain: places.union(addresses.certain, dnsProxy === 'yes' ? byName : NOWHERE),
    possible: places.union(addresses.possible, isKnown ? byName : INTERNET),
  }
}

/** Names of public hosts; a rule that also takes requests without a name of note takes every public address. */
export function applicationTargets(rule: FirewallRule, { names }: CompiledRule): Bounds<Places> {
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

/** Protocols and ports of a network rule. */
export function networkConnections({ protocols }: FirewallRule, { ports }: CompiledRule): Bounds<ConnectionSet> {
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
export function applicationConnections({ services, nameTags }: FirewallRule): Bounds<ConnectionSet> {
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

/**
 * Stand-ins for the names of an application rule that are not written: of a parameter `<aksFqdns>`, of a tag `<tag WindowsUpdate>`, of
 * a category `<web category News>`. Equal stand-ins are equal names, and none is a name that can be asked for.
 */
export function namesToCome({ targetNames, nameTags, webCategories }: FirewallRule): NameSet {
  const words = (list: PropList<string>, kind: string) =>
    list.items.map((item) => (item.known ? nameStandIn(`${kind} ${item.value}`) : holeOf(item)))
  const later = targetNames.items.flatMap((item) => (item.known ? [] : holeOf(item)))
  const all = [...later, ...words(nameTags, 'tag'), ...words(webCategories, 'web category')]
  return all.length === 0 ? NO_NAMES : (namePatterns(all, 'any') ?? NO_NAMES)
}

function holeOf({ unknown }: UnknownProp): string {
  const name = (value: UnknownProp['unknown']) => nameStandIn(/"([^"<>*]+)"/.exec(value.detail)?.[1] ?? 'names')
  if (unknown.kind === 'choice' || unknown.parts === undefined) {
    return `${unknown.kind === 'choice' ? '' : (unknown.prefix ?? '')}${name(unknown)}`
  }
  return unknown.parts.map((part) => (typeof part === 'string' ? part : name(part))).join('')
}

/** Whether every item of a list is known. */
export function isWhollyKnown({ complete, items }: PropList<string>): boolean {
  return complete && items.every((item) => item.known)
}
