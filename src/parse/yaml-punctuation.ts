/** What stands between the tokens of YAML, found in the text itself: blanks, comments, breaks, indicators. */

/** Behind blanks, breaks and comments. */
export function skipBlanksAndComments(text: string, from: number): number {
  let at = from
  for (;;) {
    const unit = text.charCodeAt(at)
    if (isBlank(unit) || isBreak(unit) || unit === BYTE_ORDER_MARK) at++
    else if (unit === HASH) while (at < text.length && !isBreak(text.charCodeAt(at))) at++
    else return at
  }
}

/** The end of a text without the blanks and breaks at its end. */
export function trimmedEnd(text: string, start: number, end: number): number {
  let at = end
  while (at > start && (isBlank(text.charCodeAt(at - 1)) || isBreak(text.charCodeAt(at - 1)))) at--
  return at
}

/** The `|` or `>` of a block scalar, whose body starts at `body`. */
export function blockIndicator(text: string, behind: number, body: number): number {
  let at = behind
  while (at < body) {
    at = skipBlanksAndComments(text, at)
    const unit = text.charCodeAt(at)
    if (unit === 0x7c || unit === 0x3e) return at
    if (unit !== DASH && unit !== COLON && unit !== 0x3f) return body
    at++
  }
  return body
}

/** Behind the bracket that closes a flow collection whose last token ends at `behind`. */
export function closingBracket(text: string, behind: number): number {
  let at = behind
  while (at < text.length) {
    at = skipBlanksAndComments(text, at)
    const unit = text.charCodeAt(at)
    if (unit === 0x5d || unit === 0x7d) return at + 1
    if (unit !== COMMA && unit !== COLON && unit !== 0x3f) return behind
    at++
  }
  return behind
}

/** The text with the line of `position` joined to the last line before it that holds more than a comment; undefined where there is none. */
export function joinLine(text: string, position: number): string | undefined {
  let lineStart = startOfLine(text, position)
  while (lineStart > 0) {
    const breakStart =
      text.charCodeAt(lineStart - 1) === LF && text.charCodeAt(lineStart - 2) === CR ? lineStart - 2 : lineStart - 1
    const before = startOfLine(text, breakStart)
    const comment = commentStart(text, before, breakStart)
    if (trimmedEnd(text, before, comment) > before) {
      return text.slice(0, comment) + ' '.repeat(position - comment) + text.slice(position)
    }
    lineStart = before
  }
  return undefined
}

function startOfLine(text: string, offset: number): number {
  let at = offset
  while (at > 0 && !isBreak(text.charCodeAt(at - 1))) at--
  return at
}

/** Where the comment of a line starts, or the line's end; quotes that do not close on the line hide what follows them. */
function commentStart(text: string, start: number, end: number): number {
  let quote = 0
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at)
    if (quote !== 0) {
      if (unit === quote) quote = 0
      else if (unit === BACKSLASH && quote === DOUBLE_QUOTE) at++
    } else if (unit === DOUBLE_QUOTE || unit === SINGLE_QUOTE) quote = unit
    else if (unit === HASH && (at === start || isBlank(text.charCodeAt(at - 1)))) return at
  }
  return end
}

const LF = 0x0a
const CR = 0x0d
const HASH = 0x23
const COMMA = 0x2c
const DASH = 0x2d
const COLON = 0x3a
const BACKSLASH = 0x5c
const DOUBLE_QUOTE = 0x22
const SINGLE_QUOTE = 0x27
const BYTE_ORDER_MARK = 0xfeff

function isBreak(unit: number): boolean {
  return unit === LF || unit === CR
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09
}
