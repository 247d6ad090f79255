import { LEAVES_OUT, type Problem, problemPlace } from '../base/problem.ts'
import { type RenderedUnit, type Resource, unitKey } from './resource.ts'
import type { ParsedTree } from './units.ts'

export interface CarriedOver {
  /** The head with what the base has in place of what cannot be read any more. */
  readonly tree: ParsedTree
  /** The files of the base whose resources were taken to stay: they are not as the head has them, so no edit goes there. */
  readonly files: ReadonlySet<string>
}

/**
 * What a change makes unreadable is not gone. A resource of the base stays in the head where its file newly has a problem that hides
 * what it holds, or newly belongs to a unit that is not rendered, and the head does not define it anywhere else.
 */
export function carryOver(base: ParsedTree, head: ParsedTree): CarriedOver {
  const hidden = newlyHidden(base, head)
  if (hidden.size === 0) return { tree: head, files: hidden }
  const [before, after] = [countAddresses(base), countAddresses(head)]
  const known = new Map(head.units.map(({ unit, resources }) => [unitKey(unit), addressesOf(resources)]))
  const carried = new Map<string, RenderedUnit>()
  for (const rendered of base.units) {
    const key = unitKey(rendered.unit)
    const resources = rendered.resources.filter(
      (resource) =>
        hidden.has(pathOf(resource)) &&
        known.get(key)?.has(resource.address) !== true &&
        !(rendered.unit.kind === 'manifests' && hasMoved(resource, before, after)),
    )
    if (resources.length > 0) carried.set(key, { ...rendered, resources, problems: [] })
  }
  const units = head.units.map((unit) => join(unit, carried.get(unitKey(unit.unit))))
  const lost = [...carried].filter(([key]) => !known.has(key)).map(([, unit]) => unit)
  const files = new Set([...carried.values()].flatMap(({ resources }) => resources.map(pathOf)))
  return { tree: { ...head, units: [...units, ...lost] }, files }
}

function addressesOf(resources: readonly Resource[]): ReadonlySet<string> {
  return new Set(resources.map(({ address }) => address))
}

function join(unit: RenderedUnit, carried: RenderedUnit | undefined): RenderedUnit {
  return carried === undefined ? unit : { ...unit, resources: [...unit.resources, ...carried.resources] }
}

function pathOf({ origin }: Resource): string {
  return origin.source.path
}

/** Files that hide more in the head than in the base. */
function newlyHidden(base: ParsedTree, head: ParsedTree): ReadonlySet<string> {
  const [before, after] = [countHiding(base), countHiding(head)]
  return new Set([...after].filter(([file, count]) => count > (before.get(file) ?? 0)).map(([file]) => file))
}

function countHiding({ units, problems, notRendered }: ParsedTree): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  const count = (file: string): void => void counts.set(file, (counts.get(file) ?? 0) + 1)
  const countProblem = (problem: Problem): void => {
    if (LEAVES_OUT.has(problem.code)) count(problemPlace(problem).file)
  }
  problems.forEach(countProblem)
  for (const unit of units) unit.problems.forEach(countProblem)
  for (const { unit } of notRendered) unit.files.forEach(count)
  return counts
}

/** By address, how many manifests define an object: environments define the same one in a folder each. */
function countAddresses({ units }: ParsedTree): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { unit, resources } of units) {
    if (unit.kind !== 'manifests') continue
    for (const { address } of resources) counts.set(address, (counts.get(address) ?? 0) + 1)
  }
  return counts
}

/** Whether the head defines an object as often as the base, so that what is missing here now stands elsewhere. */
function hasMoved(
  { address }: Resource,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): boolean {
  return (after.get(address) ?? 0) >= (before.get(address) ?? 0)
}
