import { InputError } from '../base/problem.ts'
import type { BlobStore } from './blob-store.ts'
import { type Content, decodeContent, MAX_FILE_BYTES, tooLarge } from './content.ts'
import { indexEntries, notAFile } from './entries.ts'
import { runGit } from './git.ts'
import { type Listing, listRevision } from './list-revision.ts'
import type { FileRead, Tree, TreeEntry } from './tree.ts'

/** A revision: what it names, and the tree to list. */
export interface Revision {
  /** Absent where the name is that of a tree object (`main:apps`). */
  readonly commit?: string
  readonly tree: string
}

/** Ids of a revision's commit and tree, or undefined where the repository has none of that name. */
export function findRevision(repo: string, name: string): Revision | undefined {
  // Names go in by standard input, one a line, so that none can be taken for an option; a name with a line end is no name.
  if (name === '' || /[\n\r\0]/.test(name)) return undefined
  const input = `${name}^{commit}\n${name}^{tree}\n${name}\n`
  const { ok, stdout, stderr } = runGit({ repo, args: ['cat-file', '--batch-check'], input })
  if (!ok) throw new InputError(explainRepository(repo, stderr))
  const [commit, tree, itself] = stdout
    .toString('utf8')
    .split('\n')
    .map((line) => OBJECT.exec(line))
  if (tree?.[2] === 'tree') return { ...(commit?.[2] === 'commit' && { commit: commit[1]! }), tree: tree[1]! }
  return itself?.[2] === 'tree' ? { tree: itself[1]! } : undefined
}
const OBJECT = /^([0-9a-f]{40}|[0-9a-f]{64}) (\w+) (\d+)$/

function explainRepository(repo: string, stderr: string): string {
  if (/dubious ownership/.test(stderr)) {
    return `git does not trust ${repo} because another user owns it; run: git config --global --add safe.directory ${repo}`
  }
  if (/not a git repository/.test(stderr)) return `${repo === '.' ? 'this folder' : repo} is not in a git repository`
  return `git could not read the repository ${repo}: ${stderr}`
}

/**
 * The tree of a revision, read from git's object store: no checkout, no filter, nothing written.
 *
 * One process lists the tree; contents come in batches, one process for each {@link Tree.prefetch} and one for each file that
 * was not announced.
 */
export function openRevision(name: string, repo: string, revision: Revision, store: BlobStore): Tree {
  const listing = listRevision(repo, revision.tree, listings.get(store))
  listings.set(store, listing)
  const { entries, byPath } = indexEntries(name, listing.entries)
  const load = (id: string): Content => {
    readBlobs(repo, [id], store)
    return store.get(id) ?? MISSING
  }
  const reads = new Map<string, FileRead>()
  const readOnce = (path: string): FileRead => {
    const entry = byPath.get(path)
    if (entry?.kind !== 'file') return notAFile(path, entry?.kind)
    return store.read(path, entry.id, () => (isTooLarge(entry) ? tooLarge(entry.size!) : load(entry.id)))
  }
  return {
    name,
    ...(revision.commit !== undefined && { commit: revision.commit }),
    entries,
    entry: (path) => byPath.get(path),
    read(path) {
      let read = reads.get(path)
      if (read === undefined) {
        read = readOnce(path)
        reads.set(path, read)
      }
      return read
    },
    prefetch(paths) {
      let ids: string[] = []
      let bytes = 0
      const wanted = new Set<string>()
      for (const path of paths) {
        const entry = byPath.get(path)
        if (entry?.kind !== 'file' || isTooLarge(entry) || wanted.has(entry.id) || store.has(entry.id)) continue
        wanted.add(entry.id)
        ids.push(entry.id)
        bytes += entry.size ?? ASSUMED_BYTES
        if (bytes > BATCH_BYTES) {
          readBlobs(repo, ids, store)
          ids = []
          bytes = 0
        }
      }
      if (ids.length > 0) readBlobs(repo, ids, store)
    },
  }
}

/** The last listing of each run: base and head are alike, and share the entries that are equal. */
const listings = new WeakMap<BlobStore, Listing>()

/** Bytes of content after which a batch is read: bounds the memory that raw bytes take beside the decoded text. */
const BATCH_BYTES = 32 * 1024 * 1024
/** Bytes that a blob is taken to have where the clone does not know. */
const ASSUMED_BYTES = 64 * 1024
const MISSING: Content = {
  ok: false,
  reason: 'unreadable',
  message:
    'git could not read the object; a partial clone lacks it (leave "filter" out of actions/checkout), or it is broken',
}

function isTooLarge(entry: TreeEntry): boolean {
  return entry.size !== undefined && entry.size > MAX_FILE_BYTES
}

/** Reads blobs into the store, in one process as long as the repository is whole. Objects that it lacks are stored as such. */
function readBlobs(repo: string, ids: readonly string[], store: BlobStore): void {
  let wanted = [...ids]
  for (let failures = 0; wanted.length > 0 && failures < MAX_FAILURES; failures++) {
    readBatch(repo, wanted, store)
    wanted = wanted.filter((id) => !store.has(id))
    // Some versions of git end at an object that they cannot give; what came before it is good, and the rest is asked for again.
    const culprit = wanted.shift()
    if (culprit !== undefined) store.put(culprit, MISSING)
  }
  for (const id of wanted) store.put(id, MISSING)
}

/** Processes after which a clone is taken to lack all that is still asked for. */
const MAX_FAILURES = 32

function readBatch(repo: string, ids: readonly string[], store: BlobStore): void {
  // What the sizes add up to, where they were known, and one file more; the slack holds the header lines.
  const maxOutput = BATCH_BYTES + 2 * MAX_FILE_BYTES + ids.length * 128 + 1024
  const { stdout } = runGit({ repo, args: ['cat-file', '--batch'], input: `${ids.join('\n')}\n`, maxOutput })
  let at = 0
  for (const id of ids) {
    const lineEnd = stdout.indexOf(0x0a, at)
    if (lineEnd === -1) return
    const size = OBJECT.exec(stdout.toString('latin1', at, lineEnd))?.[3]
    at = lineEnd + 1
    if (size === undefined) {
      store.put(id, MISSING)
      continue
    }
    store.put(id, decodeContent(stdout.subarray(at, at + Number(size))))
    at += Number(size) + 1
  }
}
