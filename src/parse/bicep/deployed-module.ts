import type { Origin } from '../../base/origin.ts'
import type { MapEntry, UnknownValue, Value } from '../../base/value.ts'
import { type DeploymentScope, idOfScope, scopeOfId } from '../template/deployment-scope.ts'
import { evaluate } from '../template/evaluate.ts'
import type { Expression } from '../template/expression.ts'
import { Once } from '../template/once.ts'
import { type Arguments, both, type Deployment, type Rendered } from '../template/rendered.ts'
import { STEPS_OF_RESOURCE } from '../template/run.ts'
import { originOf, type Scope } from '../template/scope.ts'
import { choose, derive, entryOf, flow, type LazyObject, map, scalar, unknown, usedAt } from '../template/values.ts'
import { isRemote } from './locate.ts'
import { toModuleReference } from './module-reference.ts'
import type { ModuleDeclaration } from './syntax.ts'

export interface ModuleUse {
  readonly declaration: ModuleDeclaration
  readonly scope: Scope
  readonly address: string
  /** Where the file that calls the module is deployed to. */
  readonly deployment: DeploymentScope
  /** Set where this one stands for all rounds of a loop over an unknown list. */
  readonly openRound: UnknownValue | undefined
  readonly open: OpenModule
}

/** Opens the template that a module refers to; undefined where it is not in the tree or cannot be read. */
export type OpenModule = (module: {
  readonly path: string
  readonly origin: Origin
  readonly given: Arguments
  readonly prefix: string
  readonly scope: DeploymentScope | undefined
  readonly outerScope: DeploymentScope
}) => Deployment | undefined

/** One module that a declaration deploys: all of it, or one round of its loop. */
export class DeployedModule {
  readonly address: string
  readonly openRound: UnknownValue | undefined
  readonly #use: ModuleUse
  readonly #made = new Once()
  #template: { readonly deployment: Deployment | undefined } | undefined

  constructor(use: ModuleUse) {
    this.#use = use
    this.address = use.address
    this.openRound = use.openRound
  }

  get #pathOrigin(): Origin {
    const { declaration, scope } = this.#use
    return { source: scope.source, start: declaration.pathStart, end: declaration.pathEnd }
  }

  condition(): boolean | UnknownValue {
    const { declaration, scope, openRound } = this.#use
    const { condition } = declaration
    if (condition === undefined) return openRound ?? true
    const value = this.#made.get('if', originOf(scope, condition), () => evaluate(condition, scope))
    if (value.kind === 'scalar' && typeof value.value === 'boolean') return both(openRound, value.value)
    return derive(value, value.origin) as UnknownValue
  }

  #property(name: string): Value | undefined {
    const expression = this.#expression(name)
    if (expression === undefined) return undefined
    return this.#made.get(name, originOf(this.#use.scope, expression), () => evaluate(expression, this.#use.scope))
  }

  #expression(name: string): Expression | undefined {
    const { body } = this.#use.declaration
    if (body.kind !== 'object') return undefined
    for (const one of body.properties) if (one.kind === 'property' && one.key === name) return one.value
    return undefined
  }

  /** A parameter as the call gives it, evaluated alone where the call lists them. */
  #argument(name: string): Value | undefined {
    const params = this.#expression('params')
    if (params === undefined) return undefined
    if (
      params.kind === 'object' &&
      params.properties.every((one) => one.kind === 'property' && typeof one.key === 'string')
    ) {
      for (const one of params.properties) {
        if (one.kind !== 'property' || one.key !== name) continue
        const { value } = one
        return this.#made.get(`params ${name}`, originOf(this.#use.scope, value), () =>
          evaluate(value, this.#use.scope),
        )
      }
      return undefined
    }
    const whole = this.#property('params')
    if (whole?.kind === 'map') return entryOf(whole, name)?.value
    return whole === undefined ? undefined : derive(whole, whole.origin)
  }

  /** The template of the module, opened once. */
  #deployment(): Deployment | undefined {
    if (this.#template === undefined) {
      const { declaration, deployment, open } = this.#use
      const scope = this.#property('scope')
      const id = scope === undefined ? undefined : idOfScope(scope, scope.origin)
      // Set first: a module that contains itself ends here.
      this.#template = { deployment: undefined }
      this.#template = {
        deployment: open({
          path: declaration.path,
          origin: this.#pathOrigin,
          given: (name) => this.#argument(name),
          prefix: `${this.address}.`,
          scope: id === undefined ? undefined : scopeOfId(id),
          outerScope: deployment,
        }),
      }
    }
    return this.#template.deployment
  }

  reference(origin: Origin): LazyObject {
    const { declaration, scope } = this.#use
    const at = { source: scope.source, start: declaration.nameStart, end: declaration.nameEnd }
    return {
      ...unknown('derived', `the module ${this.address}`, flow(origin, at)),
      reference: { address: this.address, attribute: '' },
      target: this,
      member: (name, here, safe) => this.#member(name, here, safe),
    }
  }

  #member(name: string, origin: Origin, safe: boolean): Value | undefined {
    if (name === 'name') {
      const own = this.#property('name')
      return own === undefined ? scalar(this.#use.declaration.name, origin) : usedAt(own, origin)
    }
    const condition = this.condition()
    if (condition === false) return undefined
    if (name !== 'outputs') return unknown('deployment-context', `${this.address}.${name} is set by Azure`, origin)
    const outputs = this.#outputs(origin)
    return safe && condition !== true ? choose([outputs, scalar(null, origin)], condition, origin) : outputs
  }

  #outputs(origin: Origin): LazyObject {
    return {
      ...unknown('derived', `the outputs of ${this.address}`, origin),
      reference: { address: this.address, attribute: 'outputs' },
      member: (name, at) => this.#output(name, at),
    }
  }

  #output(name: string, origin: Origin): Value | undefined {
    const deployment = this.#deployment()
    if (deployment !== undefined) return deployment.output(name, origin)
    const { path } = this.#use.declaration
    const reason = isRemote(path) ? 'remote-module' : 'not-followed'
    return {
      ...unknown(reason, `${path} is not in the tree`, origin),
      reference: { address: this.address, attribute: `outputs.${name}` },
    }
  }

  render(into: Rendered[], outer: UnknownValue | undefined): void {
    const condition = both(outer, this.condition())
    if (condition === false) return
    const maybe = condition === true ? undefined : condition
    const { declaration, scope } = this.#use
    // A module costs something even where it declares nothing: modules of modules can be many.
    if (scope.run.spend(STEPS_OF_RESOURCE, this.#pathOrigin) !== undefined) return
    if (!isRemote(declaration.path)) {
      this.#deployment()?.render(into, maybe)
      return
    }
    scope.run.report({
      code: 'not-followed',
      message: `the module ${declaration.path} is not fetched`,
      at: this.#pathOrigin,
    })
    scope.run.incomplete = true
    into.push(this.#remote(maybe))
  }

  /** What is known of a module that is not fetched: which one it is, and what it is given. */
  #remote(maybe: UnknownValue | undefined): Rendered {
    const { declaration, scope } = this.#use
    const { reference, version } = toModuleReference(declaration.path, scope.source.path, scope.run.tree)
    const at = this.#pathOrigin
    const entries = new Map<string, MapEntry>()
    entries.set('name', { value: this.#property('name') ?? scalar(declaration.name, at) })
    entries.set('type', { value: scalar('module', at) })
    entries.set('reference', { value: scalar(reference, at) })
    entries.set('version', { value: scalar(version, at) })
    const target = this.#property('scope')
    if (target !== undefined) entries.set('scope', { value: idOfScope(target, at) ?? target })
    entries.set('params', { value: this.#property('params') ?? map(new Map(), at) })
    if (maybe !== undefined) entries.set('condition', { value: maybe })
    const origin = originOf(scope, declaration)
    return {
      address: this.address,
      kind: 'module',
      value: map(entries, origin),
      origin,
      ...(maybe !== undefined && { maybe }),
    }
  }
}
