import { type Bounds, exactly } from '../../algebra/bounds.ts'
import { type ConnectionSet, connectionKey } from '../../algebra/connections.ts'
import { hasName, NO_NAMES, namePatterns } from '../../algebra/names.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import type { Firewall, FirewallRule, RuleCollection } from '../../model/azure/firewall.ts'
import { knownItems } from '../../model/azure/prop.ts'
import { INTERNET, NOWHERE, type Places, placesKey } from '../azure/places.ts'
import { placeBounds } from '../azure/prefixes.ts'
import { compile } from './firewall-rule.ts'
import { isThere, type Ruleset, rulesetOf } from './firewall-ruleset.ts'
import {
  applicationConnections,
  applicationTargets,
  isWhollyKnown,
  namesToCome,
  networkConnections,
  networkTargets,
} from './firewall-targets.ts'

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
  const keys = new Map<Places, string>()
  const keyOf = (where: Places): string => {
    const key = keys.get(where) ?? placesKey(where)
    keys.set(where, key)
    return key
  }
  let run = new Map<string, SingleRule[]>()
  const close = () => {
    for (const alike of run.values()) joined.push(joinDestinations(alike))
    run = new Map()
  }
  for (const [index, rule] of rules.entries()) {
    if (index > 0 && rule.allows !== rules[index - 1]!.allows) close()
    const key = isExact(rule)
      ? `${keyOf(rule.source.certain)}|${connectionKey(rule.connections.certain)}`
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
