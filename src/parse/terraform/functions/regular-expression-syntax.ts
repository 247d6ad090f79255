import { refuse } from '../failure.ts'

export type PatternNode =
  | { readonly kind: 'character'; readonly matches: (point: number) => boolean }
  | { readonly kind: 'assert'; readonly holds: (text: string, at: number) => boolean }
  | { readonly kind: 'group'; readonly inner: PatternNode; readonly index: number | undefined }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'alternatives'; readonly items: readonly PatternNode[] }
  | {
      readonly kind: 'repeat'
      readonly inner: PatternNode
      readonly least: number
      readonly most: number | undefined
      readonly lazy: boolean
    }

/** Source: RE2 allows no more. */
const MAX_REPEAT = 1000
const MAX_NESTING = 200

interface Flags {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
  readonly multiline: boolean
  readonly ungreedy: boolean
}

/** Parses RE2's syntax. Refuses look-around and back-references, which RE2 does not have. */
export function parsePattern(pattern: string): {
  readonly root: PatternNode
  readonly groupNames: readonly (string | undefined)[]
} {
  const parser = new PatternParser([...pattern])
  const root = parser.parse()
  return { root, groupNames: parser.groupNames }
}

class PatternParser {
  /** The whole match is group 0. */
  readonly groupNames: (string | undefined)[] = [undefined]
  readonly #points: readonly string[]
  #at = 0
  #depth = 0
  #flags: Flags = { ignoreCase: false, dotAll: false, multiline: false, ungreedy: false }

  constructor(points: readonly string[]) {
    this.#points = points
  }

  parse(): PatternNode {
    const root = this.#alternatives()
    if (this.#at < this.#points.length) refuse('a pattern closes a group that it did not open')
    return root
  }

  #peek(offset = 0): string | undefined {
    return this.#points[this.#at + offset]
  }

  #takes(text: string): boolean {
    if (this.#points.slice(this.#at, this.#at + text.length).join('') !== text) return false
    this.#at += text.length
    return true
  }

  #alternatives(): PatternNode {
    if (++this.#depth > MAX_NESTING) refuse('a pattern nests too deep')
    const items = [this.#sequence()]
    while (this.#takes('|')) items.push(this.#sequence())
    this.#depth--
    return items.length === 1 ? items[0]! : { kind: 'alternatives', items }
  }

  #sequence(): PatternNode {
    const items: PatternNode[] = []
    for (;;) {
      const next = this.#peek()
      if (next === undefined || next === '|' || next === ')') break
      const atom = this.#atom()
      if (atom !== undefined) items.push(this.#repeated(atom))
    }
    return { kind: 'sequence', items }
  }

  #repeated(atom: PatternNode): PatternNode {
    const bounds = this.#bounds()
    if (bounds === undefined) return atom
    const lazy = this.#takes('?') !== this.#flags.ungreedy
    if (this.#bounds() !== undefined) refuse('a pattern repeats a repetition')
    return { kind: 'repeat', inner: atom, ...bounds, lazy }
  }

  #bounds(): { readonly least: number; readonly most: number | undefined } | undefined {
    if (this.#takes('*')) return { least: 0, most: undefined }
    if (this.#takes('+')) return { least: 1, most: undefined }
    if (this.#takes('?')) return { least: 0, most: 1 }
    if (this.#peek() !== '{') return undefined
    const match = /^\{(\d{1,5})(,(\d{0,5}))?\}/.exec(this.#points.slice(this.#at, this.#at + 14).join(''))
    if (match === null) return undefined
    const least = Number(match[1])
    const most = match[2] === undefined ? least : match[3] === '' ? undefined : Number(match[3])
    if (least > MAX_REPEAT || (most !== undefined && (most > MAX_REPEAT || most < least)))
      return refuse('a pattern repeats too often')
    this.#at += match[0].length
    return { least, most }
  }

  /** Undefined for what only sets flags. */
  #atom(): PatternNode | undefined {
    const point = this.#peek()!
    switch (point) {
      case '(':
        return this.#group()
      case '[':
        return { kind: 'character', matches: this.#folded(this.#characterClass()) }
      case '.':
        this.#at++
        return { kind: 'character', matches: this.#flags.dotAll ? () => true : (code) => code !== 0x0a }
      case '^':
        this.#at++
        return { kind: 'assert', holds: this.#flags.multiline ? isLineStart : isTextStart }
      case '$':
        this.#at++
        return { kind: 'assert', holds: this.#flags.multiline ? isLineEnd : isTextEnd }
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        return refuse('a pattern repeats nothing')
      default:
        this.#at++
        return this.#literal(point)
    }
  }

  #literal(point: string): PatternNode {
    const code = point.codePointAt(0)!
    return { kind: 'character', matches: this.#folded((other) => other === code) }
  }

  #folded(matches: (code: number) => boolean): (code: number) => boolean {
    if (!this.#flags.ignoreCase) return matches
    return (code) => {
      if (matches(code)) return true
      const character = String.fromCodePoint(code)
      return [character.toLowerCase(), character.toUpperCase()].some((other) => {
        const first = other.codePointAt(0)!
        return [...other].length === 1 && first !== code && matches(first)
      })
    }
  }

  #group(): PatternNode | undefined {
    this.#at++
    const outer = this.#flags
    let index: number | undefined
    if (this.#takes('?')) {
      const named = /^P?<([^>]*)>/.exec(this.#points.slice(this.#at, this.#at + 200).join(''))
      if (named !== null) {
        const name = named[1]!
        if (!/^\w+$/.test(name) || this.groupNames.includes(name)) return refuse('a pattern has a bad name of a group')
        this.#at += named[0].length
        index = this.groupNames.push(name) - 1
      } else if (!this.#setFlags()) return undefined
    } else index = this.groupNames.push(undefined) - 1
    const inner = this.#alternatives()
    if (!this.#takes(')')) refuse('a pattern does not close a group')
    this.#flags = outer
    return { kind: 'group', inner, index }
  }

  /** `(?i)` holds to the end of the group that it stands in, and gives false; `(?i:…)` is a group. */
  #setFlags(): boolean {
    const match = /^([imsU]*)(?:-([imsU]+))?([:)])/.exec(this.#points.slice(this.#at, this.#at + 20).join(''))
    if (match === null || match[0] === ')') return refuse('a pattern has a kind of group that RE2 does not know')
    this.#at += match[0].length
    const set = (letter: string, now: boolean) =>
      match[1]!.includes(letter) ? true : match[2]?.includes(letter) ? false : now
    const { ignoreCase, multiline, dotAll, ungreedy } = this.#flags
    this.#flags = {
      ignoreCase: set('i', ignoreCase),
      multiline: set('m', multiline),
      dotAll: set('s', dotAll),
      ungreedy: set('U', ungreedy),
    }
    return match[3] === ':'
  }

  #escape(): PatternNode | undefined {
    const letter = this.#peek(1)
    switch (letter) {
      case 'A':
        this.#at += 2
        return { kind: 'assert', holds: isTextStart }
      case 'z':
        this.#at += 2
        return { kind: 'assert', holds: isTextEnd }
      case 'b':
      case 'B':
        this.#at += 2
        return { kind: 'assert', holds: (text, at) => isWordBoundary(text, at) === (letter === 'b') }
      case 'Q': {
        this.#at += 2
        const items: PatternNode[] = []
        while (this.#at < this.#points.length && !this.#takes('\\E'))
          items.push(this.#literal(this.#points[this.#at++]!))
        return { kind: 'sequence', items }
      }
      default: {
        const matches = this.#classEscape()
        return { kind: 'character', matches: this.#folded(matches ?? this.#exactly(this.#characterEscape())) }
      }
    }
  }

  #exactly(code: number): (other: number) => boolean {
    return (other) => other === code
  }

  /** `\d`, `\pL` and the like; undefined where the escape is of a single character. */
  #classEscape(): ((code: number) => boolean) | undefined {
    const letter = this.#peek(1)
    const known = letter === undefined ? undefined : PERL_CLASSES.get(letter.toLowerCase())
    if (known !== undefined && letter !== undefined) {
      this.#at += 2
      return letter === letter.toLowerCase() ? known : (code) => !known(code)
    }
    if (letter !== 'p' && letter !== 'P') return undefined
    const match = /^\\[pP](?:\{(\^?)(\w+)\}|([A-Z]))/.exec(this.#points.slice(this.#at, this.#at + 40).join(''))
    if (match === null) return refuse('a pattern has a bad Unicode class')
    this.#at += match[0].length
    const test = unicodeClass(match[2] ?? match[3]!)
    const negated = (letter === 'P') !== (match[1] === '^')
    return negated ? (code) => !test(code) : test
  }

  #characterEscape(): number {
    this.#at++
    const letter = this.#points[this.#at++]
    if (letter === undefined) return refuse('a pattern ends in a backslash')
    const simple = CONTROL_ESCAPES.get(letter)
    if (simple !== undefined) return simple
    if (letter === 'x') {
      const match = /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/.exec(
        this.#points.slice(this.#at, this.#at + 8).join(''),
      )
      if (match === null) return refuse('a pattern has a bad escape')
      this.#at += match[0].length
      const code = Number.parseInt(match[1] ?? match[2]!, 16)
      return code <= 0x10ffff ? code : refuse('a pattern has a bad escape')
    }
    if (letter >= '0' && letter <= '7') {
      const match = /^[0-7]{1,3}/.exec(this.#points.slice(this.#at - 1, this.#at + 2).join(''))!
      // A digit alone would be a back-reference.
      if (letter !== '0' && match[0].length === 1) return refuse('RE2 has no back-references')
      this.#at += match[0].length - 1
      return Number.parseInt(match[0], 8)
    }
    if (/[0-9A-Za-z]/.test(letter)) return refuse(`a pattern has the escape \\${letter}, which RE2 does not know`)
    return letter.codePointAt(0)!
  }

  #characterClass(): (code: number) => boolean {
    this.#at++
    const negated = this.#takes('^')
    const tests: ((code: number) => boolean)[] = []
    for (let first = true; ; first = false) {
      const point = this.#peek()
      if (point === undefined) return refuse('a pattern does not close a character class')
      if (point === ']' && !first) break
      const posix = /^\[:(\^?)(\w+):\]/.exec(this.#points.slice(this.#at, this.#at + 14).join(''))
      if (posix !== null) {
        const test = POSIX_CLASSES.get(posix[2]!)
        if (test === undefined) return refuse('a pattern has an unknown POSIX class')
        this.#at += posix[0].length
        tests.push(posix[1] === '^' ? (code) => !test(code) : test)
        continue
      }
      const known = point === '\\' ? this.#classEscape() : undefined
      if (known !== undefined) {
        tests.push(known)
        continue
      }
      const low = this.#classCharacter()
      let high = low
      if (this.#peek() === '-' && this.#peek(1) !== ']' && this.#peek(1) !== undefined) {
        this.#at++
        high = this.#classCharacter()
        if (high < low) return refuse('a pattern has a range from high to low')
      }
      tests.push((code) => code >= low && code <= high)
    }
    this.#at++
    // Case is folded before the class is negated: [^a] with (?i) takes neither a nor A.
    const any = (code: number) => tests.some((test) => test(code))
    if (!negated) return any
    const folded = this.#folded(any)
    return (code) => !folded(code)
  }

  #classCharacter(): number {
    return this.#peek() === '\\' ? this.#characterEscape() : this.#points[this.#at++]!.codePointAt(0)!
  }
}

const CONTROL_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
])

function between(...ranges: readonly string[]): (code: number) => boolean {
  const bounds = ranges.map((range) => [range.charCodeAt(0), range.charCodeAt(range.length - 1)] as const)
  return (code) => bounds.some(([low, high]) => code >= low && code <= high)
}

const isDigit = between('09')
const isWord = between('09', 'az', 'AZ', '_')

const PERL_CLASSES: ReadonlyMap<string, (code: number) => boolean> = new Map([
  ['d', isDigit],
  ['w', isWord],
  ['s', between('\t\n', '\f\r', ' ')],
])

const POSIX_CLASSES: ReadonlyMap<string, (code: number) => boolean> = new Map([
  ['alnum', between('09', 'az', 'AZ')],
  ['alpha', between('az', 'AZ')],
  ['ascii', between('\0\x7f')],
  ['blank', between('\t', ' ')],
  ['cntrl', between('\0\x1f', '\x7f')],
  ['digit', isDigit],
  ['graph', between('!~')],
  ['lower', between('az')],
  ['print', between(' ~')],
  ['punct', between('!/', ':@', '[`', '{~')],
  ['space', between('\t\r', ' ')],
  ['upper', between('AZ')],
  ['word', isWord],
  ['xdigit', between('09', 'af', 'AF')],
])

function unicodeClass(name: string): (code: number) => boolean {
  let expression: RegExp
  try {
    const isScript = name.length > 2 && name !== 'Any'
    expression = new RegExp(isScript ? `^\\p{Script=${name}}$` : name === 'Any' ? '^[^]$' : `^\\p{${name}}$`, 'u')
  } catch {
    return refuse(`a pattern has the unknown Unicode class ${name}`)
  }
  return (code) => expression.test(String.fromCodePoint(code))
}

function isTextStart(_: string, at: number): boolean {
  return at === 0
}

function isTextEnd(text: string, at: number): boolean {
  return at === text.length
}

function isLineStart(text: string, at: number): boolean {
  return at === 0 || text.charCodeAt(at - 1) === 0x0a
}

function isLineEnd(text: string, at: number): boolean {
  return at === text.length || text.charCodeAt(at) === 0x0a
}

function isWordBoundary(text: string, at: number): boolean {
  const before = at > 0 && isWord(text.charCodeAt(at - 1))
  const after = at < text.length && isWord(text.charCodeAt(at))
  return before !== after
}
