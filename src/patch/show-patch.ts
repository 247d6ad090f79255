import { createTwoFilesPatch } from 'diff'
import { applyEdits, type Edit, type TreeEdit } from '../base/edit.ts'
import { byKey } from '../base/order.ts'
import type { Patch } from '../rules/finding.ts'
import type { Tree } from '../source/tree.ts'

/** How long the search for a small difference may take, in milliseconds; a rewrite of thousands of lines could run for seconds. */
const DIFF_TIMEOUT = 500

/**
 * A verified edit as people see it: a diff per file, and a suggestion where one replacement of lines of one file is all of it.
 *
 * Returns undefined where a difference could not be found in time.
 */
export function showPatch(tree: Tree, { edits, newFiles }: TreeEdit, summary: string): Patch | undefined {
  const files: { path: string; diff: string }[] = []
  const byPath = new Map<string, Edit[]>()
  for (const edit of edits) {
    const same = byPath.get(edit.path)
    if (same === undefined) byPath.set(edit.path, [edit])
    else same.push(edit)
  }
  for (const [path, own] of byPath) {
    const read = tree.read(path)
    if (!read.ok) return undefined
    const diff = unifiedDiff(path, read.source.text, applyEdits(read.source.text, own))
    if (diff === undefined) return undefined
    files.push({ path, diff })
  }
  for (const [path, text] of newFiles) {
    const diff = unifiedDiff(path, undefined, text)
    if (diff === undefined) return undefined
    files.push({ path, diff })
  }
  const suggestion = newFiles.size === 0 && byPath.size === 1 ? toSuggestion(tree, [...byPath.values()][0]!) : undefined
  return { files: files.sort(byKey(({ path }) => path)), verified: true, ...(suggestion && { suggestion }), summary }
}

/** A diff that `git apply` takes; `before` is undefined for a new file. */
function unifiedDiff(path: string, before: string | undefined, after: string): string | undefined {
  const [from, to] = before === undefined ? ['/dev/null', `b/${path}`] : [`a/${path}`, `b/${path}`]
  const options = {
    context: 3,
    timeout: DIFF_TIMEOUT,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  }
  return createTwoFilesPatch(from, to, before ?? '', after, undefined, undefined, options)
}

/** The lines that the edits span, as they are afterwards. Undefined where the file's last line or nothing would be left to replace. */
function toSuggestion(tree: Tree, edits: readonly Edit[]): Patch['suggestion'] {
  const path = edits[0]!.path
  const read = tree.read(path)
  if (!read.ok) return undefined
  const { source } = read
  const start = Math.min(...edits.map((edit) => edit.start))
  const end = Math.max(...edits.map((edit) => edit.end))
  const startLine = source.position(start).line
  const from = source.lineStart(startLine)
  // An edit that ends at the start of a line leaves that line as it is, unless it inserts there.
  const endsAtLineStart = end > start && source.position(end).column === 1
  const endLine = endsAtLineStart ? source.position(end).line - 1 : source.position(end).line
  const to = source.lineStart(endLine + 1)
  const shifted = edits.map((edit) => ({ ...edit, start: edit.start - from, end: edit.end - from }))
  const after = applyEdits(source.text.slice(from, to), shifted)
  return { file: path, startLine, endLine, text: withoutLineEnd(after) }
}

function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$|\r$/, '')
}
