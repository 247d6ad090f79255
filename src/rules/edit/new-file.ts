import type { StateView } from '../../compare/state-view.ts'
import type { Resource } from '../../parse/resource.ts'
import { lineBreakOf } from '../../parse/yaml-span.ts'

/** A path for a new manifest in the folder that most of the resources stand in, and the line break that is usual there. */
export function placeBeside(
  view: StateView,
  resources: readonly Resource[],
  name: string,
): { readonly path: string; readonly lineBreak: string } | undefined {
  const folders = new Map<string, { count: number; readonly text: string }>()
  for (const { origin, unit } of resources) {
    if (unit.kind !== 'manifests') return undefined
    const { path, text } = origin.source
    const folder = path.slice(0, path.lastIndexOf('/') + 1)
    const same = folders.get(folder)
    if (same === undefined) folders.set(folder, { count: 1, text })
    else same.count++
  }
  const [best] = [...folders].sort(([, a], [, b]) => b.count - a.count)
  if (best === undefined) return undefined
  const [folder, { text }] = best
  const taken = new Set(view.resources.map(({ origin }) => origin.source.path))
  for (let number = 1; number < 10; number++) {
    const path = `${folder}${safeName(name)}${number === 1 ? '' : `-${number}`}.yaml`
    if (!taken.has(path)) return { path, lineBreak: lineBreakOf(text) }
  }
  return undefined
}

/** Names of the tree may hold anything. */
function safeName(name: string): string {
  return name.replace(/[^a-z0-9.-]/gi, '-').slice(0, 100)
}
