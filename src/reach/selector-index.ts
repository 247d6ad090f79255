import type { Truth } from '../algebra/truth.ts'
import { type Labels, labelsKey, matches } from '../model/kubernetes/labels.ts'
import type { Selector } from '../model/kubernetes/selector.ts'

/** Which of the interned selectors hold for some labels: numbers in ascending order. */
export interface SelectorMatch {
  readonly yes: readonly number[]
  readonly maybe: readonly number[]
  /** Equal for equal matches of one index. */
  readonly id: number
}

/**
 * Distinct selectors by number, and an inverted index from labels to the selectors that may hold for them, so that matching costs labels
 * and hits and not workloads times selectors.
 */
export class SelectorIndex {
  readonly #numbers = new Map<string, number>()
  readonly #selectors: Selector[] = []
  /** Selectors that can only hold where a label has a certain value: by that label and value. */
  readonly #byValue = new Map<string, number[]>()
  /** The same selectors, and those that only ask whether a key exists, by key. */
  readonly #byKey = new Map<string, number[]>()
  readonly #byExistence = new Map<string, number[]>()
  /** Selectors that can hold for labels without any of their keys. */
  readonly #always: number[] = []
  readonly #byObject = new WeakMap<Labels, SelectorMatch>()
  readonly #matches = new Map<string, SelectorMatch>()
  readonly #matchIds = new Map<string, SelectorMatch>()

  /** Number of the selector. All selectors must be added before the first match. */
  add(selector: Selector): number {
    const known = this.#numbers.get(selector.key)
    if (known !== undefined) return known
    const number = this.#selectors.length
    this.#numbers.set(selector.key, number)
    this.#selectors.push(selector)
    this.#enter(selector, number)
    return number
  }

  /** Number of a selector that was added. */
  numberOf(selector: Selector): number {
    return this.#numbers.get(selector.key)!
  }

  /** Whether every selector of the other index is in this one too. */
  covers(other: SelectorIndex): boolean {
    for (const key of other.#numbers.keys()) if (!this.#numbers.has(key)) return false
    return true
  }

  get size(): number {
    return this.#selectors.length
  }

  match(labels: Labels): SelectorMatch {
    let match = this.#byObject.get(labels)
    if (match !== undefined) return match
    const key = labelsKey(labels)
    match = this.#matches.get(key)
    if (match === undefined) {
      match = this.#find(labels)
      this.#matches.set(key, match)
    }
    this.#byObject.set(labels, match)
    return match
  }

  #enter(selector: Selector, number: number): void {
    const valued = selector.requirements.find(({ operator, values }) => operator === 'In' && values !== undefined)
    if (valued !== undefined) {
      for (const value of valued.values!) append(this.#byValue, `${valued.key}\0${value}`, number)
      append(this.#byKey, valued.key, number)
      return
    }
    const existing = selector.requirements.find(({ operator }) => operator === 'Exists' || operator === 'In')
    if (existing === undefined) this.#always.push(number)
    else append(this.#byExistence, existing.key, number)
  }

  #find(labels: Labels): SelectorMatch {
    const candidates = new Set<number>(this.#always)
    for (const [key, value] of labels.known) {
      addAll(candidates, this.#byExistence.get(key))
      addAll(candidates, typeof value === 'string' ? this.#byValue.get(`${key}\0${value}`) : this.#byKey.get(key))
    }
    // Of labels that may be there nobody knows the value.
    const others = labels.open ? [...this.#byKey.keys(), ...this.#byExistence.keys()] : labels.added
    for (const key of others) {
      if (labels.known.has(key)) continue
      addAll(candidates, this.#byExistence.get(key))
      addAll(candidates, this.#byKey.get(key))
    }
    const hits: Record<Truth, number[]> = { yes: [], no: [], maybe: [] }
    for (const number of candidates) hits[matches(this.#selectors[number]!, labels)].push(number)
    const yes = hits.yes.sort((a, b) => a - b)
    const maybe = hits.maybe.sort((a, b) => a - b)
    const key = `${yes.join(',')};${maybe.join(',')}`
    let match = this.#matchIds.get(key)
    if (match === undefined) {
      match = { yes, maybe, id: this.#matchIds.size }
      this.#matchIds.set(key, match)
    }
    return match
  }
}

function append(lists: Map<string, number[]>, key: string, number: number): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [number])
  else list.push(number)
}

function addAll(set: Set<number>, numbers: readonly number[] | undefined): void {
  if (numbers !== undefined) for (const number of numbers) set.add(number)
}
