import type { Resource } from '../../parse/resource.ts'
import { BICEP_CLUSTER_MAPPINGS } from './modules/bicep-cluster.ts'
import { BICEP_NETWORK_MAPPINGS } from './modules/bicep-network.ts'
import type { Call, ModuleMapping } from './modules/mapping.ts'
import { CLUSTER_MAPPINGS } from './modules/terraform-cluster.ts'
import { FIREWALL_MAPPINGS } from './modules/terraform-firewall.ts'
import { NETWORK_MAPPINGS } from './modules/terraform-network.ts'
import { isWithin } from './modules/version-range.ts'
import { at } from './prop.ts'

const MAPPINGS: readonly ModuleMapping[] = [
  ...CLUSTER_MAPPINGS,
  ...NETWORK_MAPPINGS,
  ...FIREWALL_MAPPINGS,
  ...BICEP_NETWORK_MAPPINGS,
  ...BICEP_CLUSTER_MAPPINGS,
]

const BY_SOURCE: ReadonlyMap<string, ModuleMapping> = new Map(MAPPINGS.map((mapping) => [mapping.source, mapping]))

/**
 * The resources that a call of a well-known module creates, in a version that its mapping was read from; the call itself where it is
 * none. Either way the module is not in the tree, and coverage names it.
 */
export function expandModule(resource: Resource): readonly Resource[] {
  if (resource.kind !== 'module') return [resource]
  const written = at(resource.value, 'source') ?? at(resource.value, 'reference')
  if (written?.kind !== 'scalar') return [resource]
  const mapping = BY_SOURCE.get(
    `${written.value}`.toLowerCase().replace(/^registry\.(?:terraform\.io|opentofu\.org)\//, ''),
  )
  if (mapping === undefined || !isWithin(at(resource.value, 'version'), mapping.versions)) return [resource]
  const params = at(resource.value, 'params')
  const inputs = params?.kind === 'map' ? params : resource.value
  const call: Call = {
    inputs,
    origin: resource.origin,
    input: (path) => at(inputs, path),
    created: (suffix) => ({
      kind: 'unknown',
      reason: 'remote-module',
      detail: `created by ${resource.address}`,
      origin: resource.origin,
      reference: { address: join(resource.address, suffix), attribute: 'id' },
    }),
  }
  return mapping.expand(call).map(({ suffix, kind, value }) => ({
    unit: resource.unit,
    address: join(resource.address, suffix),
    kind,
    value,
    origin: value.origin,
    ...(resource.maybe && { maybe: resource.maybe }),
  }))
}

function join(address: string, suffix: string): string {
  return suffix === '' ? address : `${address}.${suffix}`
}

/** Address of what an output of a module names: `subnets["a"].resource_id` is `subnets["a"]`, `resource_id` the call itself. */
export function createdAddress(address: string, attribute: string): string | undefined {
  const match = /^(\w+)(?:\["([^"\]]*)"\]|\.(\w+))/.exec(attribute)
  return match === null ? undefined : `${address}.${match[1]}["${match[2] ?? match[3]}"]`
}

/** Whether an output of a module names one of several things that it creates, and so never its main resource. */
export function namesPart(attribute: string): boolean {
  return /^(?:outputs\.)?(?:subnets|subnet_?\w*ids|peerings|node_pools|agent_pools|virtual_network_links)\b/i.test(
    attribute,
  )
}
