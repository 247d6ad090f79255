import type { Origin } from '../../base/origin.ts'
import type { MapEntry, MapValue, Value } from '../../base/value.ts'
import { LateEntry } from '../late-entry.ts'
import { type BodyIndex, indexBody } from './body-index.ts'
import { Failure } from './failure.ts'
import type { ResourceInstance } from './resource-instance.ts'
import type { Attribute } from './syntax.ts'
import { failedValue, toValue } from './to-value.ts'
import type { Val } from './val.ts'

/** What a resource says: each argument, and the blocks of each type, is evaluated when it is first asked for, and most are never. */
export class ResourceArguments implements MapValue {
  readonly kind = 'map'
  readonly origin: Origin
  readonly #instance: ResourceInstance
  /** In the order of {@link BodyIndex.names}. */
  readonly #values: (Value | undefined)[]
  #entries: ReadonlyMap<string, MapEntry> | undefined

  constructor(instance: ResourceInstance) {
    this.#instance = instance
    this.origin = instance.set.origin
    this.#values = []
  }

  get keys(): readonly string[] {
    return this.#index.names
  }

  find(key: string): Value | undefined {
    const at = this.#index.positions.get(key)
    return at === undefined ? undefined : this.#valueAt(at)
  }

  get entries(): ReadonlyMap<string, MapEntry> {
    this.#entries ??= new Map(
      this.keys.map((name, at) => [name, new LateEntry(() => this.#valueAt(at), this.#index.keys.get(name))]),
    )
    return this.#entries
  }

  get #index(): BodyIndex {
    return indexBody(this.#instance.set.config.block.body)
  }

  #valueAt(at: number): Value {
    const known = this.#values[at]
    if (known !== undefined) return known
    const { names, attributes } = this.#index
    const name = names[at]!
    const attribute = attributes.get(name)
    const value = attribute?.value ?? this.#evaluate(name, attribute)
    this.#values[at] = value
    return value
  }

  #evaluate(name: string, attribute: Attribute | undefined): Value {
    const origin = attribute === undefined ? this.origin : originOfAttribute(attribute)
    const value = settledValue(() => this.#instance.attributeOnce(name), origin)
    // What is written as a constant is the same in every instance and environment.
    if (attribute !== undefined && 'evaluated' in attribute.expression && attribute.expression.evaluated !== undefined)
      attribute.value = value
    return value
  }
}

/** Where the value of an argument stands. */
export function originOfAttribute({ source, expression }: Attribute): Origin {
  return { source, start: expression.start, end: expression.end }
}

/** The value, or what stands at its place where it could not be evaluated. */
export function settledValue(evaluate: () => Val, origin: Origin): Value {
  try {
    return toValue(evaluate())
  } catch (failure) {
    if (failure instanceof Failure) return failedValue(failure, origin)
    throw failure
  }
}
