import type { SourceText } from '../base/text.ts'

/** One version of the repository. Reading is synchronous: whatever is remote is fetched before a `Tree` exists. */
export interface Tree {
  /** As the user named it, or the commit id: `base.tree` and `head.tree` of the JSON output. */
  readonly name: string
  /** Id of the commit, where the tree is that of a commit. */
  readonly commit?: string
  /** Every entry, sorted by path in code-unit order. */
  readonly entries: readonly TreeEntry[]
  /** The entry at a path, or undefined. O(1). */
  entry(path: string): TreeEntry | undefined
  /** Text of a file; equal content under an equal path gives the identical object in base and head of one run. */
  read(path: string): FileRead
  /** Hints that these files are wanted soon, so that they are read in one go. */
  prefetch(paths: Iterable<string>): void
}

export interface TreeEntry {
  /** POSIX, relative to the tree's root, without `./`. */
  readonly path: string
  readonly kind: 'file' | 'symlink' | 'submodule'
  /** Git blob id (SHA-1 hex), also for folders: equal ids are equal contents. */
  readonly id: string
  /** Bytes, where the source tells without reading the file. */
  readonly size?: number
}

export type FileRead =
  | { readonly ok: true; readonly source: SourceText }
  | {
      readonly ok: false
      readonly reason: 'absent' | 'symlink' | 'submodule' | 'lfs-pointer' | 'too-large' | 'binary' | 'unreadable'
      /** For people. */
      readonly message: string
    }
