import { type Declared, type Json, network, type Properties, publicIp, reference, symbolOf } from './arm-resources.ts'
import type { NsgRule, State, Subnet, Vnet } from './state.ts'
import { toServiceEndpoint } from './terraform-network.ts'

/** Networks, filters, routes and ways out. */
export function networkResources(state: State): readonly Declared[] {
  return [
    ...state.groups.map((name) => network(symbolOf(name), 'applicationSecurityGroups', [name], {})),
    ...groups(state),
    ...routeTables(state),
    ...gateway(state),
    ...networks(state),
    ...peerings(state),
  ]
}

function groups({ nsgs }: State): readonly Declared[] {
  return nsgs.map(({ name, rules }) =>
    network(symbolOf(name), 'networkSecurityGroups', [name], {
      securityRules: rules.map((rule, index) => ({ name: `rule${index}`, properties: ruleOf(rule) })),
    }),
  )
}

function ruleOf(rule: NsgRule): Json {
  return {
    direction: rule.direction,
    priority: rule.priority,
    access: rule.access,
    protocol: rule.protocol,
    sourcePortRange: '*',
    ...endOf('source', rule.sources, rule.sourceGroups),
    ...endOf('destination', rule.destinations, rule.destinationGroups),
    ...oneOrMany('destinationPortRange', 'destinationPortRanges', rule.ports),
  }
}

/** Prefixes, or application security groups in their place. */
function endOf(
  side: 'source' | 'destination',
  prefixes: NsgRule['sources'],
  groups: NsgRule['sourceGroups'],
): Properties {
  return groups === undefined
    ? oneOrMany(`${side}AddressPrefix`, `${side}AddressPrefixes`, prefixes)
    : { [`${side}ApplicationSecurityGroups`]: membersOf(groups) }
}

/** References to application security groups. */
export function membersOf(groups: readonly string[]): Json {
  return groups.map((group) => reference(symbolOf(group)))
}

function oneOrMany(name: string, plural: string, values: readonly string[]): Properties {
  return values.length === 1 ? { [name]: values[0]! } : { [plural]: values }
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

function gateway({ vnets }: State): readonly Declared[] {
  if (!vnets.some(({ subnets }) => subnets.some(({ nat }) => nat))) return []
  const sku = { sku: { name: 'Standard' } }
  return [publicIp('nat-ip'), network('nat', 'natGateways', ['nat'], { publicIpAddresses: [reference('nat_ip')] }, sku)]
}

function networks({ vnets, firewall }: State): readonly Declared[] {
  return vnets.flatMap((vnet) => {
    const { name, space, space6, subnets, dnsServers } = vnet
    const api = apiOf(vnet)
    const wall = firewall?.vnet === name ? [['AzureFirewallSubnet', { addressPrefix: firewall.prefix }] as const] : []
    const all: readonly (readonly [string, Properties])[] = [
      ...subnets.map((subnet) => [subnet.name, subnetOf(subnet)] as const),
      ...wall,
    ]
    const properties = {
      addressSpace: { addressPrefixes: space6 === undefined ? [space] : [space, space6] },
      ...(dnsServers.length > 0 && { dhcpOptions: { dnsServers } }),
    }
    return [
      network(symbolOf(name), 'virtualNetworks', [name], properties, {}, api),
      ...all.map(([own, body]) => network(symbolOf(own), 'virtualNetworks/subnets', [name, own], body, {}, api)),
    ]
  })
}

/** Since this version subnets are private where nothing else is said (§1.3). */
function apiOf({ isPrivate }: Vnet): string {
  return isPrivate ? '2025-07-01' : '2024-05-01'
}

function subnetOf(subnet: Subnet): Properties {
  return {
    ...(subnet.prefix6 === undefined
      ? { addressPrefix: subnet.prefix }
      : { addressPrefixes: [subnet.prefix, subnet.prefix6] }),
    ...(subnet.nsg !== undefined && { networkSecurityGroup: reference(symbolOf(subnet.nsg)) }),
    ...(subnet.routeTable !== undefined && { routeTable: reference(symbolOf(subnet.routeTable)) }),
    ...(subnet.nat && { natGateway: reference('nat') }),
    ...(subnet.serviceEndpoints.length > 0 && {
      serviceEndpoints: subnet.serviceEndpoints.map((tag) => ({ service: toServiceEndpoint(tag) })),
    }),
    ...(subnet.defaultOutbound !== undefined && { defaultOutboundAccess: subnet.defaultOutbound }),
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
