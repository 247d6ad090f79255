import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { RULES } from '../src/rules/index.ts'

const ROOT = join(import.meta.dirname, '..')
const tests = globSync(['src/rules/**/*.test.ts', 'test/*.test.ts'], { cwd: ROOT })
  .map((path) => readFileSync(join(ROOT, path), 'utf8'))
  .join('\n')
const named = (table: string) =>
  new Set([...tests.matchAll(new RegExp(`\\b${table}\\(\\s*([A-Za-z0-9]+)`, 'g'))].map(([, name]) => name))
const [found, quiet] = [named('finds'), named('silent')]

/** Rules whose tests need a configuration, a clock or text that the tables do not hold: they have a file of their own. */
const OWN_TESTS = new Set([
  'configuration-refused',
  'intent-violated',
  'suppression-expired',
  'suppression-ineffective',
])

describe('every rule is run on what it is for and on a near miss', () => {
  it.each(RULES.map(({ id }) => id))('%s', (id) => {
    const name = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    if (OWN_TESTS.has(id)) {
      expect(tests).toContain(`'${id}'`)
      return
    }
    const hasCase = existsSync(join(ROOT, 'test/cases', id))
    expect({ finds: found.has(name) || hasCase, silent: quiet.has(name) }).toEqual({ finds: true, silent: true })
  })
})
