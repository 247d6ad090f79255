import { addressSets } from '../algebra/addresses.ts'
import { firstOf } from '../algebra/classes.ts'
import type { Region } from '../algebra/regions.ts'
import type { StateView } from '../compare/state-view.ts'
import { DIRECTIONS, type Direction, type NetworkPolicy, type PolicyRule } from '../model/kubernetes/network-policy.ts'
import type { PeerSet } from '../reach/peers.ts'
import { selectedAlike } from './each.ts'
import { withoutRule } from './edit/narrow-rule.ts'
import { type Grant, printGrant } from './facts/grant.ts'
import { judgedEndpoints } from './facts/judged-endpoints.ts'
import { openEgress } from './facts/open-egress.ts'
import { admitsEverybody } from './facts/open-ingress.ts'
import { defineRule, type Hit } from './rule.ts'

/** Groups with more rules cost more than the note is worth: each rule is compared with all others. */
const MAX_RULES = 40

export const policyRuleShadowed = defineRule({
  id: 'policy-rule-shadowed',
  meta: {
    title: 'Rule allows nothing that others do not allow',
    severity: 'note',
    concepts: ['network-policy'],
    layer: 'network-policy',
    why: 'Whoever narrows or removes it believes that something is closed, and nothing is.',
    fix: 'Remove it, or narrow the rule that covers it.',
    sources: [
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation',
    ],
  },

  /** Yields a hit for each rule that, for every pod of its policy, other rules cover together. */
  *check(view, _settings, against) {
    const isSelectedAlike = selectedAlike(view, against)
    const seen = new Map<string, number>()
    const first = new Map<number, string>()
    for (const { subject, id } of judgedEndpoints(view)) if (!first.has(subject)) first.set(subject, id)
    for (const direction of DIRECTIONS) {
      const isTold = touches(view, direction, isSelectedAlike)
      for (const { policy, rule, subject } of shadowedRules(view, direction, isTold)) {
        const grant: Grant = { policy, rule, direction }
        const { address } = policy.resource
        const key = `${view.identity(address)} ${direction} ${contentOf(rule)}`
        const count = (seen.get(key) ?? 0) + 1
        seen.set(key, count)
        yield {
          resource: address,
          at: rule.origin,
          subject: `${key} ${count}`,
          ...withinOpenDirection(view, subject, first.get(subject), direction),
          message: `${printGrant(grant)} changes nothing: other rules for the same pods allow all of it. Whoever narrows or removes it closes nothing. Remove it, or narrow the rule that covers it.`,
          fix: () => withoutRule(grant),
        }
      }
    }
  },

  /** Takes the rule out. */
  patch: (hit) => hit.fix?.(),
})

interface OwnRule {
  readonly policy: NetworkPolicy
  readonly rule: PolicyRule
  /** A class that the policy selects. */
  readonly subject: number
}

/** Equal for rules that say the same, whatever their place in the list. */
function contentOf({ peers, ports }: PolicyRule): string {
  const peerKeys = peers?.map((peer) => {
    if (peer.kind === 'pods') return [peer.namespaceSelector?.key ?? null, peer.podSelector?.key ?? null]
    return peer.kind === 'block' ? [peer.cidr.text, ...peer.except.map(({ text }) => text)] : []
  })
  const portKeys = ports?.map((port) =>
    port.kind === 'named'
      ? [port.protocol, port.name]
      : port.kind === 'range'
        ? [port.protocol, port.first, port.last]
        : [],
  )
  return JSON.stringify([peerKeys ?? null, portKeys ?? null])
}

/** A rule that lets everybody in, or out to the internet, covers all others: then that is the finding. */
function withinOpenDirection(
  view: StateView,
  subject: number,
  id: string | undefined,
  direction: Direction,
): Pick<Hit, 'within'> {
  const { reach } = view
  if (id === undefined) return {}
  const rule =
    direction === 'egress'
      ? openEgress(view, subject).internet?.breadth === 'any' && 'egress-internet'
      : admitsEverybody(view, reach.own(subject, 'ingress').certain) && 'policy-allows-all'
  return rule === false ? {} : { within: { rule, subject: id } }
}

/** The policies that select some class of which others select more or less on the other side: rules of others are as shadowed there. */
function touches(
  { reach }: StateView,
  direction: Direction,
  isSelectedAlike: ReturnType<typeof selectedAlike>,
): (policy: NetworkPolicy) => boolean {
  const policies = new Set<NetworkPolicy>()
  for (let subject = 0; subject < reach.universe.classes.length; subject++) {
    if (isSelectedAlike(subject, direction)) continue
    for (const { policy } of reach.selecting(subject, direction)) policies.add(policy)
  }
  return (policy) => policies.has(policy)
}

/** Rules that are covered wherever they apply, of the policies that are asked for. Of rules that cover each other the later ones are given. */
function shadowedRules(
  view: StateView,
  direction: Direction,
  isTold: (policy: NetworkPolicy) => boolean,
): readonly OwnRule[] {
  const needed = new Set<PolicyRule>()
  const found = new Map<PolicyRule, OwnRule>()
  // A rule that a few others do not cover need not be held against many.
  const groups = rulesOfGroups(view, direction, isTold).sort((a, b) => a.rules.length - b.rules.length)
  for (const { rules, isCertain } of groups) {
    if (rules.every(({ rule }) => needed.has(rule))) continue
    if (!isCertain || rules.length > MAX_RULES || rules.length < 2) {
      for (const { rule } of rules) needed.add(rule)
      continue
    }
    const removed = new Set<OwnRule>()
    for (const own of rules.toReversed()) {
      if (needed.has(own.rule)) continue
      const others = rules.filter((other) => other !== own && !removed.has(other))
      if (isCovered(view, direction, own, others)) {
        removed.add(own)
        found.set(own.rule, own)
      } else needed.add(own.rule)
    }
  }
  return [...found.values()].filter(({ policy, rule }) => isTold(policy) && !needed.has(rule))
}

/** The rules that hold for each group of classes that a policy which is asked for selects, and whether all of them hold for certain. */
function rulesOfGroups({ reach }: StateView, direction: Direction, isTold: (policy: NetworkPolicy) => boolean) {
  const groups = reach.groups[direction]
  return Array.from({ length: groups.count }, (_, group) => group).flatMap((group) => {
    const subject = firstOf(groups.members(group))
    const selections = subject === undefined ? [] : reach.selecting(subject, direction)
    if (!selections.some(({ policy }) => policy.rules[direction].length > 0 && isTold(policy))) return []
    return [
      {
        rules: selections.flatMap(({ policy }) =>
          policy.rules[direction].map((rule): OwnRule => ({ policy, rule, subject: subject! })),
        ),
        isCertain: selections.every(({ selects, policy }) => selects === 'yes' && !policy.moreRules[direction]),
      },
    ]
  })
}

/** Whether other rules of one group let through all that a rule does. */
function isCovered(view: StateView, direction: Direction, own: OwnRule, others: readonly OwnRule[]): boolean {
  const { networkPolicies, universe } = view.reach
  const { regions } = universe
  const regionOf = ({ policy, rule, subject }: OwnRule) => networkPolicies.ruleRegion(rule, policy, direction, subject)
  const { certain, possible } = regionOf(own)
  if (regions.isEmpty(certain)) return false
  const covers = (side: 'certain' | 'possible', region: Region<PeerSet>) => {
    let rest = region
    for (const other of others) {
      if (regions.isEmpty(rest)) break
      rest = regions.subtract(rest, regionOf(other)[side])
    }
    return regions.isEmpty(rest)
  }
  return (
    covers('certain', certain) &&
    (certain === possible || covers('possible', possible)) &&
    isKnownButNodes(view, regions.subtract(possible, certain))
  )
}

/** Whether a block holds the addresses of nodes is as unknown for one rule as for the other. */
function isKnownButNodes({ reach }: StateView, unknown: Region<PeerSet>): boolean {
  const { classSets } = reach.universe
  const nodes = reach.classes.nodes.possible
  return unknown.every(({ peers }) => addressSets.isEmpty(peers.addresses) && classSets.covers(nodes, peers.classes))
}
