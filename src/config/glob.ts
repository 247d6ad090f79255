/** A compiled pattern. */
export interface Glob {
  /** As it was written. */
  readonly pattern: string
  matches(text: string): boolean
}

/** UTF-16 units of a pattern; the longest path of a manifest seen in public repositories has 240. */
export const MAX_GLOB_LENGTH = 512
/** Patterns that the braces of one pattern may stand for. */
const MAX_ALTERNATIVES = 64

/**
 * Compiles a glob, or says what is wrong with it.
 *
 * `*` stands for any characters but `/`, `**` as a whole part for any number of parts, `?` for one character but `/`,
 * `{a,b}` for either, and `\` takes the next character as it is. Brackets mean themselves, since addresses hold them
 * (`azurerm_subnet.aks["nodes"]`). A pattern that ends in `/` covers all that is below.
 *
 * Matching costs at most pattern × text steps, whatever either holds.
 */
export function compileGlob(pattern: string): Glob | { readonly error: string } {
  if (pattern === '') return { error: 'the pattern is empty' }
  if (pattern.length > MAX_GLOB_LENGTH) return { error: `the pattern is longer than ${MAX_GLOB_LENGTH} characters` }
  if (pattern.startsWith('!')) return { error: 'a pattern cannot be negated with "!"' }
  const alternatives = expandBraces(pattern)
  if (typeof alternatives === 'string') return { error: alternatives }
  const compiled = alternatives.map(compileParts)
  return { pattern, matches: (text) => compiled.some((parts) => matchParts(parts, text.split('/'))) }
}

/** As {@link compileGlob} for a pattern that is known to be right. */
export function toGlob(pattern: string): Glob {
  const glob = compileGlob(pattern)
  if ('error' in glob) throw new Error(`invariant: ${pattern}: ${glob.error}`)
  return glob
}

/** True where one of the patterns matches. */
export function matchesAny(globs: readonly Glob[], text: string): boolean {
  return globs.some((glob) => glob.matches(text))
}

/** The patterns that the outermost `{a,b}` of each stand for, or the error. Each round takes one pair of braces away. */
function expandBraces(pattern: string): readonly string[] | string {
  const done: string[] = []
  const open = [pattern]
  while (open.length > 0) {
    if (open.length + done.length > MAX_ALTERNATIVES)
      return `the braces stand for more than ${MAX_ALTERNATIVES} patterns`
    const next = open.pop()!
    const braces = findBraces(next)
    if (braces === undefined) done.push(next)
    else if (braces === 'open') return 'a "{" is not closed'
    else {
      for (const choice of braces.choices) open.push(next.slice(0, braces.start) + choice + next.slice(braces.end))
    }
  }
  return done
}

/** The first pair of braces and what stands between its commas. */
function findBraces(
  pattern: string,
): { readonly start: number; readonly end: number; readonly choices: readonly string[] } | 'open' | undefined {
  let start = -1
  let depth = 0
  let choice = 0
  const choices: string[] = []
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i]!
    if (char === '\\') i++
    else if (char === '{') {
      if (depth++ === 0) {
        start = i
        choice = i + 1
      }
    } else if (depth > 0 && char === '}') {
      if (--depth > 0) continue
      choices.push(pattern.slice(choice, i))
      return { start, end: i + 1, choices }
    } else if (depth === 1 && char === ',') {
      choices.push(pattern.slice(choice, i))
      choice = i + 1
    }
  }
  return depth > 0 ? 'open' : undefined
}

/** One part between slashes: literal characters and the two wildcards. */
type Token = { readonly literal: string } | '*' | '?'
type Part = readonly Token[] | '**'

function compileParts(pattern: string): readonly Part[] {
  const whole = pattern.endsWith('/') ? `${pattern}**` : pattern
  return whole.split('/').map((part) => (part === '**' ? '**' : toTokens(part)))
}

function toTokens(part: string): readonly Token[] {
  const tokens: Token[] = []
  for (let i = 0; i < part.length; i++) {
    const char = part[i]!
    if (char === '\\' && i + 1 < part.length) tokens.push({ literal: part[++i]! })
    else if (char === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*')
    } else tokens.push(char === '?' ? '?' : { literal: char })
  }
  return tokens
}

function matchParts(pattern: readonly Part[], parts: readonly string[]): boolean {
  return matchSequence(
    pattern,
    parts,
    (part) => part === '**',
    (part, text) => part !== '**' && matchPart(part, text),
  )
}

function matchPart(tokens: readonly Token[], text: string): boolean {
  return matchSequence(
    tokens,
    text,
    (token) => token === '*',
    (token, char) => token === '?' || (typeof token === 'object' && token.literal === char),
  )
}

/**
 * Matches a sequence against a pattern in which some items stand for any run of items.
 *
 * It is enough to go back to the last such item: an earlier one could only give up what this one can take as well.
 */
function matchSequence<P, T>(
  pattern: readonly P[],
  text: ArrayLike<T>,
  isRun: (item: P) => boolean,
  matchesOne: (item: P, one: T) => boolean,
): boolean {
  let p = 0
  let t = 0
  let run = -1
  let resume = 0
  while (t < text.length) {
    const item = pattern[p]
    if (item !== undefined && isRun(item)) {
      run = p++
      resume = t
    } else if (item !== undefined && matchesOne(item, text[t]!)) {
      p++
      t++
    } else if (run >= 0) {
      p = run + 1
      t = ++resume
    } else return false
  }
  while (p < pattern.length && isRun(pattern[p]!)) p++
  return p === pattern.length
}
