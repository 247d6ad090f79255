import { statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import { InputError } from '../base/problem.ts'
import { BlobStore } from './blob-store.ts'
import { openFolder } from './folder.ts'
import { findRevision, openRevision } from './git-tree.ts'
import type { Tree } from './tree.ts'

export interface OpenOptions {
  /** Folder of a work tree or a bare repository in which revisions are looked up. */
  readonly repo?: string
  /** Shared by the trees of one run, so that they share what is equal. */
  readonly store?: BlobStore
}

/**
 * Opens a tree by what a user calls it: a folder or a git revision.
 *
 * Where both have that name, the folder is meant, unless `repo` was given; `./name` is always a folder.
 * Throws {@link InputError} when it is neither.
 */
export function openTree(spec: string, options: OpenOptions = {}): Tree {
  const store = options.store ?? new BlobStore()
  const folderFirst = options.repo === undefined || isAbsolute(spec) || /^\.{0,2}(?:[/\\]|$)/.test(spec)
  if (folderFirst && isFolder(spec)) return openFolder(spec, spec, store)
  const repo = options.repo ?? '.'
  if (!isFolder(repo)) throw new InputError(`the repository ${repo} is not a folder`)
  const { revision, problem } = lookUp(repo, spec, options.repo !== undefined)
  if (revision !== undefined) return openRevision(spec, repo, revision, store)
  if (isFolder(spec)) return openFolder(spec, spec, store)
  throw new InputError(`${JSON.stringify(spec)} is neither a folder nor a git revision${problem}`)
}

/** A repository that cannot be read is an error of its own only where the user named it. */
function lookUp(repo: string, spec: string, named: boolean) {
  try {
    return { revision: findRevision(repo, spec), problem: ` of ${named ? repo : 'the repository here'}` }
  } catch (error) {
    if (named || !(error instanceof InputError)) throw error
    return { revision: undefined, problem: `; ${error.message}` }
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
