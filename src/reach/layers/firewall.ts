import { addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import type { Bounds } from '../../algebra/bounds.ts'
import type { ConnectionSet } from '../../algebra/connections.ts'
import { hasNumber } from '../../algebra/intervals.ts'
import { hasName, namePatterns } from '../../algebra/names.ts'
import { both, either, type Truth, toTruth } from '../../algebra/truth.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import type { Firewall, FirewallRule, RuleCollection } from '../../model/azure/firewall.ts'
import { AKS_REQUIRED_NAMES } from '../azure/aks-names.ts'
import type { Answer } from '../azure/outcome.ts'
import {
  atAddresses,
  EVERYWHERE,
  isIn,
  type Places,
  PRIVATE_V4,
  parseRange,
  places,
  placesKey,
  withPublic,
} from '../azure/places.ts'
import {
  type CompiledRule,
  compile,
  type FirewallPacket,
  type FirewallStep,
  isAksTag,
  matchesPort,
  matchesProtocol,
  stepOf,
  within,
} from './firewall-rule.ts'
import { isThere, type Ruleset, rulesetOf } from './firewall-ruleset.ts'
import { applicationConnections } from './firewall-targets.ts'

/**
 * Network rules, then application rules, then the default deny; in each the first match ends. Kinds come before priorities, and a
 * parent policy's groups before its children's within a kind. Source: learn.microsoft.com/azure/firewall/rule-processing
 */
export function judgeFirewall(network: AzureNetwork, firewall: Firewall, packet: FirewallPacket): FirewallStep {
  const ruleset = rulesetOf(network, firewall)
  const answers = new Set<Answer>()
  let first: FirewallStep | undefined
  let decided = false
  for (const own of rulesFor(network, ruleset, packet.source)) {
    const match = own.by === 'network' ? matchesNetwork(own, packet, ruleset) : matchesApplication(own, packet)
    if (match === 'no') continue
    const answer = answerOf(own.collection)
    answers.add(answer)
    first ??= stepOf(firewall, own.collection, own.rule, own.by, answer)
    decided = match === 'yes'
    if (decided) break
  }
  if (!decided) answers.add('denied')
  if (!ruleset.complete) answers.add('allowed').add('denied')
  const answer = answers.size === 1 ? [...answers][0]! : 'unknown'
  const step = first ?? {
    layer: 'firewall' as const,
    answer,
    rule: `${labelOf(firewall.object)}: no rule matches, the default is to deny`,
    resource: ruleset.resource,
    by: 'default' as const,
  }
  return { ...step, answer }
}

/** A rule as one sender meets it. */
interface MetRule {
  readonly by: 'network' | 'application'
  readonly collection: RuleCollection
  readonly rule: FirewallRule
  readonly compiled: CompiledRule
  /** What an application rule is for. */
  readonly services: Bounds<ConnectionSet>
  /** Whether it surely exists and is for the sender; never `no`. */
  readonly applies: Truth
}

const MET = new WeakMap<Ruleset, Map<string, readonly MetRule[]>>()

/** Senders whose rules are kept: the subnets that a review asks about one after the other are fewer. */
const MOST_SENDERS = 64

/** The rules that may be for a sender, in the order in which they are read. Found once a sender: many questions are about the same few. */
function rulesFor(network: AzureNetwork, ruleset: Ruleset, source: Places): readonly MetRule[] {
  const bySender = MET.get(ruleset) ?? new Map<string, readonly MetRule[]>()
  MET.set(ruleset, bySender)
  const key = placesKey(source)
  const known = bySender.get(key)
  if (known !== undefined) return known
  const isSender = new Map<Bounds<Places>, Truth>()
  const rules = (['network', 'application'] as const).flatMap((by) =>
    ruleset[by].flatMap((collection) =>
      collection.rules.flatMap((rule): readonly MetRule[] => {
        const compiled = compile(network, rule, collection.object.resource)
        const sent = isSender.get(compiled.source) ?? within(source, compiled.source)
        isSender.set(compiled.source, sent)
        if (sent === 'no') return []
        const applies = both(isThere(collection), sent)
        return [{ by, collection, rule, compiled, services: applicationConnections(rule), applies }]
      }),
    ),
  )
  if (bySender.size >= MOST_SENDERS) bySender.clear()
  bySender.set(key, rules)
  return rules
}

function answerOf({ action }: RuleCollection): Answer {
  if (!action.known) return 'unknown'
  return action.value === 'Deny' ? 'denied' : 'allowed'
}

function matchesNetwork({ rule, compiled, applies }: MetRule, packet: FirewallPacket, ruleset: Ruleset): Truth {
  const shape = both(applies, both(matchesProtocol(rule, packet.protocol), matchesPort(compiled, packet)))
  if (shape === 'no') return 'no'
  const byAddress = compiled.hasDestination ? within(packet.destination, compiled.destination) : 'no'
  return both(shape, either(byAddress, matchesNames(rule, packet, ruleset)))
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
function matchesApplication({ rule, compiled, services, applies }: MetRule, packet: FirewallPacket): Truth {
  if (packet.protocol !== 'TCP') return 'no'
  const isSure = hasNumber(services.certain.TCP, packet.port) && rule.services.every(({ protocol }) => protocol.known)
  const service = isSure ? 'yes' : hasNumber(services.possible.TCP, packet.port) ? 'maybe' : 'no'
  return service === 'no' ? 'no' : both(both(applies, service), matchesTargets(rule, compiled, packet))
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

function hostOf(url: string): string {
  return url.replace(/^https?:\/\//i, '').split('/')[0] ?? ''
}

const NOT_PRIVATE: Places = places.subtract(EVERYWHERE, atAddresses(PRIVATE_V4))

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
