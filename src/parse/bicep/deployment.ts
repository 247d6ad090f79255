import type { Origin } from '../../base/origin.ts'
import type { MapValue, UnknownValue, Value } from '../../base/value.ts'
import { openTemplate } from '../template/arm-deployment.ts'
import { applyScopeFunction, type DeploymentScope, entryScope, type ScopeLevel } from '../template/deployment-scope.ts'
import { evaluate } from '../template/evaluate.ts'
import type { CallExpression, NestedExpression } from '../template/expression.ts'
import { applyFunction } from '../template/functions.ts'
import { Once } from '../template/once.ts'
import {
  type Arguments,
  both,
  type Deployment,
  type Library,
  NO_ARGUMENTS,
  type Rendered,
} from '../template/rendered.ts'
import { type Run, STEPS_OF_RESOURCE } from '../template/run.ts'
import { type Host, localOf, originOf, type Scope, withLocal } from '../template/scope.ts'
import { toDeclaredType } from '../template/substitution.ts'
import {
  choose,
  derive,
  failure,
  flow,
  isLazy,
  type LazyObject,
  list,
  scalar,
  unknown,
  usedAt,
} from '../template/values.ts'
import { DeployedModule, type OpenModule } from './deployed-module.ts'
import { DeployedResource } from './deployed-resource.ts'
import { applyFileFunction } from './file-functions.ts'
import { renderInlineTemplate } from './inline-template.ts'
import { isRemote, locate } from './locate.ts'
import { type FollowImport, isNullable } from './nullable.ts'
import { openLibrary } from './open-library.ts'
import { roundsOf } from './rounds.ts'
import type { BicepSymbols, Imported } from './symbols.ts'
import type { FunctionDeclaration, LoopHead, ModuleDeclaration, ResourceDeclaration } from './syntax.ts'

/** Everything that a use of a Bicep file is given. */
export interface BicepUse {
  readonly run: Run
  readonly symbols: BicepSymbols
  readonly given: Arguments
  /** Of the addresses of its resources: empty for the entry, `module.` below it. */
  readonly prefix: string
  readonly scope: DeploymentScope
  /** Opens the template of a module; undefined where it cannot be read. */
  readonly openModule: OpenModule
}

/** One use of a Bicep file: its names have the values that the given parameters lead to. All is evaluated on demand. */
export class BicepDeployment implements Deployment, Library, Host {
  readonly symbols: BicepSymbols
  readonly #use: BicepUse
  readonly #scope: Scope
  readonly #made = new Once()
  readonly #resources = new Map<ResourceDeclaration, readonly DeployedResource[]>()
  readonly #modules = new Map<ModuleDeclaration, readonly DeployedModule[]>()
  readonly #libraries = new Map<string, Library | undefined>()

  constructor(use: BicepUse) {
    this.#use = use
    this.symbols = use.symbols
    this.#scope = { run: use.run, source: use.symbols.source, locals: undefined, host: this }
  }

  name(name: string, _scope: Scope, origin: Origin): Value | undefined {
    const { symbols } = this
    if (symbols.parameters.has(name)) return usedAt(this.parameter(name), origin)
    if (symbols.variables.has(name)) return usedAt(this.#variable(name), origin)
    const resource = symbols.resources.get(name)
    if (resource !== undefined) return this.#referTo(resource.loop, this.resourcesOf(resource, undefined), origin)
    const module = symbols.modules.get(name)
    if (module !== undefined) return this.#referTo(module.loop, this.modulesOf(module), origin)
    const imported = symbols.imports.get(name)
    return imported === undefined ? undefined : this.#importedValue(imported, origin)
  }

  /** The value of a parameter: given, or its default, or null where that is allowed. */
  parameter(name: string): Value {
    const declaration = this.symbols.parameters.get(name)!
    const origin = { source: this.symbols.source, start: declaration.nameStart, end: declaration.nameEnd }
    return this.#made.get(`param ${name}`, origin, () => {
      const given = this.#use.given(name)
      if (
        given !== undefined &&
        !(given.kind === 'scalar' && given.value === null && declaration.value !== undefined)
      ) {
        return usedAt(toDeclaredType(given, declaration.type?.name), origin)
      }
      if (declaration.value !== undefined) return usedAt(evaluate(declaration.value, this.#scope), origin)
      if (declaration.type !== undefined && isNullable(declaration.type, this.symbols, this.#follow)) {
        return scalar(null, origin)
      }
      return unknown('variable-without-default', `parameter "${name}" has no value`, origin)
    })
  }

  #variable(name: string): Value {
    const declaration = this.symbols.variables.get(name)!
    const origin = { source: this.symbols.source, start: declaration.nameStart, end: declaration.nameEnd }
    return this.#made.get(`var ${name}`, origin, () => evaluate(declaration.value, this.#scope))
  }

  /** A deployed thing by its name: itself, or the list of those that its loop makes. */
  #referTo(
    loop: LoopHead | undefined,
    deployed: readonly (DeployedResource | DeployedModule)[],
    origin: Origin,
  ): Value {
    const first = deployed[0]
    if (loop === undefined && first !== undefined) return first.reference(origin)
    if (first?.openRound !== undefined) return { ...first.openRound, origin }
    return list(
      deployed.map((one) => one.reference(origin)),
      origin,
    )
  }

  resourcesOf(declaration: ResourceDeclaration, parent: DeployedResource | undefined): readonly DeployedResource[] {
    const known = this.#resources.get(declaration)
    if (known !== undefined) return known
    const outer = parent?.scope ?? this.#scope
    const stem = parent === undefined ? this.#use.prefix + declaration.name : `${parent.address}::${declaration.name}`
    const made: DeployedResource[] = []
    this.#resources.set(declaration, made)
    for (const { scope, key, maybe } of roundsOf(declaration.loop, outer)) {
      // Resources nested in this one are in scope in its body by their own names.
      let inner = scope
      const resource: DeployedResource = new DeployedResource({
        declaration,
        scope: () => inner,
        address: stem + key,
        deployment: this.#use.scope,
        parent,
        openRound: maybe,
      })
      for (const child of declaration.children) {
        inner = withLocal(inner, child.name, this.#childReference(child, resource))
      }
      made.push(resource)
    }
    return made
  }

  #childReference(child: ResourceDeclaration, parent: DeployedResource): Value {
    const at = { source: this.symbols.source, start: child.nameStart, end: child.nameEnd }
    const whole = (origin: Origin) => this.#referTo(child.loop, this.resourcesOf(child, parent), origin)
    const lazy: LazyObject = {
      ...unknown('derived', `the resource ${child.name}`, at),
      reference: { address: `${parent.address}::${child.name}`, attribute: '' },
      member: (name, origin, safe) => {
        const value = whole(origin)
        if (isLazy(value)) return value.member(name, origin, safe)
        const position = /^\[(\d+)\]$/.exec(name)
        return value.kind === 'list' && position !== null ? value.items[Number(position[1])] : undefined
      },
    }
    return lazy
  }

  modulesOf(declaration: ModuleDeclaration): readonly DeployedModule[] {
    const known = this.#modules.get(declaration)
    if (known !== undefined) return known
    const made = roundsOf(declaration.loop, this.#scope).map(
      ({ scope, key, maybe }) =>
        new DeployedModule({
          declaration,
          scope,
          address: this.#use.prefix + declaration.name + key,
          deployment: this.#use.scope,
          openRound: maybe,
          open: this.#use.openModule,
        }),
    )
    this.#modules.set(declaration, made)
    return made
  }

  call(call: CallExpression, scope: Scope, origin: Origin): Value {
    const { base, name } = call
    if (base !== undefined && !this.#isBuiltinNamespace(base, scope)) return this.#callMember(call, scope, origin)
    if (base === undefined) {
      const own = this.symbols.functions.get(name)
      if (own !== undefined) return this.#applyUser(own, this.#evaluateAll(call, scope), origin)
      const imported = this.symbols.imports.get(name)
      if (imported !== undefined) return this.#callImported(imported, imported.name, call, scope, origin)
    }
    const values = () => this.#evaluateAll(call, scope)
    return (
      applyFileFunction(call, scope, origin) ??
      applyScopeFunction(name, values, this.#use.scope, origin) ??
      applyFunction(call, scope, origin)
    )
  }

  #isBuiltinNamespace(base: CallExpression['base'], scope: Scope): boolean {
    return (
      base?.kind === 'name' &&
      (base.name === 'az' || base.name === 'sys') &&
      localOf(scope, base.name) === undefined &&
      this.name(base.name, scope, originOf(scope, base)) === undefined
    )
  }

  /** `namespace.function(…)` of an import, or a function of a resource, which only Azure answers. */
  #callMember(call: CallExpression, scope: Scope, origin: Origin): Value {
    const { base } = call
    if (base?.kind === 'name' && localOf(scope, base.name) === undefined) {
      const imported = this.symbols.imports.get(base.name)
      if (imported?.name === '*') return this.#callImported(imported, call.name, call, scope, origin)
    }
    return unknown('runtime-function', `${call.name}() is answered by Azure`, origin)
  }

  #callImported(imported: Imported, name: string, call: CallExpression, scope: Scope, origin: Origin): Value {
    const values = this.#evaluateAll(call, scope)
    return this.#library(imported)?.applyExported(name, values, origin) ?? this.#notImported(imported, name, origin)
  }

  applyExported(name: string, values: readonly Value[], origin: Origin): Value | undefined {
    const declared = this.symbols.functions.get(name)
    return declared && this.#applyUser(declared, values, origin)
  }

  exportedVariable(name: string, origin: Origin): Value | undefined {
    return this.symbols.variables.has(name) ? usedAt(this.#variable(name), origin) : undefined
  }

  #evaluateAll(call: CallExpression, scope: Scope): readonly Value[] {
    return call.arguments.map((argument) => evaluate(argument, scope))
  }

  /** A function of this file sees its parameters and what the file declares. */
  #applyUser(declared: FunctionDeclaration, values: readonly Value[], origin: Origin): Value {
    let scope = this.#scope
    declared.parameters.forEach((name, i) => {
      scope = withLocal(scope, name, values[i] ?? scalar(null, origin))
    })
    return usedAt(evaluate(declared.body, scope), origin)
  }

  nested(nested: NestedExpression, scope: Scope, origin: Origin): Value {
    const base = evaluate(nested.base, scope)
    if (base.kind === 'choice') {
      return choose(
        base.options.map((option) => this.#nestedIn(option, nested.name, origin)),
        base,
        origin,
      )
    }
    return this.#nestedIn(base, nested.name, origin)
  }

  #nestedIn(base: Value, name: string, origin: Origin): Value {
    const target = isLazy(base) ? base.target : undefined
    if (!(target instanceof DeployedResource)) return derive(base, origin)
    const child = target.declaration.children.find((one) => one.name === name)
    if (child === undefined) return failure(`no resource "${name}" is declared in ${target.address}`, origin)
    return this.#referTo(child.loop, this.resourcesOf(child, target), origin)
  }

  #importedValue(imported: Imported, origin: Origin): Value {
    if (imported.name === '*') {
      const namespace: LazyObject = {
        ...unknown('derived', `the declarations of ${imported.declaration.path}`, origin),
        member: (name, at) => this.#exported(imported, name, at),
      }
      return namespace
    }
    return this.#exported(imported, imported.name, origin)
  }

  #exported(imported: Imported, name: string, origin: Origin): Value {
    return this.#library(imported)?.exportedVariable(name, origin) ?? this.#notImported(imported, name, origin)
  }

  #notImported(imported: Imported, name: string, origin: Origin): Value {
    const { path } = imported.declaration
    if (isRemote(path)) return unknown('remote-module', `${path} is not in the tree`, origin)
    if (this.#library(imported) === undefined) return unknown('not-followed', `${path} is not read`, origin)
    return failure(`${path} declares no "${name}"`, origin)
  }

  /** The file that an import names, whose variables and functions can be used. */
  #library({ declaration }: Imported): Library | undefined {
    const { path } = declaration
    if (this.#libraries.has(path)) return this.#libraries.get(path)
    const origin = originOf(this.#scope, declaration)
    const library = path.endsWith('.json') ? this.#openTemplate(path, origin) : this.#openSource(path, origin)
    this.#libraries.set(path, library)
    return library
  }

  #openSource(path: string, origin: Origin): Library | undefined {
    const { run, scope } = this.#use
    const symbols = openLibrary(path, origin, run)
    // Shared by all that import it, so that files that import from each other in a circle are seen to.
    return (
      symbols &&
      run.libraryOf(symbols.source, scope, () => new BicepDeployment({ ...this.#use, symbols, given: NO_ARGUMENTS }))
    )
  }

  #openTemplate(path: string, origin: Origin): Library | undefined {
    const { run, scope } = this.#use
    const found = locate(path, origin, run)
    return found === undefined
      ? undefined
      : openTemplate({ run, path: found, given: NO_ARGUMENTS, prefix: '', scope, stack: [found], origin })
  }

  readonly #follow: FollowImport = ({ declaration }, { source }) =>
    openLibrary(declaration.path, { source, start: declaration.start, end: declaration.end }, this.#use.run)

  output(name: string, origin: Origin): Value | undefined {
    const declaration = this.symbols.outputs.get(name)
    if (declaration === undefined) return undefined
    const at = { source: this.symbols.source, start: declaration.nameStart, end: declaration.nameEnd }
    const value = this.#made.get(`output ${name}`, at, () => evaluate(declaration.value, this.#scope))
    return usedAt(value, flow(origin, at))
  }

  render(into: Rendered[], maybe: UnknownValue | undefined): void {
    for (const declaration of this.symbols.file.declarations) {
      if (this.#use.run.isExhausted) return
      if (declaration.kind === 'resource') this.#renderResource(declaration, undefined, into, maybe)
      else if (declaration.kind === 'module') {
        for (const module of this.modulesOf(declaration)) if (!this.#use.run.isExhausted) module.render(into, maybe)
      }
    }
  }

  #renderResource(
    declaration: ResourceDeclaration,
    parent: DeployedResource | undefined,
    into: Rendered[],
    maybe: UnknownValue | undefined,
  ): void {
    for (const resource of this.resourcesOf(declaration, parent)) {
      if (this.#use.run.spend(STEPS_OF_RESOURCE, resource.origin) !== undefined) return
      const condition = both(maybe, resource.condition())
      if (condition === false) continue
      if (!declaration.existing) {
        const open = condition === true ? undefined : condition
        into.push(renderOnDemand(resource, open))
        renderInlineTemplate(resource, this.#use.run, into, open)
      }
      for (const child of declaration.children) this.#renderResource(child, resource, into, maybe)
    }
  }
}

/** What is deployed is evaluated when somebody reads it. */
function renderOnDemand(resource: DeployedResource, maybe: UnknownValue | undefined): Rendered {
  let value: MapValue | undefined
  return {
    address: resource.address,
    kind: resource.type,
    get value() {
      value ??= resource.value(maybe)
      return value
    },
    origin: resource.origin,
    ...(maybe !== undefined && { maybe }),
  }
}

/** The level that a file is deployed to. */
export function levelOf(symbols: BicepSymbols): ScopeLevel {
  const { targetScope } = symbols
  return targetScope === 'tenant' || targetScope === 'managementGroup' || targetScope === 'subscription'
    ? targetScope
    : 'resourceGroup'
}

export function entryScopeOf(symbols: BicepSymbols): DeploymentScope {
  return entryScope(levelOf(symbols), { source: symbols.source, start: 0, end: 0 })
}
