/** Values of a template; a `Ref` is an expression, written differently in each language. */
export type Json = string | number | boolean | Ref | readonly Json[] | { readonly [name: string]: Json }
export type Properties = { readonly [name: string]: Json }
export interface Ref {
  readonly $ref: string
  /** A property of the resource, such as `ipAddress`. */
  readonly $property?: string
  /** A part of it, by collection and name. Neither: the resource's id. */
  readonly $part?: readonly [collection: string, name: string]
}

export interface Declared {
  /** Symbolic name of Bicep. */
  readonly symbol: string
  readonly type: string
  readonly api: string
  /** All segments, the parents' first. */
  readonly names: readonly string[]
  readonly body: Properties
}

const NETWORK = '2024-05-01'

export function ref(symbol: string, property?: string): Ref {
  return { $ref: symbol, ...(property !== undefined && { $property: property }) }
}

/** `{ id: … }`. */
export function reference(symbol: string): Json {
  return { id: ref(symbol) }
}

/** `{ id: … }` of a part of a resource. */
export function partOf(symbol: string, collection: string, name: string): Json {
  return { id: { $ref: symbol, $part: [collection, name] } }
}

export function symbolOf(...parts: readonly string[]): string {
  return parts.join('_').replaceAll('-', '_')
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

export function isRef(value: Json): value is Ref {
  return typeof value === 'object' && '$ref' in value
}

/** A resource of `Microsoft.Network`. */
export function network(
  symbol: string,
  type: string,
  names: readonly string[],
  properties: Properties,
  more: Properties = {},
  api = NETWORK,
): Declared {
  const placed: Properties = names.length === 1 ? { location: 'westeurope' } : {}
  return { symbol, type: `Microsoft.Network/${type}`, api, names, body: { ...placed, ...more, properties } }
}

/** One that is in no region. */
export function globally(symbol: string, type: string, names: readonly string[], properties: Properties): Declared {
  return {
    symbol,
    type: `Microsoft.Network/${type}`,
    api: '2024-06-01',
    names,
    body: { location: 'global', properties },
  }
}

export function publicIp(name: string): Declared {
  const sku = { sku: { name: 'Standard' } }
  return network(symbolOf(name), 'publicIPAddresses', [name], { publicIPAllocationMethod: 'Static' }, sku)
}
