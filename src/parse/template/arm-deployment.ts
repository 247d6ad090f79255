import type { Origin } from '../../base/origin.ts'
import { get, type MapValue, type UnknownValue, type Value } from '../../base/value.ts'
import { type ArmIndex, findResource, indexResources } from './arm-index.ts'
import { ArmResource } from './arm-resource.ts'
import { roundsOf } from './arm-rounds.ts'
import { argumentsOfDeployment, scopeOfDeployment } from './arm-scope.ts'
import { applyScopeFunction, type DeploymentScope } from './deployment-scope.ts'
import { evaluate } from './evaluate.ts'
import type { CallExpression } from './expression.ts'
import { applyFunction } from './functions.ts'
import { copyIndex, evaluateJson, readCopies, repeat } from './json-value.ts'
import { Once } from './once.ts'
import { readJson } from './parameter-file.ts'
import { resolvePath } from './paths.ts'
import { type Arguments, both, type Deployment, type Library, type Rendered } from './rendered.ts'
import { type Run, STEPS_OF_RESOURCE } from './run.ts'
import type { Host, Scope } from './scope.ts'
import { toDeclaredType } from './substitution.ts'
import { knownText, textParts } from './text.ts'
import { derive, entryOf, failure, scalar, unknown, usedAt } from './values.ts'

/** Templates inside templates. */
const MAX_NESTING = 40
/** Aliases followed from one type definition to the next. */
const MAX_ALIASES = 20

/** Everything that a use of an ARM template is given. */
export interface ArmUse {
  readonly run: Run
  readonly template: MapValue
  readonly given: Arguments
  /** Of the addresses of its resources: empty except for templates that are modules of Bicep files. */
  readonly prefix: string
  readonly scope: DeploymentScope
  /** Of a nested template with outer scope: where its expressions are evaluated. */
  readonly outer?: Scope
  /** Files and nested templates around this one. */
  readonly stack: readonly string[]
}

/** Opens a template file of the tree. */
export function openTemplate(use: {
  readonly run: Run
  readonly path: string
  readonly given: Arguments
  readonly prefix: string
  readonly scope: DeploymentScope
  readonly stack: readonly string[]
  readonly origin: Origin
}): ArmDeployment | undefined {
  const template = readJson(use.path, use.run)
  if (template?.kind === 'map') return new ArmDeployment({ ...use, template })
  if (template !== undefined) {
    use.run.report({ code: 'not-followed', message: `${use.path} is not a template`, at: use.origin })
  }
  return undefined
}

/** One use of an ARM template: nested, linked, or the entry. All is evaluated on demand. */
export class ArmDeployment implements Deployment, Library, Host {
  readonly template: MapValue
  readonly scope: DeploymentScope
  readonly #use: ArmUse
  readonly #scope: Scope
  #made = new Once()
  #resources: readonly ArmResource[] | undefined
  #index: ArmIndex | undefined
  /** Of the resources whose names need others. */
  #lateIndex: ArmIndex | undefined

  constructor(use: ArmUse) {
    this.#use = use
    this.template = use.template
    this.scope = use.scope
    this.#scope = use.outer ?? {
      run: use.run,
      source: use.template.origin.source,
      locals: undefined,
      host: this,
    }
  }

  /** Nothing but the variables of lambdas has a name in these templates. */
  name(): undefined {
    return undefined
  }

  call(call: CallExpression, scope: Scope, origin: Origin): Value {
    const name = call.name.toLowerCase()
    const values = () => call.arguments.map((argument) => evaluate(argument, scope))
    switch (name) {
      case 'parameters':
        return this.#named(values()[0], origin, (text) => this.#parameter(text, origin))
      case 'variables':
        return this.#named(values()[0], origin, (text) => this.#variable(text, origin))
      case 'copyindex':
        return copyIndex(values(), scope, origin)
      case 'reference':
        return this.#reference(values(), origin)
      case 'resourceinfo':
        return this.#resourceInfo(values()[0], origin)
      default: {
        const declared = name.includes('.') ? this.#userFunction(name) : undefined
        if (declared !== undefined) return this.#applyUser(declared, values(), origin)
        const scoped = applyScopeFunction(call.name, values, this.scope, origin)
        if (scoped === undefined) return applyFunction(call, scope, origin)
        return name.endsWith('resourceid') ? this.#referTo(scoped) : scoped
      }
    }
  }

  #named(name: Value | undefined, origin: Origin, find: (text: string) => Value): Value {
    const text = name === undefined ? undefined : knownText(textParts(name))
    if (text !== undefined) return usedAt(find(text), origin)
    return name === undefined ? failure('a name is missing', origin) : derive(name, origin)
  }

  #parameter(name: string, origin: Origin): Value {
    const declarations = get(this.template, 'parameters')
    const declaration = declarations?.kind === 'map' ? entryOf(declarations, name) : undefined
    if (declaration === undefined) return failure(`no parameter is named "${name}"`, origin)
    const at = declaration.key ?? declaration.value.origin
    return this.#made.get(`param ${name.toLowerCase()}`, origin, () => {
      const fallback = get(declaration.value, 'defaultValue')
      const given = this.#use.given(name)
      if (given !== undefined && !(given.kind === 'scalar' && given.value === null && fallback !== undefined)) {
        const type = get(declaration.value, 'type')
        return usedAt(toDeclaredType(given, type?.kind === 'scalar' ? String(type.value).toLowerCase() : undefined), at)
      }
      if (fallback !== undefined) return usedAt(evaluateJson(fallback, this.#scope), at)
      if (this.#isNullable(declaration.value, 0)) return scalar(null, at)
      return unknown('variable-without-default', `parameter "${name}" has no value`, at)
    })
  }

  #isNullable(type: Value, depth: number): boolean {
    const nullable = get(type, 'nullable')
    if (nullable?.kind === 'scalar') return nullable.value === true
    const reference = get(type, '$ref')
    if (reference?.kind !== 'scalar' || depth > MAX_ALIASES) return false
    const name = String(reference.value).replace('#/definitions/', '').replaceAll('~1', '/').replaceAll('~0', '~')
    const definition = get(get(this.template, 'definitions'), name)
    return definition !== undefined && this.#isNullable(definition, depth + 1)
  }

  #variable(name: string, origin: Origin): Value {
    return this.#made.get(`var ${name.toLowerCase()}`, origin, () => {
      const variables = get(this.template, 'variables')
      if (variables?.kind !== 'map') return failure(`no variable is named "${name}"`, origin)
      const entry = entryOf(variables, name)
      if (entry !== undefined && name.toLowerCase() !== 'copy') return evaluateJson(entry.value, this.#scope)
      for (const copy of readCopies(entryOf(variables, 'copy')?.value) ?? []) {
        if (copy.name.toLowerCase() === name.toLowerCase()) return repeat(copy, this.#scope)
      }
      return failure(`no variable is named "${name}"`, origin)
    })
  }

  #userFunction(name: string): Value | undefined {
    const functions = get(this.template, 'functions')
    if (functions?.kind !== 'list') return undefined
    const dot = name.indexOf('.')
    for (const one of functions.items) {
      const namespace = get(one, 'namespace')
      const members = get(one, 'members')
      if (namespace?.kind !== 'scalar' || members?.kind !== 'map') continue
      if (String(namespace.value).toLowerCase() !== name.slice(0, dot)) continue
      const member = entryOf(members, name.slice(dot + 1))
      if (member !== undefined) return member.value
    }
    return undefined
  }

  /** A function sees its own parameters, the other functions, and no variables. */
  #applyUser(declared: Value, values: readonly Value[], origin: Origin): Value {
    const output = get(get(declared, 'output'), 'value')
    const parameters = get(declared, 'parameters')
    if (output === undefined) return failure('the function has no output', origin)
    const given = new Map<string, Value>()
    if (parameters?.kind === 'list') {
      parameters.items.forEach((parameter, i) => {
        const name = get(parameter, 'name')
        if (name?.kind === 'scalar') given.set(String(name.value).toLowerCase(), values[i] ?? scalar(null, origin))
      })
    }
    const host: Host = {
      name: () => undefined,
      call: (call, scope, at) => {
        if (call.name.toLowerCase() !== 'parameters') return this.call(call, scope, at)
        const name = call.arguments[0]
        const value = name?.kind === 'literal' ? given.get(String(name.value).toLowerCase()) : undefined
        return value === undefined ? failure('the function has no such parameter', at) : usedAt(value, at)
      },
    }
    const scope: Scope = { run: this.#use.run, source: this.template.origin.source, locals: undefined, host }
    return usedAt(evaluateJson(output, scope), origin)
  }

  exportedVariable(name: string, origin: Origin): Value | undefined {
    const variables = get(this.template, 'variables')
    if (variables?.kind !== 'map') return undefined
    const looped = readCopies(entryOf(variables, 'copy')?.value)?.some((copy) => copy.name === name)
    return looped || entryOf(variables, name) !== undefined ? usedAt(this.#variable(name, origin), origin) : undefined
  }

  /** Functions that the Bicep compiler writes stand in a namespace of its own. */
  applyExported(name: string, values: readonly Value[], origin: Origin): Value | undefined {
    const declared = this.#userFunction(`__bicep.${name.toLowerCase()}`)
    return declared && this.#applyUser(declared, values, origin)
  }

  /** All resources of the template, every round of their loops, children behind their parents. */
  resources(): readonly ArmResource[] {
    if (this.#resources !== undefined) return this.#resources
    const made: ArmResource[] = []
    // Set first: a loop whose count needs a resource of the template ends here.
    this.#resources = made
    const declared = get(this.template, 'resources')
    if (declared?.kind === 'list') for (const one of declared.items) this.#addResource(one, undefined, undefined, made)
    else if (declared?.kind === 'map') {
      for (const [symbol, entry] of declared.entries) this.#addResource(entry.value, symbol, undefined, made)
    }
    return made
  }

  #addResource(json: Value, symbol: string | undefined, parent: ArmResource | undefined, into: ArmResource[]): void {
    if (json.kind !== 'map') return
    const outer = parent?.scope ?? this.#scope
    for (const round of roundsOf(json, outer)) {
      const resource = new ArmResource({
        json,
        symbol: symbol === undefined ? undefined : symbol + round.key,
        scope: round.scope,
        parent,
        prefix: this.#use.prefix,
        deployment: this.scope,
        openRound: round.maybe,
        nest: (nested) => this.#nest(nested),
      })
      into.push(resource)
      const children = entryOf(json, 'resources')?.value
      if (children?.kind === 'list')
        for (const child of children.items) this.#addResource(child, undefined, resource, into)
      else if (children?.kind === 'map') {
        for (const [name, entry] of children.entries) this.#addResource(entry.value, name, resource, into)
      }
    }
  }

  /** The template inside or behind a `Microsoft.Resources/deployments` resource. */
  #nest(resource: ArmResource): ArmDeployment | 'rejected' | undefined {
    const { run, stack } = this.#use
    const properties = entryOf(resource.json, 'properties')?.value
    if (properties?.kind !== 'map') return undefined
    const given = argumentsOfDeployment(properties, resource.scope)
    const template = entryOf(properties, 'template')?.value
    if (template?.kind === 'map') {
      if (stack.length >= MAX_NESTING) {
        run.report({ code: 'rejected', message: 'templates are nested too deeply', at: template.origin })
        run.incomplete = true
        return 'rejected'
      }
      const options = entryOf(properties, 'expressionEvaluationOptions')?.value
      const wanted = options === undefined ? undefined : get(options, 'scope')
      const isInner = wanted?.kind === 'scalar' && String(wanted.value).toLowerCase() === 'inner'
      return new ArmDeployment({
        run,
        template,
        given,
        prefix: this.#use.prefix,
        scope: scopeOfDeployment(resource, template, this.scope),
        stack: [...stack, ''],
        ...(!isInner && { outer: resource.scope }),
      })
    }
    const link = entryOf(properties, 'templateLink')?.value
    const relative = link === undefined ? undefined : get(link, 'relativePath')
    if (relative === undefined) return undefined
    const text = knownText(textParts(evaluateJson(relative, resource.scope)))
    const path = text === undefined ? undefined : resolvePath(relative.origin.source.path, text)
    if (path === undefined || run.tree.entry(path)?.kind !== 'file') return undefined
    if (stack.includes(path) || stack.length >= MAX_NESTING) {
      const message = stack.includes(path) ? `the template ${path} contains itself` : 'templates are nested too deeply'
      run.report({ code: 'rejected', message, at: relative.origin })
      run.incomplete = true
      return 'rejected'
    }
    const opened = readJson(path, run)
    if (opened?.kind !== 'map') return undefined
    const scope = scopeOfDeployment(resource, opened, this.scope)
    return new ArmDeployment({ run, template: opened, given, prefix: this.#use.prefix, scope, stack: [...stack, path] })
  }

  /** An id that is not known, as a reference to the resource of this template whose id it surely is. */
  #referTo(id: Value): Value {
    if (id.kind !== 'unknown' || textParts(id).length < 2) return id
    const resource = this.find(id)
    return resource === undefined ? id : { ...id, reference: { address: resource.address, attribute: 'id' } }
  }

  /** The resource that a name, a symbol or an id stands for in this template. */
  find(key: Value): ArmResource | undefined {
    if (this.#index === undefined) {
      // Set first: an id that needs a reference finds nothing.
      this.#index = new Map()
      this.#index = this.#apart(() =>
        indexResources(this.resources().filter(({ isNamedByOthers }) => !isNamedByOthers)),
      )
    }
    const found = findResource(key, this.#index)
    if (found !== undefined) return found
    if (this.#lateIndex === undefined) {
      this.#lateIndex = new Map()
      this.#lateIndex = this.#apart(() =>
        indexResources(this.resources().filter(({ isNamedByOthers }) => isNamedByOthers)),
      )
    }
    return findResource(key, this.#lateIndex)
  }

  /**
   * Names are asked for in the middle of a variable that holds an id, and may need that variable themselves, for another part of it. So they
   * are made from values of their own, which know of no references and are not kept.
   */
  #apart<T>(make: () => T): T {
    const kept = this.#made
    this.#made = new Once()
    try {
      return make()
    } finally {
      this.#made = kept
    }
  }

  #reference([key, , full]: readonly Value[], origin: Origin): Value {
    if (key === undefined) return failure('wrong arguments of reference()', origin)
    const resource = this.find(key)
    if (resource === undefined) {
      return unknown('runtime-function', 'reference() to a resource outside of the template', origin)
    }
    const wantsAll = full !== undefined && knownText(textParts(full))?.toLowerCase() === 'full'
    return wantsAll
      ? resource.reference(origin)
      : (resource.member('properties', origin) ?? failure('no properties', origin))
  }

  #resourceInfo(key: Value | undefined, origin: Origin): Value {
    const resource = key === undefined ? undefined : this.find(key)
    return resource?.reference(origin) ?? unknown('runtime-function', 'resourceInfo() of another template', origin)
  }

  output(name: string, origin: Origin): Value | undefined {
    const outputs = get(this.template, 'outputs')
    const entry = outputs?.kind === 'map' ? entryOf(outputs, name) : undefined
    if (entry === undefined) return undefined
    const at = entry.key ?? entry.value.origin
    const value = this.#made.get(`output ${name.toLowerCase()}`, at, () => {
      const copy = get(entry.value, 'copy')
      if (copy?.kind === 'map') {
        const count = get(copy, 'count')
        const input = get(copy, 'input')
        if (count !== undefined && input !== undefined)
          return repeat({ name: '', count, input, origin: copy.origin }, this.#scope)
      }
      const json = get(entry.value, 'value')
      return json === undefined ? failure('the output has no value', at) : evaluateJson(json, this.#scope)
    })
    return usedAt(value, origin)
  }

  render(into: Rendered[], maybe: UnknownValue | undefined): void {
    for (const resource of this.resources()) {
      if (this.#use.run.spend(STEPS_OF_RESOURCE, resource.json.origin) !== undefined) return
      const condition = both(maybe, resource.condition())
      if (condition !== false) resource.render(into, condition === true ? undefined : condition)
    }
  }
}
