import { readdirSync, readFileSync } from 'node:fs'
import { join, posix, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

const SRC = join(import.meta.dirname, '../src')
/** Bottom to top: a folder imports itself and what stands before it. */
const ORDER = [
  'base',
  'algebra',
  'config',
  'source',
  'parse',
  'model',
  'reach',
  'compare',
  'rules',
  'patch',
  'report',
  'github',
  '',
]
/** Folders whose own sub-folders are siblings that must not know each other; what they share moves up beside them. */
const SIBLINGS: Record<string, readonly string[]> = {
  parse: ['kubernetes', 'helm', 'kustomize', 'terraform', 'plan', 'bicep', 'arm'],
}
const TOUCHES_OUTSIDE = /^(node:)?(fs|child_process|http|https|net|tls|dns|os|worker_threads)(\/|$)/

interface Import {
  readonly file: string
  readonly folder: string
  readonly target: string
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
const imports: readonly Import[] = files.flatMap((file) =>
  [...readFileSync(join(SRC, file), 'utf8').matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)'([^']+)'/g)].map((match) => ({
    file,
    folder: folderOf(file),
    target: match[1]!,
  })),
)

describe('imports', () => {
  it('are found', () => {
    expect(imports.length).toBeGreaterThan(100)
  })

  it('go one way, bottom to top', () => {
    const wrong = imports.filter(({ file, folder, target }) => {
      if (!target.startsWith('.')) return false
      const to = folderOf(resolve(file, target))
      return ORDER.indexOf(to) > ORDER.indexOf(folder)
    })
    expect(wrong).toEqual([])
  })

  it('do not join front ends', () => {
    const wrong = imports.filter(({ file, target }) => {
      if (!target.startsWith('.')) return false
      const from = file.split('/')
      const to = resolve(file, target).split('/')
      const siblings = SIBLINGS[from[0]!] ?? []
      return from[0] === to[0] && siblings.includes(from[1]!) && siblings.includes(to[1]!) && from[1] !== to[1]
    })
    expect(wrong).toEqual([])
  })

  it('reach files and processes only where the data flow says so', () => {
    const wrong = imports.filter(
      ({ file, folder, target }) =>
        TOUCHES_OUTSIDE.test(target) && !['source', 'github', ''].includes(folder) && !file.startsWith('config/load'),
    )
    expect(wrong).toEqual([])
  })

  it('name GitHub clients only in github/ and action.ts', () => {
    const wrong = imports.filter(
      ({ file, folder, target }) => /^@(actions|octokit)\//.test(target) && folder !== 'github' && file !== 'action.ts',
    )
    expect(wrong).toEqual([])
  })

  it('stand in known folders', () => {
    expect(files.filter((file) => !ORDER.includes(folderOf(file)))).toEqual([])
  })
})

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : ''
}

function resolve(file: string, target: string): string {
  return relative(SRC, join(SRC, posix.dirname(file), target))
    .split(sep)
    .join('/')
}
