import { createGunzip } from 'node:zlib'
import { InputError } from '../base/problem.ts'
import { BlobStore } from './blob-store.ts'
import { decodeContent, MAX_FILE_BYTES, startBlobId, tooLarge } from './content.ts'
import { indexEntries, notAFile } from './entries.ts'
import { type TarMember, TarReader } from './tar.ts'
import type { FileRead, Tree, TreeEntry } from './tree.ts'

export interface TarballOptions {
  readonly store?: BlobStore
  /**
   * The files of the commit as GitHub's tree listing names them, paths and blob ids.
   *
   * Without it the archive is taken at its word, but `git archive` leaves out what `.gitattributes` marks `export-ignore`,
   * rewrites `export-subst`, and shows a submodule as an empty folder. With it such a file is there and unreadable.
   */
  readonly listing?: readonly TreeEntry[]
  readonly maxEntries?: number
  /** Bytes of the unpacked archive. */
  readonly maxBytes?: number
}

/** Twice what GitHub's own tree listing gives in one answer. */
const MAX_ENTRIES = 200_000
/** Bytes; a gzip stream of a few megabytes can unpack to many gigabytes. */
const MAX_BYTES = 1024 * 1024 * 1024
/** Bytes of text that are kept; files beyond it are in the tree and unreadable. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024

/**
 * A tree from a gzipped tar archive as GitHub makes it: everything lies in one folder, which is left off.
 *
 * Nothing is written to disk and no link is followed. Throws {@link InputError} for a broken archive, for a path that leads out
 * of it, and beyond the limits.
 */
export async function treeFromTarball(
  name: string,
  archive: AsyncIterable<Uint8Array> | Uint8Array,
  options: TarballOptions = {},
): Promise<Tree> {
  const store = options.store ?? new BlobStore()
  const packed = await unpack(name, archive, store, options)
  const { entries, byPath } = indexEntries(name, options.listing ?? packed.entries)
  const contents = new Map(packed.entries.map((entry) => [entry.path, entry]))
  return {
    name,
    ...(packed.commit !== undefined && { commit: packed.commit }),
    entries,
    entry: (path) => byPath.get(path),
    read(path) {
      const entry = byPath.get(path)
      if (entry?.kind !== 'file') return notAFile(path, entry?.kind)
      return store.read(path, entry.id, () => explainMissing(entry, contents.get(path)))
    },
    prefetch: () => {},
  }
}

/** Why the store does not hold the content of a file that is listed. */
function explainMissing(listed: TreeEntry, packed: TreeEntry | undefined): Extract<FileRead, { ok: false }> {
  if (packed === undefined) {
    const message = 'the archive of the commit lacks the file (.gitattributes marks it export-ignore)'
    return { ok: false, reason: 'unreadable', message }
  }
  if (packed.id !== listed.id) {
    const message = 'the archive of the commit holds another content of the file (.gitattributes rewrites it)'
    return { ok: false, reason: 'unreadable', message }
  }
  if (packed.size !== undefined && packed.size > MAX_FILE_BYTES) return tooLarge(packed.size)
  const message = `the files of the archive have more than ${MAX_KEPT_BYTES.toLocaleString('en-US')} bytes of text`
  return { ok: false, reason: 'too-large', message }
}

interface Packed {
  readonly entries: readonly TreeEntry[]
  readonly commit?: string
}

async function unpack(
  name: string,
  archive: AsyncIterable<Uint8Array> | Uint8Array,
  store: BlobStore,
  options: TarballOptions,
): Promise<Packed> {
  const maxEntries = options.maxEntries ?? MAX_ENTRIES
  const maxBytes = options.maxBytes ?? MAX_BYTES
  const entries: TreeEntry[] = []
  const folders: string[] = []
  let kept = 0
  const reader = new TarReader(name, (member, chunks) => {
    if (entries.length + folders.length >= maxEntries) {
      throw new InputError(`${name} holds more than ${maxEntries.toLocaleString('en-US')} entries`)
    }
    const path = withoutRoot(member.path)
    if (path === '') {
      if (member.kind === 'folder') return
      throw new InputError(
        `${name} is not an archive of a commit: ${JSON.stringify(member.path)} lies outside of its folder`,
      )
    }
    if (member.kind === 'folder') {
      folders.push(path)
      return
    }
    const { entry, content } = toEntry(path, member, chunks)
    entries.push(entry)
    if (entry.kind !== 'file' || content === undefined || store.has(entry.id)) return
    const decoded = decodeContent(content)
    if (decoded.ok) {
      if (kept + content.length > MAX_KEPT_BYTES) return
      kept += content.length
    }
    store.put(entry.id, decoded)
  })
  let bytes = 0
  try {
    for await (const chunk of gunzip(archive)) {
      bytes += chunk.length
      if (bytes > maxBytes)
        throw new InputError(`${name} unpacks to more than ${maxBytes.toLocaleString('en-US')} bytes`)
      reader.write(chunk)
    }
    reader.end()
  } catch (error) {
    if (error instanceof InputError) throw error
    throw new InputError(`${name} is not a readable archive: ${(error as Error).message}`)
  }
  const commit = COMMIT.exec(reader.comment ?? '')?.[0]
  return { entries: [...entries, ...findSubmodules(entries, folders)], ...(commit !== undefined && { commit }) }
}
/** `git archive` writes the commit's id as the archive's comment. Source: git-scm.com/docs/git-archive */
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/

async function* gunzip(archive: AsyncIterable<Uint8Array> | Uint8Array): AsyncIterable<Buffer> {
  const stream = createGunzip()
  // Fed by hand, so that an error of the source and one of the unpacking both end here.
  const feeding = feed(archive, stream)
  feeding.catch((error: unknown) => stream.destroy(error as Error))
  yield* stream as AsyncIterable<Buffer>
  await feeding
}

async function feed(
  archive: AsyncIterable<Uint8Array> | Uint8Array,
  stream: ReturnType<typeof createGunzip>,
): Promise<void> {
  for await (const chunk of archive instanceof Uint8Array ? [archive] : archive) {
    if (stream.destroyed) return
    if (!stream.write(chunk)) {
      await new Promise<void>((resolve) => {
        stream.once('drain', resolve)
        stream.once('close', resolve)
      })
    }
  }
  stream.end()
}

function withoutRoot(path: string): string {
  const trimmed = path.endsWith('/') ? path.slice(0, -1) : path
  const slash = trimmed.indexOf('/')
  return slash === -1 ? '' : trimmed.slice(slash + 1)
}

function toEntry(path: string, member: TarMember, chunks: readonly Buffer[]): { entry: TreeEntry; content?: Buffer } {
  if (member.kind === 'symlink') {
    const target = Buffer.from(member.link, 'utf8')
    return { entry: { path, kind: 'symlink', id: startBlobId(target.length).update(target).digest('hex') } }
  }
  const hash = startBlobId(member.size)
  for (const chunk of chunks) hash.update(chunk)
  const entry: TreeEntry = { path, kind: 'file', id: hash.digest('hex'), size: member.size }
  return member.size > MAX_FILE_BYTES ? { entry } : { entry, content: Buffer.concat(chunks) }
}

/** Git keeps no empty folders, so one in the archive is a submodule. The archive does not tell its commit. */
function findSubmodules(entries: readonly TreeEntry[], folders: readonly string[]): readonly TreeEntry[] {
  const inUse = new Set<string>()
  for (const path of [...entries.map((entry) => entry.path), ...folders]) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash)
      if (inUse.has(folder)) break
      inUse.add(folder)
    }
  }
  return folders
    .filter((folder) => !inUse.has(folder))
    .map((path) => ({ path, kind: 'submodule', id: UNKNOWN_COMMIT }) as const)
}
const UNKNOWN_COMMIT = '0'.repeat(40)
