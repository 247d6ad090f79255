import { findHiddenCharacters } from './base/hidden-text.ts'
import { folderOf, foldersOf } from './base/path.ts'
import { networkSignature } from './compare/renames.ts'
import { holdsInlineSuppression } from './config/inline-suppression.ts'
import type { ParseCache } from './parse/front-end.ts'
import { type ParsedTree, parseTree } from './parse/units.ts'
import type { Tree } from './source/tree.ts'

/**
 * True where nothing that a packet meets can differ between the trees, decided from the touched files alone: so the usual change, a new
 * image or a readme, costs no look at the rest of the repository.
 *
 * Only changes inside plain manifests can be told so: of every other unit one file decides over others.
 */
export function touchesNothing(
  base: Tree,
  head: Tree,
  touched: ReadonlySet<string>,
  options: { readonly cache: ParseCache; readonly only: (path: string) => boolean },
): boolean {
  const paths = [...touched].filter(options.only)
  if (paths.length === 0) return true
  if (paths.some((path) => !mayBePlain(path) || speaksInText(head, path))) return false
  const parse = (tree: Tree) => parseTree(onlyFiles(tree, paths), { cache: options.cache })
  const [before, after] = [parse(base), parse(head)]
  if (!isPlain(before) || !isPlain(after)) return false
  if (!holdsManifests(base, before, paths) || !holdsManifests(head, after, paths)) return false
  return sameSignatures(before, after)
}

/** Files that no manifest reader reads and no other front end either. */
const PROSE = /\.(?:md|png|jpe?g|gif|svg|go|py|rs|java|cs|tsx?|jsx?|css|html|lock|sum|mod)$/i
const OWNERS = /(?:^|\/)(?:Chart\.ya?ml|kustomization\.ya?ml|Kustomization|values[^/]*\.ya?ml)$/

/** Workflows say nothing of the network; the configuration of this tool decides about all. */
const WORKFLOW = /^\.github\/(?!ringfence\.ya?ml$).*\.ya?ml$/

function mayBePlain(path: string): boolean {
  if (/^\.github\/ringfence\.ya?ml$/.test(path)) return false
  return (/\.ya?ml$/i.test(path) && !OWNERS.test(path)) || PROSE.test(path)
}

/** Comments that accept a finding, and characters that cannot be seen: a reader must be told of either, wherever in the text. */
function speaksInText(tree: Tree, path: string): boolean {
  if (PROSE.test(path) || WORKFLOW.test(path) || tree.entry(path) === undefined) return false
  const read = tree.read(path)
  return read.ok && (holdsInlineSuppression(read.source) || findHiddenCharacters(read.source.text).length > 0)
}

/** False for YAML that is no manifest: Terraform, Bicep and charts read such files as data. */
function holdsManifests(tree: Tree, parsed: ParsedTree, paths: readonly string[]): boolean {
  const holding = new Set(parsed.units.flatMap(({ resources }) => resources.map(({ origin }) => origin.source.path)))
  return paths.every(
    (path) => tree.entry(path) === undefined || PROSE.test(path) || WORKFLOW.test(path) || holding.has(path),
  )
}

/** The tree with the touched files, and those whose presence says to whom a file belongs. */
function onlyFiles(tree: Tree, paths: readonly string[]): Tree {
  const wanted = new Set(paths)
  const folders = new Set(paths.flatMap(foldersOf))
  const entries = tree.entries.filter(
    ({ path }) => wanted.has(path) || (OWNERS.test(path) && folders.has(folderOf(path))),
  )
  const has = new Set(entries.map(({ path }) => path))
  return {
    name: tree.name,
    entries,
    entry: (path) => (has.has(path) ? tree.entry(path) : undefined),
    read: (path) =>
      has.has(path) ? tree.read(path) : { ok: false, reason: 'absent', message: `${path} is not in the tree` },
    prefetch: (wish) => tree.prefetch(wish),
  }
}

function isPlain({ units, problems, notRendered }: ParsedTree): boolean {
  return (
    problems.length === 0 &&
    notRendered.length === 0 &&
    units.every(({ unit, problems: own, incomplete }) => unit.kind === 'manifests' && own.length === 0 && !incomplete)
  )
}

/** Kinds that no packet meets and no rule asks about. */
const NO_NETWORK = new Set([
  'ConfigMap',
  'Secret',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StorageClass',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'PriorityClass',
  'ResourceQuota',
  'LimitRange',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
])

function sameSignatures(before: ParsedTree, after: ParsedTree): boolean {
  const list = ({ units }: ParsedTree) =>
    units.flatMap(({ resources }) =>
      resources
        .filter(({ kind }) => !NO_NETWORK.has(kind))
        .map((resource) => `${resource.origin.source.path}\0${resource.address}\0${networkSignature(resource)}`),
    )
  const [was, is] = [list(before).sort(), list(after).sort()]
  return was.length === is.length && was.every((signature, i) => signature === is[i])
}
