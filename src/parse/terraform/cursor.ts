import { SyntaxFailure } from './syntax-failure.ts'

/** Blocks and expressions inside each other: more than any person writes, less than what exhausts the stack. */
export const MAX_NESTING = 200

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const HASH = 0x23
const SLASH = 0x2f
const STAR = 0x2a

/**
 * A position in a text, and the moves that every part of the grammar makes.
 *
 * Where `multiline` holds, line ends are spaces: inside parentheses, brackets and interpolations.
 */
export class Cursor {
  readonly text: string
  /** Exclusive: the cursor never looks past it. */
  readonly limit: number
  at: number
  multiline = false
  depth = 0

  constructor(text: string, at: number, limit: number) {
    this.text = text
    this.at = at
    this.limit = limit
  }

  /** The UTF-16 unit under the cursor; NaN at the end. */
  peek(): number {
    return this.at < this.limit ? this.text.charCodeAt(this.at) : Number.NaN
  }

  peekAt(offset: number): number {
    const at = this.at + offset
    return at < this.limit ? this.text.charCodeAt(at) : Number.NaN
  }

  startsWith(word: string): boolean {
    return this.text.startsWith(word, this.at) && this.at + word.length <= this.limit
  }

  fail(message: string, at = this.at): never {
    throw new SyntaxFailure(message, Math.min(at, this.limit))
  }

  /** Passes spaces and comments, and line ends where these are spaces. */
  skip(): void {
    const { text, limit } = this
    let at = this.at
    for (; at < limit; at++) {
      const unit = text.charCodeAt(at)
      if (unit === SPACE || unit === TAB) continue
      if (unit === LF || (unit === CR && text.charCodeAt(at + 1) === LF)) {
        if (!this.multiline) break
        continue
      }
      if (unit === HASH || (unit === SLASH && text.charCodeAt(at + 1) === SLASH)) {
        at = this.#lineEnd(at) - 1
        continue
      }
      if (unit === SLASH && text.charCodeAt(at + 1) === STAR) {
        const close = text.indexOf('*/', at + 2)
        if (close < 0 || close + 2 > limit) this.fail('a comment is not closed', at)
        at = close + 1
        continue
      }
      break
    }
    this.at = at
  }

  /** As {@link skip}, line ends included whatever the mode. */
  skipLines(): void {
    const before = this.multiline
    this.multiline = true
    this.skip()
    this.multiline = before
  }

  /** The offset of the line end at or behind `at`, or the limit. */
  #lineEnd(at: number): number {
    const end = this.text.indexOf('\n', at)
    if (end < 0 || end > this.limit) return this.limit
    return end > at && this.text.charCodeAt(end - 1) === CR ? end - 1 : end
  }

  atLineEnd(): boolean {
    const unit = this.peek()
    return unit === LF || (unit === CR && this.peekAt(1) === LF)
  }

  passLineEnd(): void {
    this.at += this.peek() === CR ? 2 : 1
  }

  isIdentifierStart(): boolean {
    return isIdentifierStart(this.text, this.at, this.limit)
  }

  /** The name under the cursor, which must be the start of one. */
  identifier(): string {
    const { text, limit } = this
    const start = this.at
    let at = start
    while (at < limit) {
      const unit = text.charCodeAt(at)
      if (unit < 0x80) {
        if (ASCII_CONTINUE[unit] !== 1) break
        at++
      } else {
        const point = text.codePointAt(at)!
        const character = String.fromCodePoint(point)
        if (!/\p{ID_Continue}/u.test(character)) break
        at += character.length
      }
    }
    this.at = at
    return text.slice(start, at)
  }

  /** Enters one more level of nesting; the caller leaves it with `depth--`. */
  enter(at = this.at): void {
    if (++this.depth > MAX_NESTING) this.fail(`nested more than ${MAX_NESTING} levels deep`, at)
  }
}

/** 1 for what may follow the first character of a name: letters, digits, `_` and `-`. */
const ASCII_CONTINUE = new Uint8Array(128)
for (const character of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-') {
  ASCII_CONTINUE[character.charCodeAt(0)] = 1
}

function isIdentifierStart(text: string, at: number, limit: number): boolean {
  if (at >= limit) return false
  const unit = text.charCodeAt(at)
  if (unit < 0x80) return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || unit === 0x5f
  return /\p{ID_Start}/u.test(String.fromCodePoint(text.codePointAt(at)!))
}
