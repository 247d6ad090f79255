import type { Value } from '../../../base/value.ts'
import { at } from '../prop.ts'
import {
  armResource,
  type Call,
  type Created,
  entriesOf,
  flag,
  idOf,
  isTrue,
  type ModuleMapping,
  mapItems,
  mapOf,
  notTold,
  text,
  withTail,
} from './mapping.ts'

const source = (name: string) => `github.com/Azure/bicep-registry-modules: avm/res/network/${name}/main.bicep`

/** Verified Bicep modules that create networks, security groups, route tables and firewalls. */
export const BICEP_NETWORK_MAPPINGS: readonly ModuleMapping[] = [
  {
    source: 'br/public:avm/res/network/network-security-group',
    versions: { from: '0.1', to: '0.5', read: source('network-security-group') },
    expand: ({ input, origin }) => [
      armResource(
        'Microsoft.Network/networkSecurityGroups',
        input('name'),
        { securityRules: input('securityRules') },
        origin,
        { location: input('location') },
      ),
    ],
  },
  {
    source: 'br/public:avm/res/network/route-table',
    versions: { from: '0.1', to: '0.5', read: source('route-table') },
    expand: ({ input, origin }) => [
      armResource(
        'Microsoft.Network/routeTables',
        input('name'),
        { routes: input('routes'), disableBgpRoutePropagation: input('disableBgpRoutePropagation') },
        origin,
        { location: input('location') },
      ),
    ],
  },
  {
    source: 'br/public:avm/res/network/virtual-network',
    versions: {
      from: '0.1',
      to: '0.8',
      read: `${source('virtual-network')}, subnet, virtual-network-peering, CHANGELOG.md`,
    },
    expand: expandNetwork,
  },
  {
    source: 'br/public:avm/res/network/azure-firewall',
    versions: { from: '0.1', to: '0.9', read: source('azure-firewall') },
    expand: expandFirewall,
  },
  {
    source: 'br/public:avm/res/network/firewall-policy',
    versions: { from: '0.1', to: '0.3', read: source('firewall-policy') },
    expand: expandPolicy,
  },
]

function expandNetwork({ input, origin, created }: Call): readonly Created[] {
  const subnets = mapItems(input('subnets'), (subnet) => {
    const { origin: place } = subnet
    const space = at(subnet, 'addressSpace')
    const isPooled = at(space, 'by')?.kind === 'scalar' && at(space, 'ipamPoolPrefixAllocations') !== undefined
    const pooled = isPooled || at(subnet, 'ipamPoolPrefixAllocations') !== undefined
    return mapOf(
      {
        name: at(subnet, 'name'),
        properties: mapOf(
          {
            addressPrefix: at(subnet, 'addressPrefix') ?? at(space, 'addressPrefix'),
            addressPrefixes: pooled
              ? notTold('the range comes from a pool', place)
              : (at(subnet, 'addressPrefixes') ?? at(space, 'addressPrefixes')),
            networkSecurityGroup: idOf(at(subnet, 'networkSecurityGroupResourceId'), place),
            routeTable: idOf(at(subnet, 'routeTableResourceId'), place),
            natGateway: idOf(at(subnet, 'natGatewayResourceId'), place),
            serviceEndpoints: endpointsOf(at(subnet, 'serviceEndpoints')),
            delegations: at(subnet, 'delegations') ?? delegationOf(at(subnet, 'delegation')),
            privateEndpointNetworkPolicies: at(subnet, 'privateEndpointNetworkPolicies'),
            defaultOutboundAccess: at(subnet, 'defaultOutboundAccess'),
          },
          place,
        ),
      },
      place,
    )
  })
  const prefixes = input('addressPrefixes')
  const network = armResource(
    'Microsoft.Network/virtualNetworks',
    input('name'),
    {
      addressSpace: mapOf(
        {
          // An object that says where the ranges come from since 0.8.
          addressPrefixes:
            prefixes?.kind === 'map'
              ? (at(prefixes, 'addressPrefixes') ?? notTold('the range comes from a pool', prefixes.origin))
              : prefixes,
        },
        origin,
      ),
      dhcpOptions: input('dnsServers') && mapOf({ dnsServers: input('dnsServers') }, origin),
      subnets,
    },
    origin,
    { location: input('location') },
  )
  return [network, ...entriesOf(input('peerings')).flatMap(([key, peering]) => peeringsOf(key, peering, created('')))]
}

/** Peerings on this side, and on the other where that is asked for. The module lets forwarded packets through, which ARM does not. */
function peeringsOf(key: string, peering: Value, network: Value): readonly Created[] {
  const { origin } = peering
  const remote = at(peering, 'remoteVirtualNetworkResourceId') ?? at(peering, 'remoteVirtualNetworkId')
  const half = (prefix: string, from: Value | undefined, to: Value | undefined, suffix: string): Created => {
    const own = (name: string) =>
      at(peering, prefix === '' ? `${name[0]!.toLowerCase()}${name.slice(1)}` : `${prefix}${name}`)
    return armResource(
      'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
      own('Name') ?? notTold('the module makes the name of both networks', origin),
      {
        remoteVirtualNetwork: idOf(to, origin),
        allowVirtualNetworkAccess: own('AllowVirtualNetworkAccess') ?? flag(true, origin),
        allowForwardedTraffic: own('AllowForwardedTraffic') ?? flag(true, origin),
        allowGatewayTransit: own('AllowGatewayTransit') ?? flag(false, origin),
        useRemoteGateways: own('UseRemoteGateways') ?? flag(false, origin),
      },
      origin,
      { parent: from, suffix },
    )
  }
  const here = half('', network, remote, `peerings["${key}"]`)
  if (!isTrue(at(peering, 'remotePeeringEnabled'))) return [here]
  return [here, half('remotePeering', remote, network, `peerings["${key}"].reverse`)]
}

/** Names of services until a version, and objects of ARM before it. */
function endpointsOf(value: Value | undefined): Value | undefined {
  if (value?.kind !== 'list') return value
  return {
    ...value,
    items: value.items.map((item) => (item.kind === 'scalar' ? mapOf({ service: item }, item.origin) : item)),
  }
}

function delegationOf(value: Value | undefined): Value | undefined {
  if (value?.kind !== 'scalar') return value
  const { origin } = value
  const delegation = mapOf({ name: value, properties: mapOf({ serviceName: value }, origin) }, origin)
  return { kind: 'list', items: [delegation], origin }
}

function expandFirewall({ input, origin }: Call): readonly Created[] {
  const network = input('virtualNetworkResourceId') ?? input('vNetId')
  const hub = input('virtualHubResourceId') ?? input('virtualHubId')
  const subnet = (name: string) => idOf(withTail(network, `/subnets/${name}`), origin)
  const address = (id: Value | undefined) => idOf(id ?? notTold('the module creates the address', origin), origin)
  const first = mapOf(
    {
      name: text('ipConfiguration', origin),
      properties: mapOf(
        { subnet: subnet('AzureFirewallSubnet'), publicIPAddress: address(input('publicIPResourceID')) },
        origin,
      ),
    },
    origin,
  )
  const more = entriesOf(input('additionalPublicIpConfigurations')).map(([, one]) =>
    mapOf(
      {
        name: at(one, 'name'),
        properties: mapOf({ publicIPAddress: idOf(at(one, 'publicIPAddressResourceId'), one.origin) }, one.origin),
      },
      one.origin,
    ),
  )
  const tier = input('azureSkuTier')
  const isBasic = tier?.kind === 'scalar' && tier.value === 'Basic'
  const isManaged = isBasic || isTrue(input('enableForcedTunneling')) || isTrue(input('enableManagementNic'))
  const management = mapOf(
    {
      properties: mapOf(
        {
          subnet: subnet('AzureFirewallManagementSubnet'),
          publicIPAddress: address(input('managementIPResourceID')),
        },
        origin,
      ),
    },
    origin,
  )
  return [
    armResource(
      'Microsoft.Network/azureFirewalls',
      input('name'),
      {
        sku: mapOf(
          {
            name: text(network === undefined ? 'AZFW_Hub' : 'AZFW_VNet', origin),
            tier: tier ?? text('Standard', origin),
          },
          origin,
        ),
        // The module's own default, which is not ARM's.
        threatIntelMode: input('threatIntelMode') ?? text('Deny', origin),
        firewallPolicy: idOf(input('firewallPolicyId'), origin),
        virtualHub: idOf(hub, origin),
        ipConfigurations: network === undefined ? undefined : { kind: 'list', items: [first, ...more], origin },
        managementIpConfiguration: isManaged ? management : undefined,
        networkRuleCollections: input('networkRuleCollections'),
        applicationRuleCollections: input('applicationRuleCollections'),
        natRuleCollections: input('natRuleCollections'),
      },
      origin,
      { location: input('location') },
    ),
  ]
}

function expandPolicy({ input, origin, created }: Call): readonly Created[] {
  const ranges = input('privateRanges')
  const policy = armResource(
    'Microsoft.Network/firewallPolicies',
    input('name'),
    {
      sku: mapOf({ tier: input('tier') ?? text('Standard', origin) }, origin),
      basePolicy: idOf(input('basePolicyResourceId'), origin),
      dnsSettings: isTrue(input('enableProxy'))
        ? mapOf({ enableProxy: input('enableProxy'), servers: input('servers') }, origin)
        : undefined,
      // The module's own default, which is not ARM's.
      threatIntelMode: input('threatIntelMode') ?? text('Off', origin),
      snat: ranges && mapOf({ privateRanges: ranges }, origin),
    },
    origin,
    { location: input('location') },
  )
  const groups = entriesOf(input('ruleCollectionGroups')).map(([key, group]) =>
    armResource(
      'Microsoft.Network/firewallPolicies/ruleCollectionGroups',
      at(group, 'name'),
      { priority: at(group, 'priority'), ruleCollections: at(group, 'ruleCollections') },
      group.origin,
      { parent: created(''), suffix: `ruleCollectionGroups["${key}"]` },
    ),
  )
  return [policy, ...groups]
}
