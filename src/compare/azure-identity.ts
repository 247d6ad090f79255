import type { AzureObject } from '../model/azure/azure-object.ts'
import type { AzureObjects } from '../model/azure/azure-objects.ts'

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
  readonly #byPlace = new Map<string, AzureObject>()
  readonly #made = new Map<AzureObject, string>()

  constructor({ objects }: AzureObjects, identity: (address: string) => string, before: AzureIdentities | undefined) {
    this.#identity = identity
    this.#before = before
    for (const object of objects) {
      const name = armName(object)
      if (name !== undefined) this.#count.set(name, (this.#count.get(name) ?? 0) + 1)
      const place = this.#place(object)
      if (!this.#byPlace.has(place)) this.#byPlace.set(place, object)
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
      const was = before.#byPlace.get(this.#place(object))
      const oldName = was && armName(was)
      if (was !== undefined && (oldName === undefined || !this.#count.has(oldName))) return before.of(was)
    }
    if (name === undefined) return `${object.type} ${this.#place(object)}`
    return (this.#count.get(name) ?? 0) > 1 ? `${name} at ${this.#place(object)}` : name
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
  let name = ''
  for (let at: AzureObject | undefined = object; at !== undefined; at = at.parent) {
    if (!at.name.known || at.name.value === '') return undefined
    name = `/${at.name.value}${name}`
  }
  return `${object.type} ${name.slice(1).toLowerCase()}`
}
