import { addressSets, toCidrs } from '../algebra/addresses.ts'
import type { StateView } from '../compare/state-view.ts'
import type { AzureObject } from '../model/azure/azure-object.ts'
import { knownValue } from '../model/azure/prop.ts'
import type { VirtualNetwork } from '../model/azure/virtual-network.ts'
import { atAddresses, places } from '../reach/azure/places.ts'
import { toPlaces } from '../reach/azure/prefixes.ts'
import { eachNetwork } from './each.ts'
import { replaceItems } from './edit/list-items.ts'
import { inPlace } from './edit/one-patch.ts'
import { siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { allowRules } from './facts/cluster-firewall-rules.ts'
import { networkName } from './facts/cluster-ranges.ts'
import { contentSubjects, type FirewallRulePackets } from './facts/firewall-rules.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const firewallOpensSpokes = defineRule({
  id: 'firewall-opens-spokes',
  meta: {
    title: 'A rule of the hub opens more spokes than one',
    severity: 'low',
    concepts: ['firewall', 'egress'],
    layer: 'firewall',
    why: 'One wide range in the firewall of a hub is open to every network behind it, those that are added later included.',
    fix: 'Name the range of each spoke that needs the rule.',
    sources: [
      'https://learn.microsoft.com/azure/architecture/networking/architecture/hub-spoke',
      'https://learn.microsoft.com/azure/firewall/rule-processing',
    ],
  },

  /** Yields a hit for each rule with a range that holds several of the networks behind its firewall, and is wider than each. */
  check: eachNetwork(function* (view) {
    const subject = contentSubjects()
    for (const one of allowRules(view)) {
      const detail = subject(one)
      const wide = widestSource(view, one)
      if (wide === undefined) continue
      const meant = meantSpokes(view, one, detail)
      const isNew = meant !== undefined && meant.length < wide.spokes.length
      yield {
        ...azureHit(view, {
          object: one.owner,
          at: wide.at,
          detail: `spokes ${detail}`,
          severity: isNew ? 'medium' : one.rule.kind === 'network' ? 'low' : 'note',
          extent: wide.spokes.length,
          say: `has ${one.rule.kind} rule ${one.label} for ${wide.text}, which holds ${listNames(wide.spokes.map(({ object }) => networkName(object)))}${isNew ? `, and was for ${listNames(meant.map(({ object }) => networkName(object)))} before` : ''}: every network behind the firewall can use it, those that are added later included. Name the ranges of the networks that need it.`,
          fix: () =>
            isNew
              ? inPlace(
                  replaceItems(
                    one.rule.sources.origin,
                    one.rule.sources.items.map(({ origin }) => origin),
                    (index) => one.rule.sources.items[index]!.origin === wide.at,
                    meant.flatMap((network) => toCidrs(siteOf(view).topology.spaceOf(network).certain)),
                  ),
                  `Leaves rule ${one.label} to ${listNames(meant.map(({ object }) => networkName(object)))}.`,
                )
              : undefined,
          decide: 'Which networks need the rule? Name their ranges one by one.',
        }),
        resource: one.collection.object.resource.address,
      }
    }
  }),

  merge: mergeAzure,

  /** The networks that had the rule before the change. */
  patch: (hit) => hit.fix?.(),
})

/** Networks that are peered with the one of a firewall that has the rules of an owner. */
function spokesBehind(view: StateView, owner: AzureObject): readonly VirtualNetwork[] {
  const { azure, topology } = siteOf(view)
  const spokes = azure.firewalls.all.flatMap((firewall) => {
    const isOwn =
      firewall.object === owner || (firewall.policy.kind === 'found' && holds(view, firewall.policy.object, owner))
    const home = isOwn ? azure.subnets.of(firewall.subnet) : undefined
    const network = home && topology.networkOf(home)
    return network === undefined ? [] : topology.peersOf(network).flatMap((peer) => peer.network ?? [])
  })
  return [...new Set(spokes)]
}

/** A policy holds its own rules, and those of the policies above it. */
function holds(view: StateView, policy: AzureObject, owner: AzureObject): boolean {
  const { azure } = siteOf(view)
  const seen = new Set<AzureObject>()
  for (let here: AzureObject | undefined = policy; here !== undefined && !seen.has(here); ) {
    if (here === owner) return true
    seen.add(here)
    const base: ReturnType<typeof azure.firewallPolicies.of> = azure.firewallPolicies.of(here)
    here = base?.base.kind === 'found' ? base.base.object : undefined
  }
  return false
}

/** The one source that holds several spokes whole; lists that name spoke by spoke are what somebody meant. */
function widestSource(view: StateView, { rule, owner, collection }: FirewallRulePackets) {
  // The names that every cluster needs are meant for all of them.
  if (!rule.nameTags.absent) return undefined
  const spokes = spokesBehind(view, owner)
  if (spokes.length < 2) return undefined
  const { azure, topology } = siteOf(view)
  for (const item of rule.sources.items) {
    if (!item.known) continue
    const { certain } = toPlaces(azure, item, collection.object.resource)
    const held = spokes.filter((network) => {
      const space = topology.spaceOf(network).certain
      return !addressSets.isEmpty(space) && places.covers(certain, atAddresses(space))
    })
    if (held.length > 1)
      return { at: item.origin, text: item.value === '*' ? 'every source' : item.value, spokes: held }
  }
  return undefined
}

/** The spokes that the same rule was for in the base; undefined where it is new, or was for none. */
function meantSpokes(view: StateView, one: FirewallRulePackets, detail: string): readonly VirtualNetwork[] | undefined {
  const { before } = view
  if (before === undefined) return undefined
  const subject = contentSubjects()
  const was = allowRules(before).find(
    (other) => subject(other) === detail && knownValue(other.rule.name) === knownValue(one.rule.name),
  )
  if (was === undefined) return undefined
  const { topology } = siteOf(before)
  const names = spokesBehind(before, was.owner)
    .filter((network) => {
      const space = atAddresses(topology.spaceOf(network).certain)
      return !places.isEmpty(places.intersect(was.packets.certain.from, space))
    })
    .map(({ object }) => subjectOf(before, object))
  const meant = spokesBehind(view, one.owner).filter(({ object }) => names.includes(subjectOf(view, object)))
  return meant.length === 0 ? undefined : meant
}
