import type { Origin } from '../../base/origin.ts'
import type { IdValue, UnknownValue, Value } from '../../base/value.ts'
import { derive, firstUnknown, scalar, tokenOf, toPlain, unknown } from './values.ts'

/** A piece of a string: text, or what is not known of it. */
export type TextPart = string | UnknownValue

/** A string of which only some pieces are known. */
export type PartialText = (UnknownValue | IdValue) & { readonly parts: readonly TextPart[] }

/** Parts of one string; of one with more only the start is kept. */
const MAX_PARTS = 100

/** The string that the parts make: known, an id of which only the scope is open, or unknown with what stands at its start. */
export function toText(parts: readonly TextPart[], origin: Origin): Value {
  const merged: TextPart[] = []
  for (const part of parts) {
    const last = merged.at(-1)
    if (typeof part === 'string') {
      if (part === '') continue
      if (typeof last === 'string') merged[merged.length - 1] = last + part
      else merged.push(part)
    } else merged.push(part)
  }
  if (merged.length === 0) return scalar('', origin)
  const first = merged[0]!
  if (merged.length === 1) {
    return typeof first === 'string' ? scalar(first, origin) : { ...first, origin }
  }
  if (merged.length > MAX_PARTS) {
    const { reason, detail } = merged.find((part) => typeof part !== 'string')!
    return { ...unknown(reason, detail, origin), ...(typeof first === 'string' && { prefix: first }) }
  }
  const id = relativeId(merged)
  if (id !== undefined) {
    const value: IdValue & PartialText = { kind: 'id', id, parts: merged, origin }
    return value
  }
  const hole = merged.find((part) => typeof part !== 'string')!
  const value: PartialText = {
    kind: 'unknown',
    reason: hole.reason,
    detail: hole.detail,
    origin,
    parts: merged,
    ...(typeof first === 'string' && { prefix: first }),
  }
  return value
}

/** The parts of a value as it stands inside a string: null is nothing, booleans have a capital, objects are JSON in single quotes. */
export function textParts(value: Value): readonly TextPart[] {
  switch (value.kind) {
    case 'scalar':
      return [scalarText(value.value)]
    case 'id':
      return 'parts' in value ? (value as PartialText).parts : idParts(value)
    case 'unknown':
      return 'parts' in value ? (value as PartialText).parts : [value]
    case 'choice':
      return [derive(value, value.origin)]
    default: {
      const plain = toPlain(value)
      if (plain === undefined) return [derive(firstUnknown(value) ?? value, value.origin)]
      return [JSON.stringify(plain).replaceAll('"', "'")]
    }
  }
}

export function scalarText(value: string | number | boolean | null): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  if (value === true) return 'True'
  if (value === false) return 'False'
  return String(value)
}

/** The whole text where every part is known. */
export function knownText(parts: readonly TextPart[]): string | undefined {
  if (parts.length === 1 && typeof parts[0] === 'string') return parts[0]
  let text = ''
  for (const part of parts) {
    if (typeof part !== 'string') return undefined
    text += part
  }
  return text
}

/** A text that two values share where they surely are the same; not for people. Undefined where nothing tells. */
export function identityText(value: Value): string | undefined {
  let text = ''
  for (const part of textParts(value)) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    const token = tokenOf(part)
    if (token === undefined) return undefined
    text += `${HOLE}${token}${HOLE}`
  }
  return text
}

/** Changes the known pieces; only for changes that no neighbour decides, as letter case. */
export function mapText(value: Value, change: (text: string) => string, origin: Origin): Value {
  const parts = textParts(value)
  return toText(
    parts.map((part) => (typeof part === 'string' ? change(part) : withoutKnowledge(part))),
    origin,
  )
}

/** The same unknown, but no longer the attribute itself. */
function withoutKnowledge(part: UnknownValue): UnknownValue {
  return unknown(part.reason, part.detail, part.origin)
}

/** Splits at `/`, where the text is an id: what is not known of it is then one segment. Undefined for other texts with unknown parts. */
export function splitId(parts: readonly TextPart[], origin: Origin): Value[] | undefined {
  if (!isIdShaped(parts)) return undefined
  return splitSegments(parts, origin)
}

/** Splits at `/`, taking each unknown part as holding none. */
export function splitSegments(parts: readonly TextPart[], origin: Origin): Value[] {
  const segments: TextPart[][] = [[]]
  for (const part of parts) {
    if (typeof part !== 'string') {
      segments.at(-1)!.push(part)
      continue
    }
    const pieces = part.split('/')
    segments.at(-1)!.push(pieces[0]!)
    for (let i = 1; i < pieces.length; i++) segments.push([pieces[i]!])
  }
  return segments.map((segment) => toText(segment, origin))
}

function isIdShaped(parts: readonly TextPart[]): boolean {
  const first = parts[0]
  return typeof first === 'string' && (startsWith(first, '/subscriptions/') || startsWith(first, '/providers/'))
}

/** Stands for an unknown part while the shape of a text is looked at; no identifier of Azure holds it. */
const HOLE = '\u0000'

/** The id relative to its scope, where all that is unknown lies in the scope. */
function relativeId(parts: readonly TextPart[]): string | undefined {
  if (!isIdShaped(parts)) return undefined
  let shape = ''
  for (const part of parts) shape += typeof part === 'string' ? part : HOLE
  const segments = shape.split('/')
  // '' subscriptions S resourceGroups G providers …
  let at = 1
  while (at + 2 < segments.length && segments[at]!.toLowerCase() !== 'providers') {
    if (segments[at]!.includes(HOLE) || segments[at + 1] === '') return undefined
    at += 2
  }
  if (segments[at]?.toLowerCase() !== 'providers') return undefined
  if (segments[at + 1]?.toLowerCase() === 'microsoft.management' && segments[at + 4]?.toLowerCase() === 'providers')
    at += 4
  const rest = segments.slice(at + 1).join('/')
  return rest.includes(HOLE) || rest === '' ? undefined : rest
}

function idParts(value: IdValue): readonly TextPart[] {
  const open = unknown('deployment-context', 'the scope is set by the deployment', value.origin)
  return ['/subscriptions/', open, '/resourceGroups/', open, `/providers/${value.id}`]
}

function startsWith(text: string, prefix: string): boolean {
  return text.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase()
}
