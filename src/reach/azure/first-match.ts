import { type Bounds, exactly, isExact } from '../../algebra/bounds.ts'
import { CONNECTION_FIELDS, connectionSets, NO_CONNECTIONS } from '../../algebra/connections.ts'
import type { Region, RegionPart, Regions } from '../../algebra/regions.ts'
import type { SetAlgebra } from '../../algebra/set-algebra.ts'

/** What one rule matches, and what it does with that. */
export interface RuleDecision<T> {
  readonly match: Bounds<T>
  /** Undefined where that is not known. */
  readonly allows: boolean | undefined
}

/** Sets whose unions of many are cheaper than one after the other. */
export interface ManySets<T> extends SetAlgebra<T> {
  join(parts: readonly T[]): T
}

/**
 * The first rule that matches decides; what none matches is denied.
 *
 * A packet that several rules may match is certain where all of them say the same. Rules with one action that stand together are one
 * rule, since their order says nothing: the cost grows with the changes between allowing and denying, and n log n within.
 */
export function firstMatch<T>(rules: readonly RuleDecision<T>[], everything: T, sets: ManySets<T>): Bounds<T> {
  let allowed = sets.empty
  let denied = sets.empty
  let left = everything
  for (const { match, allows } of joinRuns(rules, sets)) {
    if (sets.isEmpty(left)) break
    const reached = sets.intersect(left, match.possible)
    if (allows !== false) allowed = sets.union(allowed, reached)
    if (allows !== true) denied = sets.union(denied, reached)
    left = sets.subtract(left, match.certain)
  }
  denied = sets.union(denied, left)
  const certain = sets.subtract(allowed, denied)
  return sets.equal(certain, allowed) ? exactly(certain) : { certain, possible: allowed }
}

function joinRuns<T>(rules: readonly RuleDecision<T>[], sets: ManySets<T>): readonly RuleDecision<T>[] {
  const joined: RuleDecision<T>[] = []
  let run: RuleDecision<T>[] = []
  const close = () => {
    const [first, ...others] = run
    run = []
    if (first === undefined) return
    if (others.length === 0) {
      joined.push(first)
      return
    }
    const all = [first, ...others]
    const certain = sets.join(all.map(({ match }) => match.certain))
    const isKnown = all.every(({ match }) => isExact(match))
    joined.push({
      match: { certain, possible: isKnown ? certain : sets.join(all.map(({ match }) => match.possible)) },
      allows: first.allows,
    })
  }
  for (const rule of rules) {
    if (sets.isEmpty(rule.match.possible)) continue
    if (run.length > 0 && run[0]!.allows !== rule.allows) close()
    run.push(rule)
  }
  close()
  return joined
}

/** Of fewer runs of rules with one action, one after the other is as fast. */
const FEW_RUNS = 3

/**
 * As {@link firstMatch} for packets by peer and connection. It is decided for each range of ports that no rule divides: of rules that
 * allow and deny by turns, most are for a few ports, and few of them meet at any one.
 */
export function firstMatchByPorts<P>(
  rules: readonly RuleDecision<Region<P>>[],
  everything: RegionPart<P>,
  regions: Regions<P>,
  peerSets: SetAlgebra<P>,
): Bounds<Region<P>> {
  const regionSets: ManySets<Region<P>> = { ...regions, join: (parts) => regions.unionOf(parts.flat()) }
  const ownSets: ManySets<P> = { ...peerSets, join: (parts) => parts.reduce(peerSets.union, peerSets.empty) }
  const runs = joinRuns(rules, regionSets)
  const [only, ...others] = runs
  if (only?.allows === true && others.length === 0) return allowedBy(only.match, everything, regions)
  if (runs.length <= FEW_RUNS) return firstMatch(runs, regions.of(everything.peers, everything.connections), regionSets)
  const decisions = new Map<string, { readonly peers: Bounds<P>; readonly ports: Map<Field, number[]> }>()
  for (const field of CONNECTION_FIELDS) {
    for (const { first, end, key, meeting } of portRanges(runs, field, peerSets)) {
      let decision = decisions.get(key)
      if (decision === undefined) {
        decision = { peers: firstMatch(meeting(), everything.peers, ownSets), ports: new Map() }
        decisions.set(key, decision)
      }
      const ports = decision.ports.get(field) ?? []
      if (ports.at(-1) === first) ports[ports.length - 1] = end
      else ports.push(first, end)
      decision.ports.set(field, ports)
    }
  }
  const parts = [...decisions.values()].map(({ peers, ports }) => ({
    peers,
    connections: connectionSets.intersect(everything.connections, { ...NO_CONNECTIONS, ...Object.fromEntries(ports) }),
  }))
  const side = (which: 'certain' | 'possible'): Region<P> =>
    regions.ofDisjoint(parts.map(({ peers, connections }) => ({ peers: peers[which], connections })))
  const certain = side('certain')
  return parts.every(({ peers }) => isExact(peers)) ? exactly(certain) : { certain, possible: side('possible') }
}

/** What rules let through that all allow: what they match. */
function allowedBy<P>(match: Bounds<Region<P>>, everything: RegionPart<P>, regions: Regions<P>): Bounds<Region<P>> {
  const whole = regions.of(everything.peers, everything.connections)
  const certain = regions.intersect(whole, match.certain)
  if (isExact(match)) return exactly(certain)
  const possible = regions.intersect(whole, match.possible)
  return regions.equal(certain, possible) ? exactly(certain) : { certain, possible }
}

type Field = (typeof CONNECTION_FIELDS)[number]

/** Ports of one field for which the same parts of the same rules decide. */
interface PortRange<P> {
  readonly first: number
  readonly end: number
  /** Equal for equal parts. */
  readonly key: string
  readonly meeting: () => readonly RuleDecision<P>[]
}

interface Border {
  readonly at: number
  readonly run: number
  readonly side: 'certain' | 'possible'
  /** Number of the part that begins, or {@link ENDED}. */
  readonly part: number
}

const ENDED = -1

/** The ranges between neighbouring borders of one field that some rule may match. */
function* portRanges<P>(
  runs: readonly RuleDecision<Region<P>>[],
  field: Field,
  { empty }: SetAlgebra<P>,
): Iterable<PortRange<P>> {
  const borders: Border[] = []
  for (const [run, { match }] of runs.entries()) {
    for (const side of ['certain', 'possible'] as const) {
      for (const [part, { connections }] of match[side].entries()) {
        const ports = connections[field]
        for (let i = 0; i < ports.length; i += 2) {
          borders.push({ at: ports[i]!, run, side, part }, { at: ports[i + 1]!, run, side, part: ENDED })
        }
      }
    }
  }
  // What ends at a port ends before the next part of the same rules begins there.
  borders.sort((a, b) => a.at - b.at || a.part - b.part)
  const parts = runs.map(() => ({ certain: ENDED, possible: ENDED }))
  const open = new Set<number>()
  for (let i = 0; i < borders.length; ) {
    const first = borders[i]!.at
    for (; borders[i]?.at === first; i++) {
      const { run, side, part } = borders[i]!
      parts[run]![side] = part
      if (parts[run]!.possible === ENDED) open.delete(run)
      else open.add(run)
    }
    const end = borders[i]?.at
    if (end === undefined || open.size === 0) continue
    const numbers = [...open].sort((a, b) => a - b)
    yield {
      first,
      end,
      key: numbers.map((run) => `${run} ${parts[run]!.certain} ${parts[run]!.possible}`).join(),
      meeting: () =>
        numbers.map((run) => {
          const { match, allows } = runs[run]!
          const peers = (side: Border['side']) => match[side][parts[run]![side]]?.peers ?? empty
          const certain = peers('certain')
          return { match: isExact(match) ? exactly(certain) : { certain, possible: peers('possible') }, allows }
        }),
    }
  }
}
