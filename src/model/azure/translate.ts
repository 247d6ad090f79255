import { get, hasKey, type MapValue, type Value } from '../../base/value.ts'
import { LateEntry } from '../../parse/late-entry.ts'
import { type Resource, unitKey } from '../../parse/resource.ts'
import type { AzureObject } from './azure-object.ts'
import { ASSOCIATIONS, azurermType } from './azurerm/azurerm-types.ts'
import { type AzurermType, Draft, fill, type Shape } from './azurerm/shape.ts'
import { jsonValue } from './json-value.ts'
import type { ListMerge } from './merge.ts'
import { at, type Prop, present, textProp } from './prop.ts'
import { newestAllowed } from './provider-version.ts'

/** While objects are being built their parents and bodies still change. */
export interface Building {
  type: string
  name: Prop<string>
  parent: AzureObject | undefined
  parentHint: Value | undefined
  parentType: string | undefined
  body: MapValue
  resource: Resource
  inline: boolean
  apiVersion: string | undefined
  existing: boolean
  azurerm: AzureObject['azurerm']
}

/** What a resource that changes another one says: merged into its target after all objects exist. */
export interface Amendment {
  readonly target: Value | undefined
  readonly type: string | undefined
  readonly body: MapValue
  readonly from: Resource
  readonly lists: ListMerge
}

/** What an association or an update says of another resource; undefined for resources that are objects of their own. */
export function toAmendment(resource: Resource): Amendment | undefined {
  if (resource.kind === 'azapi_update_resource') return azapiUpdate(resource)
  // A manifest may say `kind: constructor`.
  const association = Object.hasOwn(ASSOCIATIONS, resource.kind) ? ASSOCIATIONS[resource.kind] : undefined
  if (association === undefined) return undefined
  const draft = new Draft(resource.origin)
  fill(association.shape, resource.value, draft)
  const byId = at(resource.value, association.target)
  const { named } = association
  return {
    target: byId ?? (named && at(resource.value, named.by)),
    type: byId === undefined ? named?.type.toLowerCase() : undefined,
    body: draft,
    from: resource,
    lists: 'append',
  }
}

/**
 * The object of a resource, before anything is merged into it. What a resource says is translated once: base and head, and all the
 * states that have it, share the body.
 */
export function toObject(
  resource: Resource,
  azurermVersion: readonly [number, number] | undefined,
): Building | undefined {
  const version = azurermVersion?.join('.') ?? ''
  let known = TRANSLATED.get(resource.unit)
  if (known?.version !== version) {
    known = { version, objects: new Map() }
    TRANSLATED.set(resource.unit, known)
  }
  const translation = known.objects.get(resource) ?? translate(resource, azurermVersion)
  if (translation === undefined) return undefined
  known.objects.set(resource, translation)
  return new OwnObject(translation)
}

/** By unit, whose provider has one version: weak references are dear, and there are as many resources as there is anything. */
const TRANSLATED = new WeakMap<
  Resource['unit'],
  { readonly version: string; readonly objects: Map<Resource, Translation> }
>()

/** What a resource says of its object. Its body is translated when somebody reads it. */
type Translation = Readonly<Omit<Building, 'parent' | 'inline'>>

/** An object as its resource translates, until a parent is found for it or something is merged into it. */
class OwnObject implements Building {
  readonly type: string
  readonly name: Prop<string>
  parent: AzureObject | undefined
  readonly parentHint: Value | undefined
  readonly parentType: string | undefined
  readonly resource: Resource
  readonly inline = false
  readonly apiVersion: string | undefined
  readonly existing: boolean
  readonly azurerm: AzureObject['azurerm']
  readonly #translation: Translation
  #amended: MapValue | undefined

  constructor(translation: Translation) {
    this.type = translation.type
    this.name = translation.name
    this.parentHint = translation.parentHint
    this.parentType = translation.parentType
    this.resource = translation.resource
    this.apiVersion = translation.apiVersion
    this.existing = translation.existing
    this.azurerm = translation.azurerm
    this.#translation = translation
  }

  get body(): MapValue {
    return this.#amended ?? this.#translation.body
  }

  set body(amended: MapValue) {
    this.#amended = amended
  }
}

function translate(resource: Resource, azurermVersion: readonly [number, number] | undefined): Translation | undefined {
  const data = resource.kind.startsWith('data.')
  const kind = data ? resource.kind.slice('data.'.length) : resource.kind
  if (kind === 'azapi_resource') return azapiObject(resource, data)
  if (kind.includes('/')) return nativeObject(resource)
  const known = azurermType(kind)
  if (known === undefined) return undefined
  const { name = { by: 'name' } } = known
  let body: MapValue | undefined
  return {
    type: known.type.toLowerCase(),
    name:
      'fixed' in name
        ? { known: true, value: name.fixed, origin: resource.origin }
        : nameProp(at(resource.value, name.by), resource),
    parentHint: known.parent && at(resource.value, known.parent.by),
    parentType: known.parent?.type.toLowerCase(),
    get body() {
      body ??= azurermBody(known, resource)
      return body
    },
    resource,
    apiVersion: undefined,
    existing: data,
    azurerm: {
      kind,
      version: azurermVersion,
      major: Number.isFinite(azurermVersion?.[0]) ? azurermVersion?.[0] : undefined,
    },
  }
}

function azurermBody({ shape }: AzurermType, resource: Resource): MapValue {
  const draft = new Draft(resource.origin)
  fill(COMMON_SHAPE, resource.value, draft)
  fill(shape, resource.value, draft)
  const { value } = resource
  // As they are: tags cost more to evaluate than all the rest, and are the last that anybody asks for.
  if (hasKey(value, 'tags')) draft.entries.set('tags', new LateEntry(() => get(value, 'tags')!))
  return draft
}

/** Arguments that mean the same in all types. */
const COMMON_SHAPE: Shape = { location: 'location', resource_group_name: 'resourceGroup', zones: 'zones' }

/** The newest azurerm version that each unit's constraints and lock file allow. */
export function providerVersions(resources: readonly Resource[]): ReadonlyMap<string, readonly [number, number]> {
  const versions = new Map<string, readonly [number, number]>()
  for (const resource of resources) {
    if (resource.kind !== 'terraform') continue
    const azurerm = at(resource.value, 'providers.azurerm')
    const locked = at(azurerm, 'locked')
    const list = at(azurerm, 'constraints')
    const texts = (locked === undefined ? (list?.kind === 'list' ? list.items : []) : [locked]).flatMap((item) =>
      item.kind === 'scalar' ? [`${item.value}`] : [],
    )
    if (texts.length > 0) versions.set(unitKey(resource.unit), newestAllowed(texts))
  }
  return versions
}

function nativeObject(resource: Resource): Translation {
  const type = resource.kind.toLowerCase()
  const name = at(resource.value, 'name')
  const whole = nameProp(name, resource)
  const segments = whole.known ? whole.value.split('/') : []
  const cut = type.lastIndexOf('/')
  const isChild = type.split('/').length > 2
  const apiVersion = at(resource.value, 'apiVersion')
  return {
    type,
    name: whole.known ? { ...whole, value: segments.at(-1)! } : whole,
    parentHint: isChild ? (at(resource.value, 'parent') ?? parentName(segments, name)) : undefined,
    parentType: isChild ? type.slice(0, cut) : undefined,
    body: resource.value,
    resource,
    apiVersion: apiVersion?.kind === 'scalar' ? `${apiVersion.value}` : undefined,
    existing: at(resource.value, 'existing') !== undefined,
    azurerm: undefined,
  }
}

function parentName(segments: readonly string[], name: Value | undefined): Value | undefined {
  if (name === undefined || segments.length < 2) return name
  return { kind: 'scalar', value: segments.slice(0, -1).join('/'), origin: name.origin }
}

function azapiObject(resource: Resource, data: boolean): Translation | undefined {
  const type = at(resource.value, 'type')
  if (type?.kind !== 'scalar') return undefined
  const [armType = '', apiVersion] = `${type.value}`.toLowerCase().split('@')
  const isChild = armType.split('/').length > 2
  return {
    type: armType,
    name: nameProp(at(resource.value, 'name'), resource),
    parentHint: isChild ? at(resource.value, 'parent_id') : undefined,
    parentType: isChild ? armType.slice(0, armType.lastIndexOf('/')) : undefined,
    body: azapiBody(resource),
    resource,
    apiVersion,
    existing: data,
    azurerm: undefined,
  }
}

function azapiUpdate(resource: Resource): Amendment {
  const type = at(resource.value, 'type')
  return {
    target: at(resource.value, 'resource_id') ?? at(resource.value, 'name'),
    type: type?.kind === 'scalar' ? `${type.value}`.toLowerCase().split('@')[0] : undefined,
    body: azapiBody(resource),
    from: resource,
    lists: 'replace',
  }
}

/** `body` is an object in azapi 2 and JSON text in azapi 1; `location`, `tags` and `identity` stand beside it. */
function azapiBody(resource: Resource): MapValue {
  const written = at(resource.value, 'body')
  const body =
    written?.kind === 'scalar' && typeof written.value === 'string' ? jsonValue(written.value, written.origin) : written
  const entries = new Map(body?.kind === 'map' ? body.entries : [])
  if (body !== undefined && body.kind !== 'map') entries.set('properties', { value: body })
  for (const key of ['location', 'tags', 'identity']) {
    const value = at(resource.value, key)
    if (value !== undefined && !entries.has(key)) entries.set(key, { value })
  }
  return { kind: 'map', entries, origin: body?.origin ?? resource.origin }
}

function nameProp(value: Value | undefined, resource: Resource): Prop<string> {
  return textProp(present(value), '', resource.origin)
}
