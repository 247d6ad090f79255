import { byCodeUnit } from '../../base/order.ts'
import type { Tree } from '../../source/tree.ts'
import type { ModuleSummary } from './find.ts'
import { parseFile } from './parse-file.ts'

/** One choice of variable files for a root module. */
export interface Environment {
  readonly name: string
  /** In the order in which later ones win. */
  readonly inputs: readonly string[]
}

/** Names of files that belong to every environment beside them. */
const SHARED = /^(common|shared|global|globals|base|default|defaults|all)$/i
/** Names of files that say nothing of the environment: their folder does. */
const GENERIC = /^(terraform|variables|vars|main|values|config|settings|inputs|params|parameters|env|environment)$/i

interface Candidate {
  readonly path: string
  readonly folder: string
  readonly stem: string
}

/**
 * Which variable files make which environments of which root module: those in the module's own folder and below it, and those in
 * another folder tree whose folder has the module's name and whose variables the module declares.
 */
export function findEnvironments(
  tree: Tree,
  roots: readonly ModuleSummary[],
  variableFiles: readonly string[],
): ReadonlyMap<string, readonly Environment[]> {
  const byFolder = new Map(roots.map((root) => [root.folder, root]))
  const assigned = new Map<string, Candidate[]>()
  for (const path of variableFiles) {
    const slash = path.lastIndexOf('/')
    const folder = slash < 0 ? '.' : path.slice(0, slash)
    const file = path.slice(slash + 1)
    // These the tool reads by itself.
    if (byFolder.has(folder) && (/^terraform\.tfvars(\.json)?$/.test(file) || /\.auto\.tfvars(\.json)?$/.test(file)))
      continue
    const candidate = { path, folder, stem: file.replace(/\.tfvars(\.json)?$/, '') }
    const root = enclosingRoot(folder, byFolder) ?? neighbouringRoot(tree, candidate, roots)
    if (root === undefined) continue
    const list = assigned.get(root.folder)
    if (list === undefined) assigned.set(root.folder, [candidate])
    else list.push(candidate)
  }
  return new Map([...assigned].map(([root, candidates]) => [root, environmentsOf(root, candidates)]))
}

function enclosingRoot(folder: string, roots: ReadonlyMap<string, ModuleSummary>): ModuleSummary | undefined {
  for (let at = folder; ; ) {
    const root = roots.get(at)
    if (root !== undefined) return root
    if (at === '.') return undefined
    const slash = at.lastIndexOf('/')
    at = slash < 0 ? '.' : at.slice(0, slash)
  }
}

/** The root module elsewhere that a file is for, by its variables first and by the names of the folders where several declare them. */
function neighbouringRoot(
  tree: Tree,
  candidate: Candidate,
  roots: readonly ModuleSummary[],
): ModuleSummary | undefined {
  const read = tree.read(candidate.path)
  if (!read.ok) return undefined
  const names = parseFile(read.source).body.attributes.map((attribute) => attribute.name)
  if (names.length === 0) return undefined
  const segments = new Set(candidate.folder.split('/'))
  let best: { readonly root: ModuleSummary; readonly score: number } | undefined
  let isTie = false
  for (const root of roots) {
    const declared = names.reduce((count, name) => count + (root.variables.has(name) ? 1 : 0), 0) / names.length
    const sameName = segments.has(root.folder.split('/').at(-1)!) || root.folder.split('/').at(-1) === candidate.stem
    // Without a common name all variables must be declared, with one most of them.
    if (declared < (sameName ? 0.5 : 1)) continue
    const score = declared + (sameName ? 2 : 0) + sharedFolders(root.folder, candidate.folder) / 100
    if (best === undefined || score > best.score) {
      best = { root, score }
      isTie = false
    } else if (score === best.score) isTie = true
  }
  return isTie ? undefined : best?.root
}

function sharedFolders(a: string, b: string): number {
  const x = a.split('/')
  const y = b.split('/')
  let count = 0
  while (count < x.length && count < y.length && x[count] === y[count]) count++
  return count
}

function environmentsOf(root: string, candidates: readonly Candidate[]): readonly Environment[] {
  const sorted = [...candidates].sort((a, b) => byCodeUnit(a.path, b.path))
  const shared = sorted.filter(({ stem }) => SHARED.test(stem))
  const own = sorted.filter(({ stem }) => !SHARED.test(stem))
  if (own.length === 0)
    return shared.length === 0 ? [] : [{ name: shared[0]!.stem, inputs: shared.map(({ path }) => path) }]
  const groups = new Map<string, Candidate[]>()
  for (const candidate of own) {
    const name = environmentName(root, candidate, own)
    const group = groups.get(name)
    if (group === undefined) groups.set(name, [candidate])
    else group.push(candidate)
  }
  return [...groups].map(([name, files]) => ({
    name,
    inputs: [...shared.filter(({ folder }) => files.some((file) => isInside(file.folder, folder))), ...files].map(
      ({ path }) => path,
    ),
  }))
}

function isInside(folder: string, outer: string): boolean {
  return outer === '.' || folder === outer || folder.startsWith(`${outer}/`)
}

/** `dev` of `environments/dev.tfvars`, of `environments/dev/terraform.tfvars` and of `environments/dev/network.tfvars`. */
function environmentName(root: string, { folder, stem }: Candidate, all: readonly Candidate[]): string {
  const parent = folder.split('/').at(-1)!
  if (GENERIC.test(stem) && folder !== root) return parent
  // Several folders that hold files of the same names: the folders are the environments.
  const isRepeated = all.some((other) => other.stem === stem && other.folder !== folder)
  if (isRepeated && folder !== root) return parent
  return stem
}
