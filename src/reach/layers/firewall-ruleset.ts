import { type Truth, toTruth } from '../../algebra/truth.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import type { Firewall, FirewallPolicy, RuleCollection } from '../../model/azure/firewall.ts'
import type { Link } from '../../model/azure/link.ts'
import { knownValue, type PropList } from '../../model/azure/prop.ts'
import type { Resource } from '../../parse/resource.ts'

/** Collections in the order in which they are read: kinds first, then parents, groups and collections by priority. */
export interface Ruleset {
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

/** A firewall's collections in the order in which they are read. Made once a firewall. */
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
  // What such a policy says hangs on nothing else: it is the same for its firewalls and for the policy by itself.
  const isAlone = chain.length === 1 && link.kind === 'absent'
  const made = isAlone ? OF_POLICIES.get(own!.groups) : undefined
  if (made !== undefined) return made
  const ordered = [...chain].reverse().flatMap((policy) => policy.groups)
  const ruleset: Ruleset = {
    ...byKind(ordered.flatMap((group) => group.collections)),
    complete:
      own !== undefined &&
      link.kind === 'absent' &&
      ordered.every((group) => group.complete && group.collections.every(({ complete }) => complete)),
    dnsProxy: own === undefined ? 'maybe' : truthOf(own.dnsProxy),
    privateRanges: own?.privateRanges ?? firewall.privateRanges,
    resource: own?.object.resource ?? firewall.object.resource,
  }
  if (isAlone) OF_POLICIES.set(own!.groups, ruleset)
  return ruleset
}

/** Of policies without a parent, by their groups. */
const OF_POLICIES = new WeakMap<FirewallPolicy['groups'], Ruleset>()

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

/** Whether a collection surely exists. */
export function isThere(collection: RuleCollection): Truth {
  return collection.object.resource.maybe === undefined ? 'yes' : 'maybe'
}
