import type { Origin } from '../../../base/origin.ts'
import type { MapEntry, MapValue, UnknownValue, Value } from '../../../base/value.ts'
import { at, present } from '../prop.ts'
import type { VersionRange } from './version-range.ts'

/**
 * What a well-known module creates, so that a call of one that is not in the tree is read like the resources themselves.
 *
 * Only what network facts need is mapped; arguments that are not named are not looked at.
 */
export interface ModuleMapping {
  /** The source as Terraform writes it, or the reference as Bicep does, in lower case. */
  readonly source: string
  /** Versions whose inputs the mapping was read from. A call of any other version stays a module that is not known. */
  readonly versions: VersionRange
  expand(call: Call): readonly Created[]
}

export interface Created {
  /** Behind the call's address: empty for the main resource, `subnets["nodes"]` as outputs name the others. */
  readonly suffix: string
  readonly kind: string
  readonly value: MapValue
}

/** A call: its inputs, and references to what it creates. */
export interface Call {
  readonly inputs: MapValue
  readonly origin: Origin
  input(path: string): Value | undefined
  /** A reference to what was created under a suffix. */
  created(suffix: string): Value
}

export type Fields = Readonly<Record<string, Value | undefined>>

/** An object of the fields that are there. */
export function mapOf(fields: Fields, origin: Origin): MapValue {
  const entries = new Map<string, MapEntry>()
  for (const [key, value] of Object.entries(fields))
    if (present(value) !== undefined) entries.set(key, { value: value! })
  return { kind: 'map', entries, origin }
}

/** The resource that the module is called for. */
export function main(kind: string, fields: Fields, origin: Origin): Created {
  return { suffix: '', kind, value: mapOf(fields, origin) }
}

/** Name, location and further arguments that keep their names. */
export function named(inputs: MapValue, more: readonly string[] = []): Fields {
  return Object.fromEntries(['name', 'location', 'resource_group_name', ...more].map((key) => [key, at(inputs, key)]))
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: Value | undefined): Fields {
  return value?.kind === 'map' ? Object.fromEntries([...value.entries].map(([key, entry]) => [key, entry.value])) : {}
}

/** One block is a list of one. */
export function listOf(value: Value | undefined): Value | undefined {
  if (value === undefined || value.kind !== 'map') return value
  return { kind: 'list', items: [value], origin: value.origin }
}

/** The values of a map of objects, or the items of a list. */
export function valuesOf(value: Value | undefined): Value | undefined {
  if (value?.kind !== 'map') return value
  return { kind: 'list', items: [...value.entries.values()].map((entry) => entry.value), origin: value.origin }
}

/** The objects of a list with maps of objects inside turned to lists, as blocks are. */
export function withLists(value: Value | undefined, keys: readonly string[]): Value | undefined {
  if (value?.kind === 'list') return { ...value, items: value.items.map((item) => withLists(item, keys)!) }
  if (value?.kind !== 'map') return value
  const entries = new Map<string, MapEntry>()
  for (const [key, entry] of value.entries) {
    const inner = keys.includes(key) ? (withLists(valuesOf(entry.value), keys) ?? entry.value) : entry.value
    entries.set(key, { ...entry, value: inner })
  }
  return { ...value, entries }
}

/** Keys and values of a map, or items of a list by their number. What is not known stands as such: its parts are not known either. */
export function entriesOf(value: Value | undefined): readonly (readonly [key: string, item: Value])[] {
  const isObject = (item: Value) => item.kind === 'map' || item.kind === 'unknown' || item.kind === 'choice'
  if (value?.kind === 'map') {
    return [...value.entries].flatMap(([key, entry]) => (isObject(entry.value) ? [[key, entry.value] as const] : []))
  }
  if (value?.kind !== 'list') return []
  return value.items.flatMap((item, index) => (isObject(item) ? [[`${index}`, item] as const] : []))
}

/** The items of a list of objects, each converted; what is not known stays as it is. */
export function mapItems(value: Value | undefined, convert: (item: MapValue) => MapValue): Value | undefined {
  if (value?.kind !== 'list') return value
  return { ...value, items: value.items.map((item) => (item.kind === 'map' ? convert(item) : item)) }
}

export function text(value: string, origin: Origin): Value {
  return { kind: 'scalar', value, origin }
}

export function flag(value: boolean, origin: Origin): Value {
  return { kind: 'scalar', value, origin }
}

export function isTrue(value: Value | undefined): boolean {
  return value?.kind === 'scalar' && `${value.value}`.toLowerCase() === 'true'
}

export function isFalse(value: Value | undefined): boolean {
  return value?.kind === 'scalar' && `${value.value}`.toLowerCase() === 'false'
}

/** What a module makes of its inputs in a way that is not told from them. */
export function notTold(detail: string, origin: Origin, prefix?: string): UnknownValue {
  return { kind: 'unknown', reason: 'remote-module', detail, origin, ...(prefix === undefined ? {} : { prefix }) }
}

/** `${value}${tail}`; of an id that is a reference, with the reference. */
export function withTail(value: Value | undefined, tail: string): Value | undefined {
  if (value?.kind === 'scalar') return { ...value, value: `${value.value}${tail}` }
  if (value?.kind === 'id') return { ...value, id: `${value.id}${tail}` }
  if (value?.kind !== 'unknown') return value
  const { reason, detail, origin } = value
  return { kind: 'unknown', reason, detail, origin, parts: [value, tail] }
}

/** An object as ARM writes it. */
export function armResource(
  type: string,
  name: Value | undefined,
  properties: Fields,
  origin: Origin,
  more: { readonly location?: Value | undefined; readonly parent?: Value | undefined; readonly suffix?: string } = {},
): Created {
  const { location, parent, suffix = '' } = more
  const fields = { name, type: text(type, origin), location, parent, properties: mapOf(properties, origin) }
  return { suffix, kind: type, value: mapOf(fields, origin) }
}

/** `{id}`, where there is an id. */
export function idOf(value: Value | undefined, origin: Origin): Value | undefined {
  const isEmpty = value?.kind === 'scalar' && value.value === ''
  return present(value) === undefined || isEmpty ? undefined : mapOf({ id: value }, origin)
}
