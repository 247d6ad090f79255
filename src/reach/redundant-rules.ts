import type { Region } from '../algebra/regions.ts'
import { DIRECTIONS, type Direction, type NetworkPolicy, type PolicyRule } from '../model/kubernetes/network-policy.ts'
import type { PeerSet } from './peers.ts'
import type { Reachability } from './reachability.ts'

/** A rule without which the same would be allowed, for every pod that its policy selects. */
export interface RedundantRule {
  readonly policy: NetworkPolicy
  readonly direction: Direction
  readonly rule: PolicyRule
  /** One rule that allows all of it by itself; undefined where several do together. */
  readonly coveredBy: PlacedRule | undefined
}

export interface PlacedRule {
  readonly policy: NetworkPolicy
  readonly rule: PolicyRule
}

/**
 * Finds rules that other rules cover. Of rules that cover each other each is named: any one of them may go, not all.
 *
 * A rule counts only where its policy certainly selects a workload of the tree. Cost grows with the rules of each group of workloads
 * times the parts of their regions.
 */
export function findRedundantRules(reach: Reachability): readonly RedundantRule[] {
  return DIRECTIONS.flatMap((direction) => redundantIn(reach, direction))
}

interface Candidate extends PlacedRule {
  readonly covers: readonly (readonly PlacedRule[])[]
}

function redundantIn(reach: Reachability, direction: Direction): readonly RedundantRule[] {
  /** For each rule, by group: the rules that cover it alone; no entry for a rule that some group needs. */
  const candidates = new Map<PolicyRule, Candidate | 'needed'>()
  for (const subject of examples(reach, direction)) {
    for (const { placed, isCovered, alone } of judgeGroup(reach, direction, subject)) {
      const before = candidates.get(placed.rule)
      if (before === 'needed') continue
      if (!isCovered) candidates.set(placed.rule, 'needed')
      else candidates.set(placed.rule, { ...placed, covers: [...(before?.covers ?? []), alone] })
    }
  }
  return [...candidates.values()].flatMap((candidate): readonly RedundantRule[] => {
    if (candidate === 'needed') return []
    const { policy, rule, covers } = candidate
    const [first, ...others] = covers
    const coveredBy = first?.find((one) => others.every((group) => group.some((other) => other.rule === one.rule)))
    return [{ policy, direction, rule, coveredBy }]
  })
}

/** One class of workloads of each group that some policy isolates. */
function* examples(reach: Reachability, direction: Direction): Iterable<number> {
  const seen = new Set<number>()
  for (const [subject, { members }] of reach.universe.classes.entries()) {
    const group = reach.networkPolicies.groupOf(subject, direction)
    if (seen.has(group) || members[0]!.kind !== 'workload' || reach.classes.facts[subject] === undefined) continue
    seen.add(group)
    if (reach.selecting(subject, direction).length > 0) yield subject
  }
}

interface Judged {
  readonly placed: PlacedRule
  readonly isCovered: boolean
  readonly alone: readonly PlacedRule[]
}

function judgeGroup(reach: Reachability, direction: Direction, subject: number): readonly Judged[] {
  const { regions } = reach.universe
  const rules = reach
    .selecting(subject, direction)
    .filter(({ selects }) => selects === 'yes')
    .flatMap(({ policy }) =>
      policy.rules[direction].map((rule) => ({
        placed: { policy, rule },
        region: reach.networkPolicies.ruleRegion(rule, policy, direction, subject),
      })),
    )
  const certain = rules.map(({ region }) => region.certain)
  const before = runningUnions(certain, regions.empty, regions.union)
  const after = runningUnions([...certain].reverse(), regions.empty, regions.union).reverse()
  return rules.map(({ placed, region }, i) => {
    const others = regions.union(before[i]!, after[i + 1]!)
    const isCovered = regions.covers(others, region.possible)
    const alone = isCovered
      ? rules.filter((other, j) => j !== i && regions.covers(other.region.certain, region.possible))
      : []
    return { placed, isCovered, alone: alone.map((other) => other.placed) }
  })
}

/** The union of the first 0, 1, 2 … regions. */
function runningUnions(
  list: readonly Region<PeerSet>[],
  empty: Region<PeerSet>,
  union: (a: Region<PeerSet>, b: Region<PeerSet>) => Region<PeerSet>,
): Region<PeerSet>[] {
  const unions = [empty]
  for (const region of list) unions.push(union(unions.at(-1)!, region))
  return unions
}
