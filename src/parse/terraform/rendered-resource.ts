import type { MapEntry, MapValue, UnknownValue } from '../../base/value.ts'
import type { Resource, Unit } from '../resource.ts'
import type { InstanceKey } from './expansion.ts'
import { MODULE_META_ARGUMENTS, type ModuleCall } from './module-call.ts'
import { originOfAttribute, ResourceArguments, settledValue } from './resource-arguments.ts'
import type { ResourceInstance } from './resource-instance.ts'
import { toUnknown } from './to-value.ts'

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
    this.#value ??= new ResourceArguments(this.#instance)
    return this.#value
  }

  compareWithPlan(): void {
    void this.#instance.plan
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
