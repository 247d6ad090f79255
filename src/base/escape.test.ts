import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { processorTime } from '../../test/processor-time.ts'
import {
  dropHidden,
  escapeCode,
  escapeDotString,
  escapeFenced,
  escapeHtml,
  escapeLogLine,
  escapeMarkdown,
  escapeMermaidLabel,
  escapeSarifText,
  escapeTerminal,
  fence,
  hasHidden,
  shorten,
  visibleName,
} from './escape.ts'

const ANY_TEXT = fc.string({ unit: 'binary', maxLength: 300 })

describe('dropHidden', () => {
  test.each([
    ['a\u202eb\u2066c', 'abc'],
    ['a\u200bb\u200dc\ufeff', 'abc'],
    ['a\u{e0041}b\u{e0100}', 'ab'],
    ['a\u0000b\u001bc\u009bd', 'abcd'],
    ['a\r\nb\nc\td\u2028e\u00a0f', 'a b c d e f'],
    ['a\ud800b', 'a\ufffdb'],
    ['naïve 中文 😀', 'naïve 中文 😀'],
  ])('%j becomes %j', (text, shown) => expect(dropHidden(text)).toBe(shown))

  test('once is enough', () => {
    fc.assert(fc.property(ANY_TEXT, (text) => dropHidden(dropHidden(text)) === dropHidden(text)))
  })
})

test('hasHidden tells what deceives from what is only white space', () => {
  expect(['a\u202e', '\u200b', 'a\u0007', '\ufeff'].map(hasHidden)).toEqual([true, true, true, true])
  expect(['a b', 'a\nb', 'a\tb', '中文', ''].map(hasHidden)).toEqual([false, false, false, false, false])
})

describe('shorten', () => {
  test('shows both ends', () => expect(shorten('abcdefghij', 5)).toBe('ab…ij'))

  test('keeps its limit and cuts no pair', () => {
    fc.assert(
      fc.property(ANY_TEXT, fc.integer({ min: 3, max: 50 }), (text, limit) => {
        const short = shorten(dropHidden(text), limit)
        return short.length <= limit && !/\p{Surrogate}/u.test(short)
      }),
    )
  })

  test('a name of megabytes is short at once', () => {
    const start = processorTime()
    expect(visibleName('x'.repeat(20_000_000))).toHaveLength(120)
    expect(processorTime() - start).toBeLessThan(500)
  })
})

test('code: everything but letters, digits, space, point, slash and hyphen is an entity', () => {
  expect(escapeCode('payments/checkout-1.a b')).toBe('payments/checkout-1.a b')
  expect(escapeCode('@team')).toBe('&#64;&#8203;team')
  expect(escapeCode('a|b`c<d>&_*')).toBe('a&#124;b&#96;c&#60;d&#62;&#38;&#95;&#42;')
  expect(escapeCode('a\nb')).toBe('a b')
  expect(escapeCode('')).toBe('&#40;empty&#41;')
  fc.assert(fc.property(ANY_TEXT, (text) => /^(?:[A-Za-z0-9 ./-]|&#\d+;)+$/.test(escapeCode(text))))
})

test('Markdown: no character is left that Markdown, HTML or GitHub could take for a sign', () => {
  expect(escapeMarkdown("It's fine, (really): 10.0.0.0/8, TCP 80; yes.")).toBe(
    "It's fine, (really): 10.0.0.0/8, TCP 80; yes.",
  )
  expect(escapeMarkdown('1. one')).toBe('1&#46; one')
  expect(escapeMarkdown('- one')).toBe('&#45; one')
  expect(escapeMarkdown('#12 and GH-3')).toBe('&#35;&#8203;12 and GH&#8203;&#45;3')
  fc.assert(fc.property(ANY_TEXT, (text) => !/[*_`~<>[\]|\\#@!{}$^=+](?!\d+;)/.test(escapeMarkdown(text))))
})

test('HTML', () => {
  expect(escapeHtml(`<a href="x">'&'</a>\n\tb`)).toBe('&#60;a href=&#34;x&#34;&#62;&#39;&#38;&#39;&#60;/a&#62;\n\tb')
})

test('Mermaid: entities of its own, and no direction statement', () => {
  expect(escapeMermaidLabel('a"b;c#d')).toBe('a#34;b#59;c#35;d')
  expect(escapeMermaidLabel('direction TB')).toBe('directio#110; TB')
  fc.assert(fc.property(ANY_TEXT, (text) => /^(?:[A-Za-z0-9 ._/:,()*=+-]|#\d+;)+$/.test(escapeMermaidLabel(text))))
})

test('DOT: the string ends where it should', () => {
  expect(escapeDotString('a"b\\')).toBe('a\\"b\\\\')
})

test('log: neither form of a command', () => {
  expect(escapeLogLine('::error::x ##[error]y')).toBe(':\u200b:error:\u200b:x ##\u200b[error]y')
  fc.assert(fc.property(ANY_TEXT, (text) => !/::|##\[|[\r\n]/.test(escapeLogLine(text))))
})

test('terminal: no sequences, and addresses stay as they are', () => {
  expect(escapeTerminal('\u001b[31mred\u001b[0m \u001b]0;t\u0007fd00::1')).toBe('red fd00::1')
  expect(escapeTerminal('  ::error::x')).toBe('  :\u200b:error::x')
})

test('SARIF: no link, no placeholder', () => {
  expect(escapeSarifText('[x](https://evil.example) {0} \\')).toBe('\\[x\\](https://evil.example) {\u200b0} \\\\')
})

test('fenced text keeps indentation, digests and hunk headers', () => {
  expect(escapeFenced('@@ -1 +1 @@\n  image@sha256:ab\n\t@octocat\u202e')).toBe(
    '@@ -1 +1 @@\n  image@sha256:ab\n\t@\u200boctocat',
  )
})

test('a fence is longer than what it holds', () => {
  expect(fence('diff', 'a')).toBe('```diff\na\n```')
  expect(fence('suggestion', 'a\n````\nb')).toBe('`````suggestion\na\n````\nb\n`````')
  expect(fence('suggestion', '')).toBe('```suggestion\n```')
})

test('no escaper takes more than linear time', () => {
  const escapers = [
    escapeCode,
    escapeMarkdown,
    escapeHtml,
    escapeMermaidLabel,
    escapeDotString,
    escapeLogLine,
    escapeTerminal,
    escapeSarifText,
    escapeFenced,
  ]
  for (const unit of [
    '\u001b]',
    '\u001b[',
    '\u001b];a',
    '\u009b1;',
    ':',
    ':a',
    '@',
    'www.',
    '-',
    '1',
    '`',
    '\r',
    ' ',
    '##[',
    '#1',
    'GH-',
  ]) {
    const text = unit.repeat(100_000)
    for (const one of escapers) {
      const start = processorTime()
      one(text)
      expect(processorTime() - start, `${one.name} of ${JSON.stringify(unit)}`).toBeLessThan(3_000)
    }
  }
})
