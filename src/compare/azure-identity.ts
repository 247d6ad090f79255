import type { AzureObject } from '../model/azure/azure-object.ts'
import type { AzureObjects } from '../model/azure/azure-objects.ts'

/**
 * The names of one side, which those who ask for the same share. `identity` gives the address that the base has for one of the head, `before`
 * the names of the base.
 */
export function identitiesOf(
  objects: AzureObjects,
  identity: (address: string) => string,
  before: AzureIdentities | undefined,
): AzureIdentities {
  const isRenamed = objects.objects.some(({ resource: { address } }) => identity(address) !== address)
  if (isRenamed) return new AzureIdentities(objects, identity, before)
  const known = MADE.get(objects)
  if (known !== undefined && known.before === before) return known.identities
  const identities = new AzureIdentities(objects, (address) => address, before)
  MADE.set(objects, { before, identities })
  return identities
}

/** Of sides without a renamed resource. */
const MADE = new WeakMap<
  AzureObjects,
  { readonly before: AzureIdentities | undefined; readonly identities: AzureIdentities }
>()

/**
 * Names by which base and head know one Azure resource: its ARM type and name where it has one, whatever language, module and address
 * it is written in; else its address. A resource of the head that has another name and the address of one that is gone is that one,
 * renamed. Made once a side, O(objects).
 */
export class AzureIdentities {
  readonly #identity: (address: string) => string
  readonly #before: AzureIdentities | undefined
  /** How many objects have a type and name; of several with one, the place tells them apart. */
  readonly #count = new Map<string, number>()
  readonly #objects: readonly AzureObject[]
  #byPlace: ReadonlyMap<string, AzureObject> | undefined
  readonly #made = new Map<AzureObject, string>()

  constructor({ objects }: AzureObjects, identity: (address: string) => string, before: AzureIdentities | undefined) {
    this.#identity = identity
    this.#before = before
    this.#objects = objects
    for (const object of objects) {
      const name = armName(object)
      if (name !== undefined) this.#count.set(name, (this.#count.get(name) ?? 0) + 1)
    }
  }

  of(object: AzureObject): string {
    let subject = this.#made.get(object)
    if (subject === undefined) {
      subject = this.#make(object)
      this.#made.set(object, subject)
    }
    return subject
  }

  #make(object: AzureObject): string {
    const name = armName(object)
    const before = this.#before
    if (before !== undefined && (name === undefined || !before.#count.has(name))) {
      const was = before.#at(this.#place(object))
      const oldName = was && armName(was)
      if (was !== undefined && (oldName === undefined || !this.#count.has(oldName))) return before.of(was)
    }
    if (name === undefined) return `${object.type} ${this.#place(object)}`
    return (this.#count.get(name) ?? 0) > 1 ? `${name} at ${this.#place(object)}` : name
  }

  /** The first that stands at a place; few are asked for. */
  #at(place: string): AzureObject | undefined {
    if (this.#byPlace === undefined) {
      const byPlace = new Map<string, AzureObject>()
      for (const object of this.#objects) {
        const own = this.#place(object)
        if (!byPlace.has(own)) byPlace.set(own, object)
      }
      this.#byPlace = byPlace
    }
    return this.#byPlace.get(place)
  }

  /** Where it is written: its address, as the base has it, and for what stands inside another resource its own name. */
  #place(object: AzureObject): string {
    const address = this.#identity(object.resource.address)
    const own = object.inline ? ` ${object.name.known ? object.name.value : object.body.origin.start}` : ''
    return `${object.resource.unit.path} ${address} ${object.type}${own}`
  }
}

/** `microsoft.network/virtualnetworks/subnets vnet/snet`; undefined where a name on the way is not known. */
function armName(object: AzureObject): string | undefined {
  const known = NAMES.get(object)
  if (known !== undefined) return known.name
  const name = readName(object)
  NAMES.set(object, { name })
  return name
}

/** Of all states: most of what they hold they have in common. */
const NAMES = new WeakMap<AzureObject, { readonly name: string | undefined }>()

function readName(object: AzureObject): string | undefined {
  let name = ''
  for (let at: AzureObject | undefined = object; at !== undefined; at = at.parent) {
    if (!at.name.known || at.name.value === '') return undefined
    name = `/${at.name.value}${name}`
  }
  return `${object.type} ${name.slice(1).toLowerCase()}`
}
