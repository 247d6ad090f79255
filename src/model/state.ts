import { byCodeUnit } from '../base/order.ts'
import type { RenderedUnit, Resource } from '../parse/resource.ts'
import { chooseMembers, type HowTaken, type Members } from './state-choices.ts'
import { partsOf, type UnitPart } from './unit-parts.ts'

/** The resources that live on one network together. */
export interface State {
  /** Empty where there is only one. */
  readonly name: string
  /** The units that have resources in it. */
  readonly units: readonly RenderedUnit[]
  /** In the order of the units. Those of a file are the identical objects in every state that has them. */
  readonly resources: readonly Resource[]
  /** By the path of a part. Absent where nothing was guessed. */
  readonly taken?: HowTaken
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
  return divide([units], named).map(({ trees, ...state }) => ({ ...state, ...trees[0]! }))
}

/** As {@link findStates} for base and head together, so that both are divided alike whatever the change moves or copies. */
export function pairStates(
  base: readonly RenderedUnit[],
  head: readonly RenderedUnit[],
  named: readonly NamedState[] = [],
): readonly StatePair[] {
  return divide([base, head], named).map(({ trees, ...state }) => ({
    name: state.name,
    base: { ...state, ...trees[0]! },
    head: { ...state, ...trees[1]! },
  }))
}

interface Division extends Pick<State, 'name' | 'taken'> {
  /** In the order of the trees that were divided. */
  readonly trees: readonly Pick<State, 'units' | 'resources'>[]
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
  const members = [...taken].map(([name, of]): Members => ({ name, paths: of }))
  if (rest.size > 0 || members.length === 0) members.push(...chooseMembers(parts, rest))
  return members
    .map(({ paths: own, ...state }) => ({
      ...state,
      trees: trees.map((units, tree) => select(units, parts[tree]!, own)),
    }))
    .sort((a, b) => byCodeUnit(a.name, b.name))
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
