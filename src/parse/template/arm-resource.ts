import type { Origin } from '../../base/origin.ts'
import { get, type MapEntry, type MapValue, type UnknownValue, type Value } from '../../base/value.ts'
import { type DeploymentScope, scopeAt } from './deployment-scope.ts'
import { evaluateJson } from './json-value.ts'
import { Once } from './once.ts'
import { both, type Deployment, type Rendered } from './rendered.ts'
import { joinNames, nameSegments, resourceId } from './resource-id.ts'
import type { Scope } from './scope.ts'
import { knownText, type TextPart, textParts, toText } from './text.ts'
import { asAttribute, derive, entryOf, failure, flow, type LazyObject, map, scalar, unknown, usedAt } from './values.ts'

/** What a template says of a resource besides the body that is deployed. */
const NOT_IN_BODY = new Set([
  'name',
  'type',
  'apiversion',
  'condition',
  'copy',
  'dependson',
  'resources',
  'existing',
  'comments',
  'metadata',
  'scope',
  'resourcegroup',
  'subscriptionid',
  'import',
  '@options',
])

export interface ArmResourceUse {
  readonly json: MapValue
  /** Key of a template with symbolic names, with `[0]` in a loop. */
  readonly symbol: string | undefined
  readonly scope: Scope
  /** The resource around this one. */
  readonly parent: ArmResource | undefined
  readonly prefix: string
  readonly deployment: DeploymentScope
  /** Set where this one stands for all rounds of a loop of unknown count. */
  readonly openRound: UnknownValue | undefined
  /** Opens the template of a deployment; what Azure would refuse is reported and deploys nothing. */
  readonly nest: (resource: ArmResource) => Deployment | 'rejected' | undefined
}

/** One resource of a template: all of it, or one round of its loop. */
export class ArmResource {
  readonly json: MapValue
  readonly symbol: string | undefined
  readonly scope: Scope
  readonly #use: ArmResourceUse
  readonly #made = new Once()
  #nested: { readonly deployment: Deployment | 'rejected' | undefined } | undefined

  constructor(use: ArmResourceUse) {
    this.#use = use
    this.json = use.json
    this.symbol = use.symbol
    this.scope = use.scope
  }

  #property(name: string): Value | undefined {
    const entry = entryOf(this.json, name)
    if (entry === undefined) return undefined
    return this.#made.get(name, entry.value.origin, () => evaluateJson(entry.value, this.scope))
  }

  /** The full type: a nested resource writes only the last part of its own. */
  get type(): string {
    const value = this.#property('type')
    const own = value === undefined ? '' : (knownText(textParts(value)) ?? '')
    const parent = this.#use.parent
    if (parent === undefined || own.toLowerCase().startsWith(`${parent.type.toLowerCase()}/`)) return own
    return `${parent.type}/${own}`
  }

  get isDeployment(): boolean {
    return this.type.toLowerCase() === 'microsoft.resources/deployments'
  }

  get #isExisting(): boolean {
    const existing = entryOf(this.json, 'existing')?.value
    return existing?.kind === 'scalar' && existing.value === true
  }

  /** Whether its name is made of what other resources of the template have. */
  get isNamedByOthers(): boolean {
    const name = entryOf(this.json, 'name')?.value
    return (
      (name?.kind === 'scalar' && /\b(?:reference|resourceInfo)\s*\(/i.test(String(name.value))) ||
      !!this.#use.parent?.isNamedByOthers
    )
  }

  condition(): boolean | UnknownValue {
    const value = this.#property('condition')
    if (value === undefined) return this.#use.openRound ?? true
    if (value.kind === 'scalar') {
      const isTrue = value.value === true || String(value.value).toLowerCase() === 'true'
      return both(this.#use.openRound, isTrue)
    }
    return derive(value, value.origin) as UnknownValue
  }

  /** Names of the resources around this one and its own. */
  names(): readonly Value[] {
    const own = this.#property('name') ?? failure('the resource has no name', this.json.origin)
    const segments = this.type.split('/').length - 1
    const parent = this.#use.parent
    const ownSegments = nameSegments([own], segments, own.origin)
    if (parent === undefined || ownSegments.length === segments) return ownSegments
    return [...parent.names(), ...ownSegments]
  }

  fullName(): Value {
    const own = this.#property('name') ?? failure('the resource has no name', this.json.origin)
    if (this.#use.parent === undefined) return own
    return this.#made.get('/name', own.origin, () => joinNames(this.names(), own.origin))
  }

  /** The id of what this resource extends. */
  #extends(): Value | undefined {
    const value = this.#property('scope')
    if (value === undefined) return this.#use.parent === undefined ? undefined : this.#use.parent.#extends()
    const parts = textParts(value)
    const first = parts[0]
    if (typeof first !== 'string' || first.startsWith('/')) return value
    return toText([...this.#use.deployment.id, '/providers/', ...parts], value.origin)
  }

  /** The group that the resource names, in the subscription that it names, or where the template goes. */
  #deployedTo(): readonly TextPart[] {
    const { deployment } = this.#use
    const group = this.#property('resourceGroup')
    const subscription = this.#property('subscriptionId')
    if (this.isDeployment || (group === undefined && subscription === undefined)) return deployment.id
    return scopeAt(deployment, subscription, group, this.json.origin)
  }

  id(origin: Origin): Value {
    const made = this.#made.get('/id', origin, () => {
      const target = this.#extends()
      const scope = target === undefined ? this.#deployedTo() : textParts(target)
      return resourceId(scope, this.type, this.names(), this.json.origin)
    })
    const used = usedAt(made, origin)
    return used.kind === 'unknown' ? { ...used, reference: { address: this.address, attribute: 'id' } } : used
  }

  /** Type and name, `*` for what is not known of it. */
  get address(): string {
    const name = textParts(this.fullName())
    return `${this.#use.prefix}${this.type}/${name.map((part) => (typeof part === 'string' ? part : '*')).join('')}`
  }

  reference(origin: Origin): LazyObject {
    return {
      ...unknown('derived', `the resource ${this.address}`, flow(origin, this.json.origin)),
      reference: { address: this.address, attribute: '' },
      target: this,
      member: (name, at) => this.member(name, at),
    }
  }

  member(name: string, origin: Origin): Value | undefined {
    switch (name.toLowerCase()) {
      case 'id':
      case 'resourceid':
        return this.id(origin)
      case 'name':
        return usedAt(this.fullName(), origin)
      case 'type':
        return scalar(this.type, origin)
      case 'apiversion':
        return usedAt(this.#property('apiVersion') ?? scalar(null, origin), origin)
      default:
        return this.#attribute(name, origin)
    }
  }

  #attribute(name: string, origin: Origin): Value {
    if (this.isDeployment && name.toLowerCase() === 'properties') return this.#deploymentProperties(origin)
    const reference = { address: this.address, attribute: name }
    if (this.#isExisting) {
      const detail = `${reference.address} exists elsewhere`
      return { ...unknown('data-source', detail, origin), reference }
    }
    const declared = this.#property(name)
    if (declared !== undefined) return asAttribute(usedAt(declared, origin), reference)
    if (name.toLowerCase() === 'properties') return asAttribute(map(new Map(), origin), reference)
    return { ...unknown('provider-computed', `${reference.address}.${name} is set by Azure`, origin), reference }
  }

  /** `reference(deployment).outputs.name.value`. */
  #deploymentProperties(origin: Origin): LazyObject {
    const detail = `the deployment ${this.address}`
    const address = this.address
    return {
      ...unknown('derived', detail, origin),
      member: (name, at) => {
        if (name.toLowerCase() !== 'outputs')
          return unknown('provider-computed', `${detail} has it when it is done`, at)
        return {
          ...unknown('derived', `the outputs of ${address}`, at),
          member: (output: string, here: Origin) => this.#output(output, here),
        }
      },
    }
  }

  #output(name: string, origin: Origin): Value | undefined {
    const deployment = this.nested()
    if (deployment === undefined) {
      const reference = { address: this.address, attribute: `outputs.${name}` }
      return { ...unknown('not-followed', `the template of ${this.address} is not in the tree`, origin), reference }
    }
    const value = deployment.output(name, origin)
    if (value === undefined) return undefined
    const box: LazyObject = {
      ...unknown('derived', `the output ${name}`, origin),
      member: (member, at) =>
        member.toLowerCase() === 'value' ? usedAt(value, at) : unknown('provider-computed', `the output ${name}`, at),
    }
    return box
  }

  /** The template of a deployment, opened once. */
  nested(): Deployment | undefined {
    if (this.#nested === undefined) {
      this.#nested = { deployment: undefined }
      this.#nested = { deployment: this.#use.nest(this) }
    }
    const { deployment } = this.#nested
    return deployment === 'rejected' ? undefined : deployment
  }

  render(into: Rendered[], maybe: UnknownValue | undefined): void {
    if (this.#isExisting) return
    if (this.isDeployment) {
      const nested = this.nested()
      if (nested !== undefined) nested.render(into, maybe)
      else if (this.#nested?.deployment !== 'rejected') this.#renderLink(into, maybe)
      return
    }
    into.push({
      address: this.address,
      kind: this.type,
      value: this.#value(maybe),
      origin: this.json.origin,
      ...(maybe !== undefined && { maybe }),
    })
  }

  #value(maybe: UnknownValue | undefined): MapValue {
    const entries = new Map<string, MapEntry>()
    entries.set('name', { value: this.fullName() })
    entries.set('type', { value: scalar(this.type, entryOf(this.json, 'type')?.value.origin ?? this.json.origin) })
    const version = this.#property('apiVersion')
    if (version !== undefined) entries.set('apiVersion', { value: version })
    for (const [key, entry] of this.json.entries) {
      if (NOT_IN_BODY.has(key.toLowerCase())) continue
      const value = this.#property(key)
      if (value !== undefined) entries.set(key, { ...entry, value })
    }
    const parent = this.#use.parent
    if (parent !== undefined) entries.set('parent', { value: parent.id(this.json.origin) })
    const target = this.#extends()
    if (target !== undefined) entries.set('scope', { value: target })
    if (maybe !== undefined) entries.set('condition', { value: maybe })
    return map(entries, this.json.origin)
  }

  /** A deployment whose template is not in the tree: which one it is, and what it is given. */
  #renderLink(into: Rendered[], maybe: UnknownValue | undefined): void {
    const { run } = this.scope
    const properties = this.#property('properties')
    const link = properties === undefined ? undefined : get(properties, 'templateLink')
    if (link === undefined) return
    const reference = get(link, 'relativePath') ?? get(link, 'uri') ?? get(link, 'id') ?? link
    const text = knownText(textParts(reference))
    const message = `the linked template${text === undefined ? '' : ` ${text}`} is not in the tree`
    run.report({ code: 'not-followed', message, at: link.origin })
    run.incomplete = true
    const entries = new Map<string, MapEntry>()
    entries.set('name', { value: this.fullName() })
    entries.set('type', { value: scalar('module', this.json.origin) })
    entries.set('reference', { value: reference })
    entries.set('version', { value: scalar(null, this.json.origin) })
    const parameters = properties === undefined ? undefined : get(properties, 'parameters')
    entries.set('params', { value: parameters === undefined ? map(new Map(), link.origin) : unwrap(parameters) })
    if (maybe !== undefined) entries.set('condition', { value: maybe })
    into.push({
      address: this.address,
      kind: 'module',
      value: map(entries, this.json.origin),
      origin: this.json.origin,
      ...(maybe !== undefined && { maybe }),
    })
  }
}

/** Parameters without the objects around their values. */
function unwrap(parameters: Value): Value {
  if (parameters.kind !== 'map') return parameters
  const entries = new Map<string, MapEntry>()
  for (const [name, entry] of parameters.entries) {
    entries.set(name, { ...entry, value: get(entry.value, 'value') ?? entry.value })
  }
  return map(entries, parameters.origin)
}
