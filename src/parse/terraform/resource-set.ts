import type { Origin } from '../../base/origin.ts'
import { makeChoice } from './choice.ts'
import { convert } from './convert.ts'
import { evaluate } from './evaluate.ts'
import type { Expansion, InstanceKey } from './expansion.ts'
import { Failure, refuse } from './failure.ts'
import { makeObject, makeString, makeTuple } from './make-val.ts'
import type { ResourceConfig } from './module-config.ts'
import type { ModuleInstance } from './module-instance.ts'
import { ResourceInstance } from './resource-instance.ts'
import type { Scope } from './scope.ts'
import type { Step } from './syntax.ts'
import { DYNAMIC, STRING } from './type.ts'
import { derived, type Val } from './val.ts'

/** A resource or data block of one module instance, with all of its instances. */
export class ResourceSet {
  readonly module: ModuleInstance
  /** Within its module. */
  readonly address: string
  readonly config: ResourceConfig
  #expansion: Expansion | undefined
  #expanding = false
  /** Most have one instance alone. */
  #first: ResourceInstance | undefined
  #others: Map<InstanceKey, ResourceInstance> | undefined

  constructor(module: ModuleInstance, address: string, config: ResourceConfig) {
    this.module = module
    this.address = address
    this.config = config
  }

  get expansion(): Expansion {
    if (this.#expansion === undefined) {
      if (this.#expanding)
        throw new Failure('evaluation-error', `${this.module.prefix}${this.address} depends on itself`, true)
      this.#expanding = true
      try {
        this.#expansion = this.module.expand(this.config.block.body, `${this.module.prefix}${this.address}`)
      } finally {
        this.#expanding = false
      }
    }
    return this.#expansion
  }

  instance(key: InstanceKey): ResourceInstance {
    this.#first ??= new ResourceInstance(this, key)
    if (this.#first.key === key) return this.#first
    this.#others ??= new Map()
    let instance = this.#others.get(key)
    if (instance === undefined) {
      instance = new ResourceInstance(this, key)
      this.#others.set(key, instance)
    }
    return instance
  }

  /** What a reference to the resource means, with as many of its steps as name an instance and its argument. */
  resolve(steps: readonly Step[], from: number, scope: Scope): { readonly val: Val; readonly used: number } {
    const { expansion } = this
    if (expansion.failure !== undefined) {
      throw new Failure(
        expansion.failure.reason,
        `${this.module.prefix}${this.address}: ${expansion.failure.message}`,
        true,
      )
    }
    if (expansion.by === 'none') {
      const [only] = expansion.instances
      if (only === undefined) return { val: { kind: 'null', type: DYNAMIC, origin: this.origin }, used: from }
      return this.instance(only).resolve(steps, from)
    }
    const step = steps[from]
    if (step === undefined || step.kind === 'splat') return { val: this.#collection(), used: from }
    const key = step.kind === 'attribute' ? makeString(step.name, this.origin) : evaluate(step.key, scope)
    if (step.kind === 'attribute' && expansion.by === 'count') {
      return refuse(`${this.address} has count set: an index is needed before ${JSON.stringify(step.name)}`)
    }
    if (expansion.unknown !== undefined) return this.instance(expansion.instances[0]!).resolve(steps, from + 1)
    const name = key.kind === 'unknown' ? undefined : convert(key, STRING)
    if (name === undefined || name.kind !== 'string') return { val: this.#collection(), used: from }
    const found = expansion.instances.find((instance) => String(instance.key) === name.value)
    if (found === undefined) return refuse(`${this.address} has no instance ${name.value}`)
    return this.instance(found).resolve(steps, from + 1)
  }

  /** The list or map of all instances. One that may not be there makes the whole uncertain. */
  #collection(): Val {
    const { expansion, origin } = this
    if (expansion.unknown !== undefined) {
      return { ...derived(expansion.unknown, DYNAMIC, origin), notNull: true }
    }
    const certain = expansion.instances.filter((instance) => instance.maybe === undefined)
    const all = this.#collect(expansion.instances)
    const maybe = expansion.instances.find((instance) => instance.maybe !== undefined)?.maybe
    if (maybe === undefined) return all
    return makeChoice([all, this.#collect(certain)], DYNAMIC, maybe, origin)
  }

  #collect(keys: readonly InstanceKey[]): Val {
    if (this.expansion.by === 'count')
      return makeTuple(
        keys.map((key) => this.instance(key).whole()),
        this.origin,
      )
    return makeObject(new Map(keys.map((key) => [String(key.key), this.instance(key).whole()])), this.origin)
  }

  get origin(): Origin {
    const { source, start, end } = this.config.block
    return { source, start, end }
  }
}
