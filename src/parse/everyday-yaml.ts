import type { SourceText } from '../base/text.ts'
import { COLUMNS, END, KEY, KEY_BITS, NEXT, ROW, type RowKind, SHAPE, START, valueAt } from './value-table.ts'
import type { YamlDocument } from './yaml-document.ts'
import type { YamlLimits } from './yaml-limits.ts'
import { resolvePlain } from './yaml-scalar.ts'

/**
 * The documents of a file that is written as nearly every manifest is, without making an object for any value before somebody asks
 * for it; undefined where the file holds anything else or anything doubtful, which `parseYaml` then reads.
 *
 * Everyday YAML is ASCII in block style: plain keys, scalars on the line of their key or dash, plain or in quotes without an escape,
 * `{}`, `[]`, comments and document markers. Within that the result is that of `parseYaml`, to the offset.
 */
export function parseEverydayYaml(source: SourceText, limits: YamlLimits): readonly YamlDocument[] | undefined {
  const { text } = source
  if (text.length > Math.min(limits.maxLength, MAX_LENGTH) || UNUSUAL.test(text)) return undefined
  const scan = new Scan(text, limits)
  if (!scan.run()) return undefined
  const table = { source, rows: scan.rows() }
  return scan.roots.map((row): YamlDocument => {
    const value = valueAt(table, row)
    return { value, start: value.origin.start, end: value.origin.end }
  })
}

/** Characters that some reader takes for more than themselves, wherever they stand. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const UNUSUAL = /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/

/** Longer files gain nothing that would be worth the numbers kept for them. */
const MAX_LENGTH = 1024 * 1024
/** Keys of a mapping are compared with each other, so a larger one is not read here. */
const MAX_KEYS = 64
const MAX_DEPTH = 64

/** Numbers of all rows of the file that is being read; it grows, and files are read one after the other. */
let scratch = new Int32Array(COLUMNS * 4096)
/** Hashes of the keys of the open mappings, outermost first. */
const keyHashes = new Int32Array(MAX_KEYS * (MAX_DEPTH + 1))

/** One pass over the lines of a file. Every method that gives false has met something that is not everyday. */
class Scan {
  readonly roots: number[] = []
  readonly #text: string
  readonly #limits: YamlLimits
  #count = 0
  /** The open collections, outermost first: their rows, columns and kinds. */
  readonly #open: number[] = []
  readonly #columns: number[] = []
  /** Where the keys of each open mapping start in {@link keyHashes}; -1 for a list. */
  readonly #firstKeys: number[] = []
  #keyCount = 0
  /** The row that waits for its value, behind its colon, dash or document marker; -1 for none. */
  #waiting = -1
  /** End of the last token. */
  #behind = 0

  constructor(text: string, limits: YamlLimits) {
    this.#text = text
    this.#limits = limits
  }

  rows(): Int32Array {
    return scratch.slice(0, this.#count * COLUMNS)
  }

  run(): boolean {
    const text = this.#text
    let inDocument = false
    for (let line = 0; line < text.length; ) {
      let at = line
      while (text.charCodeAt(at) === SPACE) at++
      const unit = text.charCodeAt(at)
      let end = at
      if (unit === LF || at === text.length || unit === HASH) end = this.#endOfLine(at)
      else if (unit === DASH && at === line && text.startsWith('---', at)) {
        this.#closeDocument()
        inDocument = false
        end = this.#endOfLine(at + 3)
      } else {
        if (!inDocument) {
          this.#waiting = this.#add(ROW.ABSENT, at, at, 0, 0)
          inDocument = true
        }
        end = this.#readLine(at, at - line)
      }
      if (end < 0 || this.#count > this.#limits.maxNodes) return false
      line = end + 1
    }
    this.#closeDocument()
    return true
  }

  /** Behind blanks and a comment; -1 where anything else stands before the end of the line. */
  #endOfLine(from: number): number {
    const text = this.#text
    let at = from
    while (text.charCodeAt(at) === SPACE) at++
    if (text.charCodeAt(at) === HASH && (at > from || isBlankBefore(text, at))) at = endOfComment(text, at)
    return at === text.length || text.charCodeAt(at) === LF ? at : -1
  }

  /** Reads a line with a dash, a key or both; -1 where it is not everyday. */
  #readLine(from: number, indent: number): number {
    const text = this.#text
    const lineStart = from - indent
    let at = from
    while (text.charCodeAt(at) === DASH) {
      const after = text.charCodeAt(at + 1)
      if (after !== SPACE && after !== LF && at + 1 !== text.length) break
      if (!this.#enter(ROW.LIST, at, at - lineStart)) return -1
      this.#behind = at + 1
      this.#waiting = this.#add(ROW.ABSENT, at + 1, at + 1, 0, 0)
      at++
      while (text.charCodeAt(at) === SPACE) at++
      const unit = text.charCodeAt(at)
      if (unit === LF || unit === HASH || at === text.length) return this.#endOfLine(at)
    }
    const keyEnd = this.#endOfKey(at)
    if (keyEnd < 0) return at === from ? -1 : this.#readScalar(at)
    if (!this.#enter(ROW.MAP, at, at - lineStart) || !this.#addKey(at, keyEnd)) return -1
    at = keyEnd + 1
    while (text.charCodeAt(at) === SPACE) at++
    const unit = text.charCodeAt(at)
    return unit === LF || unit === HASH || at === text.length ? this.#endOfLine(at) : this.#readScalar(at)
  }

  /** Where the colon behind a plain key stands; -1 where there is no such key. */
  #endOfKey(from: number): number {
    const text = this.#text
    if (!isLetter(text.charCodeAt(from))) return -1
    let at = from + 1
    while (isKeyCharacter(text.charCodeAt(at))) at++
    if (text.charCodeAt(at) !== COLON) return -1
    const after = text.charCodeAt(at + 1)
    return after === SPACE || after === LF || at + 1 === text.length ? at : -1
  }

  /** Puts a collection at the row that waits, or goes back to the open one that stands at the column. */
  #enter(kind: RowKind, start: number, column: number): boolean {
    const waits = this.#waiting >= 0
    const parent = this.#columns.length === 0 ? -1 : this.#columns.at(-1)!
    // A list may stand at the column of the key that it belongs to.
    const isCompact = column === parent && kind === ROW.LIST && this.#firstKeys.at(-1) !== -1
    if (waits && (column > parent || isCompact)) {
      const row = this.#waiting
      const at = row * COLUMNS
      scratch[at + START] = start
      scratch[at + SHAPE]! += kind
      this.#open.push(row)
      this.#columns.push(column)
      this.#firstKeys.push(kind === ROW.MAP ? this.#keyCount : -1)
      this.#waiting = -1
      return this.#open.length <= Math.min(MAX_DEPTH, this.#limits.maxDepth - 1)
    }
    this.#waiting = -1
    while (this.#columns.length > 0) {
      const top = this.#columns.at(-1)!
      const isList = this.#firstKeys.at(-1) === -1
      if (top < column) return false
      if (top === column && isList === (kind === ROW.LIST)) return true
      if (top === column && !isList) return false
      this.#close()
    }
    return false
  }

  #close(): void {
    const at = this.#open.pop()! * COLUMNS
    this.#columns.pop()
    const firstKey = this.#firstKeys.pop()!
    if (firstKey >= 0) this.#keyCount = firstKey
    scratch[at + END] = this.#behind
    scratch[at + NEXT] = this.#count
  }

  #closeDocument(): void {
    if (this.#open.length > 0) this.roots.push(this.#open[0]!)
    while (this.#open.length > 0) this.#close()
    this.#waiting = -1
  }

  /** Adds an entry to the mapping on top. False for a key that stands there already or means no text. */
  #addKey(start: number, end: number): boolean {
    const text = this.#text
    let hash = 0
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
    const first = this.#firstKeys.at(-1)!
    if (this.#keyCount - first >= MAX_KEYS) return false
    for (let i = first; i < this.#keyCount; i++) if (keyHashes[i] === hash) return false
    keyHashes[this.#keyCount++] = hash
    if (end - start <= LONGEST_WORD && typeof resolvePlain(text.slice(start, end)) !== 'string') return false
    this.#behind = end + 1
    this.#waiting = this.#add(ROW.ABSENT, end + 1, end + 1, start, end - start)
    return true
  }

  #add(kind: RowKind, start: number, end: number, key: number, keyLength: number): number {
    const row = this.#count++
    const at = row * COLUMNS
    if (at + COLUMNS > scratch.length) {
      const larger = new Int32Array(scratch.length * 2)
      larger.set(scratch)
      scratch = larger
    }
    scratch[at + START] = start
    scratch[at + END] = end
    scratch[at + NEXT] = row + 1
    scratch[at + KEY] = key
    scratch[at + SHAPE] = (keyLength << KEY_BITS) + kind
    return row
  }

  /** Reads the scalar that ends the line and puts it at the row that waits. */
  #readScalar(start: number): number {
    const text = this.#text
    const unit = text.charCodeAt(start)
    let end = start
    let kind: RowKind = ROW.QUOTED
    if (unit === DOUBLE_QUOTE || unit === SINGLE_QUOTE) {
      end = this.#endOfQuoted(start, unit)
    } else if (text.startsWith('{}', start) || text.startsWith('[]', start)) {
      kind = unit === BRACE ? ROW.MAP : ROW.LIST
      end = start + 2
    } else {
      kind = ROW.PLAIN
      end = this.#endOfPlain(start)
    }
    if (end < 0) return -1
    const at = this.#waiting * COLUMNS
    scratch[at + START] = start
    scratch[at + END] = end
    scratch[at + SHAPE]! += kind
    this.#waiting = -1
    this.#behind = end
    return this.#endOfLine(end)
  }

  #endOfQuoted(start: number, quote: number): number {
    const text = this.#text
    for (let at = start + 1; isPrintable(text.charCodeAt(at)); at++) {
      const unit = text.charCodeAt(at)
      if (unit === BACKSLASH && quote === DOUBLE_QUOTE) return -1
      if (unit === quote) return text.charCodeAt(at + 1) === quote ? -1 : at + 1
    }
    return -1
  }

  /** Behind the last character of a plain scalar that is no blank. */
  #endOfPlain(start: number): number {
    const text = this.#text
    if (!startsPlain(text.charCodeAt(start), text.charCodeAt(start + 1))) return -1
    let end = start
    for (let at = start; ; at++) {
      const unit = text.charCodeAt(at)
      if (unit === SPACE) {
        if (text.charCodeAt(at + 1) === HASH) return end
        continue
      }
      if (!isPrintable(unit)) return end
      if (unit === COLON && !isPrintable(text.charCodeAt(at + 1), SPACE)) return -1
      end = at + 1
    }
  }
}

/** A `#` starts a comment only behind a blank or at the start of a line. */
function isBlankBefore(text: string, at: number): boolean {
  const before = at === 0 ? LF : text.charCodeAt(at - 1)
  return before === SPACE || before === LF
}

function endOfComment(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end === -1 ? text.length : end
}

const LF = 0x0a
const SPACE = 0x20
const DOUBLE_QUOTE = 0x22
const HASH = 0x23
const SINGLE_QUOTE = 0x27
const DASH = 0x2d
const COLON = 0x3a
const BACKSLASH = 0x5c
const BRACE = 0x7b

/** Words that stand for booleans and null have no more letters, and keys that are numbers do not start with a letter. */
const LONGEST_WORD = 5

/** ASCII from `above` on, to the tilde. */
function isPrintable(unit: number, above = SPACE - 1): boolean {
  return unit > above && unit < 0x7f
}

function isLetter(unit: number): boolean {
  return (unit > 0x60 && unit < 0x7b) || (unit > 0x40 && unit < 0x5b) || unit === 0x5f
}

/** Letters, digits and `_ - . /`, of which label keys are made. */
function isKeyCharacter(unit: number): boolean {
  return isLetter(unit) || (unit > 0x2c && unit < 0x3a)
}

/** Letters, digits and `/ . + ( < = $ ^ ; ~`, and a dash before any of these or another dash. */
function startsPlain(unit: number, next: number): boolean {
  if (unit === DASH) return next === DASH || startsPlain(next, 0)
  return isLetter(unit) || (unit > 0x2d && unit < 0x3a) || PLAIN_STARTS.has(unit)
}

const PLAIN_STARTS: ReadonlySet<number> = new Set([...'+(<=$^;~'].map((letter) => letter.charCodeAt(0)))
