import type { Origin } from '../../base/origin.ts'
import type { Problem } from '../../base/problem.ts'
import type { UnknownReason } from '../../base/value.ts'
import { indexBody } from './body-index.ts'
import { makeChoice } from './choice.ts'
import { convert } from './convert.ts'
import { evaluate } from './evaluate.ts'
import type { Expansion, InstanceKey } from './expansion.ts'
import { Failure, refuse } from './failure.ts'
import { InstanceNames } from './instance-names.ts'
import { makeObject, makeString, makeTuple } from './make-val.ts'
import { argument, type ModuleConfig } from './module-config.ts'
import { joinPath } from './module-files.ts'
import type { Assignments, ModuleInstance } from './module-instance.ts'
import type { Scope } from './scope.ts'
import type { Block, Step } from './syntax.ts'
import { DYNAMIC, STRING } from './type.ts'
import { derived, type Val } from './val.ts'

/** Arguments of a module block that are no inputs of the module. */
export const MODULE_META_ARGUMENTS: ReadonlySet<string> = new Set([
  'source',
  'version',
  'count',
  'for_each',
  'providers',
  'depends_on',
])
/** Modules inside each other: more than anybody has, less than what exhausts the stack. */
const MAX_MODULE_DEPTH = 32

/** Where the module of a call is read from, or why it is not. */
type Target =
  | { readonly config: ModuleConfig }
  | { readonly reason: UnknownReason; readonly problem: Problem; readonly isRemote: boolean }

/** A `module` block of one module instance, with all of its instances. */
export class ModuleCall {
  readonly caller: ModuleInstance
  readonly name: string
  readonly block: Block
  #target: Target | undefined
  #expansion: Expansion | undefined
  #expanding = false
  readonly #instances = new Map<InstanceKey, ModuleInstance>()

  constructor(caller: ModuleInstance, name: string, block: Block) {
    this.caller = caller
    this.name = name
    this.block = block
  }

  /** From the root of the unit, without an instance key. */
  get address(): string {
    return `${this.caller.prefix}module.${this.name}`
  }

  get target(): Target {
    this.#target ??= this.#findTarget()
    return this.#target
  }

  #findTarget(): Target {
    const { evaluation, config, ancestors, callPath } = this.caller
    const attribute = argument(this.block.body, 'source')
    const at: Origin = { source: this.block.source, start: this.block.start, end: this.block.end }
    const missing = (reason: UnknownReason, code: Problem['code'], message: string, isRemote = false): Target => ({
      reason,
      problem: { code, message, at },
      isRemote,
    })
    const node = attribute?.expression
    if (node?.kind !== 'literal' || typeof node.value !== 'string') {
      return missing('not-followed', 'not-followed', `module ${this.name} has no source that is a plain string`)
    }
    const source = node.value
    let folder: string | undefined
    if (/^\.\.?(\/|$)/.test(source)) {
      folder = joinPath(config.folder, source.replace('//', '/'))
      if (folder === undefined) {
        return missing('outside-tree', 'not-followed', `module ${this.name} points out of the tree: ${source}`)
      }
    } else {
      folder = evaluation.vendored.get(callPath === '' ? this.name : `${callPath}.${this.name}`)
      if (folder === undefined) {
        return missing('remote-module', 'not-followed', `module ${this.name} is not in this tree: ${source}`, true)
      }
    }
    if (ancestors.includes(folder))
      return missing('cycle', 'rejected', `module ${this.name} calls the module that it is part of: ${source}`)
    if (ancestors.length >= MAX_MODULE_DEPTH) {
      return missing(
        'limit-exceeded',
        'limit-exceeded',
        `modules call each other more than ${MAX_MODULE_DEPTH} levels deep`,
      )
    }
    const found = evaluation.module(folder)
    if (found === undefined)
      return missing(
        'not-followed',
        'not-followed',
        `module ${this.name} points to ${folder}, where there is no module`,
      )
    return { config: found }
  }

  get expansion(): Expansion {
    if (this.#expansion === undefined) {
      if (this.#expanding) throw new Failure('evaluation-error', `${this.address} depends on itself`, true)
      this.#expanding = true
      try {
        this.#expansion = this.caller.expand(this.block.body, this.address)
      } finally {
        this.#expanding = false
      }
    }
    return this.#expansion
  }

  /** An instance of the module; undefined where the module is not in the tree. */
  instance(key: InstanceKey): ModuleInstance | undefined {
    const { target } = this
    if (!('config' in target)) return undefined
    let instance = this.#instances.get(key)
    if (instance === undefined) {
      const place = {
        prefix: `${this.address}${key.suffix}.`,
        callPath: this.caller.callPath === '' ? this.name : `${this.caller.callPath}.${this.name}`,
        ancestors: this.caller.ancestors,
      }
      const maybe = key.maybe ?? this.caller.maybe
      instance = this.caller.evaluation.instantiate(
        target.config,
        maybe === undefined ? place : { ...place, maybe },
        this.#assignments(key),
      )
      this.#instances.set(key, instance)
    }
    return instance
  }

  #assignments(key: InstanceKey): Assignments {
    let names: InstanceNames | undefined
    return {
      get: (name) => {
        const attribute = MODULE_META_ARGUMENTS.has(name) ? undefined : indexBody(this.block.body).attributes.get(name)
        if (attribute === undefined) return undefined
        const { source, expression } = attribute
        names ??= this.namesOf(key)
        const inner = names
        return {
          evaluate: () => this.caller.evaluateAttribute(attribute, inner),
          origin: { source, start: expression.start, end: expression.end },
        }
      },
    }
  }

  namesOf(key: InstanceKey): InstanceNames {
    return new InstanceNames(this.caller, key, this.expansion.failure)
  }

  /** What a reference to the module means, with as many of its steps as name an output. */
  resolve(steps: readonly Step[], from: number, scope: Scope): { readonly val: Val; readonly used: number } {
    const { expansion } = this
    if (expansion.failure !== undefined)
      throw new Failure(expansion.failure.reason, `${this.address}: ${expansion.failure.message}`, true)
    if (expansion.by === 'none') {
      const [only] = expansion.instances
      if (only === undefined) return { val: { kind: 'null', type: DYNAMIC, origin: this.#origin }, used: from }
      return this.#resolveInstance(only, steps, from)
    }
    const step = steps[from]
    if (step === undefined || step.kind === 'splat') return { val: this.#collection(), used: from }
    const key = step.kind === 'attribute' ? makeString(step.name, this.#origin) : evaluate(step.key, scope)
    if (step.kind === 'attribute' && expansion.by === 'count') {
      return refuse(`${this.address} has count set: an index is needed before ${JSON.stringify(step.name)}`)
    }
    if (expansion.unknown !== undefined) return this.#resolveInstance(expansion.instances[0]!, steps, from + 1)
    const name = key.kind === 'unknown' ? undefined : convert(key, STRING)
    if (name === undefined || name.kind !== 'string') return { val: this.#collection(), used: from }
    const found = expansion.instances.find((instance) => String(instance.key) === name.value)
    if (found === undefined) return refuse(`${this.address} has no instance ${name.value}`)
    return this.#resolveInstance(found, steps, from + 1)
  }

  #resolveInstance(
    key: InstanceKey,
    steps: readonly Step[],
    from: number,
  ): { readonly val: Val; readonly used: number } {
    const step = steps[from]
    const name =
      step?.kind === 'attribute'
        ? step.name
        : step?.kind === 'index' && step.key.kind === 'literal' && typeof step.key.value === 'string'
          ? step.key.value
          : undefined
    if (name === undefined) return { val: this.#outputs(key), used: from }
    const instance = this.instance(key)
    return { val: instance === undefined ? this.#unknownOutput(key, name) : instance.output(name), used: from + 1 }
  }

  #unknownOutput(key: InstanceKey, attribute: string): Val {
    const { target } = this
    const reason = 'config' in target ? 'not-followed' : target.reason
    const detail = 'config' in target ? '' : target.problem.message
    const reference = { address: `${this.address}${key.suffix}`, attribute }
    return { kind: 'unknown', type: DYNAMIC, reason, detail, origin: this.#origin, reference }
  }

  #outputs(key: InstanceKey): Val {
    const instance = this.instance(key)
    if (instance === undefined) return this.#unknownOutput(key, '')
    const names = [...instance.config.outputs.keys()]
    return makeObject(new Map(names.map((name) => [name, instance.output(name)])), this.#origin)
  }

  #collection(): Val {
    const { expansion } = this
    if (expansion.unknown !== undefined) return derived(expansion.unknown, DYNAMIC, this.#origin, { notNull: true })
    const collect = (keys: readonly InstanceKey[]) =>
      expansion.by === 'count'
        ? makeTuple(
            keys.map((key) => this.#outputs(key)),
            this.#origin,
          )
        : makeObject(new Map(keys.map((key) => [String(key.key), this.#outputs(key)])), this.#origin)
    const all = collect(expansion.instances)
    const maybe = expansion.instances.find((instance) => instance.maybe !== undefined)?.maybe
    if (maybe === undefined) return all
    const certain = collect(expansion.instances.filter((instance) => instance.maybe === undefined))
    return makeChoice([all, certain], DYNAMIC, maybe, this.#origin)
  }

  get #origin(): Origin {
    const { source, start, end } = this.block
    return { source, start, end }
  }
}
