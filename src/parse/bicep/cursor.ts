/** Nesting of expressions; the language's own compiler stops at 200. */
const MAX_DEPTH = 200

/** Thrown inside the parser where the text cannot go on; caught at the declaration. */
export class SyntaxFailure extends Error {
  readonly offset: number

  constructor(message: string, offset: number) {
    super(message)
    this.offset = offset
  }
}

/** A place in the text of a Bicep file, and the small steps from there. Line breaks count; comments and directives do not. */
export class Cursor {
  readonly text: string
  at: number
  #depth = 0
  /** Where the last skip over several lines began and ended: expressions look past the same lines once for each level. */
  #skippedFrom = -1
  #skippedTo = -1

  constructor(text: string) {
    this.text = text
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  }

  /** The code unit here, NaN at the end. */
  get code(): number {
    return this.text.charCodeAt(this.at)
  }

  get atEnd(): boolean {
    return this.at >= this.text.length
  }

  fail(message: string, offset = this.at): never {
    throw new SyntaxFailure(message, offset)
  }

  /** Every call is followed by one of {@link leave}, or by a failure that ends the declaration. */
  enter(): void {
    if (++this.#depth > MAX_DEPTH) this.fail('nested too deeply')
  }

  leave(): void {
    this.#depth--
  }

  /** Forgets the nesting that a failed declaration left. */
  reset(): void {
    this.#depth = 0
  }

  /** Past blanks and comments on this line (a block comment may span lines). */
  skipBlanks(): void {
    const { text } = this
    for (;;) {
      const code = text.charCodeAt(this.at)
      if (code === 0x20 || code === 0x09 || code === 0xa0) {
        this.at++
      } else if (code === 0x2f) {
        const next = text.charCodeAt(this.at + 1)
        if (next === 0x2f) this.#skipLine()
        else if (next === 0x2a) this.#skipBlockComment()
        else return
      } else if (code === 0x23 && this.#isDirective()) {
        this.#skipLine()
      } else {
        return
      }
    }
  }

  /** Past blanks, comments and line breaks. */
  skipLines(): void {
    const start = this.at
    if (start === this.#skippedFrom) {
      this.at = this.#skippedTo
      return
    }
    for (;;) {
      this.skipBlanks()
      const code = this.code
      if (code !== 0x0a && code !== 0x0d) break
      this.at++
    }
    this.#skippedFrom = start
    this.#skippedTo = this.at
  }

  /** Whether the rest of the line is empty, after blanks. */
  atLineEnd(): boolean {
    this.skipBlanks()
    const code = this.code
    return Number.isNaN(code) || code === 0x0a || code === 0x0d
  }

  /** Takes the text if it stands here. */
  take(wanted: string): boolean {
    if (!this.text.startsWith(wanted, this.at)) return false
    this.at += wanted.length
    return true
  }

  expect(wanted: string): void {
    if (!this.take(wanted)) this.fail(`"${wanted}" is missing`)
  }

  /** The name here, or undefined; the cursor moves past it. */
  takeName(): string | undefined {
    const start = this.at
    if (!isNameStart(this.code)) return undefined
    do this.at++
    while (isNamePart(this.code))
    return this.text.slice(start, this.at)
  }

  expectName(what: string): string {
    return this.takeName() ?? this.fail(`${what} is missing`)
  }

  /** The name here without moving. */
  peekName(): string | undefined {
    const start = this.at
    const name = this.takeName()
    this.at = start
    return name
  }

  /** Takes the name if it stands here as a whole word. */
  takeWord(word: string): boolean {
    if (!this.text.startsWith(word, this.at) || isNamePart(this.text.charCodeAt(this.at + word.length))) return false
    this.at += word.length
    return true
  }

  #skipLine(): void {
    const { text } = this
    let at = this.at
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === 0x0a || code === 0x0d) break
    }
    this.at = at
  }

  #skipBlockComment(): void {
    const end = this.text.indexOf('*/', this.at + 2)
    this.at = end < 0 ? this.text.length : end + 2
  }

  /** `#disable-next-line …` and its like: the first thing on a line. */
  #isDirective(): boolean {
    return isNameStart(this.text.charCodeAt(this.at + 1))
  }
}

export function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code)
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}
