import type { Problem } from '../../base/problem.ts'
import { readManifest } from '../../parse/kubernetes/read-manifest.ts'
import type { Resource } from '../../parse/resource.ts'
import type { Tree } from '../../source/tree.ts'
import type { NpGuardInput } from './input.ts'

/**
 * Reads every YAML and JSON file of a tree by itself, whether it belongs to a chart or a kustomization or not, up to the first document
 * that is broken. `only` takes one file.
 */
export function readNpGuardInput(tree: Tree, only?: string): NpGuardInput {
  const resources: Resource[] = []
  const problems: Problem[] = []
  let files = 0
  for (const { path, kind } of tree.entries) {
    if (kind !== 'file' || (only !== undefined && path !== only) || !/\.(?:ya?ml|json)$/.test(path)) continue
    files++
    const read = tree.read(path)
    if (!read.ok) {
      problems.push({ code: 'not-readable', message: read.message, at: { file: path } })
      continue
    }
    const manifest = readManifest(read.source, { flux: false })
    const end = brokenAt(manifest.problems)
    resources.push(...manifest.resources.filter(({ origin }) => origin.start < end))
    problems.push(...manifest.problems)
  }
  return { name: tree.name, resources, problems, files }
}

/** Where the first broken document of a file stands: that analyser's reader stops there. */
function brokenAt(problems: readonly Problem[]): number {
  const starts = problems.flatMap(({ code, at }) => (code === 'syntax' && 'start' in at ? at.start : []))
  return Math.min(Number.POSITIVE_INFINITY, ...starts)
}
