import type { Origin } from '../../base/origin.ts'
import type { Value } from '../../base/value.ts'
import { type Resource, unitKey } from '../../parse/resource.ts'
import type { AzureObject } from './azure-object.ts'
import { type Elsewhere, ObjectGroup, type ReadFact } from './object-group.ts'

/** Every Azure resource of a state on ARM's names, and what finds them by reference. */
export interface AzureObjects {
  readonly objects: readonly AzureObject[]
  /** The object that an id, a reference or a name means, seen from the resource that says so. */
  resolve(value: Value | undefined, from: Resource, type?: string): AzureObject | undefined
  childrenOf(object: AzureObject, type: string): readonly AzureObject[]
  ofType(type: string): readonly AzureObject[]
  /** What `read` says of an object: the identical fact in all states where everything that it depends on is the same. */
  fact<T>(object: AzureObject, read: ReadFact<T>): T
}

/**
 * Builds the objects of one state. Resources of other providers are left out. O(resources) for what no other state had before: objects of
 * units that are the same, and name nothing that another unit creates, are the identical objects.
 */
export function toAzureObjects(resources: readonly Resource[]): AzureObjects {
  const units = new Map<string, Resource[]>()
  for (const resource of resources) {
    const key = unitKey(resource.unit)
    const unit = units.get(key)
    if (unit === undefined) units.set(key, [resource])
    else unit.push(resource)
  }
  return new StateObjects(groupUnits(units))
}

class StateObjects implements AzureObjects {
  /** By unit, in the order of the state. */
  readonly #groups: ReadonlyMap<string, ObjectGroup>
  readonly #names: Names
  #objects: readonly AzureObject[] | undefined
  #types: ReadonlyMap<string, readonly AzureObject[]> | undefined

  constructor({ byUnit, names }: Grouping) {
    this.#groups = byUnit
    this.#names = names
  }

  get objects(): readonly AzureObject[] {
    if (this.#objects === undefined) {
      const units = [...this.#groups].map(([key, group]) => group.ofUnit(key))
      this.#objects = [...units.flatMap(({ own }) => own), ...units.flatMap(({ inline }) => inline)]
    }
    return this.#objects
  }

  ofType(type: string): readonly AzureObject[] {
    return this.#ofTypes().get(type.toLowerCase()) ?? []
  }

  #ofTypes(): ReadonlyMap<string, readonly AzureObject[]> {
    if (this.#types === undefined) {
      const types = new Map<string, AzureObject[]>()
      for (const object of this.objects) {
        const known = types.get(object.type)
        if (known === undefined) types.set(object.type, [object])
        else known.push(object)
      }
      this.#types = types
    }
    return this.#types
  }

  childrenOf(object: AzureObject, type: string): readonly AzureObject[] {
    return this.#groupOf(object.resource)?.childrenOf(object, type) ?? []
  }

  resolve(value: Value | undefined, from: Resource, type?: string): AzureObject | undefined {
    return (this.#groupOf(from) ?? this.#names.groups[0])?.resolve(value, from, type, this.#names)
  }

  fact<T>(object: AzureObject, read: ReadFact<T>): T {
    const group = this.#groupOf(object.resource)
    const shared = group?.sharedFact(object, read)
    if (group === undefined || shared === undefined) return read(this, object)
    for (const name of shared.needs) if (this.#names.isElsewhere(name, group)) return read(this, object)
    return shared.value
  }

  #groupOf(resource: Resource): ObjectGroup | undefined {
    return this.#groups.get(unitKey(resource.unit))
  }
}

/** Which groups create what; looked up when somebody asks. */
class Names implements Elsewhere {
  readonly groups: readonly ObjectGroup[]
  readonly #created = new Map<string, readonly AzureObject[]>()
  readonly #owners = new Map<string, readonly ObjectGroup[]>()

  constructor(groups: readonly ObjectGroup[]) {
    this.groups = groups
  }

  created(name: string): readonly AzureObject[] {
    let created = this.#created.get(name)
    if (created === undefined) {
      created = this.owners(name).flatMap((group) => group.created(name))
      this.#created.set(name, created)
    }
    return created
  }

  owners(name: string): readonly ObjectGroup[] {
    let owners = this.#owners.get(name)
    if (owners === undefined) {
      owners = this.groups.filter((group) => group.created(name).length > 0)
      this.#owners.set(name, owners)
    }
    return owners
  }

  isElsewhere(name: string, group: ObjectGroup): boolean {
    return this.owners(name).some((owner) => owner !== group)
  }
}

interface Grouping {
  readonly byUnit: ReadonlyMap<string, ObjectGroup>
  readonly names: Names
}

/** One group for each unit, and one for units of which one names what another creates while its objects are built. */
function groupUnits(units: ReadonlyMap<string, readonly Resource[]>): Grouping {
  let sets: readonly (readonly string[])[] = [...units.keys()].map((key) => [key])
  for (;;) {
    const groups = sets.map((keys) => groupOf(keys.flatMap((key) => units.get(key)!)))
    const names = new Names(groups)
    const joined = joinSets(sets, groups, names)
    if (joined.length === sets.length) {
      const byKey = new Map(sets.flatMap((keys, i) => keys.map((key) => [key, groups[i]!])))
      // In the order of the state, whichever units are together.
      return { byUnit: new Map([...units.keys()].map((key) => [key, byKey.get(key)!])), names }
    }
    sets = joined
  }
}

/** The sets with those joined of which one needs what another creates. */
function joinSets(
  sets: readonly (readonly string[])[],
  groups: readonly ObjectGroup[],
  names: Names,
): readonly (readonly string[])[] {
  const index = new Map(groups.map((group, i) => [group, i]))
  const parents = groups.map((_, i) => i)
  const rootOf = (i: number): number => {
    let root = i
    while (parents[root] !== root) root = parents[root]!
    parents[i] = root
    return root
  }
  for (const [i, group] of groups.entries()) {
    for (const name of group.needs) {
      for (const owner of names.owners(name)) {
        const [a, b] = [rootOf(i), rootOf(index.get(owner)!)]
        parents[Math.max(a, b)] = Math.min(a, b)
      }
    }
  }
  const joined = new Map<number, string[]>()
  for (const [i, keys] of sets.entries()) {
    const set = joined.get(rootOf(i))
    if (set === undefined) joined.set(rootOf(i), [...keys])
    else set.push(...keys)
  }
  return [...joined.values()]
}

/** The group of some units' resources: made once, whatever states, sides and edits have them. */
function groupOf(resources: readonly Resource[]): ObjectGroup {
  const first = resources[0]!
  const known = GROUPS.get(first) ?? []
  const same = known.find(
    (made) => made.resources.length === resources.length && made.resources.every((one, i) => one === resources[i]),
  )
  if (same !== undefined) return same.group
  const group = new ObjectGroup(resources)
  GROUPS.set(first, [...known, { resources, group }])
  return group
}

/** By their first resource. */
const GROUPS = new WeakMap<
  Resource,
  readonly { readonly resources: readonly Resource[]; readonly group: ObjectGroup }[]
>()

/** Where an inline child stands: its own lines, not its parent's. */
export function originOf(object: AzureObject): Origin {
  return object.inline ? object.body.origin : object.resource.origin
}
