import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createTwoFilesPatch } from 'diff'
import { describe, expect, test } from 'vitest'
import { finding } from '../../test/report/sample.ts'
import type { Patch } from '../rules/finding.ts'
import { toPatchFile } from './patch-file.ts'

const NUMBERS = `${Array.from({ length: 40 }, (_, i) => `line ${i + 1}`).join('\n')}\n`

function patch(...files: (readonly [path: string, before: string | undefined, after: string])[]): Patch {
  return {
    verified: true,
    summary: 'A patch.',
    files: files.map(([path, before, after]) => ({
      path,
      diff: createTwoFilesPatch(
        before === undefined ? '/dev/null' : `a/${path}`,
        `b/${path}`,
        before ?? '',
        after,
        '',
        '',
        { timeout: 1000 },
      )!,
    })),
  }
}

/** What `git apply` makes of the files. */
function gitApply(files: ReadonlyMap<string, string>, patchText: string): (path: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-patch-'))
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  writeFileSync(join(folder, '.patch'), patchText)
  execFileSync('git', ['init', '-q'], { cwd: folder })
  execFileSync('git', ['apply', '--whitespace=nowarn', '.patch'], { cwd: folder, timeout: 10_000 })
  return (path) => readFileSync(join(folder, path), 'utf8')
}

function run(files: ReadonlyMap<string, string>, patches: readonly Patch[]) {
  const findings = patches.map((one, i) => finding({ patch: one, fingerprint: `f${i}` }))
  return toPatchFile(findings, (path) => files.get(path))
}

describe('toPatchFile', () => {
  test('joins patches of one file and of new files into what git applies', () => {
    const files = new Map([['k8s/a.yaml', NUMBERS]])
    const { text, left } = run(files, [
      patch(['k8s/a.yaml', NUMBERS, NUMBERS.replace('line 3\n', 'line 3\nline 3b\n')]),
      patch(
        ['k8s/a.yaml', NUMBERS, NUMBERS.replace('line 30\n', 'LINE 30\n')],
        ['k8s/new.yaml', undefined, 'kind: NetworkPolicy\n'],
      ),
    ])
    expect(left).toEqual([])
    const result = gitApply(files, text)
    expect(result('k8s/a.yaml')).toBe(
      NUMBERS.replace('line 3\n', 'line 3\nline 3b\n').replace('line 30\n', 'LINE 30\n'),
    )
    expect(result('k8s/new.yaml')).toBe('kind: NetworkPolicy\n')
  })

  test.each([
    ['Windows line ends', 'win.yaml', 'a: 1\r\nb: 2\r\n', 'a: 1\r\nb: 3\r\n'],
    ['no end of the last line', 'end.yaml', 'a: 1\nb: 2', 'a: 1\nb: 3'],
    ['a byte-order mark', 'bom.yaml', '\ufeffa: 1\n', '\ufeffa: 2\n'],
    ['a path with spaces, quotes and letters beyond ASCII', 'k8s/ä "b" c.yaml', 'a: 1\n', 'a: 2\n'],
    ['a path with a space', 'k8s/b c.yaml', 'a: 1\n', 'a: 2\n'],
    ['a file that becomes empty', 'empty.yaml', 'a: 1\n', ''],
    ['a line that is a diff', 'diff.yaml', 'x: |\n  --- a\n  +++ b\n--- c\n', 'x: |\n  --- a\n  +++ b\n--- d\n'],
  ])('keeps %s', (_, path, before, after) => {
    const files = new Map([[path, before]])
    const { text, left } = run(files, [patch([path, before, after])])
    expect(left).toEqual([])
    expect(gitApply(files, text)(path)).toBe(after)
  })

  test('leaves out, whole and by name, a patch that does not fit on one before it', () => {
    const files = new Map([
      ['a.yaml', NUMBERS],
      ['b.yaml', NUMBERS],
    ])
    const { text, left } = run(files, [
      patch(['a.yaml', NUMBERS, NUMBERS.replace('line 5\n', 'one\n')]),
      patch(
        ['b.yaml', NUMBERS, NUMBERS.replace('line 5\n', 'two\n')],
        ['a.yaml', NUMBERS, NUMBERS.replace('line 5\n', 'two\n')],
      ),
    ])
    expect(left).toEqual(['f1'])
    const result = gitApply(files, text)
    expect(result('a.yaml')).toContain('one')
    expect(result('b.yaml')).toBe(NUMBERS)
  })

  test('applies a patch that two findings share once', () => {
    const shared = patch(['new.yaml', undefined, 'a: 1\n'])
    const { text, left } = run(new Map(), [shared, shared])
    expect(left).toEqual([])
    expect(text.match(/\+a: 1/g)).toHaveLength(1)
  })

  test('names a patch whose diff is none', () => {
    const broken: Patch = {
      verified: true,
      summary: '',
      files: [{ path: 'a.yaml', diff: '--- a\n+++ b\n@@ -1,2 +1,2 @@\n nonsense' }],
    }
    expect(run(new Map([['a.yaml', NUMBERS]]), [broken])).toEqual({ text: '', left: ['f0'] })
  })

  test('is empty where nothing has a patch', () => {
    expect(toPatchFile([finding()], () => undefined)).toEqual({ text: '', left: [] })
  })
})
