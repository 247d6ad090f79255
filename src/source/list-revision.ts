import { InputError } from '../base/problem.ts'
import { runGit } from './git.ts'
import type { TreeEntry } from './tree.ts'

/** Every entry of one tree object. */
export interface Listing {
  readonly repo: string
  /** Id of the tree object. */
  readonly tree: string
  readonly entries: readonly TreeEntry[]
}

/**
 * Lists a tree object. Where another tree of the repository was listed before, git is asked only for what differs, and what is equal is
 * the identical entry: base and head of a change have nearly all of it in common.
 */
export function listRevision(repo: string, tree: string, near?: Listing): Listing {
  const isNear = near?.repo === repo && near.entries.length >= LARGE
  return { repo, tree, entries: (isNear ? listByDifference(near, tree) : undefined) ?? listWhole(repo, tree) }
}

/** Entries from which on a second whole listing costs more than another process. */
const LARGE = 500
/** Bytes; a listing of some two million entries. */
const MAX_LISTING_BYTES = 256 * 1024 * 1024

function listWhole(repo: string, tree: string): readonly TreeEntry[] {
  const list = (...options: readonly string[]) =>
    runGit({ repo, args: ['ls-tree', '-r', '-z', ...options, '--full-tree', tree], maxOutput: MAX_LISTING_BYTES })
  let listing = list('-l')
  // A partial clone does not know the sizes of the blobs that it lacks, and git then gives no listing at all.
  if (!listing.ok) listing = list()
  if (!listing.ok) throw new InputError(`git could not list ${tree}: ${listing.stderr}`)
  return parseListing(listing.stdout.toString('utf8'))
}

/** Each entry is `<mode> SP <type> SP <id> [SP+ <size>] TAB <path> NUL`; the size is padded, and `-` for what is no blob. */
function parseListing(text: string): TreeEntry[] {
  const entries: TreeEntry[] = []
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\0', start)
    const tab = text.indexOf('\t', start)
    const mode = text.slice(start, start + 6)
    const idStart = text.indexOf(' ', start + 7) + 1
    const idLength = text.slice(idStart, tab).indexOf(' ')
    const idEnd = idLength === -1 ? tab : idStart + idLength
    const size = idEnd === tab ? Number.NaN : Number(text.slice(idEnd, tab))
    const path = text.slice(tab + 1, end)
    const id = text.slice(idStart, idEnd)
    entries.push(toEntry(path, mode, id, Number.isNaN(size) ? undefined : size))
    start = end + 1
  }
  return entries
}

function toEntry(path: string, mode: string, id: string, size: number | undefined): TreeEntry {
  const kind = mode === '120000' ? 'symlink' : mode === '160000' ? 'submodule' : 'file'
  return size === undefined ? { path, kind, id } : { path, kind, id, size }
}

/** Undefined where git cannot compare the trees: then it is asked for the whole one. */
function listByDifference({ repo, tree: before, entries }: Listing, tree: string): readonly TreeEntry[] | undefined {
  if (before === tree) return entries
  const args = [
    'diff-tree',
    '-r',
    '-z',
    '--raw',
    '--no-renames',
    '--no-abbrev',
    '--ignore-submodules=none',
    before,
    tree,
  ]
  const difference = runGit({ repo, args, maxOutput: MAX_LISTING_BYTES })
  if (!difference.ok) return undefined
  const changes = parseDifference(difference.stdout.toString('utf8'))
  const sizes = sizesOf(
    repo,
    [...changes.values()].flatMap((change) => change?.id ?? []),
  )
  const listed: TreeEntry[] = []
  for (const entry of entries) {
    if (!changes.has(entry.path)) listed.push(entry)
  }
  for (const [path, change] of changes) {
    if (change !== undefined) listed.push(toEntry(path, change.mode, change.id, sizes.get(change.id)))
  }
  return listed
}

interface NewEntry {
  readonly mode: string
  readonly id: string
}

/**
 * What stands at each path that differs; undefined where nothing does any more. Each change is
 * `:<mode> SP <mode> SP <id> SP <id> SP <status> NUL <path> NUL`, the old one first.
 */
function parseDifference(text: string): ReadonlyMap<string, NewEntry | undefined> {
  const changes = new Map<string, NewEntry | undefined>()
  const fields = text.split('\0')
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [, mode = '', , id = '', status] = fields[i]!.split(' ')
    changes.set(fields[i + 1]!, status === 'D' ? undefined : { mode, id })
  }
  return changes
}

/** Sizes of blobs in bytes, as far as the clone has them. */
function sizesOf(repo: string, ids: readonly string[]): ReadonlyMap<string, number> {
  if (ids.length === 0) return new Map()
  const { stdout } = runGit({
    repo,
    args: ['cat-file', '--batch-check'],
    input: `${ids.join('\n')}\n`,
    maxOutput: MAX_LISTING_BYTES,
  })
  const sizes = new Map<string, number>()
  for (const line of stdout.toString('latin1').split('\n')) {
    const [id, type, size] = line.split(' ')
    if (id !== undefined && type === 'blob') sizes.set(id, Number(size))
  }
  return sizes
}
