/** A character that a reader cannot see, or that moves others; offsets as everywhere 0-based UTF-16, the end exclusive. */
export interface HiddenCharacter {
  readonly start: number
  readonly end: number
  readonly codePoint: number
}

/**
 * The characters of a file that can make it read otherwise than it is: bidirectional controls, zero-width characters, fillers, tags,
 * terminal controls. What writing needs is left out: a byte-order mark at the start, joiners and selectors of emoji, joiners and
 * direction marks of scripts that use them. One pass.
 *
 * Source: Unicode Technical Standard #55 (source code handling), https://www.unicode.org/reports/tr55/; CVE-2021-42574.
 */
export function findHiddenCharacters(text: string): readonly HiddenCharacter[] {
  const found: HiddenCharacter[] = []
  for (const { 0: match, index } of text.matchAll(HIDDEN)) {
    const end = index + match.length
    if (found.length < MOST && !isNeeded(text, match, index, end))
      found.push({ start: index, end, codePoint: match.codePointAt(0)! })
  }
  return found
}

/** Of one file; more say nothing new. */
const MOST = 1_000

/** `U+202E right-to-left override`. */
export function nameCharacter(codePoint: number): string {
  const code = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
  const name = NAMES.get(codePoint)
  return name === undefined ? code : `${code} ${name}`
}

// Pairs are spelt out, so that a text of one-byte characters is passed over fast.
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the task
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: finding them is the task
  /[\0-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|\ud82f[\udca0-\udca3]|\ud834[\udd73-\udd7a]|\udb40[\udc00-\udfff]/g

/** Joiners, selectors and direction marks, which writing needs beside characters that are not ASCII. */
// biome-ignore lint/suspicious/noMisleadingCharacterClass: each is meant by itself
const JOINER = /^[\xad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200c-\u200f\ufe00-\ufe0f]$/
const BEYOND_ASCII = /[^\0-\x7f]/
/** A tag is a part of a flag, 🏴 and the letters of a region. */
const FLAG = /\ud83c\udff4(?:\udb40[\udc00-\udfff])*$/
const LONGEST_FLAG = 16
const KEYCAP = '\u20e3'

function isNeeded(text: string, character: string, start: number, end: number): boolean {
  if (character === '\ufeff') return start === 0
  if (character.startsWith('\udb40')) return FLAG.test(text.slice(Math.max(0, start - LONGEST_FLAG), start))
  if (!JOINER.test(character)) return false
  return BEYOND_ASCII.test(text[start - 1] ?? '') || text[end] === KEYCAP
}

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x1b, 'escape'],
  [0xad, 'soft hyphen'],
  [0x200b, 'zero-width space'],
  [0x200c, 'zero-width non-joiner'],
  [0x200d, 'zero-width joiner'],
  [0x200e, 'left-to-right mark'],
  [0x200f, 'right-to-left mark'],
  [0x2028, 'line separator'],
  [0x2029, 'paragraph separator'],
  [0x202a, 'left-to-right embedding'],
  [0x202b, 'right-to-left embedding'],
  [0x202c, 'pop directional formatting'],
  [0x202d, 'left-to-right override'],
  [0x202e, 'right-to-left override'],
  [0x2060, 'word joiner'],
  [0x2066, 'left-to-right isolate'],
  [0x2067, 'right-to-left isolate'],
  [0x2068, 'first strong isolate'],
  [0x2069, 'pop directional isolate'],
  [0xfeff, 'byte-order mark'],
])
