import { CLUSTER_TYPES } from './cluster.ts'
import { FIREWALL_TYPES } from './firewall.ts'
import { MORE_SERVICE_TYPES } from './more-services.ts'
import { NETWORK_TYPES } from './network.ts'
import { SERVICE_TYPES } from './services.ts'
import type { AzurermType } from './shape.ts'

const TYPES: ReadonlyMap<string, AzurermType> = new Map(
  Object.entries({ ...NETWORK_TYPES, ...FIREWALL_TYPES, ...CLUSTER_TYPES, ...SERVICE_TYPES, ...MORE_SERVICE_TYPES }),
)

/** How an azurerm resource type reads in ARM; undefined for types that the model does not know. */
export function azurermType(kind: string): AzurermType | undefined {
  return TYPES.get(kind)
}

export { ASSOCIATIONS } from './network.ts'
