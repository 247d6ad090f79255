import type { Origin } from '../../base/origin.ts'
import type { Problem } from '../../base/problem.ts'
import { get, isAbsent, itemsOf, type MapValue, stringOf, type Value } from '../../base/value.ts'
import type { Resource } from '../../parse/resource.ts'

/** Where the API server would refuse an object, and why. */
export interface Rejection {
  /** One sentence without a full stop. Text from the tree: escape before printing. */
  readonly message: string
  readonly origin: Origin
  /** True where readers that do not validate take a default instead. */
  readonly hasDefault?: true
}

/** The part of `metadata` that every object has. */
export interface ObjectName {
  readonly name: string
  readonly namespace: string
}

/** Stands for a namespace or name that the tree does not tell. No object can have this name: parentheses are not allowed in one. */
export const UNKNOWN_NAME = '(unknown)'

/** Name and namespace; the namespace is `default` where none is written, and an anonymous object is named by its `generateName` and `*`. */
export function objectName(value: MapValue): ObjectName {
  const metadata = get(value, 'metadata')
  const generated = stringOf(get(metadata, 'generateName'))
  const name = nameOf(get(metadata, 'name')) ?? (generated === undefined ? UNKNOWN_NAME : `${generated}*`)
  return { name, namespace: nameOf(get(metadata, 'namespace')) ?? 'default' }
}

function nameOf(value: Value | undefined): string | undefined {
  if (isAbsent(value)) return undefined
  const text = scalarText(value)
  return text === '' ? undefined : (text ?? UNKNOWN_NAME)
}

/** True for a value that is there but cannot be known, also where it is one of several. */
export function isUnknown(value: Value | undefined): boolean {
  return value?.kind === 'unknown' || value?.kind === 'choice' || value?.kind === 'id'
}

/** A scalar as text: numbers and booleans where a string belongs are read as a lenient tool does. Undefined for anything else. */
export function scalarText(value: Value | undefined): string | undefined {
  return value?.kind === 'scalar' && value.value !== null ? String(value.value) : undefined
}

const NO_ENTRIES: ReadonlyMap<string, string> = new Map()

/** The text entries of a map such as `annotations`; entries that are unknown or no scalars are left out. */
export function textEntries(value: Value | undefined): ReadonlyMap<string, string> {
  if (value?.kind !== 'map') return NO_ENTRIES
  const entries = new Map<string, string>()
  for (const [key, entry] of value.entries) {
    const text = scalarText(entry.value)
    if (text !== undefined) entries.set(key, text)
  }
  return entries
}

/** The strings of a list; other items are left out. */
export function textItems(value: Value | undefined): readonly string[] {
  return itemsOf(value).flatMap((item) => scalarText(item) ?? [])
}

/** `apiVersion` split at its slash; the core group is `''`. */
export function apiGroup(value: MapValue): { readonly group: string; readonly version: string } {
  const text = stringOf(get(value, 'apiVersion')) ?? ''
  const slash = text.indexOf('/')
  return slash < 0 ? { group: '', version: text } : { group: text.slice(0, slash), version: text.slice(slash + 1) }
}

/** The problem that tells people of a rejection. */
export function toProblem(resource: Resource, rejection: Rejection): Problem {
  return {
    code: 'rejected',
    message: `${resource.address}: the API server refuses this object: ${rejection.message}`,
    at: rejection.origin,
  }
}

/**
 * Notes the fields of a map that its type has not. Field validation refuses them, which is the default of kubectl and always on in
 * server-side apply; without it they are dropped, and what was meant to narrow a rule is not there.
 * Source: kubernetes.io/docs/reference/using-api/api-concepts/#validation-for-unrecognized-or-duplicate-fields
 */
export function refuseOtherFields(
  value: Value | undefined,
  fields: ReadonlySet<string>,
  what: string,
  rejections: Rejection[],
): void {
  if (value?.kind !== 'map') return
  for (const [key, entry] of value.entries) {
    if (fields.has(key) || isAbsent(entry.value)) continue
    const close = [...fields].find((field) => field.toLowerCase() === key.toLowerCase())
    const meant = close === undefined ? '' : `; ${close} is meant`
    rejections.push({
      message: `${what} has no field ${key}${meant}`,
      origin: entry.key ?? entry.value.origin,
      hasDefault: true,
    })
  }
}
