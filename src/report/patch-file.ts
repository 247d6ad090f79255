import { applyPatch, parsePatch, type StructuredPatch, structuredPatch } from 'diff'
import { byCodeUnit } from '../base/order.ts'
import type { Finding } from '../rules/finding.ts'

export interface PatchFile {
  /** For `git apply`; `''` where there is no patch. */
  readonly text: string
  /** Fingerprints of the findings whose patch is not in it, because it changes the same lines as one before. */
  readonly left: readonly string[]
}

/**
 * All patches of a report in one file that `git apply` takes: patches of one file are applied one after the other, the most severe
 * finding first, and the result is compared with the file as it is.
 *
 * `read` gives a file of the head, undefined where there is none.
 */
export function toPatchFile(findings: readonly Finding[], read: (path: string) => string | undefined): PatchFile {
  const originals = new Map<string, string | undefined>()
  const current = new Map<string, string | undefined>()
  const applied = new Set<string>()
  const left: string[] = []
  for (const { patch, fingerprint, status } of findings) {
    if (patch === undefined || status === 'fixed') continue
    const key = JSON.stringify(patch.files.map(({ path, diff }) => [path, diff]))
    if (applied.has(key)) continue
    const after = applyAll(patch.files, (path) => {
      if (!originals.has(path)) originals.set(path, read(path))
      return current.has(path) ? current.get(path) : originals.get(path)
    })
    if (after === undefined) {
      left.push(fingerprint)
      continue
    }
    applied.add(key)
    for (const [path, text] of after) current.set(path, text)
  }
  const parts: string[] = []
  for (const path of [...current.keys()].sort(byCodeUnit)) {
    const part = fileDiff(path, originals.get(path), current.get(path))
    if (part === undefined) left.push(...fingerprintsOf(findings, path))
    else parts.push(part)
  }
  return { text: parts.join(''), left: [...new Set(left)] }
}

/** More than any patch of ours needs; the diff of a hostile file must not hang the run. */
const DIFF_TIMEOUT_MS = 2_000

/** The texts of a patch's files afterwards; undefined where one of its diffs does not fit. A patch goes in whole or not at all. */
function applyAll(
  files: readonly { readonly path: string; readonly diff: string }[],
  textOf: (path: string) => string | undefined,
): ReadonlyMap<string, string> | undefined {
  const after = new Map<string, string>()
  for (const { path, diff } of files) {
    const parsed = parseOne(diff)
    if (parsed === undefined) return undefined
    const result = applyPatch(after.get(path) ?? textOf(path) ?? '', parsed, {
      fuzzFactor: 0,
      autoConvertLineEndings: false,
    })
    if (result === false) return undefined
    after.set(path, result)
  }
  return after
}

function parseOne(diff: string): StructuredPatch | undefined {
  try {
    const [first, second] = parsePatch(diff)
    return second === undefined ? first : undefined
  } catch {
    // The library throws for what is no unified diff; that patch is then named among those left out.
    return undefined
  }
}

/** Undefined where comparing took too long. */
function fileDiff(path: string, before: string | undefined, after: string | undefined): string | undefined {
  if (before === after) return ''
  const patch = structuredPatch('a', 'b', before ?? '', after ?? '', '', '', { context: 3, timeout: DIFF_TIMEOUT_MS })
  if (patch === undefined) return undefined
  const lines = [`diff --git ${quotePath(`a/${path}`)} ${quotePath(`b/${path}`)}`]
  if (before === undefined) lines.push('new file mode 100644')
  lines.push(`--- ${before === undefined ? '/dev/null' : quotePath(`a/${path}`)}`)
  lines.push(`+++ ${after === undefined ? '/dev/null' : quotePath(`b/${path}`)}`)
  for (const { oldStart, oldLines, newStart, newLines, lines: body } of patch.hunks) {
    // A side without lines is named by the line before it, which is 0 for a new file.
    const from = oldLines === 0 ? oldStart - 1 : oldStart
    const to = newLines === 0 ? newStart - 1 : newStart
    lines.push(`@@ -${from},${oldLines} +${to},${newLines} @@`, ...body)
  }
  return `${lines.join('\n')}\n`
}

/** As git quotes a path that holds control characters, quotes, backslashes or bytes beyond ASCII; a C string. */
function quotePath(path: string): string {
  if (!/[^ !#-[\]-~]/.test(path)) return path.includes(' ') ? `"${path}"` : path
  const bytes = [...Buffer.from(path)].map((byte) => {
    const char = String.fromCharCode(byte)
    if (char === '"' || char === '\\') return `\\${char}`
    return byte < 0x20 || byte > 0x7e ? `\\${byte.toString(8).padStart(3, '0')}` : char
  })
  return `"${bytes.join('')}"`
}

function fingerprintsOf(findings: readonly Finding[], path: string): readonly string[] {
  return findings
    .filter(({ patch }) => patch?.files.some((file) => file.path === path))
    .map(({ fingerprint }) => fingerprint)
}
