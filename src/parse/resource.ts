import type { Origin } from '../base/origin.ts'
import type { Problem } from '../base/problem.ts'
import type { MapValue, UnknownValue } from '../base/value.ts'

/** One rendered object with its address and the origin of every value. */
export interface Resource {
  readonly unit: Unit
  /** As its own language names it: `NetworkPolicy/shop/allow-web`, `module.net.azurerm_subnet.aks["nodes"]`, a Bicep symbol. Unique in its unit. */
  readonly address: string
  /** `Deployment`, `azurerm_subnet`, `Microsoft.Network/virtualNetworks`. */
  readonly kind: string
  /** The whole Kubernetes object, the evaluated arguments and blocks, or `{name, type, location, properties …}`. */
  readonly value: MapValue
  readonly origin: Origin
  /** Set where the condition or count that decides whether the resource is there is not known. */
  readonly maybe?: UnknownValue
}

export const UNIT_KINDS = ['manifests', 'helm', 'kustomize', 'terraform', 'plan', 'bicep', 'arm'] as const
export type UnitKind = (typeof UNIT_KINDS)[number]

const CLOUD_UNITS: ReadonlySet<UnitKind> = new Set(['terraform', 'plan', 'bicep', 'arm'])

/** Whether a unit is infrastructure code, whose resources have addresses and kinds of their own language. */
export function isCloudUnit({ kind }: Unit): boolean {
  return CLOUD_UNITS.has(kind)
}

/** A root that renders to resources. */
export interface Unit {
  readonly kind: UnitKind
  /** Folder or entry file, relative to the tree; `.` for the tree's root. */
  readonly path: string
  /** The values or parameter files, where there is a choice. */
  readonly environment?: string
  /** Every file that this rendering read, so that a change elsewhere cannot concern it. Sorted. */
  readonly files: readonly string[]
}

const KEYS = new WeakMap<Unit, string>()

/** Equal for the same unit in base and head, and different for any two of one tree. */
export function unitKey(unit: Unit): string {
  let key = KEYS.get(unit)
  if (key === undefined) {
    key = `${unit.kind}\0${unit.path}\0${unit.environment ?? ''}`
    KEYS.set(unit, key)
  }
  return key
}

/** What a front end makes of one unit. Parsing never fails: it gives what it could and the problems. */
export interface RenderedUnit {
  readonly unit: Unit
  readonly resources: readonly Resource[]
  readonly problems: readonly Problem[]
  /** Sentences for coverage that are no problem of the tree: what was not taken for granted, and why. */
  readonly notes?: readonly string[]
  /** Terraform and Bicep outputs, module calls that were not in the tree, and the like, stay inside the front end. */
  readonly incomplete?: boolean
}
