import type { ResourceInstance } from './resource-instance.ts'
import type { Val } from './val.ts'

/** What is configured of a resource, for who refers to it as a whole: each attribute is evaluated when it is asked for, and mostly that is `id`. */
export class ConfiguredAttributes implements ReadonlyMap<string, Val> {
  readonly #instance: ResourceInstance

  constructor(instance: ResourceInstance) {
    this.#instance = instance
  }

  get size(): number {
    return this.#instance.argumentNames().length
  }

  has(name: string): boolean {
    return this.#instance.argumentNames().includes(name)
  }

  get(name: string): Val | undefined {
    return this.has(name) ? this.#instance.attribute(name) : undefined
  }

  keys(): MapIterator<string> {
    return this.#instance.argumentNames().values()
  }

  *values(): MapIterator<Val> {
    for (const [, val] of this) yield val
  }

  entries(): MapIterator<[string, Val]> {
    return this[Symbol.iterator]()
  }

  *[Symbol.iterator](): MapIterator<[string, Val]> {
    for (const name of this.#instance.argumentNames()) yield [name, this.#instance.attribute(name)]
  }

  forEach(visit: (val: Val, name: string, map: ReadonlyMap<string, Val>) => void): void {
    for (const [name, val] of this) visit(val, name, this)
  }
}
