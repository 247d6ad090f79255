import { join } from 'node:path/posix'
import { get, isAbsent, itemsOf, stringOf, type Value } from '../../base/value.ts'
import type { Tree } from '../../source/tree.ts'
import { parseYaml } from '../yaml.ts'
import { isInNamespace } from './own-namespace.ts'

/** One kustomization file, or a Flux Kustomization that builds a folder. */
export interface KustomizeNode {
  readonly folder: string
  /** False for Flux's objects, which are no file that kustomize reads. */
  readonly isFile: boolean
  /** Files of the tree that it lists as resources. */
  readonly files: readonly string[]
  /** Folders with a kustomization that it includes. */
  readonly folders: readonly string[]
  /** Its own file, patches and other files that are no manifests. */
  readonly own: readonly string[]
  /** What it does to its resources beyond listing them; undefined where it does nothing. */
  readonly changes?: string
  /** Why it, and so whatever includes it, cannot be built from the tree. */
  readonly broken?: string
}

/** Fields that leave the network's objects as they are. Images and replicas do not matter to it. */
const HARMLESS = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'resources',
  'bases',
  'images',
  'replicas',
  'configMapGenerator',
  'secretGenerator',
  'generatorOptions',
  'crds',
  // Tells which fields transformers change: nothing without one.
  'configurations',
  'openapi',
  'sortOptions',
  'buildMetadata',
])

/** Reads the kustomization file `path` of `folder`; `kustomizations` has that of every folder with one. */
export function readKustomizeNode(
  tree: Tree,
  folder: string,
  path: string,
  kustomizations: ReadonlyMap<string, string>,
): KustomizeNode {
  const read = tree.read(path)
  const own = [path]
  const unusable = (broken: string): KustomizeNode => ({ folder, isFile: true, files: [], folders: [], own, broken })
  if (!read.ok) return unusable(`${path} cannot be read`)
  const { documents, problems } = parseYaml(read.source)
  const value = documents[0]?.value
  if (problems.some(({ code }) => code !== 'duplicate-key')) return unusable(`${path} is broken`)
  if (value?.kind !== 'map') return unusable(`${path} holds no kustomization`)
  const files: string[] = []
  const folders: string[] = []
  let changes: string | undefined
  let broken: string | undefined
  const listed = ['resources', 'bases', 'components'].flatMap((key) => [...itemsOf(get(value, key))])
  for (const item of listed) {
    const name = stringOf(item)
    if (name === undefined) continue
    const target = localPath(folder, name)
    if (target !== undefined && tree.entry(target)?.kind === 'file') files.push(target)
    else if (target !== undefined && kustomizations.has(target)) folders.push(target)
    else broken ??= `it lists \`${name}\`, which is not in the tree`
  }
  for (const [key, entry] of value.entries) {
    if (HARMLESS.has(key) || isEmpty(entry.value)) continue
    const namespace = key === 'namespace' && folders.length === 0 ? stringOf(entry.value) : undefined
    if (namespace !== undefined && files.every((file) => isAlreadyIn(tree, file, namespace))) continue
    changes ??= `it sets \`${key}\``
  }
  for (const name of patchFiles(value)) {
    const target = localPath(folder, name)
    if (target !== undefined && tree.entry(target)?.kind === 'file') own.push(target)
  }
  return {
    folder,
    isFile: true,
    files,
    folders,
    own,
    ...(changes === undefined ? {} : { changes }),
    ...(broken === undefined ? {} : { broken }),
  }
}

function isAlreadyIn(tree: Tree, path: string, namespace: string): boolean {
  const read = tree.read(path)
  return read.ok && isInNamespace(read.source.text, namespace)
}

/** Names of files that patch, replace or configure: they look like manifests and are none. */
function* patchFiles(kustomization: Value): Iterable<string> {
  for (const key of ['patchesStrategicMerge', 'transformers', 'generators', 'validators', 'configurations', 'crds']) {
    for (const item of itemsOf(get(kustomization, key))) yield* nameOf(item)
  }
  for (const key of ['patches', 'patchesJson6902', 'replacements']) {
    for (const item of itemsOf(get(kustomization, key))) yield* nameOf(get(item, 'path'))
  }
  for (const key of ['configMapGenerator', 'secretGenerator']) {
    for (const item of itemsOf(get(kustomization, key))) {
      for (const file of itemsOf(get(item, 'files'))) {
        for (const name of nameOf(file)) yield name.slice(name.indexOf('=') + 1)
      }
    }
  }
}

function* nameOf(value: Value | undefined): Iterable<string> {
  const name = stringOf(value)
  if (name !== undefined && !name.includes('\n')) yield name
}

/** Whether a field says nothing. */
export function isEmpty(value: Value | undefined): boolean {
  return (
    value === undefined ||
    isAbsent(value) ||
    (value.kind === 'list' && value.items.length === 0) ||
    (value.kind === 'map' && value.entries.size === 0)
  )
}

/** The path in the tree that a relative name stands for; undefined for a remote one or one outside the tree. */
export function localPath(folder: string, name: string): string | undefined {
  if (name.startsWith('/') || name.includes('://') || name.includes('?ref=') || /^git@|^github\.com\//.test(name))
    return undefined
  const path = join(folder, name).replace(/(?<=.)\/$/, '')
  return path === '..' || path.startsWith('../') ? undefined : path
}
