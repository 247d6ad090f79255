import type { Value } from '../../../base/value.ts'
import { knownText, type TextPart, textParts } from '../text.ts'

/**
 * The parts of a .NET composite format string: `{0}`, `{0,5}`, `{0:D3}`, with `{{` and `}}` for braces.
 * Undefined where it is malformed. Source: learn.microsoft.com/dotnet/standard/base-types/composite-formatting
 */
export function formatText(pattern: string, values: readonly Value[]): TextPart[] | undefined {
  const parts: TextPart[] = []
  let text = ''
  let at = 0
  while (at < pattern.length) {
    const char = pattern[at]!
    if ((char === '{' || char === '}') && pattern[at + 1] === char) {
      text += char
      at += 2
    } else if (char === '}') {
      return undefined
    } else if (char === '{') {
      const end = pattern.indexOf('}', at)
      const hole = end < 0 ? null : /^(\d+)\s*(?:,\s*(-?\d+)\s*)?(?::(.*))?$/s.exec(pattern.slice(at + 1, end))
      const value = hole === null ? undefined : values[Number(hole[1])]
      if (hole === null || value === undefined) return undefined
      parts.push(text, ...holeParts(value, hole[2], hole[3]))
      text = ''
      at = end + 1
    } else {
      text += char
      at++
    }
  }
  parts.push(text)
  return parts
}

function holeParts(value: Value, width: string | undefined, format: string | undefined): readonly TextPart[] {
  const isNumber = value.kind === 'scalar' && typeof value.value === 'number'
  const parts = format !== undefined && isNumber ? [formatNumber(value.value as number, format)] : textParts(value)
  const text = knownText(parts)
  if (width === undefined || text === undefined) return parts
  const size = Math.min(Math.abs(Number(width)), 1000)
  return [Number(width) < 0 ? text.padEnd(size) : text.padStart(size)]
}

/** Standard formats D, N, F, X and G, and custom ones made of `0`. */
function formatNumber(value: number, format: string): string {
  const standard = /^([DdNnFfXxGg])(\d{0,2})$/.exec(format)
  if (standard !== null) {
    const digits = standard[2] === '' ? undefined : Number(standard[2])
    const sign = value < 0 ? '-' : ''
    const size = Math.abs(value)
    switch (standard[1]!.toUpperCase()) {
      case 'D':
        return sign + String(size).padStart(digits ?? 0, '0')
      case 'N':
        return sign + grouped(size.toFixed(digits ?? 2))
      case 'F':
        return sign + size.toFixed(digits ?? 2)
      case 'X': {
        const hex = value.toString(16).padStart(digits ?? 0, '0')
        return standard[1] === 'X' ? hex.toUpperCase() : hex
      }
      default:
        return String(value)
    }
  }
  if (/^0+$/.test(format)) return (value < 0 ? '-' : '') + String(Math.abs(value)).padStart(format.length, '0')
  return String(value)
}

function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.')
  let result = ''
  for (let i = 0; i < whole.length; i++) {
    if (i > 0 && (whole.length - i) % 3 === 0) result += ','
    result += whole[i]
  }
  return fraction === undefined ? result : `${result}.${fraction}`
}
