import type { Origin } from '../../base/origin.ts'
import type { MapEntry, MapValue, UnknownValue, Value } from '../../base/value.ts'
import type { Resource, Unit } from '../resource.ts'
import { indexBody } from './body-index.ts'
import type { InstanceKey } from './expansion.ts'
import { Failure } from './failure.ts'
import { MODULE_META_ARGUMENTS, type ModuleCall } from './module-call.ts'
import type { ResourceInstance } from './resource-instance.ts'
import type { Attribute } from './syntax.ts'
import { failedValue, toUnknown, toValue } from './to-value.ts'
import type { Val } from './val.ts'

/** A resource or data source whose arguments are evaluated when its value is first read. */
export class TerraformResource implements Resource {
  readonly unit: Unit
  readonly address: string
  readonly kind: string
  readonly origin: Resource['origin']
  readonly maybe?: UnknownValue
  readonly #instance: ResourceInstance
  #value: MapValue | undefined

  constructor(unit: Unit, instance: ResourceInstance) {
    const { config } = instance.set
    this.unit = unit
    this.#instance = instance
    this.address = instance.address
    this.kind = config.mode === 'managed' ? config.type : `${config.mode}.${config.type}`
    this.origin = instance.set.origin
    const maybe = instance.key.maybe ?? instance.set.module.maybe
    if (maybe !== undefined) this.maybe = toUnknown(maybe)
  }

  get value(): MapValue {
    this.#value ??= this.#evaluate()
    return this.#value
  }

  compareWithPlan(): void {
    void this.#instance.plan
  }

  #evaluate(): MapValue {
    const instance = this.#instance
    const { attributes, keys, names } = indexBody(instance.set.config.block.body)
    const entries = new Map<string, MapEntry>()
    for (const name of names) {
      const attribute = attributes.get(name)
      entries.set(name, attribute?.entry ?? new Argument(instance, name, attribute, keys.get(name)))
    }
    return { kind: 'map', entries, origin: this.origin }
  }
}

/** An argument, or the blocks of one type, evaluated when the value is first read: nobody asks for most of what a resource says. */
class Argument implements MapEntry {
  readonly key?: Origin
  readonly #name: string
  readonly #attribute: Attribute | undefined
  /** Until it is evaluated. */
  #instance: ResourceInstance | undefined
  #value: Value | undefined

  constructor(instance: ResourceInstance, name: string, attribute: Attribute | undefined, key: Origin | undefined) {
    this.#instance = instance
    this.#name = name
    this.#attribute = attribute
    if (key !== undefined) this.key = key
  }

  get value(): Value {
    this.#value ??= this.#evaluate(this.#instance!)
    return this.#value
  }

  #evaluate(instance: ResourceInstance): Value {
    const attribute = this.#attribute
    const origin = attribute === undefined ? instance.set.origin : originOfAttribute(attribute)
    const value = settledValue(() => instance.attributeOnce(this.#name), origin)
    this.#instance = undefined
    // What is written as a constant is the same in every instance and environment.
    if (attribute !== undefined && 'evaluated' in attribute.expression && attribute.expression.evaluated !== undefined)
      attribute.entry ??= this
    return value
  }
}

function originOfAttribute({ source, expression }: Attribute): Resource['origin'] {
  return { source, start: expression.start, end: expression.end }
}

function settledValue(evaluate: () => Val, origin: Resource['origin']): Value {
  try {
    return toValue(evaluate())
  } catch (failure) {
    if (failure instanceof Failure) return failedValue(failure, origin)
    throw failure
  }
}

/** The call of a module that is not in the tree, with its arguments: what the module makes of them has to be told from those. */
export class ModuleCallResource implements Resource {
  readonly unit: Unit
  readonly address: string
  readonly kind = 'module'
  readonly origin: Resource['origin']
  readonly maybe?: UnknownValue
  readonly #call: ModuleCall
  readonly #key: InstanceKey
  #value: MapValue | undefined

  constructor(unit: Unit, call: ModuleCall, key: InstanceKey) {
    this.unit = unit
    this.#call = call
    this.#key = key
    this.address = `${call.address}${key.suffix}`
    const { source, start, end } = call.block
    this.origin = { source, start, end }
    const maybe = key.maybe ?? call.caller.maybe
    if (maybe !== undefined) this.maybe = toUnknown(maybe)
  }

  get value(): MapValue {
    this.#value ??= this.#evaluate()
    return this.#value
  }

  #evaluate(): MapValue {
    const names = this.#call.namesOf(this.#key)
    const entries = new Map<string, MapEntry>()
    for (const attribute of this.#call.block.body.attributes) {
      const { name, source, start, nameEnd } = attribute
      if (MODULE_META_ARGUMENTS.has(name) && name !== 'source' && name !== 'version') continue
      const value = settledValue(
        () =>
          this.#call.caller.evaluation.budget.separately(() => this.#call.caller.evaluateAttribute(attribute, names)),
        originOfAttribute(attribute),
      )
      entries.set(name, { value, key: { source, start, end: nameEnd } })
    }
    return { kind: 'map', entries, origin: this.origin }
  }
}
