import type { SetAlgebra } from './set-algebra.ts'

/** A set of small numbers (workload classes of one state) as bits, 32 to a word. All sets of one {@link ClassSets} have equal length. */
export type ClassSet = Uint32Array

/** The sets over the universe `0 … size − 1`. */
export interface ClassSets extends SetAlgebra<ClassSet> {
  readonly size: number
  readonly all: ClassSet
  of(members: Iterable<number>): ClassSet
  complement(a: ClassSet): ClassSet
}

/** The algebra of subsets of `0 … size − 1`. Every operation costs O(size / 32). */
export function classSetsOf(size: number): ClassSets {
  const words = (size + 31) >>> 5
  const all = new Uint32Array(words).fill(0xffffffff)
  if (size % 32 !== 0) all[words - 1] = 2 ** (size % 32) - 1

  const sets: ClassSets = {
    size,
    all,
    empty: new Uint32Array(words),
    of(members) {
      const set = new Uint32Array(words)
      for (const member of members) addClass(set, member)
      return set
    },
    union(a, b) {
      const result = a.slice()
      for (let i = 0; i < words; i++) result[i]! |= b[i]!
      return result
    },
    intersect(a, b) {
      const result = a.slice()
      for (let i = 0; i < words; i++) result[i]! &= b[i]!
      return result
    },
    subtract(a, b) {
      const result = a.slice()
      for (let i = 0; i < words; i++) result[i]! &= ~b[i]!
      return result
    },
    complement: (a) => sets.subtract(all, a),
    isEmpty(a) {
      for (let i = 0; i < words; i++) if (a[i] !== 0) return false
      return true
    },
    equal: equalClasses,
    covers(a, b) {
      for (let i = 0; i < words; i++) if ((b[i]! & ~a[i]!) !== 0) return false
      return true
    },
  }
  return sets
}

/** Adds a member in place: only for a set that is still being built. */
export function addClass(set: ClassSet, member: number): void {
  set[member >>> 5]! |= 1 << (member & 31)
}

export function hasClass(set: ClassSet, member: number): boolean {
  return (set[member >>> 5]! & (1 << (member & 31))) !== 0
}

/** The members in ascending order. */
export function membersOf(set: ClassSet): number[] {
  const members: number[] = []
  for (let i = 0; i < set.length; i++) {
    for (let word = set[i]!; word !== 0; word &= word - 1) members.push(i * 32 + 31 - Math.clz32(word & -word))
  }
  return members
}

/** The least member; undefined for the empty set. */
export function firstOf(set: ClassSet): number | undefined {
  for (let i = 0; i < set.length; i++) {
    const word = set[i]!
    if (word !== 0) return i * 32 + 31 - Math.clz32(word & -word)
  }
  return undefined
}

/** True where the sets share a member. */
export function overlaps(a: ClassSet, b: ClassSet): boolean {
  for (let i = 0; i < a.length; i++) if ((a[i]! & b[i]!) !== 0) return true
  return false
}

export function equalClasses(a: ClassSet, b: ClassSet): boolean {
  if (a === b) return true
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** Adds what `a` and `b` share to a set that is still being built. */
export function addCommon(set: ClassSet, a: ClassSet, b: ClassSet): void {
  for (let i = 0; i < set.length; i++) set[i]! |= a[i]! & b[i]!
}

/** Equal for equal sets, and seldom for others. */
export function hashClasses(set: ClassSet): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < set.length; i++) hash = Math.imul(hash ^ set[i]!, 0x01000193)
  return hash
}

/** A text that is equal for equal sets of one universe and different for others. */
export function classKey(set: ClassSet): string {
  return set.join(',')
}
