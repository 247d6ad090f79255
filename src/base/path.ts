import { dirname } from 'node:path/posix'

/** The folder of a path as units name it: `.` for the tree's root. Paths are POSIX, relative to the tree. */
export function folderOf(path: string): string {
  return dirname(path)
}

/** Every folder that holds the path, the nearest first and the root last. */
export function foldersOf(path: string): readonly string[] {
  const folders = [folderOf(path)]
  while (folders.at(-1) !== '.') folders.push(folderOf(folders.at(-1)!))
  return folders
}

/** What stands after the last slash. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** A path as a person may write it, without `.`, `..` and empty parts; `..` never leads out of the tree. The root is `.`. */
export function normalisePath(path: string): string {
  const parts: string[] = []
  for (const part of path.split(/[\\/]/)) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.length === 0 ? '.' : parts.join('/')
}
