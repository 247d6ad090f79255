import type { Origin } from '../../base/origin.ts'
import type { MapEntry, Value } from '../../base/value.ts'

/** JSON text inside a text value (`jsonencode` in azapi 1): every part has the text's origin. Undefined where it is no JSON. */
export function jsonValue(text: string, origin: Origin): Value | undefined {
  try {
    return toValue(JSON.parse(text), origin, 0)
  } catch {
    // Not JSON: the caller treats the body as absent, as the provider would refuse it.
    return undefined
  }
}

/** Deeper than any ARM body; the parser's own stack allows more than ours should. */
const DEEPEST = 100

function toValue(json: unknown, origin: Origin, depth: number): Value {
  if (depth > DEEPEST) return { kind: 'unknown', reason: 'limit-exceeded', detail: 'nested too deeply', origin }
  if (Array.isArray(json)) return { kind: 'list', items: json.map((item) => toValue(item, origin, depth + 1)), origin }
  if (json !== null && typeof json === 'object') {
    const entries = new Map<string, MapEntry>()
    for (const [key, value] of Object.entries(json)) entries.set(key, { value: toValue(value, origin, depth + 1) })
    return { kind: 'map', entries, origin }
  }
  return { kind: 'scalar', value: json as string | number | boolean | null, origin }
}
