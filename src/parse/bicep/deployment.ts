import type { Origin } from '../../base/origin.ts'
import { get, type UnknownValue, type Value } from '../../base/value.ts'
import { ArmDeployment } from '../template/arm-deployment.ts'
import { applyScopeFunction, type DeploymentScope, entryScope, type ScopeLevel } from '../template/deployment-scope.ts'
import { evaluate, type Host, localOf, loopScope, originOf, type Scope, withLocal } from '../template/evaluate.ts'
import type { CallExpression, NestedExpression } from '../template/expression.ts'
import { applyFunction } from '../template/functions.ts'
import { Once } from '../template/once.ts'
import { argumentsOf } from '../template/parameter-file.ts'
import { type Arguments, both, type Deployment, NO_ARGUMENTS, type Rendered } from '../template/rendered.ts'
import { type Run, STEPS_OF_RESOURCE } from '../template/run.ts'
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
import { isRemote, locate } from './locate.ts'
import { type BicepSymbols, type Imported, readBicep } from './symbols.ts'
import type { FunctionDeclaration, LoopHead, ModuleDeclaration, ResourceDeclaration, TypeExpression } from './syntax.ts'

/** Most rounds of a loop of resources. Source: learn.microsoft.com/azure/azure-resource-manager/bicep/loops#loop-limits */
const MAX_ROUNDS = 800
/** Aliases followed from one type to the next. */
const MAX_ALIASES = 20

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

/** One round of a loop, or the one resource or module that there is without a loop. */
interface Round {
  readonly scope: Scope
  readonly key: string
  readonly maybe: UnknownValue | undefined
}

/** One use of a Bicep file: its names have the values that the given parameters lead to. All is evaluated on demand. */
export class BicepDeployment implements Deployment, Host {
  readonly symbols: BicepSymbols
  readonly #use: BicepUse
  readonly #scope: Scope
  readonly #made = new Once()
  readonly #resources = new Map<ResourceDeclaration, readonly DeployedResource[]>()
  readonly #modules = new Map<ModuleDeclaration, readonly DeployedModule[]>()
  readonly #libraries = new Map<string, BicepDeployment | undefined>()

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
      if (declaration.type !== undefined && this.#isNullable(declaration.type, 0)) return scalar(null, origin)
      return unknown('variable-without-default', `parameter "${name}" has no value`, origin)
    })
  }

  #variable(name: string): Value {
    const declaration = this.symbols.variables.get(name)!
    const origin = { source: this.symbols.source, start: declaration.nameStart, end: declaration.nameEnd }
    return this.#made.get(`var ${name}`, origin, () => evaluate(declaration.value, this.#scope))
  }

  #isNullable(type: TypeExpression, depth: number): boolean {
    if (type.nullable) return true
    if (type.name === undefined || depth > MAX_ALIASES) return false
    const own = this.symbols.types.get(type.name)
    if (own !== undefined) return this.#isNullable(own.type, depth + 1)
    const dot = type.name.indexOf('.')
    const imported = this.symbols.imports.get(dot < 0 ? type.name : type.name.slice(0, dot))
    if (imported === undefined) return false
    const library = this.#library(imported)
    const name = imported.name === '*' ? type.name.slice(dot + 1) : imported.name
    if (library === undefined) return false
    const declared = library.symbols.types.get(name)
    return declared !== undefined && library.#isNullable(declared.type, depth + 1)
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
    for (const { scope, key, maybe } of this.#rounds(declaration.loop, outer)) {
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
    const made = this.#rounds(declaration.loop, this.#scope).map(
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

  /** The rounds of a loop; one that stands for all where the list is not known. */
  #rounds(loop: LoopHead | undefined, scope: Scope): readonly Round[] {
    if (loop === undefined) return [{ scope, key: '', maybe: undefined }]
    const origin = originOf(scope, loop)
    const values = evaluate(loop.list, scope)
    const head = { ...loop, kind: 'for', condition: undefined, body: loop.list } as const
    if (values.kind === 'list' && values.items.length <= MAX_ROUNDS) {
      return values.items.map((item, i) => ({
        scope: loopScope(head, item, i, scope),
        key: `[${i}]`,
        maybe: undefined,
      }))
    }
    const open = (
      values.kind === 'list'
        ? unknown('limit-exceeded', `a loop of more than ${MAX_ROUNDS} resources`, origin)
        : values.kind === 'unknown' || values.kind === 'choice'
          ? derive(values, origin)
          : failure('a loop needs an array', origin)
    ) as UnknownValue
    return [{ scope: loopScope(head, open, open, scope), key: '[*]', maybe: open }]
  }

  call(call: CallExpression, scope: Scope, origin: Origin): Value {
    const { base, name } = call
    if (base !== undefined && !this.#isBuiltinNamespace(base, scope)) return this.#callMember(call, scope, origin)
    if (base === undefined) {
      const own = this.symbols.functions.get(name)
      if (own !== undefined) return this.applyUser(own, this.#evaluateAll(call, scope), scope, origin)
      const imported = this.symbols.imports.get(name)
      if (imported !== undefined) return this.#callImported(imported, imported.name, call, scope, origin)
    }
    const values = () => this.#evaluateAll(call, scope)
    return (
      applyFileFunction(call, scope, origin) ??
      applyScopeFunction(name.toLowerCase(), values, this.#use.scope, origin) ??
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
    const library = this.#library(imported)
    const declared = library?.symbols.functions.get(name)
    if (library === undefined || declared === undefined) return this.#notImported(imported, name, origin)
    return library.applyUser(declared, this.#evaluateAll(call, scope), scope, origin)
  }

  #evaluateAll(call: CallExpression, scope: Scope): readonly Value[] {
    return call.arguments.map((argument) => evaluate(argument, scope))
  }

  /** A function of this file sees its parameters and what the file declares. */
  applyUser(declared: FunctionDeclaration, values: readonly Value[], _caller: Scope, origin: Origin): Value {
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
    const library = this.#library(imported)
    if (library === undefined || !library.symbols.variables.has(name)) return this.#notImported(imported, name, origin)
    return usedAt(library.#variable(name), origin)
  }

  #notImported(imported: Imported, name: string, origin: Origin): Value {
    const { path } = imported.declaration
    if (isRemote(path)) return unknown('remote-module', `${path} is not in the tree`, origin)
    return failure(`${path} declares no "${name}"`, origin)
  }

  /** The file that an import names, whose variables, functions and types can be used. */
  #library({ declaration }: Imported): BicepDeployment | undefined {
    const { path } = declaration
    if (this.#libraries.has(path)) return this.#libraries.get(path)
    const library = this.#openLibrary(path, originOf(this.#scope, declaration))
    this.#libraries.set(path, library)
    return library
  }

  #openLibrary(path: string, origin: Origin): BicepDeployment | undefined {
    const { run } = this.#use
    const found = locate(path, origin, run)
    if (found === undefined || !found.endsWith('.bicep')) return undefined
    const read = readBicep(run.tree, found)
    if ('problem' in read) {
      run.report({ code: 'not-followed', message: `${path}: ${read.problem.message}`, at: origin })
      return undefined
    }
    run.files.add(found)
    for (const problem of read.symbols.file.problems) run.report(problem)
    return new BicepDeployment({ ...this.#use, symbols: read.symbols, given: NO_ARGUMENTS })
  }

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

  /** The resources of a template that is loaded or written out as a `Microsoft.Resources/deployments` resource. */
  #renderTemplateOf(resource: DeployedResource, into: Rendered[], maybe: UnknownValue | undefined): void {
    if (resource.type.toLowerCase() !== 'microsoft.resources/deployments') return
    const properties = resource.property('properties')
    const template = properties === undefined ? undefined : get(properties, 'template')
    if (properties === undefined || template?.kind !== 'map') return
    const { run } = this.#use
    const nested = new ArmDeployment({
      run,
      template,
      given: givenTo(properties),
      prefix: `${resource.address}.`,
      scope: resource.deployedTo(),
      stack: [''],
    })
    nested.render(into, maybe)
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
        into.push({
          address: resource.address,
          kind: resource.type,
          value: resource.value(open),
          origin: resource.origin,
          ...(open !== undefined && { maybe: open }),
        })
        this.#renderTemplateOf(resource, into, open)
      }
      for (const child of declaration.children) this.#renderResource(child, resource, into, maybe)
    }
  }
}

/** The parameters of a template that is written as a resource. */
function givenTo(properties: Value): Arguments {
  const parameters = get(properties, 'parameters')
  return parameters === undefined ? NO_ARGUMENTS : argumentsOf(parameters)
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
