import { type ConnectionSet, connectionKey, connectionSets, NO_CONNECTIONS } from '../algebra/connections.ts'

/**
 * The distinct connection sets of a state by number, with intersections remembered: a state has few, and meets them again and again.
 */
export class ConnectionTable {
  readonly #sets: ConnectionSet[] = []
  readonly #byKey = new Map<string, number>()
  readonly #byObject = new WeakMap<ConnectionSet, number>()
  readonly #common = new Map<number, number>()

  constructor() {
    this.numberOf(NO_CONNECTIONS)
  }

  /** Number of a set; 0 is the empty one. */
  numberOf(set: ConnectionSet): number {
    const known = this.#byObject.get(set)
    if (known !== undefined) return known
    const key = connectionKey(set)
    let number = this.#byKey.get(key)
    if (number === undefined) {
      number = this.#sets.push(set) - 1
      this.#byKey.set(key, number)
    }
    this.#byObject.set(set, number)
    return number
  }

  at(number: number): ConnectionSet {
    return this.#sets[number]!
  }

  /** Number of what two sets share. */
  intersect(a: number, b: number): number {
    if (a === b) return a
    const pair = a < b ? a * PAIR + b : b * PAIR + a
    let common = this.#common.get(pair)
    if (common === undefined) {
      common = this.numberOf(connectionSets.intersect(this.at(a), this.at(b)))
      this.#common.set(pair, common)
    }
    return common
  }
}

/** More than any number of sets, so that a pair of them is one number. */
const PAIR = 2 ** 26
