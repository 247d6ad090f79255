import type { Origin } from '../base/origin.ts'
import type { MapEntry, MapValue, Value } from '../base/value.ts'

/** An entry of a map whose value is made when it is first read: nobody asks for most of what a resource says. */
export class LateEntry implements MapEntry {
  readonly key?: Origin
  /** Until it is made. */
  #make: (() => Value) | undefined
  #value: Value | undefined

  constructor(make: () => Value, key?: Origin) {
    this.#make = make
    if (key !== undefined) this.key = key
  }

  get value(): Value {
    if (this.#value === undefined) {
      this.#value = this.#make!()
      this.#make = undefined
    }
    return this.#value
  }
}

/** Makes all values of a resource at once, where it must be known what making them needs. */
export function makeAll({ entries }: MapValue): void {
  for (const entry of entries.values()) void entry.value
}
