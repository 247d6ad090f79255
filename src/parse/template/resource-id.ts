import type { Origin } from '../../base/origin.ts'
import type { Value } from '../../base/value.ts'
import { knownText, splitSegments, type TextPart, textParts, toText } from './text.ts'
import { derive, failure } from './values.ts'

/**
 * The id of a resource: `scope/providers/Namespace/type/name/type/name`.
 *
 * `names` are the names of the resource and its ancestors, one for each part of the type, or fewer with `/` in them.
 */
export function resourceId(scope: readonly TextPart[], type: string, names: readonly Value[], origin: Origin): Value {
  const [namespace = '', ...types] = type.split('/')
  const segments = nameSegments(names, types.length, origin)
  if (segments.length !== types.length) {
    const open = names.find((name) => knownText(textParts(name)) === undefined)
    return open === undefined ? failure(`the names do not fit the type ${type}`, origin) : derive(open, origin)
  }
  const parts: TextPart[] = [...scope]
  const lower = type.toLowerCase()
  if (lower === 'microsoft.resources/resourcegroups') parts.push('/resourceGroups/', ...textParts(segments[0]!))
  else if (lower === 'microsoft.resources/subscriptions') parts.push('/subscriptions/', ...textParts(segments[0]!))
  else {
    parts.push(`/providers/${namespace}`)
    for (const [i, one] of types.entries()) parts.push(`/${one}/`, ...textParts(segments[i]!))
  }
  return toText(parts, origin)
}

/** Names one for each part of the type: those that hold several are divided. */
export function nameSegments(names: readonly Value[], wanted: number, origin: Origin): readonly Value[] {
  if (names.length === wanted && names.every((name) => !knownText(textParts(name))?.includes('/'))) return names
  return names.flatMap((name) => splitSegments(textParts(name), origin))
}

/** Names joined by `/`, as a resource below another is called. */
export function joinNames(names: readonly Value[], origin: Origin): Value {
  if (names.length === 1) return names[0]!
  const parts: TextPart[] = []
  names.forEach((name, i) => {
    if (i > 0) parts.push('/')
    parts.push(...textParts(name))
  })
  return toText(parts, origin)
}
