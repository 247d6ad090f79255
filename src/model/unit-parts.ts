import { dig, stringOf } from '../base/value.ts'
import { isNetworkKind } from '../parse/kubernetes/kinds.ts'
import { isCloudUnit, type RenderedUnit, type Resource, type Unit } from '../parse/resource.ts'
import { environmentOf } from './alternatives.ts'

/** Those resources of a file, or of a whole unit that is no folder of manifests. */
export interface UnitPart {
  readonly path: string
  readonly unit: RenderedUnit
  readonly resources: readonly Resource[]
}

const partsOfUnits = new WeakMap<RenderedUnit, readonly UnitPart[]>()

/** The identical parts of a unit that stands in several trees. */
export function partsOf(unit: RenderedUnit): readonly UnitPart[] {
  let parts = partsOfUnits.get(unit)
  if (parts === undefined) {
    parts = divideUnit(unit)
    partsOfUnits.set(unit, parts)
  }
  return parts
}

function divideUnit(unit: RenderedUnit): readonly UnitPart[] {
  if (unit.unit.kind !== 'manifests') return [{ path: pathOf(unit.unit), unit, resources: unit.resources }]
  const files = new Map<string, Resource[]>()
  for (const resource of unit.resources) {
    const path = resource.origin.source.path
    const resources = files.get(path)
    if (resources === undefined) files.set(path, [resource])
    else resources.push(resource)
  }
  return [...files].map(([path, resources]) => ({ path, unit, resources }))
}

/** The part of a state that a resource belongs to: its file, or its unit with the choice of inputs. */
export function partPath({ unit, origin }: Resource): string {
  return unit.kind === 'manifests' ? origin.source.path : pathOf(unit)
}

function pathOf({ path, environment }: Unit): string {
  return environment === undefined ? path : `${path}/${environment}`
}

/**
 * False where in no tree anything is defined twice, as in most: told by addresses alone, without a look at the objects. Parts that one
 * tree has of another were asked there.
 */
export function mayContradict(trees: readonly (readonly UnitPart[])[]): boolean {
  const definers = new Map<string, UnitPart>()
  const asked = new Set<UnitPart>()
  for (const parts of trees) {
    const present = asked.size === 0 ? undefined : new Set(parts)
    for (const part of parts) {
      if (asked.has(part)) continue
      asked.add(part)
      const { environment } = part.unit.unit
      if (environment !== undefined || isCloudUnit(part.unit.unit)) return true
      for (const { address } of part.resources) {
        const other = definers.get(address)
        if (other === part) continue
        if (other !== undefined && (present === undefined || present.has(other))) return true
        definers.set(address, part)
      }
    }
  }
  return false
}

/** What the parts of one tree define that only one part of a state can. Each definition is an object: equal ones are the identical one. */
export class Definitions {
  readonly #objects = new Interned()
  readonly #roles = new Interned()
  /** By root that has several environments. */
  readonly #roots = new Map<string, Interned>()

  of({ unit: { unit }, path, resources }: UnitPart): ReadonlySet<object> {
    const defined = new Set<object>()
    for (const resource of resources) {
      const { kind, address } = resource
      // An object whose name the API server makes up, or somebody fills in, is no second definition of another.
      if (isNetworkKind(kind) && stringOf(dig(resource.value, 'metadata', 'name')) !== undefined)
        defined.add(this.#objects.get(address))
    }
    if (unit.environment !== undefined) {
      // One root with other variables is the same resources once more.
      const root = this.#root(`${unit.kind} ${unit.path}`)
      for (const { address } of resources) defined.add(root.get(address))
    } else if (isCloudUnit(unit)) {
      const role = withoutEnvironment(path)
      if (role !== undefined) defined.add(this.#roles.get(`${unit.kind} ${role}`))
    }
    return defined
  }

  #root(name: string): Interned {
    let root = this.#roots.get(name)
    if (root === undefined) {
      root = new Interned()
      this.#roots.set(name, root)
    }
    return root
  }
}

/** One object for each name. */
class Interned {
  readonly #known = new Map<string, object>()

  get(name: string): object {
    let known = this.#known.get(name)
    if (known === undefined) {
      known = { name }
      this.#known.set(name, known)
    }
    return known
  }
}

/** `envs/…/network` of `envs/prod/network`: what a root is for, whichever environment it makes. Undefined where its path names none. */
function withoutEnvironment(path: string): string | undefined {
  const segments = path.split('/')
  const at = segments.findLastIndex((segment) => environmentOf(segment) !== undefined)
  return at < 0 ? undefined : segments.with(at, '…').join('/')
}
