import { folderOf } from '../../base/path.ts'
import type { Tree } from '../../source/tree.ts'
import { findFluxBuilds } from './flux.ts'
import { type KustomizeNode, readKustomizeNode } from './kustomize-node.ts'
import { mayHoldManifests } from './recognise.ts'

/** A kustomization that no other includes and whose build is not what its files say. */
export interface UnbuiltKustomization {
  /** Its folder. */
  readonly path: string
  /** Every file of the tree that its build reads. Sorted. */
  readonly files: readonly string[]
  /** For people: why its files are no plain manifests. */
  readonly reason: string
}

export interface Kustomizations {
  readonly unbuilt: readonly UnbuiltKustomization[]
  /** Files that must not be read as they stand: kustomizations, patches, and resources that every build of them changes. */
  readonly claimed: ReadonlySet<string>
  /** Whether Flux builds manifests of this tree, and so may substitute `${NAME}` in them. */
  readonly flux: boolean
}

/**
 * Sorts the files of kustomizations into those that stay plain manifests and those that a build changes.
 *
 * A kustomization that only lists resources (and sets images, replicas or generates config maps) leaves the network's objects
 * as they are, so its files are read as plain manifests. Where it or one that includes it sets namespaces, names or labels,
 * patches or replaces, the files as they stand would say something false. A file beside a kustomization that does not list it
 * is not deployed by it, nor by Flux, which takes a folder's kustomization where there is one.
 */
export function findKustomizations(tree: Tree): Kustomizations {
  const files = kustomizationFiles(tree)
  const nodes = new Map<string, KustomizeNode>()
  for (const [folder, path] of files) nodes.set(folder, readKustomizeNode(tree, folder, path, files))
  const { builds, flux } = findFluxBuilds(tree, nodes)
  const claimed = new Set<string>()
  if (nodes.size === 0 && builds.length === 0) return { unbuilt: [], claimed, flux }
  const all = [...nodes.values(), ...builds]
  const included = new Set(all.flatMap((node) => node.folders))
  const plain = new Set<string>()
  const unbuilt: UnbuiltKustomization[] = []
  for (const root of all) {
    if (root.isFile && included.has(root.folder)) continue
    const build = walk(root, nodes)
    for (const file of build.plain) plain.add(file)
    for (const file of build.changed) claimed.add(file)
    if (build.reason !== undefined)
      unbuilt.push({ path: root.folder, files: [...build.files].sort(), reason: build.reason })
  }
  for (const node of nodes.values()) for (const file of node.own) claimed.add(file)
  for (const { path, kind } of tree.entries) {
    if (kind === 'file' && nodes.has(folderOf(path)) && mayHoldManifests(path)) claimed.add(path)
  }
  for (const file of plain) claimed.delete(file)
  return { unbuilt, claimed, flux }
}

const NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

/** The kustomization file of each folder that has one. */
function kustomizationFiles(tree: Tree): ReadonlyMap<string, string> {
  const paths = new Map<string, string>()
  for (const { path, kind } of tree.entries) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (kind === 'file' && NAMES.includes(name)) paths.set(folderOf(path), path)
  }
  tree.prefetch(paths.values())
  return paths
}

interface Build {
  /** Files that the build takes as they stand. */
  readonly plain: ReadonlySet<string>
  /** Files that it changes. */
  readonly changed: ReadonlySet<string>
  /** Every file that it reads. */
  readonly files: ReadonlySet<string>
  /** Why not all of its files are plain, where that is so. */
  readonly reason: string | undefined
}

/** Follows what a root includes. Each kustomization is entered at most twice: below a change and without one. */
function walk(root: KustomizeNode, nodes: ReadonlyMap<string, KustomizeNode>): Build {
  const build = { plain: new Set<string>(), changed: new Set<string>(), files: new Set<string>() }
  let reason: string | undefined
  let broken: string | undefined
  const entered = new Set<string>()
  const open = [{ node: root, below: false }]
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const { node } = step
    const changed = step.below || node.changes !== undefined
    const state = `${changed} ${node.folder}`
    if (node !== root && entered.has(state)) continue
    entered.add(state)
    const where = node === root ? '' : `${node.folder}: `
    if (node.changes !== undefined) reason ??= where + node.changes
    if (node.broken !== undefined) broken ??= where + node.broken
    for (const file of node.own) build.files.add(file)
    for (const file of node.files) {
      build.files.add(file)
      if (changed) build.changed.add(file)
      else build.plain.add(file)
    }
    for (const folder of node.folders) {
      const child = nodes.get(folder)
      if (child !== undefined) open.push({ node: child, below: changed })
    }
  }
  if (broken === undefined) return { ...build, reason }
  return { ...build, plain: new Set(), changed: new Set([...build.plain, ...build.changed]), reason: broken }
}
