import { get, stringOf, type Value } from '../../base/value.ts'
import type { Tree } from '../../source/tree.ts'
import { parseYaml } from '../yaml.ts'
import { isEmpty, type KustomizeNode, localPath } from './kustomize-node.ts'
import { isYaml } from './recognise.ts'

export interface FluxBuilds {
  /** One node for each Flux Kustomization whose folder is in the tree. */
  readonly builds: readonly KustomizeNode[]
  /** Whether the tree holds any of Flux's Kustomizations. */
  readonly flux: boolean
}

/**
 * Finds what Flux builds: `spec.path` of each `kustomize.toolkit.fluxcd.io` Kustomization, and what it changes there. A folder
 * without a kustomization is built from all manifests below it.
 * Source: fluxcd.io/flux/components/kustomize/kustomizations/#generating-a-kustomizationyaml-file
 */
export function findFluxBuilds(tree: Tree, nodes: ReadonlyMap<string, KustomizeNode>): FluxBuilds {
  const candidates = tree.entries.filter(({ path, kind }) => kind === 'file' && isYaml(path)).map(({ path }) => path)
  tree.prefetch(candidates)
  const builds: KustomizeNode[] = []
  let flux = false
  for (const path of candidates) {
    const read = tree.read(path)
    if (!read.ok || !read.source.text.includes(FLUX_GROUP)) continue
    flux = true
    for (const { value } of parseYaml(read.source).documents) {
      const build = readBuild(value, nodes, candidates)
      if (build !== undefined) builds.push(build)
    }
  }
  return { builds, flux }
}

const FLUX_GROUP = 'kustomize.toolkit.fluxcd.io/'

/** Fields of `spec` that change the network's objects; images do not, and substitutions are marked value by value. */
const CHANGES = [
  'targetNamespace',
  'namePrefix',
  'nameSuffix',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'components',
  'commonMetadata',
]

function readBuild(
  value: Value,
  nodes: ReadonlyMap<string, KustomizeNode>,
  candidates: readonly string[],
): KustomizeNode | undefined {
  if (stringOf(get(value, 'kind')) !== 'Kustomization') return undefined
  if (!stringOf(get(value, 'apiVersion'))?.startsWith(FLUX_GROUP)) return undefined
  const spec = get(value, 'spec')
  const folder = localPath('.', stringOf(get(spec, 'path'))?.replace(/^\/+/, '') ?? '.')
  if (folder === undefined || folder.includes('${')) return undefined
  const changed = CHANGES.find((field) => !isEmpty(get(spec, field)))
  const name = stringOf(get(get(value, 'metadata'), 'name')) ?? ''
  const changes = changed === undefined ? {} : { changes: `Flux's Kustomization ${name} sets \`${changed}\`` }
  if (nodes.has(folder)) return { folder, isFile: false, files: [], folders: [folder], own: [], ...changes }
  // Without a change the files are plain manifests already, and the tree's root would be listed again and again.
  if (changed === undefined) return undefined
  const prefix = folder === '.' ? '' : `${folder}/`
  const files = candidates.filter((path) => path.startsWith(prefix))
  if (files.length === 0) return undefined
  return { folder, isFile: false, files, folders: [], own: [], ...changes }
}
