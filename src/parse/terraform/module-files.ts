import type { FileRead, Tree } from '../../source/tree.ts'

/** Reads files for one rendering and remembers which: a change of any other file cannot concern it. */
export class ModuleFiles {
  readonly #tree: Tree
  /** Path to blob id; empty for what is not there. */
  readonly #read = new Map<string, string>()
  readonly #listed = new Set<string>()
  readonly #modules = new Set<ModuleListing>()

  constructor(tree: Tree) {
    this.#tree = tree
  }

  read(path: string): FileRead {
    this.#read.set(path, this.idOf(path))
    return this.#tree.read(path)
  }

  /** The blob id of what is at a path; empty for what is not there. */
  idOf(path: string): string {
    return this.#tree.entry(path)?.id ?? ''
  }

  has(path: string): boolean {
    const entry = this.#tree.entry(path)
    if (!this.#read.has(path)) this.#read.set(path, entry === undefined ? '' : entry.id)
    return entry?.kind === 'file'
  }

  /** Notes the files of a module, which were read for this or an earlier rendering of the same tree. */
  note(module: ModuleListing): void {
    this.#modules.add(module)
  }

  /** Notes that the names of the files of a folder were asked for. */
  listed(folder: string): void {
    this.#listed.add(folder)
  }

  get listedFolders(): ReadonlySet<string> {
    return this.#listed
  }

  /** The paths that were looked at one by one, with the id of what was there. */
  get looked(): ReadonlyMap<string, string> {
    return this.#read
  }

  get modules(): ReadonlySet<ModuleListing> {
    return this.#modules
  }

  /** Every file that was read, sorted. */
  get paths(): readonly string[] {
    const paths = new Set<string>()
    for (const [path, id] of this.#read) if (id !== '') paths.add(path)
    for (const { files } of this.#modules) for (const path of files.keys()) paths.add(path)
    return [...paths].sort()
  }
}

/** The files of one module, noted as one: many root modules have it, in many environments. */
export interface ModuleListing {
  /** Path to blob id. */
  readonly files: ReadonlyMap<string, string>
}

/** Which files stand in which folder. */
export interface FolderIndex {
  /** Names, sorted; none for a folder that is not there. */
  filesOf(folder: string): readonly string[]
  /** The same as one text: equal where the folder holds files of the same names. */
  listing(folder: string): string
  readonly folders: ReadonlyMap<string, readonly string[]>
}

const indexes = new WeakMap<Tree, FolderIndex>()

/** Built once for each tree. O(entries). */
export function folderIndex(tree: Tree): FolderIndex {
  let index = indexes.get(tree)
  if (index === undefined) {
    const folders = new Map<string, string[]>()
    for (const { path, kind } of tree.entries) {
      if (kind !== 'file') continue
      const slash = path.lastIndexOf('/')
      const folder = slash < 0 ? '.' : path.slice(0, slash)
      const names = folders.get(folder)
      if (names === undefined) folders.set(folder, [path.slice(slash + 1)])
      else names.push(path.slice(slash + 1))
    }
    const listings = new Map<string, string>()
    index = {
      folders,
      filesOf: (folder) => folders.get(folder) ?? [],
      listing(folder) {
        let listing = listings.get(folder)
        if (listing === undefined) {
          listing = folders.get(folder)?.join('\n') ?? ''
          listings.set(folder, listing)
        }
        return listing
      },
    }
    indexes.set(tree, index)
  }
  return index
}

/** `path` as seen from `folder`, without `.` and `..`; undefined where it leaves the tree. */
export function joinPath(folder: string, path: string): string | undefined {
  if (path.startsWith('/')) return undefined
  const parts = folder === '.' ? [] : folder.split('/')
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.length === 0 ? '.' : parts.join('/')
}

/** `to` as a path that starts in the folder `from`: `../shared/net`, `.` for the folder itself. */
export function relativePath(from: string, to: string): string {
  const a = from === '.' ? [] : from.split('/')
  const b = to === '.' ? [] : to.split('/')
  let shared = 0
  while (shared < a.length && shared < b.length && a[shared] === b[shared]) shared++
  const parts = [...a.slice(shared).map(() => '..'), ...b.slice(shared)]
  return parts.length === 0 ? '.' : parts.join('/')
}
