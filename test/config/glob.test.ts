import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileGlob, MAX_GLOB_LENGTH, toGlob } from '../../src/config/glob.ts'
import { processorTime } from '../processor-time.ts'

describe('a glob', () => {
  it.each([
    ['a/b.yaml', 'a/b.yaml', true],
    ['a/b.yaml', 'a/b.yml', false],
    ['*.yaml', 'b.yaml', true],
    ['*.yaml', 'a/b.yaml', false],
    ['**/*.yaml', 'b.yaml', true],
    ['**/*.yaml', 'a/b/c.yaml', true],
    ['a/**', 'a/b/c', true],
    ['a/**', 'a', true],
    ['a/**', 'ab', false],
    ['a/', 'a/b', true],
    ['a/**/d', 'a/d', true],
    ['a/**/d', 'a/b/c/d', true],
    ['a/**/d', 'a/b/c', false],
    ['**/x/**/y', 'x/x/y', true],
    ['a**b', 'axxb', true],
    ['a**b', 'a/b', false],
    ['?', 'a', true],
    ['?', '/', false],
    ['?', '', false],
    ['{a,b}/*.tf', 'b/x.tf', true],
    ['{a,b}/*.tf', 'c/x.tf', false],
    ['{a,b/{c,d}}', 'b/d', true],
    ['{,x}a', 'a', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['\\{a,b\\}', '{a,b}', true],
    ['.github/**', '.github/x', true],
    ['azurerm_subnet.aks["nodes"]', 'azurerm_subnet.aks["nodes"]', true],
    ['module.*.x[0]', 'module.net.x[0]', true],
    ['payments/*', 'payments/checkout', true],
    ['*/admin', 'web/admin', true],
    ['a.c', 'abc', false],
    ['(a|b)+', '(a|b)+', true],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(toGlob(pattern).matches(text)).toBe(expected)
  })

  it.each([
    ['', /empty/],
    ['!a', /negated/],
    ['{a,b', /not closed/],
    ['x'.repeat(MAX_GLOB_LENGTH + 1), /longer than/],
    ['{a,b}'.repeat(20), /more than 64 patterns/],
    [`${'{'.repeat(200)}a,b${'}'.repeat(200)}`, undefined],
  ])('%s is refused', (pattern, message) => {
    const glob = compileGlob(pattern)
    if (message === undefined) expect(glob).not.toHaveProperty('error')
    else expect(glob).toMatchObject({ error: expect.stringMatching(message) })
  })

  it('answers in time whatever the pattern and the text are', () => {
    const text = `${'a'.repeat(20_000)}/${'a/'.repeat(5_000)}b`
    const started = processorTime()
    for (const pattern of [`${'*a'.repeat(200)}c`, `${'**/a/'.repeat(80)}c`, '{*a*a*a*a*c,**/*a*a*c}']) {
      expect(toGlob(pattern).matches(text)).toBe(false)
    }
    expect(processorTime() - started).toBeLessThan(2_000)
  })

  it('agrees with a regular expression', () => {
    const pieces = fc.array(fc.constantFrom('a', 'b', '/', '*', '**', '?'), { minLength: 1, maxLength: 8 })
    const texts = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 })
    fc.assert(
      fc.property(pieces, texts, (parts, text) => {
        const pattern = parts.join('')
        expect(toGlob(pattern).matches(text)).toBe(toRegExp(pattern).test(text))
      }),
      { numRuns: 2_000 },
    )
  })

  it('matches its own text when that holds no wildcard', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40 }), (text) => {
        const escaped = text.replace(/[\\*?{},!]/g, '\\$&')
        if (!text.endsWith('/')) expect(toGlob(escaped).matches(text)).toBe(true)
      }),
    )
  })
})

/** The plain way, which backtracks: each part between slashes on its own, `**` as any number of parts. */
function toRegExp(pattern: string): RegExp {
  const parts = (pattern.endsWith('/') ? `${pattern}**` : pattern).split('/')
  const any = '[^/]*'
  let source = ''
  let open = false
  parts.forEach((part, i) => {
    if (part === '**') {
      // Any number of whole parts, each with the slash that divides it from its neighbour.
      source += i === 0 ? '(?:[^/]*/)*' : '(?:/[^/]*)*'
      open = i === 0
      if (i === 0 && parts.length === 1) source = '.*'
      return
    }
    if (i > 0 && !open) source += '/'
    open = false
    source += part.replace(/\*+|\?|./g, (token) => (token[0] === '*' ? any : token === '?' ? '[^/]' : token))
  })
  if (parts.length > 1 && parts.every((part) => part === '**')) source = '.*'
  else if (parts[0] === '**' && parts[1] === '**') {
    const rest = parts.slice(parts.findIndex((part) => part !== '**'))
    return toRegExp(`**/${rest.join('/')}`)
  }
  return new RegExp(`^${source}$`)
}
