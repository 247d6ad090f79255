import type { Collection, NsgRule, RuleGroup, State, Subnet } from './state.ts'

/** Values of a template; a `Ref` is an expression, written differently in each language. */
type Json = string | number | boolean | Ref | readonly Json[] | { readonly [name: string]: Json }
interface Ref {
  readonly $ref: string
  /** Absent: the resource's id. Else a property of it, such as `ipAddress`. */
  readonly $property?: string
}

interface Declared {
  /** Symbolic name of Bicep. */
  readonly symbol: string
  readonly type: string
  readonly api: string
  /** All segments, the parents' first. */
  readonly names: readonly string[]
  readonly body: { readonly [name: string]: Json }
}

const NETWORK = '2024-05-01'

/** The state's Azure resources as an ARM template. */
export function writeArm(state: State): string {
  const resources = declare(state)
  const bySymbol = new Map(resources.map((resource) => [resource.symbol, resource]))
  const idOf = ({ type, names }: Declared) => `resourceId('${type}', ${names.map((name) => `'${name}'`).join(', ')})`
  const write = (value: Json): unknown => {
    if (typeof value !== 'object') return value
    if (isList(value)) return value.map(write)
    if (isRef(value)) {
      const id = idOf(bySymbol.get(value.$ref)!)
      return value.$property === undefined ? `[${id}]` : `[reference(${id}).${value.$property}]`
    }
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, write(part)]))
  }
  return JSON.stringify(
    {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      resources: resources.map(({ type, api, names, body }) => ({
        type,
        apiVersion: api,
        name: names.join('/'),
        ...(write(body) as object),
      })),
    },
    null,
    1,
  )
}

/** The same in Bicep. */
export function writeBicep(state: State): string {
  const write = (value: Json, indent: string): string => {
    if (typeof value === 'string') return `'${value}'`
    if (typeof value !== 'object') return String(value)
    const inner = `${indent}  `
    if (isList(value)) {
      return value.length === 0
        ? '[]'
        : `[\n${value.map((item) => `${inner}${write(item, inner)}\n`).join('')}${indent}]`
    }
    if (isRef(value)) {
      return value.$property === undefined ? `${value.$ref}.id` : `${value.$ref}.properties.${value.$property}`
    }
    const fields = Object.entries(value).map(([name, part]) => `${inner}${name}: ${write(part, inner)}\n`)
    return `{\n${fields.join('')}${indent}}`
  }
  return declare(state)
    .map(({ symbol, type, api, names, body }) => {
      return `resource ${symbol} '${type}@${api}' = ${write({ name: names.join('/'), ...body }, '')}\n`
    })
    .join('\n')
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isRef(value: Json): value is Ref {
  return typeof value === 'object' && '$ref' in value
}

function ref(symbol: string, property?: string): Ref {
  return { $ref: symbol, ...(property !== undefined && { $property: property }) }
}

function symbolOf(...parts: readonly string[]): string {
  return parts.join('_').replaceAll('-', '_')
}

function reference(symbol: string): Json {
  return { id: ref(symbol) }
}

function declare(state: State): readonly Declared[] {
  return [
    ...groups(state),
    ...routeTables(state),
    ...gateway(state),
    ...networks(state),
    ...peerings(state),
    ...firewall(state),
    ...cluster(state),
    ...vaults(state),
  ]
}

function network(
  symbol: string,
  type: string,
  names: readonly string[],
  properties: { readonly [name: string]: Json },
  more: { readonly [name: string]: Json } = {},
): Declared {
  const placed: { readonly [name: string]: Json } = names.length === 1 ? { location: 'westeurope' } : {}
  return { symbol, type: `Microsoft.Network/${type}`, api: NETWORK, names, body: { ...placed, ...more, properties } }
}

function groups({ nsgs }: State): readonly Declared[] {
  return nsgs.map(({ name, rules }) =>
    network(symbolOf(name), 'networkSecurityGroups', [name], {
      securityRules: rules.map((rule, index) => ({ name: `rule${index}`, properties: ruleOf(rule) })),
    }),
  )
}

function ruleOf(rule: NsgRule): Json {
  const oneOrMany = (name: string, plural: string, values: readonly string[]): { readonly [name: string]: Json } =>
    values.length === 1 ? { [name]: values[0]! } : { [plural]: values }
  return {
    direction: rule.direction,
    priority: rule.priority,
    access: rule.access,
    protocol: rule.protocol,
    sourcePortRange: '*',
    ...oneOrMany('sourceAddressPrefix', 'sourceAddressPrefixes', rule.sources),
    ...oneOrMany('destinationAddressPrefix', 'destinationAddressPrefixes', rule.destinations),
    ...oneOrMany('destinationPortRange', 'destinationPortRanges', rule.ports),
  }
}

function routeTables({ routeTables, firewall }: State): readonly Declared[] {
  return routeTables.map(({ name, routes }) =>
    network(symbolOf(name), 'routeTables', [name], {
      routes: routes.map(({ prefix, hop, appliance }, index) => ({
        name: `route${index}`,
        properties: {
          addressPrefix: prefix,
          nextHopType: hop,
          ...(appliance !== undefined && { nextHopIpAddress: firewall!.address }),
        },
      })),
    }),
  )
}

function publicIp(name: string): Declared {
  const sku = { sku: { name: 'Standard' } }
  return network(symbolOf(name), 'publicIPAddresses', [name], { publicIPAllocationMethod: 'Static' }, sku)
}

function gateway({ vnets }: State): readonly Declared[] {
  if (!vnets.some(({ subnets }) => subnets.some(({ nat }) => nat))) return []
  const sku = { sku: { name: 'Standard' } }
  return [publicIp('nat-ip'), network('nat', 'natGateways', ['nat'], { publicIpAddresses: [reference('nat_ip')] }, sku)]
}

/** Subnets inside of their network for one, as resources of their own for the other. */
function networks({ vnets, firewall }: State): readonly Declared[] {
  return vnets.flatMap(({ name, space, space6, subnets }) => {
    const wall = firewall?.vnet === name ? [['AzureFirewallSubnet', { addressPrefix: firewall.prefix }] as const] : []
    const all: readonly (readonly [string, { readonly [name: string]: Json }])[] = [
      ...subnets.map((subnet) => [subnet.name, subnetOf(subnet)] as const),
      ...wall,
    ]
    return [
      network(symbolOf(name), 'virtualNetworks', [name], {
        addressSpace: { addressPrefixes: space6 === undefined ? [space] : [space, space6] },
      }),
      ...all.map(([own, properties]) => network(symbolOf(own), 'virtualNetworks/subnets', [name, own], properties)),
    ]
  })
}

function subnetOf(subnet: Subnet): { readonly [name: string]: Json } {
  return {
    ...(subnet.prefix6 === undefined
      ? { addressPrefix: subnet.prefix }
      : { addressPrefixes: [subnet.prefix, subnet.prefix6] }),
    ...(subnet.nsg !== undefined && { networkSecurityGroup: reference(symbolOf(subnet.nsg)) }),
    ...(subnet.routeTable !== undefined && { routeTable: reference(symbolOf(subnet.routeTable)) }),
    ...(subnet.nat && { natGateway: reference('nat') }),
    ...(subnet.keyVaultEndpoint && { serviceEndpoints: [{ service: 'Microsoft.KeyVault' }] }),
    ...(!subnet.defaultOutbound && { defaultOutboundAccess: false }),
    ...(subnet.endpointPolicies !== 'Disabled' && { privateEndpointNetworkPolicies: subnet.endpointPolicies }),
  }
}

function peerings({ peerings }: State): readonly Declared[] {
  return peerings.map(({ from, to, access, forwarded }) =>
    network(symbolOf('peer', from, to), 'virtualNetworks/virtualNetworkPeerings', [from, `to-${to}`], {
      remoteVirtualNetwork: reference(symbolOf(to)),
      ...(!access && { allowVirtualNetworkAccess: false }),
      ...(forwarded && { allowForwardedTraffic: true }),
    }),
  )
}

function firewall({ firewall }: State): readonly Declared[] {
  if (firewall === undefined) return []
  const group = (policy: string) => (one: RuleGroup, index: number) =>
    network(symbolOf(policy, `${index}`), 'firewallPolicies/ruleCollectionGroups', [policy, `group${index}`], {
      priority: one.priority,
      ruleCollections: one.collections.map(collectionOf),
    })
  const hasParent = firewall.parent.length > 0
  return [
    publicIp('fw-ip'),
    ...(hasParent ? [network('parent', 'firewallPolicies', ['parent'], {})] : []),
    network('child', 'firewallPolicies', ['child'], hasParent ? { basePolicy: reference('parent') } : {}),
    ...firewall.parent.map(group('parent')),
    ...firewall.groups.map(group('child')),
    network('fw', 'azureFirewalls', ['fw'], {
      sku: { name: 'AZFW_VNet', tier: 'Standard' },
      firewallPolicy: reference('child'),
      ipConfigurations: [
        {
          name: 'main',
          properties: { subnet: reference('AzureFirewallSubnet'), publicIPAddress: reference('fw_ip') },
        },
      ],
    }),
  ]
}

function collectionOf(collection: Collection, index: number): Json {
  const head = { name: `collection${index}`, priority: collection.priority }
  switch (collection.kind) {
    case 'network':
      return {
        ...head,
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
        action: { type: collection.action },
        rules: collection.rules.map((rule, each) => ({
          ruleType: 'NetworkRule',
          name: `rule${each}`,
          ipProtocols: rule.protocols,
          sourceAddresses: rule.sources,
          destinationAddresses: rule.destinations,
          destinationPorts: rule.ports,
        })),
      }
    case 'application':
      return {
        ...head,
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection',
        action: { type: collection.action },
        rules: collection.rules.map((rule, each) => ({
          ruleType: 'ApplicationRule',
          name: `rule${each}`,
          sourceAddresses: rule.sources,
          targetFqdns: rule.names,
          protocols: rule.protocols.map(({ type, port }) => ({ protocolType: type, port })),
        })),
      }
    case 'dnat':
      return {
        ...head,
        ruleCollectionType: 'FirewallPolicyNatRuleCollection',
        action: { type: 'DNAT' },
        rules: collection.rules.map((rule, each) => ({
          ruleType: 'NatRule',
          name: `rule${each}`,
          ipProtocols: ['TCP'],
          sourceAddresses: rule.sources,
          destinationAddresses: [ref('fw_ip', 'ipAddress')],
          destinationPorts: [`${rule.port}`],
          translatedAddress: rule.address,
          translatedPort: `${rule.translatedPort}`,
        })),
      }
  }
}

function cluster({ cluster }: State): readonly Declared[] {
  const { mode, engine, outbound, podCidr, podCidr6, pools, api } = cluster
  const properties: { readonly [name: string]: Json } = {
    kubernetesVersion: '1.33',
    dnsPrefix: 'aks',
    agentPoolProfiles: pools.map((pool) => ({
      name: pool.name,
      mode: 'System',
      count: 3,
      vmSize: 'Standard_D4s_v5',
      vnetSubnetID: ref(symbolOf(pool.subnet)),
      ...(pool.podSubnet !== undefined && { podSubnetID: ref(symbolOf(pool.podSubnet)) }),
      ...(pool.publicIps && { enableNodePublicIP: true }),
      ...(pool.allowedHostPorts.length > 0 && {
        networkProfile: {
          allowedHostPorts: pool.allowedHostPorts.map((port) => ({ portStart: port, portEnd: port, protocol: 'TCP' })),
        },
      }),
    })),
    networkProfile: {
      networkPlugin: mode === 'kubenet' ? 'kubenet' : 'azure',
      ...(mode === 'overlay' && { networkPluginMode: 'overlay' }),
      ...((mode === 'overlay' || mode === 'kubenet') &&
        (podCidr6 === undefined ? { podCidr } : { podCidrs: [podCidr, podCidr6], ipFamilies: ['IPv4', 'IPv6'] })),
      ...(engine !== 'none' && { networkPolicy: engine }),
      ...(engine === 'cilium' && { networkDataplane: 'cilium' }),
      serviceCidr: '172.20.0.0/16',
      dnsServiceIP: '172.20.0.10',
      outboundType: outbound,
    },
    ...(api.private
      ? { apiServerAccessProfile: { enablePrivateCluster: true, enablePrivateClusterPublicFQDN: false } }
      : api.authorized.length > 0
        ? { apiServerAccessProfile: { authorizedIPRanges: api.authorized } }
        : {}),
  }
  return [
    {
      symbol: 'aks',
      type: 'Microsoft.ContainerService/managedClusters',
      api: '2025-05-01',
      names: ['aks'],
      body: { location: 'westeurope', identity: { type: 'SystemAssigned' }, properties },
    },
  ]
}

function vaults({ vaults, endpoints, zone }: State): readonly Declared[] {
  const zoneName = 'privatelink.vaultcore.azure.net'
  return [
    ...vaults.map(
      (vault): Declared => ({
        symbol: symbolOf(vault.name),
        type: 'Microsoft.KeyVault/vaults',
        api: '2023-07-01',
        names: [vault.name],
        body: {
          location: 'westeurope',
          properties: {
            tenantId: '00000000-0000-0000-0000-000000000000',
            sku: { family: 'A', name: 'standard' },
            accessPolicies: [],
            ...(!vault.publicAccess && { publicNetworkAccess: 'Disabled' }),
            networkAcls: {
              bypass: 'None',
              defaultAction: vault.defaultAction,
              ipRules: vault.ipRules.map((rule) => ({ value: addressOf(rule) })),
              virtualNetworkRules: vault.subnets.map(({ subnet }) => ({ id: ref(symbolOf(subnet)) })),
            },
          },
        },
      }),
    ),
    ...(zone === undefined
      ? []
      : [
          privateDns('vaultZone', 'privateDnsZones', [zoneName], {}),
          ...zone.links.map((vnet) =>
            privateDns(symbolOf('link', vnet), 'privateDnsZones/virtualNetworkLinks', [zoneName, vnet], {
              virtualNetwork: reference(symbolOf(vnet)),
              registrationEnabled: false,
            }),
          ),
        ]),
    ...endpoints.flatMap(({ vault, subnet }) => [
      network(symbolOf('pe', vault), 'privateEndpoints', [`pe-${vault}`], {
        subnet: reference(symbolOf(subnet)),
        privateLinkServiceConnections: [
          { name: 'vault', properties: { privateLinkServiceId: ref(symbolOf(vault)), groupIds: ['vault'] } },
        ],
      }),
      ...(zone === undefined
        ? []
        : [
            network(symbolOf('zones', vault), 'privateEndpoints/privateDnsZoneGroups', [`pe-${vault}`, 'default'], {
              privateDnsZoneConfigs: [{ name: 'vault', properties: { privateDnsZoneId: ref('vaultZone') } }],
            }),
          ]),
    ]),
  ]
}

function privateDns(
  symbol: string,
  type: string,
  names: readonly string[],
  properties: { readonly [name: string]: Json },
): Declared {
  return {
    symbol,
    type: `Microsoft.Network/${type}`,
    api: '2024-06-01',
    names,
    body: { location: 'global', properties },
  }
}

function addressOf(rule: string): Json {
  return rule === 'nat' ? ref('nat_ip', 'ipAddress') : rule === 'firewall' ? ref('fw_ip', 'ipAddress') : rule
}
