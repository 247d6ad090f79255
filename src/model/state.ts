import { byCodeUnit } from '../base/order.ts'
import { dig, stringOf } from '../base/value.ts'
import { isNetworkKind } from '../parse/kubernetes/kinds.ts'
import { isCloudUnit, type RenderedUnit, type Resource, type Unit } from '../parse/resource.ts'
import { environmentOf, type Fork, type ForkSide, findForks, type Part, stemOf } from './alternatives.ts'
import { type ClusterNames, clusterNames } from './cluster-names.ts'

/** The resources that live on one network together. */
export interface State {
  /** Empty where there is only one. */
  readonly name: string
  /** The units that have resources in it. */
  readonly units: readonly RenderedUnit[]
  /** In the order of the units. Those of a file are the identical objects in every state that has them. */
  readonly resources: readonly Resource[]
  /**
   * How the parts below forks came into it, by {@link partPath}: `chosen` for the state's own sake or by a name in common, `guessed`
   * where nothing was in common and the first alternative was taken. Absent where nothing was guessed.
   */
  readonly taken?: ReadonlyMap<string, 'chosen' | 'guessed'>
}

/** A state of the configuration. A part of the tree belongs to it when its path or a folder above it matches. */
export interface NamedState {
  readonly name: string
  readonly paths: readonly { matches(path: string): boolean }[]
  /** Of a unit with several choices of inputs, those of this name alone. */
  readonly environment?: string | undefined
  /** Of a unit with several choices of inputs, those alone that read a file which one of them matches. */
  readonly parameters?: readonly { matches(path: string): boolean }[]
}

/** One state as it is in the base and in the head; where the other tree has no such state, it is empty there. */
export interface StatePair {
  readonly name: string
  readonly base: State
  readonly head: State
}

/**
 * Groups what a tree holds into states. Sorted by name; at least one.
 *
 * Nobody writes down which folders form one cluster. What is known is what cannot: two folders that define the same object.
 * See {@link findForks}; at each such fork a state takes one side, and the same side's name (`prod`) at other forks. All that
 * stands under no fork belongs to every state. States that the configuration names take their parts as it says.
 */
export function findStates(units: readonly RenderedUnit[], named: readonly NamedState[] = []): readonly State[] {
  return divide([units], named).map(({ name, trees, taken }) => ({ name, ...taken, ...trees[0]! }))
}

/** As {@link findStates} for base and head together, so that both are divided alike whatever the change moves or copies. */
export function pairStates(
  base: readonly RenderedUnit[],
  head: readonly RenderedUnit[],
  named: readonly NamedState[] = [],
): readonly StatePair[] {
  return divide([base, head], named).map(({ name, trees, taken }) => ({
    name,
    base: { name, ...taken, ...trees[0]! },
    head: { name, ...taken, ...trees[1]! },
  }))
}

interface Division {
  readonly name: string
  /** In the order of the trees that were divided. */
  readonly trees: readonly Pick<State, 'units' | 'resources'>[]
  readonly taken: Pick<State, 'taken'>
}

function divide(trees: readonly (readonly RenderedUnit[])[], named: readonly NamedState[]): readonly Division[] {
  const parts = trees.map((units) => units.flatMap(partsOf))
  const paths = new Set(parts.flat().map(({ path }) => path))
  const taken = new Map(
    named.map((state) => [
      state.name,
      new Set(
        parts
          .flat()
          .filter((part) => belongs(part, state))
          .map(({ path }) => path),
      ),
    ]),
  )
  const rest = new Set(paths)
  for (const members of taken.values()) for (const path of members) rest.delete(path)
  const members = [...taken].map(([name, of]): Members => ({ name, paths: of, taken: {} }))
  if (rest.size > 0 || members.length === 0) members.push(...choose(parts, rest))
  return members
    .map((state) => ({
      ...state,
      trees: trees.map((units, tree) => select(units, parts[tree]!, state.paths)),
    }))
    .sort((a, b) => byCodeUnit(a.name, b.name))
}

/** Those resources of a file, or of a whole unit that is no folder of manifests. */
interface UnitPart {
  readonly path: string
  readonly unit: RenderedUnit
  readonly resources: readonly Resource[]
}

const partsOfUnits = new WeakMap<RenderedUnit, readonly UnitPart[]>()

/** The identical parts of a unit that stands in several trees. */
function partsOf(unit: RenderedUnit): readonly UnitPart[] {
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

function belongs({ path, unit: { unit } }: UnitPart, { paths, environment, parameters = [] }: NamedState): boolean {
  if (!matches(paths, path)) return false
  if (unit.environment === undefined) return true
  const isNamed = environment === undefined || environment === unit.environment
  return (
    isNamed && (parameters.length === 0 || unit.files.some((file) => parameters.some((glob) => glob.matches(file))))
  )
}

function matches(globs: NamedState['paths'], path: string): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    const folder = path.slice(0, end)
    if (globs.some((glob) => glob.matches(folder))) return true
  }
  return false
}

function select(
  units: readonly RenderedUnit[],
  parts: readonly UnitPart[],
  members: ReadonlySet<string>,
): Pick<State, 'units' | 'resources'> {
  const chosen = parts.filter(({ path }) => members.has(path))
  if (chosen.length === parts.length) return { units, resources: parts.flatMap(({ resources }) => [...resources]) }
  const present = new Set(chosen.map(({ unit }) => unit))
  return {
    units: units.filter((unit) => present.has(unit)),
    resources: chosen.flatMap(({ resources }) => [...resources]),
  }
}

interface Members {
  readonly name: string
  readonly paths: ReadonlySet<string>
  readonly taken: Pick<State, 'taken'>
}

function choose(parts: readonly (readonly UnitPart[])[], paths: ReadonlySet<string>): readonly Members[] {
  if (!mayContradict(parts)) return [{ name: '', paths, taken: {} }]
  const forks = findForks(
    parts.flatMap((tree) => {
      const definitions = new Definitions()
      return tree
        .filter(({ path }) => paths.has(path))
        .map((part): Part => ({ segments: part.path.split('/'), defines: definitions.of(part) }))
    }),
  )
  if (forks.length === 0) return [{ name: '', paths, taken: {} }]
  const byPath = new Map(forks.map((fork) => [fork.path, fork]))
  const contests = [...paths].map((path) => ({ path, forks: [...contestsOnWay(path, byPath)] }))
  return chooseSides(forks, clusterNames(parts.flat())).map(({ name, sides, guessed }) => {
    const chosen = contests.filter((one) => areTaken(one.forks, sides)).map(({ path }) => path)
    return {
      name,
      paths: new Set(chosen),
      taken: guessed.size === 0 ? {} : { taken: howTaken(chosen, byPath, guessed) },
    }
  })
}

function howTaken(
  paths: readonly string[],
  forks: ReadonlyMap<string, Fork>,
  guessed: ReadonlySet<Fork>,
): ReadonlyMap<string, 'chosen' | 'guessed'> {
  const taken = new Map<string, 'chosen' | 'guessed'>()
  for (const path of paths) {
    for (const [fork] of contestsOnWay(path, forks)) {
      if (guessed.has(fork)) taken.set(path, 'guessed')
      else if (!taken.has(path)) taken.set(path, 'chosen')
    }
  }
  return taken
}

/**
 * False where in no tree anything is defined twice, as in most: told by addresses alone, without a look at the objects. Parts that one
 * tree has of another were asked there.
 */
function mayContradict(trees: readonly (readonly UnitPart[])[]): boolean {
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
class Definitions {
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

/** Which side each fork takes; a fork that is missing takes none. */
type Sides = ReadonlyMap<Fork, ForkSide>

interface Choice {
  /** The fork and the side for whose sake the choice was made. */
  readonly fork: Fork
  readonly side: ForkSide
  readonly sides: Sides
  /** Forks that take their first side because nothing tells. */
  readonly guessed: ReadonlySet<Fork>
}

/**
 * One choice for each side that none before it has taken: never a product of the forks. Other forks take the side of the same
 * name; where they have none, nothing if the fork is about the same names (there is no such environment there), else their first.
 */
function chooseSides(
  forks: readonly Fork[],
  clusters: ClusterNames,
): readonly (Pick<Choice, 'sides' | 'guessed'> & { readonly name: string })[] {
  const covered = new Set<ForkSide>()
  const choices: Choice[] = []
  const labelsAt = (fork: Fork, side: ForkSide): readonly string[] => [
    ...labelsOfSide(side),
    ...placesOf(fork, side).flatMap((place) => [`/${place}`, ...(clusters.get(place) ?? [])]),
  ]
  const names = new Map(forks.map((fork) => [fork, new Set(fork.groups.flatMap((side) => labelsAt(fork, side)))]))
  for (const fork of forks) {
    for (const side of fork.groups) {
      if (covered.has(side)) continue
      const wanted = new Set([...labelsAt(fork, side), ...fork.path.split('/').flatMap(labelsOf)])
      const sides = new Map<Fork, ForkSide>()
      const guessed = new Set<Fork>()
      for (const other of forks) {
        const isAbout = (): boolean => [...names.get(fork)!].some((name) => names.get(other)!.has(name))
        const guess = (): ForkSide | undefined => {
          guessed.add(other)
          return other.groups[0]
        }
        const chosen =
          other === fork
            ? side
            : (sideAbove(other, fork.path) ??
              sideNamed(other, wanted) ??
              sideOfCluster(other, wanted, clusters) ??
              (isAbout() ? undefined : guess()))
        if (chosen !== undefined) sides.set(other, chosen)
      }
      for (const taken of reached(sides)) covered.add(taken)
      choices.push({ fork, side, sides, guessed })
    }
  }
  return choices.map((choice) => ({ ...choice, name: nameOf(choice, choices) }))
}

/** Paths of a side's children. */
function placesOf({ path }: Fork, { children }: ForkSide): readonly string[] {
  return [...children].map((child) => (path === '' ? child : `${path}/${child}`))
}

/** The only side with a cluster, or with a folder that a cluster applies, of one of the names. */
function sideOfCluster(fork: Fork, names: ReadonlySet<string>, clusters: ClusterNames): ForkSide | undefined {
  const fitting = fork.groups.filter((side) =>
    placesOf(fork, side).some(
      (place) => names.has(`/${place}`) || [...(clusters.get(place) ?? [])].some((name) => names.has(name)),
    ),
  )
  return fitting.length === 1 ? fitting[0] : undefined
}

/** The side of `fork` below which `path` stands, where it stands below one. */
function sideAbove(fork: Fork, path: string): ForkSide | undefined {
  const prefix = fork.path === '' ? '' : `${fork.path}/`
  if (path === fork.path || !path.startsWith(prefix)) return undefined
  const child = path.slice(prefix.length).split('/', 1)[0]!
  return fork.groups.find(({ children }) => children.has(child))
}

/** The side with one of the names; whole names go before environments, of which `prod-eu` and `prod-us` are the same. */
function sideNamed(fork: Fork, names: ReadonlySet<string>): ForkSide | undefined {
  const having = (namesOf: (child: string) => readonly string[]): ForkSide | undefined =>
    fork.groups.find(({ children }) => [...children].some((child) => namesOf(child).some((name) => names.has(name))))
  return having((child) => [stemOf(child)]) ?? having(labelsOf)
}

function labelsOfSide({ children }: ForkSide): readonly string[] {
  return [...children].flatMap(labelsOf)
}

/** What a side may be called at another fork: its own name, or its environment's. */
function labelsOf(name: string): readonly string[] {
  const environment = environmentOf(name)
  return environment === undefined ? [stemOf(name)] : [stemOf(name), environment]
}

/** The sides that a choice really takes: a fork below a side that was not taken is not reached. */
function* reached(sides: Sides): Iterable<ForkSide> {
  const byPath = new Map([...sides.keys()].map((fork) => [fork.path, fork]))
  for (const [fork, side] of sides) {
    if (fork.path === '' || isChosen(fork.path, byPath, sides)) yield side
  }
}

/** Whether everything on the way to `path` is on a side that was taken. */
function isChosen(path: string, forks: ReadonlyMap<string, Fork>, sides: Sides): boolean {
  return areTaken(contestsOnWay(path, forks), sides)
}

function areTaken(contests: Iterable<readonly [Fork, string]>, sides: Sides): boolean {
  for (const [fork, child] of contests) {
    if (sides.get(fork)?.children.has(child) !== true) return false
  }
  return true
}

/** The forks at which `path` is below one of the alternatives, with that alternative's child. */
function* contestsOnWay(path: string, forks: ReadonlyMap<string, Fork>): Iterable<readonly [Fork, string]> {
  for (let slash = -1; ; ) {
    const fork = forks.get(slash === -1 ? '' : path.slice(0, slash))
    const next = path.indexOf('/', slash + 1)
    const child = path.slice(slash + 1, next === -1 ? undefined : next)
    if (fork?.groups.some(({ children }) => children.has(child)) === true) yield [fork, child]
    if (next === -1) return
    slash = next
  }
}

/** The side's name, with its folder where that alone does not tell choices apart. */
function nameOf({ fork, side }: Choice, choices: readonly Choice[]): string {
  const isUnique = choices.every((other) => other.side === side || other.side.name !== side.name)
  return isUnique || fork.path === '' ? side.name : `${fork.path}/${side.name}`
}
