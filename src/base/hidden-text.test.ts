import { expect, it } from 'vitest'
import { findHiddenCharacters, nameCharacter } from './hidden-text.ts'

it.each([
  ['a bidirectional override in a comment', '# a \u202eb'],
  ['a zero-width space in a label', 'app: we\u200bb'],
  ['a joiner between letters that need none', 'app: we\u200db'],
  ['a variation selector after a letter', 'app: web\ufe0f'],
  ['a byte-order mark inside', 'a\ufeffb'],
  ['a tag without a flag', 'a\u{e0061}'],
  ['a Hangul filler', 'a: \u3164'],
  ['an escape', '# \u001b[2J'],
  ['a line separator', 'a: b\u2028c'],
])('finds %s', (_, text) => {
  const found = findHiddenCharacters(text)
  expect(found).toHaveLength(1)
  const [{ start, end, codePoint }] = found as [(typeof found)[number]]
  expect(text.slice(start, end)).toBe(String.fromCodePoint(codePoint))
})

it.each([
  ['a byte-order mark at the start', '\ufeffa: b'],
  ['emoji with joiners and selectors', '# 👩‍💻 ❤️ 1️⃣ 🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}'],
  ['Persian', '# می‌خواهم'],
  ['a direction mark after Hebrew', '# שלום\u200f (web)'],
  ['white space', 'a:\tb\r\n\u00a0\u3000'],
])('leaves %s', (_, text) => {
  expect(findHiddenCharacters(text)).toEqual([])
})

it('names a character', () => {
  expect(nameCharacter(0x202e)).toBe('U+202E right-to-left override')
  expect(nameCharacter(0x3164)).toBe('U+3164')
})
