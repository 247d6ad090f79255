import type { MapValue, UnknownValue, Value } from '../../base/value.ts'
import { type Resource, unitKey } from '../../parse/resource.ts'
import { parseAzureId } from './azure-id.ts'
import type { AzureObject } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { inlineChildren } from './inline-children.ts'
import { mergeBodies, uncertain } from './merge.ts'
import { createdAddress, expandModule, namesPart } from './modules.ts'
import { type Amendment, type Building, providerVersions, toAmendment, toObject } from './translate.ts'

/** The objects of one unit, in two parts because those written inside others come behind all others of the state. */
export interface UnitObjects {
  readonly own: readonly AzureObject[]
  readonly inline: readonly AzureObject[]
}

/** What a group asks for that another one may create, by type and full name in lower case. */
export interface Elsewhere {
  created(name: string): readonly AzureObject[]
}

/**
 * The objects of units that name each other, mostly of one unit: whatever state they are in and whatever else changes, they are the same.
 *
 * As {@link AzureObjects} it answers as if nothing else were there, and keeps note of the questions for which that matters.
 */
export class ObjectGroup implements AzureObjects {
  /** Names that were asked for while the objects were built, and that nothing here creates. */
  readonly needs: ReadonlySet<string>
  /** By unit and address. */
  readonly #byAddress = new Map<string, Map<string, Building>>()
  readonly #byName = new Map<string, Building[]>()
  readonly #children = new Map<AzureObject, Building[]>()
  readonly #units = new Map<string, { readonly own: Building[]; readonly inline: Building[] }>()
  readonly #facts = new Map<ReadFact<unknown>, Map<AzureObject, Fact<unknown>>>()
  #asked = new Set<string>()
  #askedForAll = false

  constructor(written: readonly Resource[]) {
    const resources = written.flatMap(expandModule)
    const versions = providerVersions(resources)
    const own: Building[] = []
    const amendments: Amendment[] = []
    for (const resource of resources) {
      const amendment = toAmendment(resource)
      if (amendment !== undefined) amendments.push(amendment)
      else {
        const made = toObject(resource, versions.get(unitKey(resource.unit)))
        if (made !== undefined) own.push(made)
      }
    }
    this.#name(own)
    for (const amendment of amendments) this.#amend(amendment)
    for (const object of own) this.#place(object, 'own')
    for (const object of own) {
      for (const child of inlineChildren(object)) {
        this.#addName(child)
        this.#place(child, 'inline')
      }
    }
    this.needs = this.#asked
    this.#asked = new Set()
  }

  ofUnit(key: string): UnitObjects {
    return this.#units.get(key) ?? NO_OBJECTS
  }

  get objects(): readonly AzureObject[] {
    this.#askedForAll = true
    const units = [...this.#units.values()]
    return [...units.flatMap(({ own }) => own), ...units.flatMap(({ inline }) => inline)]
  }

  ofType(type: string): readonly AzureObject[] {
    const lower = type.toLowerCase()
    return this.objects.filter((object) => object.type === lower)
  }

  childrenOf(object: AzureObject, type: string): readonly AzureObject[] {
    const lower = type.toLowerCase()
    return (this.#children.get(object) ?? []).filter((child) => child.type.endsWith(`/${lower}`))
  }

  /** Those that are no mere mention of what others create. */
  created(name: string): readonly Building[] {
    return this.#byName.get(name)?.filter(({ existing }) => !existing) ?? []
  }

  fact<T>(object: AzureObject, read: ReadFact<T>): T {
    return read(this, object)
  }

  /** What `read` says of an object of the group, and the names that it asked for; undefined where it looked at all objects of the state. */
  sharedFact<T>(object: AzureObject, read: ReadFact<T>): Fact<T> | undefined {
    let facts = this.#facts.get(read)
    if (facts === undefined) {
      facts = new Map()
      this.#facts.set(read, facts)
    }
    const known = facts.get(object)
    if (known !== undefined) return known as Fact<T>
    this.#asked = new Set()
    this.#askedForAll = false
    const value = read(this, object)
    if (this.#askedForAll) return undefined
    const fact = { value, needs: this.#asked }
    facts.set(object, fact)
    return fact
  }

  /** With `elsewhere`, the answer in a state. */
  resolve(value: Value | undefined, from: Resource, type?: string, elsewhere?: Elsewhere): Building | undefined {
    switch (value?.kind) {
      case undefined:
      case 'list':
      case 'map':
      case 'choice':
        return undefined
      case 'unknown':
        return this.#real(this.#referred(value, from, elsewhere), from, elsewhere)
      case 'id':
        return this.#byId(value.id, from, elsewhere)
      case 'scalar': {
        const { reference, value: text } = value
        const meant = reference && this.#real(this.#referred({ reference }, from, elsewhere), from, elsewhere)
        return meant ?? (typeof text === 'string' ? this.#byText(text, from, type, elsewhere) : undefined)
      }
    }
  }

  #byText(text: string, from: Resource, type: string | undefined, elsewhere: Elsewhere | undefined) {
    return (
      this.#byId(text, from, elsewhere) ?? (type === undefined ? undefined : this.#named(type, text, from, elsewhere))
    )
  }

  #byId(text: string, from: Resource, elsewhere: Elsewhere | undefined): Building | undefined {
    const id = parseAzureId(text)
    return id && this.#named(id.type, id.names.join('/'), from, elsewhere)
  }

  /**
   * Of several with one name those of the same unit come first; where that does not tell, none is meant for sure. What a unit only mentions
   * is meant in it alone.
   */
  #named(type: string, name: string, from: Resource, elsewhere: Elsewhere | undefined): Building | undefined {
    const key = `${type}/${name}`.toLowerCase()
    const found = this.#byName.get(key) ?? []
    const ownKey = unitKey(from.unit)
    const isHere = ({ resource }: Building) => unitKey(resource.unit) === ownKey
    const here = found.filter((object) => !object.existing && isHere(object))
    if (here.length > 0) return only(here)
    this.#asked.add(key)
    const created = elsewhere === undefined ? this.created(key) : (elsewhere.created(key) as readonly Building[])
    return only(created.length > 0 ? created : found.filter(isHere))
  }

  /** A resource of the same unit; of a module that is mapped, what the output names; of an id with more behind it, the child. */
  #referred(
    { reference, parts }: Pick<UnknownValue, 'reference' | 'parts'>,
    from: Resource,
    elsewhere: Elsewhere | undefined,
  ): Building | undefined {
    if (reference !== undefined) {
      const created = createdAddress(reference.address, reference.attribute)
      const own = this.#byAddress.get(unitKey(from.unit))
      const child = created === undefined ? undefined : own?.get(created)
      if (child !== undefined || namesPart(reference.attribute)) return child
      const whole = own?.get(reference.address)
      const part = /^properties\.(subnets)\[(\d+)\]\.id$/i.exec(reference.attribute)
      return part === null || whole === undefined ? whole : this.#written(whole, part[1]!, Number(part[2]))
    }
    const [hole, path, ...more] = parts?.filter((part) => part !== '') ?? []
    if (typeof hole !== 'object' || typeof path !== 'string' || more.length > 0) return undefined
    const parent = this.#referred(hole, from, elsewhere)
    const name = parent && knownFullName(parent)
    const match = /^\/([A-Za-z]+)\/([^/]+)$/.exec(path)
    return name === undefined || match === null
      ? undefined
      : this.#named(`${parent!.type}/${match[1]}`, `${name}/${match[2]}`, from, elsewhere)
  }

  /** A child by its place in its parent's own list, which Azure answers in the order in which it is written. */
  #written(parent: Building, type: string, place: number): Building | undefined {
    const children = (this.#children.get(parent) ?? []) as readonly Building[]
    return children.filter((child) => child.inline && child.type.endsWith(`/${type.toLowerCase()}`))[place]
  }

  /** What another unit of the state creates, for an object that this unit only reads. */
  #real(object: Building | undefined, from: Resource, elsewhere: Elsewhere | undefined): Building | undefined {
    if (object === undefined || !object.existing) return object
    const name = knownFullName(object)
    return (name === undefined ? undefined : this.#named(object.type, name, from, elsewhere)) ?? object
  }

  /** Makes objects known by address and by name. Children can be named once their parents are known. */
  #name(own: readonly Building[]): void {
    for (const object of own) {
      const key = unitKey(object.resource.unit)
      let unit = this.#byAddress.get(key)
      if (unit === undefined) {
        unit = new Map()
        this.#byAddress.set(key, unit)
      }
      unit.set(object.resource.address, object)
    }
    for (const object of own) if (!hasParent(object)) this.#addName(object)
    const depth = ({ type }: Building) => type.split('/').length
    for (const object of own.filter(hasParent).sort((a, b) => depth(a) - depth(b))) {
      object.parent = this.resolve(object.parentHint, object.resource, object.parentType)
      this.#addName(object)
    }
  }

  #addName(object: Building): void {
    const name = knownFullName(object)
    if (name !== undefined) push(this.#byName, `${object.type}/${name}`.toLowerCase(), object)
  }

  #amend({ target, type, body, from, lists }: Amendment): void {
    const object = this.resolve(target, from, type)
    if (object === undefined) return
    const { maybe } = from
    object.body = mergeBodies(object.body, maybe === undefined ? body : (uncertain(body, maybe) as MapValue), lists)
  }

  #place(object: Building, part: 'own' | 'inline'): void {
    const key = unitKey(object.resource.unit)
    let unit = this.#units.get(key)
    if (unit === undefined) {
      unit = { own: [], inline: [] }
      this.#units.set(key, unit)
    }
    unit[part].push(object)
    if (object.parent !== undefined) push(this.#children, object.parent, object)
  }
}

/** Reads a fact of an object. The same function reads the same of every object: facts are kept by it. */
export type ReadFact<T> = (objects: AzureObjects, object: AzureObject) => T

/** A fact that holds wherever nobody else creates what it needs. */
export interface Fact<T> {
  readonly value: T
  readonly needs: ReadonlySet<string>
}

const NO_OBJECTS: UnitObjects = { own: [], inline: [] }

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined
}

function hasParent({ parentType }: Building): boolean {
  return parentType !== undefined
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

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}
