import {
  ALL_NAMES,
  combine,
  determinize,
  equal,
  type NameSet,
  type NameState,
  NO_NAMES,
  type Token,
  type Wildcard,
} from './name-automaton.ts'
import type { SetAlgebra } from './set-algebra.ts'

export { ALL_NAMES, type NameSet, NO_NAMES, type Wildcard }

/** Wildcards inside one pattern; more are written by nobody and make automata large. */
const MOST_WILDCARDS = 8

export const nameSets: SetAlgebra<NameSet> = {
  empty: NO_NAMES,
  union: (a, b) => {
    if (a === b || b === NO_NAMES || a === ALL_NAMES) return a
    if (a === NO_NAMES || b === ALL_NAMES) return b
    if (b.only !== undefined && hasName(a, b.only)) return a
    if (a.only !== undefined && hasName(b, a.only)) return b
    return combine(a, b, (x, y) => x || y)
  },
  intersect: (a, b) => {
    if (a === b || b === ALL_NAMES || a === NO_NAMES) return a
    if (a === ALL_NAMES || b === NO_NAMES) return b
    if (a.only !== undefined) return hasName(b, a.only) ? a : NO_NAMES
    if (b.only !== undefined) return hasName(a, b.only) ? b : NO_NAMES
    return combine(a, b, (x, y) => x && y)
  },
  subtract: (a, b) => {
    if (b === NO_NAMES || a === NO_NAMES) return a
    if (a === b || b === ALL_NAMES) return NO_NAMES
    if (a.only !== undefined) return hasName(b, a.only) ? NO_NAMES : a
    if (b.only !== undefined && !hasName(a, b.only)) return a
    return combine(a, b, (x, y) => x && !y)
  },
  isEmpty: (a) => a.states.length === 1 && !a.states[0]!.accept,
  equal,
  covers: (a, b) => {
    if (a === b || a === ALL_NAMES || b === NO_NAMES) return true
    return b.only === undefined ? nameSets.isEmpty(nameSets.subtract(b, a)) : hasName(a, b.only)
  },
}

/** The set of one name. */
export function exactName(name: string): NameSet {
  return namePatterns([normal(name).replaceAll('*', '')], 'any') ?? NO_NAMES
}

/**
 * The names that any of the patterns matches; undefined where a pattern has too many wildcards to be taken apart.
 *
 * O(characters) for patterns with one leading wildcard.
 */
export function namePatterns(patterns: readonly string[], wildcard: Wildcard): NameSet | undefined {
  const tokens: Token[][] = []
  for (const pattern of patterns) {
    const read = toTokens(normal(pattern), wildcard)
    if (read === undefined) return undefined
    tokens.push(read)
  }
  const set = determinize(tokens)
  const [name, ...others] = patterns
  // A list of one name is that name.
  const isOne = set !== undefined && name !== undefined && others.length === 0 && !name.includes('*')
  return isOne ? { ...set, only: normal(name) } : set
}

export function hasName(set: NameSet, name: string): boolean {
  const text = normal(name)
  let state = set.states[0]!
  for (let i = text.length - 1; i >= 0; i--) {
    state = set.states[state.next.get(text.charCodeAt(i)) ?? state.rest]!
  }
  return state.accept
}

/** A text that is equal for equal sets and different for others. */
export function nameKey(set: NameSet): string {
  return set.states
    .map(
      ({ accept, rest, next }) => `${accept ? '+' : '-'}${rest}:${[...next].map(([c, to]) => `${c}>${to}`).join(',')}`,
    )
    .join(';')
}

/** As people read it: names and patterns in order, `any name`, and what is excepted. At most `most` parts. */
export function printNames(set: NameSet, most = 12): string {
  const parts = describe(set)
  const { shown, more } = { shown: parts.slice(0, most), more: parts.length - most }
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ')
}

/** One name of the set to show to people, the shortest; undefined where it is empty. */
export function sampleName(set: NameSet): string | undefined {
  const seen = new Set([0])
  let front: { state: number; text: string }[] = [{ state: 0, text: '' }]
  while (front.length > 0) {
    const found = front.find(({ state, text }) => set.states[state]!.accept && text !== '' && !text.startsWith('.'))
    if (found !== undefined) return found.text
    const wider: { state: number; text: string }[] = []
    for (const { state, text } of front) {
      const { next, rest } = set.states[state]!
      // `x` stands for any character; a name that says `any` is clearer than one that looks real.
      for (const [character, to] of [...next, ['x'.charCodeAt(0), rest] as const]) {
        if (seen.has(to) && !set.states[to]!.accept) continue
        seen.add(to)
        wider.push({ state: to, text: String.fromCharCode(character) + text })
      }
    }
    front = wider.slice(0, 64)
    if (front[0] !== undefined && front[0].text.length > 253) return undefined
  }
  return undefined
}

function normal(name: string): string {
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase()
}

function toTokens(pattern: string, wildcard: Wildcard): Token[] | undefined {
  const tokens: Token[] = []
  let wildcards = 0
  for (let i = pattern.length - 1; i >= 0; i--) {
    if (pattern[i] !== '*') tokens.push(pattern.charCodeAt(i))
    else if (tokens.at(-1) !== wildcard) {
      tokens.push(wildcard)
      wildcards++
    }
  }
  return wildcards > MOST_WILDCARDS ? undefined : tokens
}

/** Parts of the set as patterns, exact names first within each suffix. */
function describe(set: NameSet): string[] {
  if (set === ALL_NAMES) return ['any name']
  const parts: string[] = []
  const isAll = (state: NameState, at: number) => state.accept && state.rest === at && state.next.size === 0
  const isNone = (state: NameState, at: number) => !state.accept && state.rest === at && state.next.size === 0
  const onTheWay = new Set<number>()
  const walk = (at: number, suffix: string, wanted: boolean, into: string[]): void => {
    const state = set.states[at]!
    // A pattern below another leads back to where it began: it is told as a whole.
    if (onTheWay.has(at)) {
      into.push(`*${suffix}`)
      return
    }
    onTheWay.add(at)
    describeState(state, at, suffix, wanted, into)
    onTheWay.delete(at)
  }
  const describeState = (state: NameState, at: number, suffix: string, wanted: boolean, into: string[]): void => {
    if (wanted ? isNone(state, at) : isAll(state, at)) return
    if (wanted ? isAll(state, at) : isNone(state, at)) {
      into.push(`*${suffix}`)
      return
    }
    const rest = set.states[state.rest]!
    const restIn = state.rest === at || (wanted ? !isNone(rest, state.rest) : !isAll(rest, state.rest))
    if (restIn && wanted) {
      const except: string[] = []
      if (!state.accept && suffix !== '' && !suffix.startsWith('.')) except.push(suffix)
      for (const [character, to] of state.next) walk(to, String.fromCharCode(character) + suffix, false, except)
      into.push(except.length === 0 ? `*${suffix}` : `*${suffix} except ${except.join(' and ')}`)
      return
    }
    if (state.accept === wanted && suffix !== '') into.push(suffix)
    for (const [character, to] of state.next) walk(to, String.fromCharCode(character) + suffix, wanted, into)
  }
  walk(0, '', true, parts)
  return parts
}
