import type { Origin } from '../../base/origin.ts'
import type { MapEntry, MapValue, UnknownValue, Value } from '../../base/value.ts'
import type { Resource } from '../../parse/resource.ts'
import { parseAzureId } from './azure-id.ts'
import type { AzureObject } from './azure-object.ts'
import { ASSOCIATIONS, azurermType } from './azurerm/azurerm-types.ts'
import { fill, finish, newDraft } from './azurerm/shape.ts'
import { jsonValue } from './json-value.ts'
import { type ListMerge, mergeBodies } from './merge.ts'
import { createdAddress, expandModule } from './modules.ts'
import { at, type Prop, present, textProp } from './prop.ts'
import { newestAllowed } from './provider-version.ts'

/** Every Azure resource of a state on ARM's names, and what finds them by reference. */
export interface AzureObjects {
  readonly objects: readonly AzureObject[]
  /** The object that an id, a reference or a name means, seen from the resource that says so. */
  resolve(value: Value | undefined, from: Resource, type?: string): AzureObject | undefined
  childrenOf(object: AzureObject, type: string): readonly AzureObject[]
  ofType(type: string): readonly AzureObject[]
}

/** While objects are being built their parents and bodies still change. */
interface Building {
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
interface Amendment {
  readonly target: Value | undefined
  readonly type: string | undefined
  readonly body: MapValue
  readonly from: Resource
  readonly lists: ListMerge
}

/**
 * Children that ARM allows inside their parent's body: the list, the child's type, and whether the properties stand beside the name
 * (agent pools do) instead of under `properties`.
 */
const INLINE_CHILDREN: readonly { parent: string; path: string; type: string; flat?: true; name?: string }[] = [
  { parent: 'microsoft.network/virtualnetworks', path: 'properties.subnets', type: 'subnets' },
  {
    parent: 'microsoft.network/virtualnetworks',
    path: 'properties.virtualNetworkPeerings',
    type: 'virtualnetworkpeerings',
  },
  { parent: 'microsoft.network/networksecuritygroups', path: 'properties.securityRules', type: 'securityrules' },
  { parent: 'microsoft.network/routetables', path: 'properties.routes', type: 'routes' },
  {
    parent: 'microsoft.network/azurefirewalls',
    path: 'properties.networkRuleCollections',
    type: 'networkrulecollections',
  },
  {
    parent: 'microsoft.network/azurefirewalls',
    path: 'properties.applicationRuleCollections',
    type: 'applicationrulecollections',
  },
  { parent: 'microsoft.network/azurefirewalls', path: 'properties.natRuleCollections', type: 'natrulecollections' },
  {
    parent: 'microsoft.containerservice/managedclusters',
    path: 'properties.agentPoolProfiles',
    type: 'agentpools',
    flat: true,
  },
  {
    parent: 'microsoft.network/privateendpoints',
    path: 'properties.privateDnsZoneGroups',
    type: 'privatednszonegroups',
  },
  {
    parent: 'microsoft.eventhub/namespaces',
    path: 'properties.networkRuleSet',
    type: 'networkrulesets',
    flat: true,
    name: 'default',
  },
  {
    parent: 'microsoft.servicebus/namespaces',
    path: 'properties.networkRuleSet',
    type: 'networkrulesets',
    flat: true,
    name: 'default',
  },
  { parent: 'microsoft.network/loadbalancers', path: 'properties.loadBalancingRules', type: 'loadbalancingrules' },
  { parent: 'microsoft.network/loadbalancers', path: 'properties.outboundRules', type: 'outboundrules' },
  { parent: 'microsoft.network/loadbalancers', path: 'properties.inboundNatRules', type: 'inboundnatrules' },
  { parent: 'microsoft.network/loadbalancers', path: 'properties.backendAddressPools', type: 'backendaddresspools' },
]

/** Builds the objects of one state. Resources of other providers are left out. O(resources). */
export function toAzureObjects(written: readonly Resource[]): AzureObjects {
  const resources = written.flatMap(expandModule)
  const versions = providerVersions(resources)
  const building: Building[] = []
  const amendments: Amendment[] = []
  for (const resource of resources) {
    // A manifest may say `kind: constructor`.
    const association = Object.hasOwn(ASSOCIATIONS, resource.kind) ? ASSOCIATIONS[resource.kind] : undefined
    if (association !== undefined) {
      const draft = newDraft(resource.origin)
      fill(association.shape, resource.value, draft)
      amendments.push({
        target: at(resource.value, association.target),
        type: undefined,
        body: finish(draft),
        from: resource,
        lists: 'append',
      })
    } else if (resource.kind === 'azapi_update_resource') amendments.push(azapiUpdate(resource))
    else {
      const made = toObject(resource, versions.get(unitKey(resource)))
      if (made !== undefined) building.push(made)
    }
  }
  const index = new ObjectIndex(building)
  const depth = ({ type }: Building) => type.split('/').length
  for (const object of building.filter(hasParent).sort((a, b) => depth(a) - depth(b))) {
    object.parent = index.resolve(object.parentHint, object.resource, object.parentType)
    index.add(object)
  }
  for (const amendment of amendments) amend(amendment, index)
  for (const object of [...building]) {
    for (const child of inlineChildren(object)) {
      building.push(child)
      index.add(child)
    }
  }
  return index.seal(building)
}

/**
 * The object of a resource, before anything is merged into it. What a resource says is translated once: base and head, and all the
 * states that have it, share the body.
 */
function toObject(resource: Resource, azurermVersion: readonly [number, number] | undefined): Building | undefined {
  const version = azurermVersion?.join('.') ?? ''
  const known = TRANSLATED.get(resource)
  if (known?.version === version) return known.object && { ...known.object }
  const object = translate(resource, azurermVersion)
  TRANSLATED.set(resource, { version, object })
  return object && { ...object }
}

const TRANSLATED = new WeakMap<
  Resource,
  { readonly version: string; readonly object: Readonly<Building> | undefined }
>()

function translate(resource: Resource, azurermVersion: readonly [number, number] | undefined): Building | undefined {
  const data = resource.kind.startsWith('data.')
  const kind = data ? resource.kind.slice('data.'.length) : resource.kind
  if (kind === 'azapi_resource') return azapiObject(resource, data)
  if (kind.includes('/')) return nativeObject(resource)
  const known = azurermType(kind)
  if (known === undefined) return undefined
  const draft = newDraft(resource.origin)
  fill(
    { location: 'location', resource_group_name: 'resourceGroup', tags: 'tags', zones: 'zones' },
    resource.value,
    draft,
  )
  fill(known.shape, resource.value, draft)
  const { name = { by: 'name' } } = known
  return {
    type: known.type.toLowerCase(),
    name:
      'fixed' in name
        ? { known: true, value: name.fixed, origin: resource.origin }
        : nameProp(at(resource.value, name.by), resource),
    parent: undefined,
    parentHint: known.parent && at(resource.value, known.parent.by),
    parentType: known.parent?.type.toLowerCase(),
    body: finish(draft),
    resource,
    inline: false,
    apiVersion: undefined,
    existing: data,
    azurerm: {
      kind,
      version: azurermVersion,
      major: Number.isFinite(azurermVersion?.[0]) ? azurermVersion?.[0] : undefined,
    },
  }
}

/** The newest azurerm version that each unit's constraints and lock file allow. */
function providerVersions(resources: readonly Resource[]): ReadonlyMap<string, readonly [number, number]> {
  const versions = new Map<string, readonly [number, number]>()
  for (const resource of resources) {
    if (resource.kind !== 'terraform') continue
    const azurerm = at(resource.value, 'providers.azurerm')
    const locked = at(azurerm, 'locked')
    const list = at(azurerm, 'constraints')
    const texts = (locked === undefined ? (list?.kind === 'list' ? list.items : []) : [locked]).flatMap((item) =>
      item.kind === 'scalar' ? [`${item.value}`] : [],
    )
    if (texts.length > 0) versions.set(unitKey(resource), newestAllowed(texts))
  }
  return versions
}

function nativeObject(resource: Resource): Building {
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
    parent: undefined,
    parentHint: isChild ? (at(resource.value, 'parent') ?? parentName(segments, name)) : undefined,
    parentType: isChild ? type.slice(0, cut) : undefined,
    body: resource.value,
    resource,
    inline: false,
    apiVersion: apiVersion?.kind === 'scalar' ? `${apiVersion.value}` : undefined,
    existing: at(resource.value, 'existing') !== undefined,
    azurerm: undefined,
  }
}

function parentName(segments: readonly string[], name: Value | undefined): Value | undefined {
  if (name === undefined || segments.length < 2) return name
  return { kind: 'scalar', value: segments.slice(0, -1).join('/'), origin: name.origin }
}

function azapiObject(resource: Resource, data: boolean): Building | undefined {
  const type = at(resource.value, 'type')
  if (type?.kind !== 'scalar') return undefined
  const [armType = '', apiVersion] = `${type.value}`.toLowerCase().split('@')
  const isChild = armType.split('/').length > 2
  return {
    type: armType,
    name: nameProp(at(resource.value, 'name'), resource),
    parent: undefined,
    parentHint: isChild ? at(resource.value, 'parent_id') : undefined,
    parentType: isChild ? armType.slice(0, armType.lastIndexOf('/')) : undefined,
    body: azapiBody(resource),
    resource,
    inline: false,
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

/** Objects by address within a unit, and by type and full name. */
class ObjectIndex implements AzureObjects {
  objects: readonly Building[] = []
  readonly #byAddress = new Map<string, Building>()
  readonly #byName = new Map<string, Building[]>()
  readonly #byType = new Map<string, Building[]>()
  readonly #children = new Map<AzureObject, Building[]>()

  constructor(objects: readonly Building[]) {
    for (const object of objects) this.#byAddress.set(addressKey(object.resource, object.resource.address), object)
    for (const object of objects) if (!hasParent(object)) this.#addName(object)
  }

  /** Children can be named once their parents are known. */
  add(object: Building): void {
    this.#addName(object)
  }

  seal(objects: readonly Building[]): AzureObjects {
    this.objects = objects
    for (const object of objects) {
      push(this.#byType, object.type, object)
      if (object.parent !== undefined) push(this.#children, object.parent, object)
    }
    return this
  }

  ofType(type: string): readonly AzureObject[] {
    return this.#byType.get(type.toLowerCase()) ?? []
  }

  childrenOf(object: AzureObject, type: string): readonly AzureObject[] {
    const lower = type.toLowerCase()
    return (this.#children.get(object) ?? []).filter((child) => child.type.endsWith(`/${lower}`))
  }

  resolve(value: Value | undefined, from: Resource, type?: string): Building | undefined {
    switch (value?.kind) {
      case undefined:
      case 'list':
      case 'map':
      case 'choice':
        return undefined
      case 'unknown': {
        return this.#real(this.#referred(value, from), from)
      }
      case 'id':
        return this.#byId(value.id, from)
      case 'scalar': {
        const { reference, value: text } = value
        const meant = reference && this.#real(this.#referred({ reference }, from), from)
        return meant ?? (typeof text === 'string' ? this.#byText(text, from, type) : undefined)
      }
    }
  }

  #byText(text: string, from: Resource, type: string | undefined): Building | undefined {
    return this.#byId(text, from) ?? (type === undefined ? undefined : this.#named(type, text, from))
  }

  #byId(text: string, from: Resource): Building | undefined {
    const id = parseAzureId(text)
    return id && this.#named(id.type, id.names.join('/'), from)
  }

  /** Of several with one name those of the same unit come first; where that does not tell, none is meant for sure. */
  #named(type: string, name: string, from: Resource): Building | undefined {
    const found = this.#byName.get(`${type}/${name}`.toLowerCase()) ?? []
    if (found.length < 2) return found[0]
    const created = found.filter((object) => !object.existing)
    const here = created.filter((object) => unitKey(object.resource) === unitKey(from))
    const meant = here.length > 0 ? here : created.length > 0 ? created : found
    return meant.length === 1 ? meant[0] : undefined
  }

  /** A resource of the same unit; of a module that is mapped, what the output names; of an id with more behind it, the child. */
  #referred({ reference, parts }: Pick<UnknownValue, 'reference' | 'parts'>, from: Resource): Building | undefined {
    if (reference !== undefined) {
      const created = createdAddress(reference.address, reference.attribute)
      const child = created === undefined ? undefined : this.#byAddress.get(addressKey(from, created))
      return child ?? this.#byAddress.get(addressKey(from, reference.address))
    }
    const [hole, path, ...more] = parts?.filter((part) => part !== '') ?? []
    if (typeof hole !== 'object' || typeof path !== 'string' || more.length > 0) return undefined
    const parent = this.#referred(hole, from)
    const name = parent && knownFullName(parent)
    const match = /^\/([A-Za-z]+)\/([^/]+)$/.exec(path)
    return name === undefined || match === null
      ? undefined
      : this.#named(`${parent!.type}/${match[1]}`, `${name}/${match[2]}`, from)
  }

  /** What another unit of the state creates, for an object that this unit only reads. */
  #real(object: Building | undefined, from: Resource): Building | undefined {
    if (object === undefined || !object.existing) return object
    const name = knownFullName(object)
    return (name === undefined ? undefined : this.#named(object.type, name, from)) ?? object
  }

  #addName(object: Building): void {
    const name = knownFullName(object)
    if (name !== undefined) push(this.#byName, `${object.type}/${name}`.toLowerCase(), object)
  }
}

function knownFullName(object: AzureObject): string | undefined {
  if (!object.name.known) return undefined
  if (object.parent === undefined) {
    const hint = object.parentHint
    return hint?.kind === 'scalar' ? `${hint.value}/${object.name.value}` : object.name.value
  }
  const above = knownFullName(object.parent)
  return above === undefined ? undefined : `${above}/${object.name.value}`
}

function hasParent({ parentType }: Building): boolean {
  return parentType !== undefined
}

function amend(amendment: Amendment, index: ObjectIndex): void {
  const target = index.resolve(amendment.target, amendment.from, amendment.type)
  if (target === undefined) return
  const { maybe } = amendment.from
  const body = maybe === undefined ? amendment.body : uncertain(amendment.body, maybe)
  target.body = mergeBodies(target.body, body as MapValue, amendment.lists)
}

/** What a resource sets that may not be there: nobody can tell whether it is set. */
function uncertain(value: Value, { reason, detail }: UnknownValue): Value {
  if (value.kind !== 'map') return { kind: 'unknown', reason, detail, origin: value.origin }
  const entries = new Map<string, MapEntry>()
  for (const [key, entry] of value.entries) {
    entries.set(key, {
      ...entry,
      value: uncertain(entry.value, { kind: 'unknown', reason, detail, origin: value.origin }),
    })
  }
  return { ...value, entries }
}

/** Inline children of an object, with null parents' lists left out. */
function inlineChildren(parent: Building): Building[] {
  const made: Building[] = []
  for (const kind of INLINE_CHILDREN) {
    if (kind.parent !== parent.type) continue
    const list = at(parent.body, kind.path)
    const items = list?.kind === 'list' ? list.items : list === undefined ? [] : [list]
    for (const item of items) made.push(inlineChild(parent, item, kind))
  }
  return made
}

function inlineChild(parent: Building, item: Value, kind: (typeof INLINE_CHILDREN)[number]): Building {
  return {
    type: `${parent.type}/${kind.type}`,
    name:
      kind.name === undefined
        ? textProp(at(item, 'name'), '', item.origin)
        : { known: true, value: kind.name, origin: item.origin },
    parent,
    parentHint: undefined,
    parentType: parent.type,
    body: childBody(item, kind.flat === true),
    resource: parent.resource,
    inline: true,
    apiVersion: parent.apiVersion,
    existing: false,
    azurerm: parent.azurerm,
  }
}

/** An item that is not known stands as properties that are not known. */
function childBody(item: Value, flat: boolean): MapValue {
  if (item.kind === 'map' && !flat) return item
  return { kind: 'map', entries: new Map([['properties', { value: item }]]), origin: item.origin }
}

/** Where an inline child stands: its own lines, not its parent's. */
export function originOf(object: AzureObject): Origin {
  return object.inline ? object.body.origin : object.resource.origin
}

function unitKey({ unit }: Resource): string {
  return `${unit.kind}\0${unit.path}\0${unit.environment ?? ''}`
}

function addressKey(resource: Resource, address: string): string {
  return `${unitKey(resource)}\0${address}`
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
