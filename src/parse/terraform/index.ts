import type { Tree } from '../../source/tree.ts'
import type { FrontEnd, ParseCache, UnitRequest } from '../front-end.ts'
import type { RenderedUnit } from '../resource.ts'
import { findModules } from './find.ts'
import { type FolderIndex, folderIndex, type ModuleListing } from './module-files.ts'
import { renderModule } from './render.ts'

/**
 * Terraform and OpenTofu: root modules with their local modules, evaluated without running anything.
 *
 * A resource's value holds its arguments and, by type, its blocks as lists of objects; `count`, `for_each`, `provider`,
 * `depends_on`, `lifecycle`, provisioners and connections are left out. In a list of blocks an unknown stands for any number
 * of them. Data sources have the kind `data.TYPE`; the call of a module that is not in the tree has the kind `module` and its
 * arguments with `source` and `version` as value; versions of the tool and of providers stand in one resource of kind and
 * address `terraform`. An argument is evaluated when the value of its resource is first read.
 */
export const terraform: FrontEnd = {
  find: findModules,
  render: (tree, request, cache) => renderOnce(tree, request, cache),
}

/** What a rendering depended on: a tree in which all of it is the same gives the same result. */
interface Remembered {
  readonly rendered: RenderedUnit
  readonly looked: ReadonlyMap<string, string>
  readonly modules: ReadonlySet<ModuleListing>
  readonly listed: ReadonlyMap<string, string>
}

/** Base and head differ in few files: a unit that read none of these is rendered once for both. */
function renderOnce(tree: Tree, request: UnitRequest, cache: ParseCache): RenderedUnit {
  const key = JSON.stringify([request.path, request.inputs, request.environment, request.plan, request.workspace])
  const known = cache.parsed<Remembered[]>('terraform', key, '', () => [])
  const folders = folderIndex(tree)
  for (const remembered of known) if (isSame(tree, folders, remembered)) return remembered.rendered
  const { rendered, files } = renderModule(tree, request)
  known.push({
    rendered,
    looked: files.looked,
    modules: files.modules,
    listed: new Map([...files.listedFolders].map((folder) => [folder, folders.listing(folder)])),
  })
  return rendered
}

function isSame(tree: Tree, folders: FolderIndex, { looked, modules, listed }: Remembered): boolean {
  for (const module of modules) if (!holds(tree, module)) return false
  for (const [path, id] of looked) if ((tree.entry(path)?.id ?? '') !== id) return false
  for (const [folder, names] of listed) if (folders.listing(folder) !== names) return false
  return true
}

const HELD = new WeakMap<Tree, Map<ModuleListing, boolean>>()

/** Whether a tree holds the files of a module as they were; looked up once for each tree. */
function holds(tree: Tree, module: ModuleListing): boolean {
  let known = HELD.get(tree)
  if (known === undefined) {
    known = new Map()
    HELD.set(tree, known)
  }
  let held = known.get(module)
  if (held === undefined) {
    held = [...module.files].every(([path, id]) => tree.entry(path)?.id === id)
    known.set(module, held)
  }
  return held
}
