import type { Origin } from './origin.ts'

/**
 * A value of a resource, as far as it can be known without running anything. Every part knows its origin.
 *
 * Kubernetes objects, Terraform arguments and ARM bodies all end here, so that models read one shape.
 */
export type Value = ScalarValue | ListValue | MapValue | IdValue | UnknownValue | ChoiceValue

export interface ScalarValue {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  readonly origin: Origin
  /** Set where a plan told what an attribute of a resource of the same tree is: the resource is still what is meant. */
  readonly reference?: Reference
}

export interface ListValue {
  readonly kind: 'list'
  readonly items: readonly Value[]
  readonly origin: Origin
}

export interface MapValue {
  readonly kind: 'map'
  /** In the order written; the last of duplicate keys wins, and the losers are reported as problems by the reader. */
  readonly entries: ReadonlyMap<string, MapEntry>
  readonly origin: Origin
  /** The value of one key, where that costs less than making all entries. */
  find?(key: string): Value | undefined
  /** As the entries have them, where these are made on demand. */
  readonly keys?: readonly string[]
}

export interface MapEntry {
  readonly value: Value
  /** Origin of the key itself; absent where the key was computed. */
  readonly key?: Origin
}

/**
 * The identity of a resource whose subscription and group may be unknown.
 *
 * `id` is relative: what follows the last `/providers/` that is not an extension's, as `Microsoft.Network/virtualNetworks/v/subnets/s`.
 */
export interface IdValue {
  readonly kind: 'id'
  readonly id: string
  readonly origin: Origin
}

/** Cannot be known statically; never a guess. */
export interface UnknownValue {
  readonly kind: 'unknown'
  readonly reason: UnknownReason
  /** For people, without a full stop: `variable "location" has no default`. Text from the tree: escape before printing. */
  readonly detail: string
  readonly origin: Origin
  /** Set where the value is an attribute of a resource of the same tree, so that a model can still follow the reference. */
  readonly reference?: Reference
  /** Set for strings of which a part is known: what surely stands at the start. */
  readonly prefix?: string
  /** Set for strings of which only pieces are unknown, where that is told: the pieces in order, as of `${x.ip_address}/32`. */
  readonly parts?: readonly (string | UnknownValue)[]
}

/** One of several values; which one depends on something unknown. At least two, none a choice itself. */
export interface ChoiceValue {
  readonly kind: 'choice'
  readonly options: readonly Value[]
  readonly reason: UnknownReason
  readonly detail: string
  readonly origin: Origin
}

export interface Reference {
  /** Address of the resource within its unit: `module.net.azurerm_subnet.aks["nodes"]`, a Bicep symbol. */
  readonly address: string
  /** `id`, `private_ip_address` …; empty for the resource as a whole. */
  readonly attribute: string
}

export const UNKNOWN_REASONS = [
  'variable-without-default',
  'data-source',
  'provider-computed',
  'remote-module',
  'remote-source',
  'deployment-context',
  'runtime-function',
  'unsupported-function',
  'substitution',
  'encrypted',
  'evaluation-error',
  'cycle',
  'limit-exceeded',
  'outside-tree',
  'not-followed',
  'derived',
] as const

/**
 * Why a value is unknown. `evaluation-error`: the language itself refuses it (printed as `$error`, not `$unknown`).
 * `derived`: computed from another unknown, with no reason of its own.
 */
export type UnknownReason = (typeof UNKNOWN_REASONS)[number]

/** The entry's value, or undefined where `value` is not a map or has no such key. */
export function get(value: Value | undefined, key: string): Value | undefined {
  if (value?.kind !== 'map') return undefined
  return value.find === undefined ? value.entries.get(key)?.value : value.find(key)
}

/** The keys of a map, without making its entries. */
export function keysIn(map: MapValue): Iterable<string> {
  return map.keys ?? map.entries.keys()
}

export function hasKey(map: MapValue, key: string): boolean {
  return map.keys?.includes(key) ?? map.entries.has(key)
}

/** As {@link get} along a path of keys. */
export function dig(value: Value | undefined, ...path: readonly string[]): Value | undefined {
  let at = value
  for (const key of path) at = get(at, key)
  return at
}

/** The string, or undefined for anything else, unknown included. */
export function stringOf(value: Value | undefined): string | undefined {
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined
}

export function numberOf(value: Value | undefined): number | undefined {
  return value?.kind === 'scalar' && typeof value.value === 'number' ? value.value : undefined
}

export function booleanOf(value: Value | undefined): boolean | undefined {
  return value?.kind === 'scalar' && typeof value.value === 'boolean' ? value.value : undefined
}

/** Null and absent are the same to every reader of Kubernetes and ARM objects. */
export function isAbsent(value: Value | undefined): boolean {
  return value === undefined || (value.kind === 'scalar' && value.value === null)
}

/** The items of a list; none for anything else. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  return value?.kind === 'list' ? value.items : []
}

/** What the JSON outputs print for a value: `{"$unknown": …}`, `{"$error": …}`, `{"$id": …}` or `{"$choice": […]}` where it is not plain. */
export function toJson(value: Value): unknown {
  switch (value.kind) {
    case 'scalar':
      return value.value
    case 'list':
      return value.items.map(toJson)
    case 'map': {
      const object: Record<string, unknown> = Object.create(null)
      for (const [key, entry] of value.entries) object[key] = toJson(entry.value)
      return object
    }
    case 'id':
      return { $id: value.id }
    case 'unknown':
      return value.reason === 'evaluation-error' ? { $error: value.detail } : { $unknown: value.detail || value.reason }
    case 'choice':
      return { $choice: value.options.map(toJson), $unknown: value.detail || value.reason }
  }
}
