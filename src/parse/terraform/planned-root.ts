import type { Origin } from '../../base/origin.ts'
import type { SourceText } from '../../base/text.ts'
import { type PlanFile, type PlannedResource, type PlanSide, planSide, readPlan } from '../planned/plan-file.ts'
import { fromPlan, type Planned } from './planned-values.ts'
import type { Val } from './val.ts'

/** What a plan says of one instance of a resource, and where. */
export interface PlannedInstance extends Planned {
  readonly place: Origin
}

/** Resources that a note names; the others are counted. */
const MAX_NAMED = 5

/**
 * What a plan knows of a root module beyond its configuration: values of variables, of data sources, and what providers computed. It
 * never decides what the configuration decides, and of a resource for which both say something else it says nothing.
 */
export class PlannedRoot {
  readonly #source: SourceText
  readonly #file: PlanFile
  readonly #side: PlanSide
  readonly #instances: ReadonlyMap<string, PlannedResource>
  readonly #disagreements = new Set<string>()
  #suffixes: ReadonlyMap<string, ReadonlySet<string>> | undefined

  constructor(source: SourceText, file: PlanFile) {
    this.#source = source
    this.#file = file
    this.#side = planSide(source)
    this.#instances = new Map(file.resources.map((resource) => [resource.address, resource]))
  }

  /** Undefined where the file is no plan. */
  static read(source: SourceText): PlannedRoot | undefined {
    const file = readPlan(source)
    return file && new PlannedRoot(source, file)
  }

  /** The value that the plan was made with; the chain ends where the variable is declared. */
  variable(name: string, declared: Origin): Val | undefined {
    if (!this.#file.variables.has(name)) return undefined
    const planned = { value: this.#file.variables.get(name), unknown: undefined }
    return fromPlan(planned, { ...this.#placeOf(`var.${name}`), from: declared }, undefined)
  }

  /** The plan's own value of a variable, to compare with. */
  given(name: string): Planned | undefined {
    return this.#file.variables.has(name) ? { value: this.#file.variables.get(name), unknown: undefined } : undefined
  }

  instance(address: string): PlannedInstance | undefined {
    const resource = this.#instances.get(address)
    const value = resource?.[this.#side]
    if (resource === undefined || value === undefined) return undefined
    const unknown = this.#side === 'after' ? resource.afterUnknown : undefined
    return { value, unknown, place: this.#placeOf(address) }
  }

  /** Keys of the instances of a resource or module, `[0]` or `["a"]`; none where the plan has none of it. */
  suffixesOf(address: string): readonly string[] {
    this.#suffixes ??= this.#collectSuffixes()
    return [...(this.#suffixes.get(address) ?? [])]
  }

  #collectSuffixes(): ReadonlyMap<string, ReadonlySet<string>> {
    const suffixes = new Map<string, Set<string>>()
    for (const resource of this.#instances.values()) {
      if (resource[this.#side] === undefined) continue
      for (const match of resource.address.matchAll(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g)) {
        const base = resource.address.slice(0, match.index)
        const known = suffixes.get(base)
        if (known === undefined) suffixes.set(base, new Set([match[0]]))
        else known.add(match[0])
      }
    }
    return suffixes
  }

  #placeOf(name: string): Origin {
    return this.#file.places.get(name) ?? { source: this.#source, start: 0, end: Math.min(1, this.#source.text.length) }
  }

  /** Remembers that the plan says something else of a resource or variable than the configuration. */
  disagree(address: string): void {
    this.#disagreements.add(address)
  }

  /** One sentence on what the plan was not taken for; undefined where it fits. */
  get note(): string | undefined {
    if (this.#disagreements.size === 0) return undefined
    const all = [...this.#disagreements].sort()
    const named = all.slice(0, MAX_NAMED).join(', ')
    const more = all.length > MAX_NAMED ? ` and ${all.length - MAX_NAMED} more` : ''
    return `The plan ${this.#source.path} is not that of this configuration: of ${named}${more} it says something else, so what is unknown there stays unknown.`
  }
}
