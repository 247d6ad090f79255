import type { Origin } from '../../base/origin.ts'
import type { MapEntry, MapValue, UnknownValue, Value } from '../../base/value.ts'
import { LateEntry } from '../late-entry.ts'
import type { DeploymentScope } from '../template/deployment-scope.ts'
import { idOfScope, scopeOfId } from '../template/deployment-scope.ts'
import { evaluate } from '../template/evaluate.ts'
import type { Expression, ObjectExpression } from '../template/expression.ts'
import { Once } from '../template/once.ts'
import { joinNames, nameSegments, resourceId } from '../template/resource-id.ts'
import { originOf, type Scope } from '../template/scope.ts'
import { asAttribute, derive, flow, isLazy, type LazyObject, scalar, unknown, usedAt } from '../template/values.ts'
import type { ResourceDeclaration } from './syntax.ts'

/** Properties of the declaration that are no part of the deployed body. */
const NOT_IN_BODY = new Set(['name', 'parent', 'scope', 'dependsOn'])

export interface ResourceUse {
  readonly declaration: ResourceDeclaration
  /** Read late: the names of nested resources join it after this one is made. */
  readonly scope: () => Scope
  readonly address: string
  readonly deployment: DeploymentScope
  /** The resource around this one. */
  readonly parent: DeployedResource | undefined
  /** Set where this one stands for all rounds of a loop over an unknown list. */
  readonly openRound: UnknownValue | undefined
}

/** One resource that a declaration deploys: all of it, or one round of its loop. */
export class DeployedResource {
  readonly declaration: ResourceDeclaration
  readonly address: string
  readonly openRound: UnknownValue | undefined
  readonly #use: ResourceUse
  readonly #made = new Once()
  #parent: { readonly value: Value } | undefined

  constructor(use: ResourceUse) {
    this.#use = use
    this.declaration = use.declaration
    this.address = use.address
    this.openRound = use.openRound
  }

  get scope(): Scope {
    return this.#use.scope()
  }

  get origin(): Origin {
    return originOf(this.scope, this.declaration)
  }

  /** The full type: a nested resource may write only the last part of its own. */
  get type(): string {
    const { type } = this.declaration
    const parent = this.#use.parent
    if (parent === undefined) return type
    const full = parent.type
    return type.toLowerCase().startsWith(`${full.toLowerCase()}/`) ? type : `${full}/${type}`
  }

  get apiVersion(): string | undefined {
    return this.declaration.apiVersion ?? this.#use.parent?.apiVersion
  }

  /** Whether it is deployed: true, false, or what is not known about it. */
  condition(): boolean | UnknownValue {
    const own = this.#ownCondition()
    if (own === false || this.#use.parent === undefined) return own
    const parent = this.#use.parent.condition()
    return parent === true ? own : parent
  }

  #ownCondition(): boolean | UnknownValue {
    const { condition } = this.declaration
    if (condition === undefined) return this.openRound ?? true
    const value = this.#made.get('if', originOf(this.scope, condition), () => evaluate(condition, this.scope))
    if (value.kind === 'scalar' && typeof value.value === 'boolean') {
      return value.value && this.openRound !== undefined ? this.openRound : value.value
    }
    return derive(value, value.origin) as UnknownValue
  }

  /** The value of a property of the body; undefined where the body has none of that name. */
  property(name: string): Value | undefined {
    const { body } = this.declaration
    if (
      body.kind === 'object' &&
      body.properties.every((one) => one.kind === 'property' && typeof one.key === 'string')
    ) {
      const found = findProperty(body, name)
      return found === undefined
        ? undefined
        : this.#made.get(name, originOf(this.scope, found), () => evaluate(found, this.scope))
    }
    const whole = this.#made.get('', originOf(this.scope, body), () => evaluate(body, this.scope))
    if (whole.kind === 'map') return whole.entries.get(name)?.value
    return derive(whole, whole.origin)
  }

  /** The `name` that the declaration gives. */
  declaredName(): Value {
    return this.property('name') ?? unknown('evaluation-error', `${this.address} has no name`, this.origin)
  }

  /** What `parent` refers to, or the resource around this one. */
  parent(): Value | undefined {
    if (this.#use.parent !== undefined) return this.#use.parent.reference(this.origin)
    this.#parent ??= { value: this.property('parent') ?? scalar(null, this.origin) }
    const { value } = this.#parent
    return value.kind === 'scalar' ? undefined : value
  }

  /** Names of the ancestors and of this one. */
  names(): readonly Value[] {
    const own = this.declaredName()
    const parent = this.parent()
    const segments = this.type.split('/').length - 1
    if (parent === undefined) return nameSegments([own], segments, own.origin)
    if (isLazy(parent) && parent.target instanceof DeployedResource) {
      return [...parent.target.names(), ...nameSegments([own], segments - parent.target.names().length, own.origin)]
    }
    return [derive(parent, own.origin), own]
  }

  fullName(): Value {
    const own = this.declaredName()
    return this.parent() === undefined
      ? own
      : this.#made.get('/name', own.origin, () => joinNames(this.names(), own.origin))
  }

  /** The deployment's scope, another group, or the resource that this one extends. */
  deployedTo(): DeploymentScope {
    const parent = this.parent()
    if (parent !== undefined) {
      return isLazy(parent) && parent.target instanceof DeployedResource
        ? parent.target.deployedTo()
        : this.#use.deployment
    }
    const scope = this.property('scope')
    const id = scope === undefined ? undefined : idOfScope(scope, scope.origin)
    return id === undefined ? this.#use.deployment : scopeOfId(id)
  }

  id(origin: Origin): Value {
    const id = this.#made.get('/id', origin, () =>
      resourceId(this.deployedTo().id, this.type, this.names(), this.declaredName().origin),
    )
    const used = usedAt(id, origin)
    return used.kind === 'unknown' ? { ...used, reference: { address: this.address, attribute: 'id' } } : used
  }

  /** The resource as a value: its members are computed when they are asked for. */
  reference(origin: Origin): LazyObject {
    const detail = `the resource ${this.address}`
    return {
      ...unknown('derived', detail, flow(origin, this.origin)),
      reference: { address: this.address, attribute: '' },
      target: this,
      member: (name, at, safe) => this.member(name, at, safe),
    }
  }

  member(name: string, origin: Origin, safe = false): Value | undefined {
    switch (name) {
      case 'id':
        return this.id(origin)
      case 'name':
        return usedAt(this.declaredName(), origin)
      case 'type':
        return scalar(this.type, origin)
      case 'apiVersion':
        return this.apiVersion === undefined ? undefined : scalar(this.apiVersion, origin)
      default:
        return safe && this.condition() === false ? undefined : this.#attribute(name, origin)
    }
  }

  #attribute(name: string, origin: Origin): Value {
    const reference = { address: this.address, attribute: name }
    if (this.declaration.existing) {
      const detail = `${this.address}.${name} belongs to a resource that exists elsewhere`
      return { ...unknown('data-source', detail, origin), reference }
    }
    const declared = this.property(name)
    if (declared !== undefined) return asAttribute(usedAt(declared, origin), reference)
    return { ...unknown('provider-computed', `${this.address}.${name} is set by Azure`, origin), reference }
  }

  /** What is deployed: `{name, type, apiVersion, location, properties …}`, with `parent` and `scope` as ids. */
  value(maybe: UnknownValue | undefined): MapValue {
    const { declaration } = this
    const type = { source: this.scope.source, start: declaration.typeStart, end: declaration.typeEnd }
    const entries = new Map<string, MapEntry>()
    entries.set('name', { value: this.fullName() })
    entries.set('type', { value: scalar(this.type, type) })
    if (this.apiVersion !== undefined) entries.set('apiVersion', { value: scalar(this.apiVersion, type) })
    for (const [key, entry] of this.#bodyEntries()) if (!NOT_IN_BODY.has(key)) entries.set(key, entry)
    const parent = this.parent()
    if (parent !== undefined) entries.set('parent', { value: idOfScope(parent, parent.origin) ?? parent })
    const scope = this.property('scope')
    if (scope !== undefined) entries.set('scope', { value: idOfScope(scope, scope.origin) ?? scope })
    if (maybe !== undefined) entries.set('condition', { value: maybe })
    // No expression sees the whole: it is not measured, which would evaluate all of it.
    return { kind: 'map', entries, origin: this.origin }
  }

  *#bodyEntries(): Iterable<[string, MapEntry]> {
    const { body } = this.declaration
    if (body.kind !== 'object') return
    if (body.properties.some((one) => one.kind === 'spread' || typeof one.key !== 'string')) {
      const whole = this.#made.get('', originOf(this.scope, body), () => evaluate(body, this.scope))
      if (whole.kind === 'map') yield* whole.entries
      return
    }
    for (const one of body.properties) {
      if (one.kind !== 'property' || typeof one.key !== 'string' || NOT_IN_BODY.has(one.key)) continue
      const { key, keyStart, keyEnd } = one
      const at = { source: this.scope.source, start: keyStart, end: keyEnd }
      yield [key, new LateEntry(() => this.property(key)!, at)]
    }
  }
}

function findProperty(body: ObjectExpression, name: string): Expression | undefined {
  for (const one of body.properties) if (one.kind === 'property' && one.key === name) return one.value
  return undefined
}
