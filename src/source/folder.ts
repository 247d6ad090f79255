import { closeSync, type Dirent, openSync, readdirSync, readFileSync, readlinkSync, readSync, statSync } from 'node:fs'
import { resolve, sep } from 'node:path'
import { byCodeUnit } from '../base/order.ts'
import { InputError } from '../base/problem.ts'
import type { BlobStore } from './blob-store.ts'
import { type Content, decodeContent, MAX_FILE_BYTES, startBlobId, toBlobId, tooLarge } from './content.ts'
import { notAFile } from './entries.ts'
import type { FileRead, Tree, TreeEntry } from './tree.ts'

/**
 * The tree of a folder. Symbolic links are entries of their own and never followed; `.git` is left out at every depth, and so are
 * sockets, pipes and devices, which git does not keep either.
 *
 * Listing reads no content: the id of a file is computed when somebody asks for it.
 */
export function openFolder(name: string, folder: string, store: BlobStore): Tree {
  const root = resolve(folder)
  const entries = listFolder(name, root, store)
  const byPath = new Map(entries.map((entry) => [entry.path, entry]))
  return {
    name,
    entries,
    entry: (path) => byPath.get(path),
    read(path) {
      const entry = byPath.get(path)
      if (entry?.kind !== 'file') return notAFile(path, entry?.kind)
      return entry.read()
    },
    // Files of a folder cost the same one by one.
    prefetch: () => {},
  }
}

/** A folder with more files than this was not meant. */
const MAX_ENTRIES = 1_000_000
/** Levels of folders. Linux allows paths of 4,096 bytes. */
const MAX_DEPTH = 2_000

function listFolder(name: string, root: string, store: BlobStore): readonly FolderEntry[] {
  const entries: FolderEntry[] = []
  const walk = (folder: string, prefix: string, depth: number): void => {
    if (depth > MAX_DEPTH) throw new InputError(`${name} is nested deeper than ${MAX_DEPTH} folders`)
    for (const item of readFolder(folder)) {
      const path = prefix + item.name
      if (item.name === '.git') continue
      const file = `${folder}${sep}${item.name}`
      if (item.isDirectory()) walk(file, `${path}/`, depth + 1)
      else if (item.isSymbolicLink()) entries.push(new FolderEntry(path, 'symlink', file, store))
      else if (item.isFile()) entries.push(new FolderEntry(path, 'file', file, store))
      if (entries.length > MAX_ENTRIES) throw new InputError(`${name} holds more than ${MAX_ENTRIES} files`)
    }
  }
  walk(root.endsWith(sep) ? root.slice(0, -1) : root, '', 0)
  return entries.sort((a, b) => byCodeUnit(a.path, b.path))
}

function readFolder(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw new InputError(`cannot list the folder ${folder}: ${(error as Error).message}`)
  }
}

/** Computes its id on demand and offers what it had to read for it to the store. */
class FolderEntry implements TreeEntry {
  readonly path: string
  readonly kind: 'file' | 'symlink'
  readonly #file: string
  readonly #store: BlobStore
  #id: string | undefined
  #failure: string | undefined
  #read: FileRead | undefined

  constructor(path: string, kind: 'file' | 'symlink', file: string, store: BlobStore) {
    this.path = path
    this.kind = kind
    this.#file = file
    this.#store = store
  }

  /** {@link NULL_ID} where the file cannot be read. */
  get id(): string {
    this.#id ??= this.#attempt(() => this.#identify()) ?? NULL_ID
    return this.#id
  }

  read(): FileRead {
    this.#read ??= this.#readOnce()
    return this.#read
  }

  #readOnce(): FileRead {
    const { id } = this
    if (this.#failure !== undefined) return unreadable(this.#failure)
    return this.#store.read(this.path, id, () => this.#attempt(() => this.#load()) ?? unreadable(this.#failure ?? ''))
  }

  #identify(): string {
    // Git keeps a link as a blob that holds its target.
    if (this.kind === 'symlink') return toBlobId(readlinkSync(this.#file, { encoding: 'buffer' }))
    const bytes = readSmallFile(this.#file) ?? readWithin(this.#file, MAX_FILE_BYTES)
    if (typeof bytes === 'number') return hashLargeFile(this.#file, bytes)
    const id = toBlobId(bytes)
    this.#store.offer(id, bytes)
    return id
  }

  #load(): Content {
    const bytes = readSmallFile(this.#file) ?? readWithin(this.#file, MAX_FILE_BYTES)
    return typeof bytes === 'number' ? tooLarge(bytes) : decodeContent(bytes)
  }

  #attempt<T>(action: () => T): T | undefined {
    try {
      return action()
    } catch (error) {
      this.#failure = `the file cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`
      return undefined
    }
  }
}

/** What git calls no object. */
const NULL_ID = '0'.repeat(40)

function unreadable(message: string): Extract<FileRead, { ok: false }> {
  return { ok: false, reason: 'unreadable', message }
}

/** Manifests are smaller than this; whatever fills it is read another way. */
const SMALL = Buffer.allocUnsafe(64 * 1024)

/**
 * The bytes of a file that is smaller than {@link SMALL}, in that buffer: good until the next call. Trees hold tens of thousands of such
 * files, and to ask for the size of each first takes as long again.
 */
function readSmallFile(file: string): Buffer | undefined {
  const handle = openSync(file, 'r')
  try {
    let length = 0
    while (length < SMALL.length) {
      const more = readSync(handle, SMALL, length, SMALL.length - length, null)
      if (more === 0) return SMALL.subarray(0, length)
      length += more
    }
    return undefined
  } finally {
    closeSync(handle)
  }
}

/** The bytes of a file, or its size where that is above the limit. */
function readWithin(file: string, limit: number): Buffer | number {
  const { size } = statSync(file)
  return size > limit ? size : readFileSync(file)
}

function hashLargeFile(file: string, size: number): string {
  const hash = startBlobId(size)
  const chunk = Buffer.allocUnsafe(1024 * 1024)
  const handle = openSync(file, 'r')
  try {
    for (let length = readSync(handle, chunk); length > 0; length = readSync(handle, chunk)) {
      hash.update(chunk.subarray(0, length))
    }
  } finally {
    closeSync(handle)
  }
  return hash.digest('hex')
}
