import { byCodeUnit } from './base/order.ts'
import { LEAVES_OUT, type Problem, problemPlace } from './base/problem.ts'
import { clusterLabel } from './compare/cluster-link.ts'
import type { StateView } from './compare/state-view.ts'
import { type Unit, unitKey } from './parse/resource.ts'
import type { ParsedTree } from './parse/units.ts'
import { unwalkedNotes } from './reach/azure/unwalked.ts'
import { engineNotes } from './reach/engine-notes.ts'
import type { Coverage, CoveredUnit, NotAnalysed } from './report/review-report.ts'

/**
 * What was read, and what was not and why. `touched` are the paths that the change touches: what could not be judged there must not
 * look like a pass.
 */
export function coverageOf(
  tree: ParsedTree,
  states: readonly StateView[],
  touched: ReadonlySet<string>,
  notes: readonly string[] = [],
): Coverage {
  const problems = [...tree.problems, ...tree.units.flatMap((unit) => unit.problems)]
  const statesOf = statesByUnit(states)
  return {
    units: tree.units
      .flatMap(({ unit, resources }) => toCovered(unit, resources.length, statesOf.get(unitKey(unit)) ?? []))
      .sort(byPath),
    notAnalysed: unique([
      ...problems.filter(({ code }) => LEAVES_OUT.has(code)).map((problem) => toNotAnalysed(problem, touched)),
      ...unrendered(tree, touched),
    ]),
    notes: [...new Set([...tree.units.flatMap((unit) => unit.notes ?? []), ...notes])],
  }
}

/** The files that the head no longer shows, of which the base was taken to hold. */
export function carryNotes(files: ReadonlySet<string>): readonly string[] {
  return [...files]
    .sort(byCodeUnit)
    .map((file) => `What the base has in ${file} was taken to stay: the change makes it unreadable.`)
}

/**
 * What was assumed of the states: of their policy engines, and of the layers that the tree does not show. Without Azure code a
 * result is that of the cluster alone.
 */
export function notesOf(states: readonly StateView[]): readonly string[] {
  const notes = states.flatMap((state) => {
    const { network, reach } = state
    const hasPods = network.kubernetes.workloads.length + network.kubernetes.policies.length > 0
    if (!hasPods) return network.azure === undefined ? [] : unwalkedNotes(network.azure)
    const hasAzure = (network.azure?.objects.objects.length ?? 0) > 0
    return [
      ...(network.azure === undefined ? [] : unwalkedNotes(network.azure)),
      ...linkNotes(state),
      ...engineNotes(network.kubernetes, reach.cluster),
      ...(hasAzure ? [] : [CLUSTER_ALONE]),
    ]
  })
  return [...new Set(notes)]
}

const CLUSTER_ALONE =
  'The tree holds no Azure network code: what NSGs, routes and firewalls drop is not known, and the result is that of the cluster alone.'

/** Which cluster the manifests were taken to run in, or why none. */
function linkNotes({ name, link }: StateView): readonly string[] {
  const state = name === '' ? '' : `State ${name}: `
  const capital = (text: string) => (state === '' ? text[0]!.toUpperCase() + text.slice(1) : text)
  switch (link?.kind) {
    case 'linked': {
      const reason = link.reason === undefined ? '' : `, as ${link.reason} tells`
      return [`${state}${capital(`manifests run in cluster ${clusterLabel(link.cluster)}${reason}.`)}`]
    }
    case 'several': {
      const names = link.clusters.slice(0, MOST_CLUSTERS).map(clusterLabel).join(', ')
      const more = link.clusters.length > MOST_CLUSTERS ? ` and ${link.clusters.length - MOST_CLUSTERS} more` : ''
      return [
        `${state}${capital(`which cluster runs the manifests could not be told`)}: the Azure code has ${names}${more}; ${link.reason}. The result is that of the cluster alone; name folders after clusters, or the states in the configuration.`,
      ]
    }
    case 'none':
    case undefined:
      return []
  }
}

/** More clusters than this are told as a number. */
const MOST_CLUSTERS = 4

/**
 * A unit that could not be rendered stands for its files: a change to any of them could not be judged. It is told at the first of them,
 * once for all units that share it, and not again where the change touches the place that says why.
 */
function unrendered(tree: ParsedTree, touched: ReadonlySet<string>): readonly NotAnalysed[] {
  const unitsAt = new Map<string, Unit[]>()
  for (const { unit, problems } of tree.notRendered) {
    const isTold = problems.some((problem) => LEAVES_OUT.has(problem.code) && touched.has(problemPlace(problem).file))
    const file = isTold ? undefined : unit.files.find((path) => touched.has(path))
    if (file === undefined) continue
    const units = unitsAt.get(file)
    if (units === undefined) unitsAt.set(file, [unit])
    else units.push(unit)
  }
  return [...unitsAt].map(([file, units]) => ({ file, reason: partOf(units), changed: true }))
}

function partOf(units: readonly Unit[]): string {
  const [first] = units
  const words = units.every(({ kind }) => kind === first!.kind) ? UNIT_WORDS.get(first!.kind) : undefined
  const what = words === undefined ? ['unit', 'units'] : words
  const names = units.slice(0, MOST_UNITS).map(({ path }) => path)
  const more = units.length > names.length ? ` and ${units.length - names.length} more` : ''
  return units.length === 1
    ? `part of the ${what[0]} ${names[0]}, which is not rendered`
    : `part of the ${what[1]} ${names.join(', ')}${more}, which are not rendered`
}

const MOST_UNITS = 3

const UNIT_WORDS: ReadonlyMap<string, readonly [one: string, many: string]> = new Map([
  ['helm', ['Helm chart', 'Helm charts']],
  ['kustomize', ['kustomization', 'kustomizations']],
])

function toNotAnalysed(problem: Problem, touched: ReadonlySet<string>): NotAnalysed {
  const { file, line } = problemPlace(problem)
  return { file, ...(line !== undefined && { line }), reason: problem.message, changed: touched.has(file) }
}

function toCovered(
  { kind, path, environment }: Unit,
  resources: number,
  states: Iterable<string>,
): readonly CoveredUnit[] {
  const unit = { kind, path, ...(environment !== undefined && { environment }), resources }
  const own = [...states]
  return own.length === 0 ? [unit] : own.map((state) => ({ ...unit, state }))
}

/** Names of the states that have resources of a unit, where states have names. O(resources). */
function statesByUnit(states: readonly StateView[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byUnit = new Map<string, Set<string>>()
  for (const { name, resources } of states) {
    if (name === '') continue
    for (const unit of new Set(resources.map((resource) => resource.unit))) {
      const key = unitKey(unit)
      const names = byUnit.get(key)
      if (names === undefined) byUnit.set(key, new Set([name]))
      else names.add(name)
    }
  }
  return byUnit
}

function byPath(a: CoveredUnit, b: CoveredUnit): number {
  return byCodeUnit(a.path, b.path) || byCodeUnit(a.state ?? '', b.state ?? '')
}

function unique(items: readonly NotAnalysed[]): readonly NotAnalysed[] {
  const seen = new Map(items.map((item) => [`${item.file}\0${item.line ?? ''}\0${item.reason}`, item]))
  return [...seen.values()].sort(
    (a, b) => Number(b.changed) - Number(a.changed) || byCodeUnit(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0),
  )
}
