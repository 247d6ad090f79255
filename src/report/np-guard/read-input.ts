import type { Problem } from '../../base/problem.ts'
import type { MapValue, Value } from '../../base/value.ts'
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
    const kept = manifest.resources.filter(({ origin }) => origin.start < end)
    resources.push(...(SINGLE_LETTER.test(read.source.text) ? kept.map(withLetters) : kept))
    problems.push(...manifest.problems)
  }
  return { name: tree.name, resources, problems, files }
}

/** Where the first broken document of a file stands: that analyser's reader stops there. */
function brokenAt(problems: readonly Problem[]): number {
  const starts = problems.flatMap(({ code, at }) => (code === 'syntax' && 'start' in at ? at.start : []))
  return Math.min(Number.POSITIVE_INFINITY, ...starts)
}

/** A `y` or `n` without quotes: that analyser takes it for text where the cluster's readers take it for a boolean. */
const SINGLE_LETTER = /[:[,-][ \t]*[yYnN][ \t]*(?:[\],}#\r\n]|$)/

function withLetters(resource: Resource): Resource {
  return { ...resource, value: lettersIn(resource.value) as MapValue }
}

function lettersIn(value: Value): Value {
  switch (value.kind) {
    case 'map':
      return {
        ...value,
        entries: new Map([...value.entries].map(([key, entry]) => [key, { ...entry, value: lettersIn(entry.value) }])),
      }
    case 'list':
      return { ...value, items: value.items.map(lettersIn) }
    case 'scalar': {
      if (typeof value.value !== 'boolean') return value
      const { source, start, end } = value.origin
      const text = source.text.slice(start, end)
      return text.length === 1 ? { ...value, value: text } : value
    }
    default:
      return value
  }
}
