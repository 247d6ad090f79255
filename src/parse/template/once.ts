import type { Origin } from '../../base/origin.ts'
import type { Value } from '../../base/value.ts'
import { unknown } from './values.ts'

/** Values made on demand, each once; one that needs itself is unknown. */
export class Once {
  readonly #values = new Map<string, Value | undefined>()

  get(key: string, origin: Origin, make: () => Value): Value {
    const value = this.#values.get(key)
    if (value !== undefined) return value
    if (this.#values.has(key)) return unknown('cycle', `"${key}" needs itself`, origin)
    this.#values.set(key, undefined)
    const made = make()
    this.#values.set(key, made)
    return made
  }
}
