import { environmentOf, type Fork, type ForkSide, findForks, type Part, stemOf } from './alternatives.ts'
import { type ClusterNames, clusterNames } from './cluster-names.ts'
import { Definitions, mayContradict, type UnitPart } from './unit-parts.ts'

/**
 * How the parts below forks came into a state, by path: `chosen` for the state's own sake or by a name in common, `guessed` where nothing
 * was in common and the first alternative was taken.
 */
export type HowTaken = ReadonlyMap<string, 'chosen' | 'guessed'>

export interface Members {
  readonly name: string
  readonly paths: ReadonlySet<string>
  /** Absent where nothing was guessed. */
  readonly taken?: HowTaken
}

/** The states that parts of trees make, none of which contradicts itself; one without a name where there are no forks. */
export function chooseMembers(parts: readonly (readonly UnitPart[])[], paths: ReadonlySet<string>): readonly Members[] {
  if (!mayContradict(parts)) return [{ name: '', paths }]
  const forks = findForks(
    parts.flatMap((tree) => {
      const definitions = new Definitions()
      return tree
        .filter(({ path }) => paths.has(path))
        .map((part): Part => ({ segments: part.path.split('/'), defines: definitions.of(part) }))
    }),
  )
  if (forks.length === 0) return [{ name: '', paths }]
  const byPath = new Map(forks.map((fork) => [fork.path, fork]))
  const contests = [...paths].map((path) => ({ path, forks: [...contestsOnWay(path, byPath)] }))
  return chooseSides(forks, clusterNames(parts.flat())).map(({ name, sides, guessed }) => {
    const chosen = contests.filter((one) => areTaken(one.forks, sides)).map(({ path }) => path)
    return {
      name,
      paths: new Set(chosen),
      ...(guessed.size > 0 && { taken: howTaken(chosen, byPath, guessed) }),
    }
  })
}

function howTaken(paths: readonly string[], forks: ReadonlyMap<string, Fork>, guessed: ReadonlySet<Fork>): HowTaken {
  const taken = new Map<string, 'chosen' | 'guessed'>()
  for (const path of paths) {
    for (const [fork] of contestsOnWay(path, forks)) {
      if (guessed.has(fork)) taken.set(path, 'guessed')
      else if (!taken.has(path)) taken.set(path, 'chosen')
    }
  }
  return taken
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
