import { byKey } from '../base/order.ts'
import type { SetAlgebra } from './set-algebra.ts'

/**
 * A set of pairs, as the function from a first member to the second members that go with it.
 *
 * Canonical: the firsts of the parts are disjoint and not empty, no two parts have equal seconds, and the parts are in the order of the
 * firsts' keys.
 */
export type PairSet<A, B> = readonly PairPart<A, B>[]

export interface PairPart<A, B> {
  readonly first: A
  readonly second: B
}

export interface PairSets<A, B> extends SetAlgebra<PairSet<A, B>> {
  of(first: A, second: B): PairSet<A, B>
  /** The union of any parts. Those with equal firsts are joined before the rest is. */
  unionOf(parts: Iterable<PairPart<A, B>>, joinSeconds: (seconds: readonly B[]) => B): PairSet<A, B>
}

/** The algebra of pairs over two others. `key` gives equal texts for equal firsts alone. Operations cost the product of the parts. */
export function pairSetsOf<A, B>(firsts: SetAlgebra<A>, seconds: SetAlgebra<B>, key: (a: A) => string): PairSets<A, B> {
  const of = (first: A, second: B): PairSet<A, B> =>
    firsts.isEmpty(first) || seconds.isEmpty(second) ? [] : [{ first, second }]

  function canonical(parts: readonly PairPart<A, B>[]): PairSet<A, B> {
    const joined: { first: A; second: B }[] = []
    for (const part of parts) {
      if (seconds.isEmpty(part.second)) continue
      const same = joined.find(({ second }) => seconds.equal(second, part.second))
      if (same === undefined) joined.push({ ...part })
      else same.first = firsts.union(same.first, part.first)
    }
    return joined.length < 2 ? joined : joined.sort(byKey(({ first }) => key(first)))
  }

  function combine(a: PairSet<A, B>, b: PairSet<A, B>, operation: (a: B, b: B) => B): PairSet<A, B> {
    const parts: PairPart<A, B>[] = []
    const restOfB = b.map(({ first }) => first)
    for (const x of a) {
      let rest = x.first
      for (const [j, y] of b.entries()) {
        const first = firsts.intersect(rest, y.first)
        if (firsts.isEmpty(first)) continue
        parts.push({ first, second: operation(x.second, y.second) })
        rest = firsts.subtract(rest, first)
        restOfB[j] = firsts.subtract(restOfB[j]!, first)
      }
      if (!firsts.isEmpty(rest)) parts.push({ first: rest, second: operation(x.second, seconds.empty) })
    }
    for (const [j, y] of b.entries()) {
      if (!firsts.isEmpty(restOfB[j]!)) parts.push({ first: restOfB[j]!, second: operation(seconds.empty, y.second) })
    }
    return canonical(parts)
  }

  function unionOf(parts: Iterable<PairPart<A, B>>, joinSeconds: (seconds: readonly B[]) => B): PairSet<A, B> {
    const byFirst = new Map<string, { readonly first: A; readonly seconds: B[] }>()
    for (const { first, second } of parts) {
      const own = key(first)
      const same = byFirst.get(own)
      if (same === undefined) byFirst.set(own, { first, seconds: [second] })
      else same.seconds.push(second)
    }
    const list = [...byFirst.values()].map(({ first, seconds: all }) => of(first, joinSeconds(all)))
    return halved(list, 0, list.length)
  }

  /** Halves the list, so that the union of n sets costs n log n of their parts where they are alike. */
  function halved(list: readonly PairSet<A, B>[], from: number, to: number): PairSet<A, B> {
    if (to - from === 0) return []
    if (to - from === 1) return list[from]!
    const middle = (from + to) >> 1
    return sets.union(halved(list, from, middle), halved(list, middle, to))
  }

  const sets: PairSets<A, B> = {
    of,
    unionOf,
    empty: [],
    union: (a, b) => (a.length === 0 || a === b ? b : b.length === 0 ? a : combine(a, b, seconds.union)),
    intersect: (a, b) => (a === b ? a : a.length === 0 || b.length === 0 ? [] : combine(a, b, seconds.intersect)),
    subtract: (a, b) => (a === b ? [] : a.length === 0 || b.length === 0 ? a : combine(a, b, seconds.subtract)),
    isEmpty: (a) => a.length === 0,
    equal: (a, b) =>
      a === b ||
      (a.length === b.length &&
        a.every((part, i) => firsts.equal(part.first, b[i]!.first) && seconds.equal(part.second, b[i]!.second))),
    covers: (a, b) => a === b || sets.subtract(b, a).length === 0,
  }
  return sets
}
