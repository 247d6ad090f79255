import type { MapValue, Value } from '../../../base/value.ts'
import { at } from '../prop.ts'
import {
  armResource,
  type Call,
  type Created,
  type Fields,
  isTrue,
  type ModuleMapping,
  mapItems,
  mapOf,
} from './mapping.ts'

/** The verified Bicep module of AKS clusters. */
export const BICEP_CLUSTER_MAPPINGS: readonly ModuleMapping[] = [
  {
    source: 'br/public:avm/res/container-service/managed-cluster',
    versions: {
      from: '0.1',
      to: '0.12',
      read: 'github.com/Azure/bicep-registry-modules: avm/res/container-service/managed-cluster/main.bicep, CHANGELOG.md',
    },
    expand: expandCluster,
  },
]

/** Parameters that are properties of ARM's network profile under the same name. */
const PROFILE = [
  'networkPlugin',
  'networkPluginMode',
  'networkPolicy',
  'networkDataplane',
  'networkMode',
  'advancedNetworking',
  'outboundType',
  'podCidr',
  'podCidrs',
  'serviceCidr',
  'serviceCidrs',
  'ipFamilies',
  'dnsServiceIP',
  'loadBalancerSku',
  'natGatewayProfile',
]

function expandCluster({ input, origin }: Call): readonly Created[] {
  const primary = mapItems(input('primaryAgentPoolProfiles') ?? input('primaryAgentPoolProfile'), poolOf)
  const more = mapItems(input('agentPools'), poolOf)
  const pools: Value | undefined =
    primary?.kind === 'list' && more?.kind === 'list'
      ? { ...primary, items: [...primary.items, ...more.items] }
      : (primary ?? more)
  const direct = (names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, input(name)]))
  const routing = input('webApplicationRoutingEnabled')
  const addon = input('httpApplicationRoutingEnabled')
  return [
    armResource(
      'Microsoft.ContainerService/managedClusters',
      input('name'),
      {
        kubernetesVersion: input('kubernetesVersion'),
        agentPoolProfiles: pools,
        networkProfile: mapOf(direct(PROFILE), origin),
        // One object since 0.12, before that a parameter for each of its properties.
        apiServerAccessProfile:
          input('apiServerAccessProfile') ??
          mapOf(
            direct([
              'enablePrivateCluster',
              'authorizedIPRanges',
              'enablePrivateClusterPublicFQDN',
              'disableRunCommand',
              'privateDNSZone',
            ]),
            origin,
          ),
        publicNetworkAccess: input('publicNetworkAccess'),
        disableLocalAccounts: input('disableLocalAccounts'),
        addonProfiles: addon && mapOf({ httpApplicationRouting: mapOf({ enabled: addon }, origin) }, origin),
        ingressProfile: isTrue(routing)
          ? mapOf(
              {
                webAppRouting: mapOf(
                  { enabled: routing, dnsZoneResourceIds: zonesOf(input('dnsZoneResourceId')) },
                  origin,
                ),
              },
              origin,
            )
          : undefined,
      },
      origin,
      { location: input('location') },
    ),
  ]
}

function zonesOf(value: Value | undefined): Value | undefined {
  return value?.kind === 'scalar' ? { kind: 'list', items: [value], origin: value.origin } : value
}

function poolOf(pool: MapValue): MapValue {
  const entries = new Map(pool.entries)
  const subnet = at(pool, 'vnetSubnetResourceId')
  const pods = at(pool, 'podSubnetResourceId')
  if (subnet !== undefined) entries.set('vnetSubnetID', { value: subnet })
  if (pods !== undefined) entries.set('podSubnetID', { value: pods })
  return { ...pool, entries }
}
