/**
 * Whether a path matches a pattern of `fileset`: `*`, `?`, `**`, `{a,b}` and `[…]`. Time is the product of the two lengths.
 * Source: opentofu.org/docs/language/functions/fileset
 */
export function matchesGlob(pattern: string, path: string): boolean {
  return expandBraces(pattern).some((plain) => matchesPlain(plain.split('/'), path.split('/')))
}

/** Patterns with braces stand for several; more than these are not looked at. */
const MAX_ALTERNATIVES = 64

function expandBraces(pattern: string): readonly string[] {
  let patterns = [pattern]
  for (;;) {
    let changed = false
    const next: string[] = []
    for (const each of patterns) {
      const match = /\{([^{}]*)\}/.exec(each)
      if (match === null) {
        next.push(each)
        continue
      }
      changed = true
      const before = each.slice(0, match.index)
      const after = each.slice(match.index + match[0].length)
      for (const choice of match[1]!.split(',')) next.push(before + choice + after)
    }
    patterns = next.slice(0, MAX_ALTERNATIVES)
    if (!changed) return patterns
  }
}

/** Segments against segments, `**` standing for any number of them. */
function matchesPlain(pattern: readonly string[], path: readonly string[]): boolean {
  let reached = new Set([0])
  for (const segment of path) {
    const next = new Set<number>()
    for (const at of withStars(reached, pattern)) {
      if (pattern[at] === '**') next.add(at)
      else if (pattern[at] !== undefined && matchesSegment(pattern[at], segment)) next.add(at + 1)
    }
    reached = next
  }
  return withStars(reached, pattern).has(pattern.length)
}

/** `**` may also stand for no segment at all. */
function withStars(reached: ReadonlySet<number>, pattern: readonly string[]): ReadonlySet<number> {
  const all = new Set(reached)
  for (const at of all) if (pattern[at] === '**') all.add(at + 1)
  return all
}

function matchesSegment(pattern: string, segment: string): boolean {
  const tokens = tokensOf(pattern)
  let reached = new Set([0])
  const close = () => {
    for (const at of reached) if (tokens[at] === 'any') reached.add(at + 1)
  }
  close()
  for (const character of segment) {
    const next = new Set<number>()
    for (const at of reached) {
      const token = tokens[at]
      if (token === undefined) continue
      if (token === 'any') next.add(at)
      else if (token(character)) next.add(at + 1)
    }
    reached = next
    close()
  }
  return reached.has(tokens.length)
}

function tokensOf(pattern: string): readonly ('any' | ((character: string) => boolean))[] {
  const tokens: ('any' | ((character: string) => boolean))[] = []
  const characters = [...pattern]
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!
    if (character === '*') {
      if (tokens.at(-1) !== 'any') tokens.push('any')
    } else if (character === '?') tokens.push(() => true)
    else if (character === '\\' && characters[i + 1] !== undefined) {
      const escaped = characters[++i]!
      tokens.push((other) => other === escaped)
    } else if (character === '[') {
      const end = characters.indexOf(']', i + 2)
      if (end < 0) {
        tokens.push((other) => other === '[')
        continue
      }
      tokens.push(classOf(characters.slice(i + 1, end)))
      i = end
    } else tokens.push((other) => other === character)
  }
  return tokens
}

function classOf(characters: readonly string[]): (character: string) => boolean {
  const negated = characters[0] === '^' || characters[0] === '!'
  const body = negated ? characters.slice(1) : characters
  const ranges: (readonly [string, string])[] = []
  for (let i = 0; i < body.length; i++) {
    if (body[i + 1] === '-' && body[i + 2] !== undefined) {
      ranges.push([body[i]!, body[i + 2]!])
      i += 2
    } else ranges.push([body[i]!, body[i]!])
  }
  return (character) => ranges.some(([low, high]) => character >= low && character <= high) !== negated
}
