import type { MapValue, Value } from '../../base/value.ts'
import type { Resource } from '../../parse/resource.ts'
import { at, knownValue, type Prop } from './prop.ts'

/**
 * One Azure resource on ARM's own type and property names, whatever language it was written in.
 *
 * Inline children (`subnets` of a network, `securityRules` of an NSG) are objects of their own, so that inline and separate are the same;
 * associations are folded into the objects that they join.
 */
export interface AzureObject {
  /** ARM type in lower case: `microsoft.network/virtualnetworks/subnets`. */
  readonly type: string
  /** Last segment of the name. */
  readonly name: Prop<string>
  /** The object that this is a child of, where it is in the tree. */
  readonly parent: AzureObject | undefined
  /** What a child says of a parent that is not in the tree: an id, a name or an unknown. */
  readonly parentHint: Value | undefined
  /** `{location, sku, kind, properties …}`. */
  readonly body: MapValue
  /** The resource whose lines hold it; of an inline child, the parent's. */
  readonly resource: Resource
  /** True for an object written inside its parent's resource. */
  readonly inline: boolean
  readonly apiVersion: string | undefined
  /** True for `existing` resources and data sources: it is there, and what it holds beyond its name is not known. */
  readonly existing: boolean
  /** Set for azurerm resources: some defaults are the provider's, by its newest allowed version (major, minor). */
  readonly azurerm:
    | {
        readonly kind: string
        /** Undefined where nothing bounds it. */
        readonly version: readonly [major: number, minor: number] | undefined
        readonly major: number | undefined
      }
    | undefined
}

/** The value at a dotted path of the object's body: `properties.addressPrefix`. */
export function read(object: AzureObject, path: string): Value | undefined {
  return at(object.body, path)
}

/** `vnet-spoke/snet-aks`, with `?` for names that are not known. */
export function fullName(object: AzureObject): string {
  const own = knownValue(object.name) ?? '?'
  return object.parent === undefined ? own : `${fullName(object.parent)}/${own}`
}

/** What people read: the resource's address, and for an inline child its own name behind it. */
export function labelOf(object: AzureObject): string {
  return object.inline
    ? `${object.resource.address} ${knownValue(object.name) ?? ''}`.trimEnd()
    : object.resource.address
}
