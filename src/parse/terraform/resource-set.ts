import type { Origin } from '../../base/origin.ts'
import { indexBody, META_ARGUMENTS } from './body-index.ts'
import { makeChoice } from './choice.ts'
import { convert } from './convert.ts'
import { evaluate } from './evaluate.ts'
import { type Expansion, expandForEach, type InstanceKey } from './expansion.ts'
import { Failure, refuse } from './failure.ts'
import { InstanceNames } from './instance-names.ts'
import { makeObject, makeString, makeTuple, totalSize } from './make-val.ts'
import type { ResourceConfig } from './module-config.ts'
import { argument } from './module-config.ts'
import type { ModuleInstance } from './module-instance.ts'
import type { PlannedInstance } from './planned-root.ts'
import { agrees, fillFromPlan, fromPlan, type Planned, plannedAttribute, plannedItem } from './planned-values.ts'
import type { Bound, Names, Scope } from './scope.ts'
import type { Block, Body, Step } from './syntax.ts'
import { DYNAMIC, STRING, typeName } from './type.ts'
import { derived, findUnknown, typeOf, type UnknownVal, type Val } from './val.ts'

/** Combinations of dynamic blocks that may be there that are told apart. */
const MAX_BLOCK_OPTIONS = 8

/** A resource or data block of one module instance, with all of its instances. */
export class ResourceSet {
  readonly module: ModuleInstance
  /** Within its module. */
  readonly address: string
  readonly config: ResourceConfig
  #expansion: Expansion | undefined
  #expanding = false
  readonly #instances = new Map<InstanceKey, ResourceInstance>()

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
    let instance = this.#instances.get(key)
    if (instance === undefined) {
      instance = new ResourceInstance(this, key)
      this.#instances.set(key, instance)
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

/** One instance of a resource. Its arguments are evaluated one by one, when they are asked for. */
export class ResourceInstance {
  readonly set: ResourceSet
  readonly key: InstanceKey
  /** From the root of the unit. */
  readonly address: string
  readonly names: Names
  #made: Map<string, Val | Failure | typeof PENDING> | undefined
  #planned: PlannedInstance | 'none' | 'being compared' | undefined

  constructor(set: ResourceSet, key: InstanceKey) {
    this.set = set
    this.key = key
    this.address = `${set.module.prefix}${set.address}${key.suffix}`
    const { by, failure } = set.expansion
    this.names = by === 'none' && failure === undefined ? set.module : new InstanceNames(set.module, key, failure)
  }

  resolve(steps: readonly Step[], from: number): { readonly val: Val; readonly used: number } {
    const step = steps[from]
    const name =
      step?.kind === 'attribute'
        ? step.name
        : step?.kind === 'index' && step.key.kind === 'literal' && typeof step.key.value === 'string'
          ? step.key.value
          : undefined
    if (name === undefined) return { val: this.whole(), used: from }
    return { val: this.#meant(name, this.attribute(name)), used: from + 1 }
  }

  /** A name that is not known still means this resource to whoever refers to it. */
  #meant(attribute: string, val: Val): Val {
    if (attribute !== 'name' || val.kind !== 'unknown' || val.reference !== undefined) return val
    if (val.options !== undefined || val.attributes !== undefined) return val
    return { ...val, reference: { address: this.address, attribute } }
  }

  /** The value of an argument or of the blocks of a type; unknown where only the provider gives it. */
  attribute(name: string): Val {
    const constant = indexBody(this.set.config.block.body).attributes.get(name)?.expression
    if (
      constant !== undefined &&
      'evaluated' in constant &&
      constant.evaluated !== undefined &&
      !META_ARGUMENTS.has(name)
    ) {
      return constant.evaluated
    }
    this.#made ??= new Map()
    const made = this.#made.get(name)
    if (made !== undefined) {
      if (made === PENDING) throw new Failure('evaluation-error', `${this.address}.${name} depends on itself`, true)
      if (made instanceof Failure) throw made
      return made
    }
    this.#made.set(name, PENDING)
    try {
      const val = this.set.module.evaluation.budget.separately(() => this.#evaluate(name))
      this.#made.set(name, val)
      return val
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      const final = new Failure(failure.reason, failure.message, true)
      this.#made.set(name, final)
      throw final
    }
  }

  /** As {@link attribute}, for what is asked for once: kept only where a reference asked for it before. */
  attributeOnce(name: string): Val {
    if (this.#made?.has(name)) return this.attribute(name)
    return this.set.module.evaluation.budget.separately(() => this.#evaluate(name))
  }

  #evaluate(name: string): Val {
    const val = this.#configured(name)
    if (val === undefined) return this.#computed(name)
    if (findUnknown(val) === undefined) return val
    const planned = this.planned
    const part = planned && plannedAttribute(planned, name)
    if (planned === undefined || part === undefined) return val
    return fillFromPlan(val, part, planned.place, indexBody(this.set.config.block.body).blocks.has(name))
  }

  /** What the configuration says of an argument or of the blocks of a type; undefined where it says nothing. */
  #configured(name: string): Val | undefined {
    if (META_ARGUMENTS.has(name)) return undefined
    const index = indexBody(this.set.config.block.body)
    const attribute = index.attributes.get(name)
    if (attribute !== undefined) return this.set.module.evaluateAttribute(attribute, this.names)
    const blocks = index.blocks.get(name)
    return blocks && this.#blocks(name, blocks, undefined, name)
  }

  /** What a plan says of this instance, where it agrees in all that the configuration says of it. */
  get planned(): PlannedInstance | undefined {
    if (this.#planned === undefined) {
      const root = this.set.module.evaluation.planned
      const found = root?.instance(this.address)
      this.#planned = found === undefined ? 'none' : 'being compared'
      if (root !== undefined && found !== undefined) {
        const fits = this.argumentNames().every((name) => this.#agrees(name, found))
        if (!fits) root.disagree(this.address)
        this.#planned = fits ? found : 'none'
      }
    }
    return typeof this.#planned === 'object' ? this.#planned : undefined
  }

  #agrees(name: string, planned: PlannedInstance): boolean {
    const part = plannedAttribute(planned, name)
    if (part === undefined) return true
    const { budget } = this.set.module.evaluation
    try {
      const val = budget.separately(() => this.#configured(name))
      return val === undefined || agrees(val, part)
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      return true
    }
  }

  /** An attribute that only the provider gives, where the plan knows it. */
  #plannedAttribute(name: string, path = name, within: Planned | undefined = this.planned): Val | undefined {
    const place = this.planned?.place
    const part = within && plannedAttribute(within, name)
    if (part === undefined || place === undefined) return undefined
    return fromPlan(part, { ...place, from: this.set.origin }, { address: this.address, attribute: path })
  }

  #computed(name: string): Val {
    const planned = this.#plannedAttribute(name)
    if (planned !== undefined) return planned
    if (this.set.config.type === 'terraform_data') return this.#terraformData(name)
    const managed = this.set.config.mode === 'data' ? this.#managedTwin() : undefined
    if (managed !== undefined) return managed.attribute(name)
    const val = this.#unknown(name)
    return name === 'id' ? { ...val, type: STRING, notNull: true } : val
  }

  /** The one resource whose attributes are known without its provider. Source: developer.hashicorp.com/terraform/language/resources/terraform-data */
  #terraformData(name: string): Val {
    switch (name) {
      case 'id':
        return { ...this.#unknown(name), type: STRING, notNull: true }
      case 'output': {
        const input = this.attribute('input')
        return input.kind === 'null' ? input : { ...this.#unknown(name), type: typeOf(input) }
      }
      case 'input':
      case 'triggers_replace':
        return { kind: 'null', type: DYNAMIC, origin: this.set.origin }
      default:
        return refuse(`terraform_data has no attribute ${JSON.stringify(name)}`)
    }
  }

  #unknown(attribute: string): UnknownVal {
    const { config, origin } = this.set
    const isData = config.mode !== 'managed'
    return {
      kind: 'unknown',
      type: DYNAMIC,
      reason: isData ? 'data-source' : 'provider-computed',
      detail: `${this.address}${attribute === '' ? '' : `.${attribute}`} is known ${isData ? 'when it is read' : 'after apply'}`,
      origin,
      reference: { address: this.address, attribute },
    }
  }

  /** The resource of this configuration that a data source looks up by its names. */
  #managedTwin(): { readonly attribute: (name: string) => Val } | undefined {
    const wanted = new Map<string, string>()
    for (const { name } of this.set.config.block.body.attributes) {
      if (META_ARGUMENTS.has(name)) continue
      const val = this.attribute(name)
      if (val.kind !== 'string') return undefined
      wanted.set(name, val.value)
    }
    if (!wanted.has('name')) return undefined
    return this.set.module.evaluation.findManaged(this.set.config.type, wanted)
  }

  /** The resource as a whole: what is configured, and whatever else the provider adds. */
  whole(): Val {
    const names = this.argumentNames()
    if (this.set.config.type === 'terraform_data') {
      const all = ['input', 'triggers_replace', 'id', 'output']
      return makeObject(new Map(all.map((name) => [name, this.attribute(name)])), this.set.origin)
    }
    const attributes = new Map(names.map((name) => [name, this.attribute(name)]))
    const whole: UnknownVal = { ...this.#unknown(''), notNull: true, attributes }
    return this.planned === undefined ? whole : { ...whole, computed: (name) => this.#plannedAttribute(name) }
  }

  /** Arguments and types of blocks that are configured, in the order written. */
  argumentNames(): readonly string[] {
    return indexBody(this.set.config.block.body).names
  }

  /** The blocks of one type, dynamic ones unrolled, as a list of objects. */
  #blocks(type: string, blocks: readonly Block[], bound: Bound | undefined, path: string): Val {
    let options: (readonly Val[])[] = [[]]
    let cause: UnknownVal | undefined
    for (const block of blocks) {
      const at = { path, index: options[0]!.length }
      const choices =
        block.type === 'dynamic'
          ? this.#dynamicBlocks(type, block, bound, at)
          : { options: [[this.#blockObject(block.body, block, bound, `${path}[${at.index}]`)]] }
      cause ??= choices.cause
      if (options.length * choices.options.length > MAX_BLOCK_OPTIONS) {
        options = [[...options[0]!, derived(cause!, DYNAMIC, originOfBlock(block))]]
      } else options = options.flatMap((before) => choices.options.map((more) => [...before, ...more]))
    }
    const origin = originOfBlock(blocks[0]!)
    const lists = options.map((items) => makeTuple(items, origin))
    return lists.length === 1 ? lists[0]! : makeChoice(lists, DYNAMIC, cause!, origin)
  }

  #dynamicBlocks(
    type: string,
    block: Block,
    bound: Bound | undefined,
    at: { readonly path: string; readonly index: number },
  ): { readonly options: readonly (readonly Val[])[]; readonly cause?: UnknownVal } {
    const { module } = this.set
    const forEach = argument(block.body, 'for_each')
    const content = block.body.blocks.find((inner) => inner.type === 'content')
    if (forEach === undefined || content === undefined) {
      return refuse(`dynamic ${JSON.stringify(type)} needs for_each and content`)
    }
    const named = argument(block.body, 'iterator')?.expression
    const iterator = named?.kind === 'traversal' ? named.root : named?.kind === 'literal' ? String(named.value) : type
    const collection = module.evaluateAttribute(forEach, this.names, bound)
    const make = (pairs: readonly { readonly key: Val; readonly value: Val }[]) =>
      pairs.map(({ key, value }, i) => {
        module.evaluation.budget.spend(1)
        const val = makeObject(
          new Map([
            ['key', key],
            ['value', value],
          ]),
          value.origin,
        )
        return this.#blockObject(
          content.body,
          content,
          { name: iterator, val, outer: bound },
          `${at.path}[${at.index + i}]`,
        )
      })
    const singles = (collection.kind === 'unknown' && collection.options) || [collection]
    const options = singles.map((single) => pairsOfDynamic(single))
    if (options.includes(undefined)) {
      const cause = collection as UnknownVal
      return { options: [[derived(cause, DYNAMIC, originOfBlock(block))]], cause }
    }
    const made = (options as (readonly { key: Val; value: Val }[])[]).map(make)
    return collection.kind === 'unknown' ? { options: made, cause: collection } : { options: made }
  }

  /** One block: its arguments, and its own blocks as lists. The provider may add further attributes. */
  #blockObject(body: Body, block: Block, bound: Bound | undefined, path: string): Val {
    const { module } = this.set
    const { attributes: written, keys, blocks } = indexBody(body)
    const attributes = new Map<string, Val>()
    for (const [name, attribute] of written) {
      attributes.set(
        name,
        this.#settled(attribute.expression, attribute.source, () =>
          module.evaluateAttribute(attribute, this.names, bound),
        ),
      )
    }
    for (const [name, inner] of blocks) {
      attributes.set(
        name,
        this.#settled(inner[0]!, block.source, () => this.#blocks(name, inner, bound, `${path}.${name}`)),
      )
    }
    const size = totalSize(attributes.values())
    const origin = originOfBlock(block)
    const made: UnknownVal = { ...this.#unknown(path), origin, notNull: true, attributes, keys, size }
    if (module.evaluation.planned === undefined) return made
    return { ...made, computed: (name) => this.#plannedInBlock(made, name, path) }
  }

  #plannedInBlock(block: UnknownVal, name: string, path: string): Val | undefined {
    const part = this.#plannedAt(path)
    // Elements of a set have another order in the plan.
    return part !== undefined && agrees(block, part) ? this.#plannedAttribute(name, `${path}.${name}`, part) : undefined
  }

  /** The part of the plan that a block is: `ip_configuration[0].subnet[1]`, by place. */
  #plannedAt(path: string): Planned | undefined {
    let at: Planned | undefined = this.planned
    for (const step of path.split('.')) {
      const [, name = '', index = '0'] = /^(.*?)(?:\[(\d+)\])?$/.exec(step)!
      const list = at && plannedAttribute(at, name)
      at = list && plannedItem(list, Number(index))
    }
    return at
  }

  /** A failure costs the argument, not its block. */
  #settled(node: { readonly start: number; readonly end: number }, source: Origin['source'], make: () => Val): Val {
    const { budget } = this.set.module.evaluation
    const { depth } = budget
    try {
      return make()
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      budget.depth = depth
      const origin = { source, start: node.start, end: node.end }
      return { kind: 'unknown', type: DYNAMIC, reason: failure.reason, detail: failure.message, origin }
    }
  }
}

const PENDING = Symbol('pending')

function originOfBlock({ source, start, end }: Block): Origin {
  return { source, start, end }
}

/** What a dynamic block runs over; undefined where that is unknown. Unlike `for_each` of a resource it takes any collection. */
function pairsOfDynamic(val: Val): readonly { readonly key: Val; readonly value: Val }[] | undefined {
  switch (val.kind) {
    case 'unknown':
      return undefined
    case 'null':
      return refuse('for_each of a dynamic block is null')
    case 'list':
    case 'tuple':
      return val.items.map((value, i) => ({ key: { kind: 'number', value: i, origin: value.origin }, value }))
    case 'set':
      return val.items.map((value) => ({ key: value, value }))
    case 'map':
    case 'object':
      return expandForEach(val).instances.map(({ eachKey, eachValue }) => ({ key: eachKey!, value: eachValue! }))
    default:
      return refuse(`a dynamic block cannot run over a ${typeName(typeOf(val))}`)
  }
}
