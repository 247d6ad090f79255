import type { Tree } from '../../source/tree.ts'
import type { ParseCache, UnitRequest } from '../front-end.ts'
import type { RenderedUnit } from '../resource.ts'

interface Remembered {
  /** Every path that the rendering asked for, with the id that it had, undefined where nothing was there. */
  readonly asked: ReadonlyMap<string, string | undefined>
  readonly rendered: RenderedUnit
}

/** Renders a unit, or gives what was made of it in the other tree of the run where no file that it asked for differs. */
export function renderOnce(
  tree: Tree,
  request: UnitRequest,
  cache: ParseCache,
  render: (tree: Tree, request: UnitRequest) => RenderedUnit,
): RenderedUnit {
  const key = [request.path, ...request.inputs, request.environment ?? ''].join('\0')
  const slot = cache.parsed(`unit ${request.kind}`, key, '', (): { last?: Remembered } => ({}))
  if (slot.last !== undefined && isAsBefore(tree, slot.last.asked)) return slot.last.rendered
  const asked = new Map<string, string | undefined>()
  let wasListed = false
  const recorded: Tree = {
    name: tree.name,
    get entries() {
      wasListed = true
      return tree.entries
    },
    entry(path) {
      const entry = tree.entry(path)
      asked.set(path, entry?.id)
      return entry
    },
    read(path) {
      asked.set(path, tree.entry(path)?.id)
      return tree.read(path)
    },
    prefetch: (paths) => tree.prefetch(paths),
  }
  const rendered = render(recorded, request)
  // What depends on which files there are is made anew.
  if (!wasListed) slot.last = { asked, rendered }
  return rendered
}

function isAsBefore(tree: Tree, asked: ReadonlyMap<string, string | undefined>): boolean {
  for (const [path, id] of asked) if (tree.entry(path)?.id !== id) return false
  return true
}
