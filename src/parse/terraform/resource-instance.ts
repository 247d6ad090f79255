import type { BlockHost } from './block-values.ts'
import { readBlocks } from './block-values.ts'
import { indexBody, META_ARGUMENTS } from './body-index.ts'
import { ConfiguredAttributes } from './configured-attributes.ts'
import type { InstanceKey } from './expansion.ts'
import { Failure, refuse } from './failure.ts'
import { ignoredChanges } from './ignored-changes.ts'
import { InstanceNames } from './instance-names.ts'
import { InstancePlan } from './instance-plan.ts'
import { makeObject } from './make-val.ts'
import type { PlannedInstance } from './planned-root.ts'
import { agrees, plannedAttribute } from './planned-values.ts'
import type { ResourceSet } from './resource-set.ts'
import type { Names } from './scope.ts'
import type { Step } from './syntax.ts'
import { DYNAMIC, STRING } from './type.ts'
import { findUnknown, typeOf, type UnknownVal, type Val } from './val.ts'

/** One instance of a resource. Its arguments are evaluated one by one, when they are asked for. */
export class ResourceInstance {
  readonly set: ResourceSet
  readonly key: InstanceKey
  /** From the root of the unit. */
  readonly address: string
  readonly names: Names
  #made: Map<string, Val | Failure | typeof PENDING> | undefined
  #plan: InstancePlan | 'none' | 'being compared' | undefined

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
    const val = this.#configuredOrPlanned(name)
    if (val === undefined) return this.#computed(name)
    if (this.set.module.evaluation.planned === undefined || findUnknown(val) === undefined) return val
    return this.plan?.fill(name, val, indexBody(this.set.config.block.body).blocks.has(name)) ?? val
  }

  /** What cannot be evaluated here, because a file is not in the tree or it costs too much, the plan may know. */
  #configuredOrPlanned(name: string): Val | undefined {
    const { planned, budget } = this.set.module.evaluation
    if (planned === undefined) return this.#configured(name)
    const { depth } = budget
    try {
      return this.#configured(name)
    } catch (failure) {
      if (!(failure instanceof Failure) || failure.reason === 'evaluation-error') throw failure
      budget.depth = depth
      const told = this.plan?.attribute(name)
      if (told === undefined) throw failure
      return told
    }
  }

  /** What the configuration says of an argument or of the blocks of a type; undefined where it says nothing. */
  #configured(name: string): Val | undefined {
    if (META_ARGUMENTS.has(name)) return undefined
    const index = indexBody(this.set.config.block.body)
    const attribute = index.attributes.get(name)
    if (attribute !== undefined) return this.set.module.evaluateAttribute(attribute, this.names)
    const blocks = index.blocks.get(name)
    return blocks && readBlocks(this.#host, name, blocks, undefined, name)
  }

  /** What a plan says of this instance, where it agrees in all that the configuration says of it. */
  get plan(): InstancePlan | undefined {
    if (this.#plan === undefined) {
      const root = this.set.module.evaluation.planned
      const found = root?.instance(this.address)
      this.#plan = found === undefined ? 'none' : 'being compared'
      if (root !== undefined && found !== undefined) {
        const ignored = ignoredChanges(this.set.config.block.body)
        const fits = this.argumentNames().every((name) => ignored(name) || this.#agrees(name, found))
        if (!fits) root.disagree(this.address)
        this.#plan = fits ? new InstancePlan(found, this.address, this.set.origin) : 'none'
      }
    }
    return typeof this.#plan === 'object' ? this.#plan : undefined
  }

  #agrees(name: string, planned: PlannedInstance): boolean {
    const part = plannedAttribute(planned, name)
    if (part === undefined) return true
    const { budget } = this.set.module.evaluation
    const { depth } = budget
    try {
      const val = budget.separately(() => this.#configured(name))
      return val === undefined || agrees(val, part)
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      budget.depth = depth
      return true
    }
  }

  #computed(name: string): Val {
    const managed = this.set.config.mode === 'data' ? this.#managedTwin() : undefined
    if (managed !== undefined) return managed.attribute(name)
    const planned = this.plan?.attribute(name)
    if (planned !== undefined) return planned
    if (this.set.config.type === 'terraform_data') return this.#terraformData(name)
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
    if (this.set.config.type === 'terraform_data') {
      const all = ['input', 'triggers_replace', 'id', 'output']
      return makeObject(new Map(all.map((name) => [name, this.attribute(name)])), this.set.origin)
    }
    const attributes = new ConfiguredAttributes(this)
    const whole: UnknownVal = { ...this.#unknown(''), notNull: true, attributes }
    const { plan } = this
    return plan === undefined ? whole : { ...whole, computed: (name) => plan.attribute(name) }
  }

  /** Arguments and types of blocks that are configured, in the order written. */
  argumentNames(): readonly string[] {
    return indexBody(this.set.config.block.body).names
  }

  get #host(): BlockHost {
    const plan = () => this.plan
    return {
      module: this.set.module,
      names: this.names,
      unknown: (path) => this.#unknown(path),
      get plan() {
        return plan()
      },
    }
  }
}

const PENDING = Symbol('pending')
