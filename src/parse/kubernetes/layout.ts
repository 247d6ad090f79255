import { folderOf } from '../../base/path.ts'
import type { Tree } from '../../source/tree.ts'
import { findCharts } from './charts.ts'
import { findKustomizations } from './kustomizations.ts'
import { mayHoldManifests } from './recognise.ts'

/** What the files of a tree are to the reader of plain manifests. */
export interface Layout {
  /** Files that may hold manifests by their folder, both sorted. */
  readonly folders: ReadonlyMap<string, readonly string[]>
  /** Charts and kustomizations, by their folder. */
  readonly unrendered: ReadonlyMap<string, Unrendered>
  /** Whether Flux builds manifests of this tree, and so substitutes `${NAME}` in them. */
  readonly flux: boolean
}

export interface Unrendered {
  readonly kind: 'helm' | 'kustomize'
  readonly files: readonly string[]
  /** For people: what it is and why its files are not read as plain manifests. */
  readonly message: string
}

/** The layout of a tree, found once for each tree object. */
export function layoutOf(tree: Tree): Layout {
  const known = layouts.get(tree)
  if (known !== undefined) return known
  const layout = findLayout(tree)
  layouts.set(tree, layout)
  return layout
}

const layouts = new WeakMap<Tree, Layout>()

function findLayout(tree: Tree): Layout {
  const charts = findCharts(tree)
  const kustomizations = findKustomizations(tree)
  const unrendered = new Map<string, Unrendered>()
  const claimed = new Set(kustomizations.claimed)
  for (const [folder, files] of charts) {
    unrendered.set(folder, { kind: 'helm', files, message: 'the Helm chart was not rendered' })
    for (const file of files) claimed.add(file)
  }
  for (const { path, files, reason } of kustomizations.unbuilt) {
    unrendered.set(path, { kind: 'kustomize', files, message: `the kustomization was not built: ${reason}` })
  }
  const folders = new Map<string, string[]>()
  const candidates: string[] = []
  for (const { path, kind } of tree.entries) {
    if (kind !== 'file' || !mayHoldManifests(path) || claimed.has(path) || path.includes('node_modules/')) continue
    candidates.push(path)
    const folder = folderOf(path)
    const files = folders.get(folder)
    if (files === undefined) folders.set(folder, [path])
    else files.push(path)
  }
  tree.prefetch(candidates)
  return { folders, unrendered, flux: kustomizations.flux }
}
