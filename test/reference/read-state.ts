import { type AzureNetwork, toAzureNetwork } from '../../src/model/azure/azure-network.ts'
import type { PropList } from '../../src/model/azure/prop.ts'
import type { SecurityRule } from '../../src/model/azure/security-group.ts'
import type { Subnet as ModelSubnet } from '../../src/model/azure/virtual-network.ts'
import { parseTree } from '../../src/parse/units.ts'
import { treeOf } from '../parse/tree-of.ts'
import { contains, rangeOf } from './address.ts'
import type { Firewall } from './firewall-state.ts'
import { NO_CLUSTER, toCluster } from './read-cluster.ts'
import { toFirewall } from './read-firewall.ts'
import { readKubernetes } from './read-kubernetes.ts'
import { linkName, nameOf, optionalName, rangesOf, value, values } from './read-prop.ts'
import type { Nsg, NsgRule, Peering, Route, RouteTable, State, Subnet, Vnet } from './state.ts'
import { NotModelled } from './yaml-selector.ts'

type Azure = Omit<State, 'namespaces' | 'pods' | 'policies' | 'adminPolicies' | 'services' | 'ingresses' | 'entries'>

/**
 * A tree that people wrote as the reference's plain data, or what in it the reference does not walk. Manifests are read without the
 * product's parser; of Azure code the parser and the model of facts are trusted, which say nothing of who reaches whom.
 */
export function readState(files: Readonly<Record<string, string>>): State | string {
  try {
    return { ...readAzure(files), ...readKubernetes(files) }
  } catch (error) {
    if (error instanceof NotModelled) return error.message
    throw error
  }
}

/** What witnesses of trees of people hang on rarely. */
const UNREAD = { machines: [], groups: [], paas: [], endpoints: [], zones: [] } as const

const NO_AZURE: Azure = {
  alone: true,
  vnets: [],
  nsgs: [],
  routeTables: [],
  peerings: [],
  cluster: NO_CLUSTER,
  ...UNREAD,
}

const MANIFESTS: ReadonlySet<string> = new Set(['manifests', 'helm', 'kustomize'])

function readAzure(files: Readonly<Record<string, string>>): Azure {
  if (Object.values(files).some((text) => text.includes('resource "kubernetes_')))
    throw new NotModelled('Kubernetes objects in Terraform')
  const { units } = parseTree(treeOf(files))
  const azure = toAzureNetwork(units.flatMap(({ resources }) => resources))
  const [cluster, ...others] = azure.clusters.all
  if (others.length > 0) throw new NotModelled('several clusters')
  if (units.every(({ unit }) => MANIFESTS.has(unit.kind))) return NO_AZURE
  for (const [what, list] of [
    ['security admin rules', azure.adminRules],
    ['network gateways', azure.gateways.all],
  ] as const) {
    if (list.length > 0) throw new NotModelled(what)
  }
  const firewall = toFirewall(azure)
  return {
    // Pools whose subnets the tree does not have: what is around the cluster is not told.
    ...((cluster === undefined || cluster.pools.length === 0) && { alone: true as const }),
    vnets: azure.virtualNetworks.all.map((vnet): Vnet => {
      if (vnet.dnsServers.items.length > 0) throw new NotModelled('DNS servers')
      return {
        name: nameOf(vnet.object),
        dnsServers: [],
        ...rangesOf(vnet.addressSpace, 'a network of several ranges', 'space'),
        subnets: azure.subnets.all
          .filter(({ network }) => network.kind === 'found' && network.object === vnet.object)
          .filter((subnet) => nameOf(subnet.object) !== 'AzureFirewallSubnet')
          .map((subnet) => toSubnet(azure, subnet)),
      }
    }),
    nsgs: azure.securityGroups.all.map(
      (group): Nsg => ({ name: nameOf(group.object), rules: group.rules.flatMap(toRules) }),
    ),
    routeTables: azure.routeTables.all.map((table) => toTable(table, firewall)),
    peerings: azure.peerings.all.map(
      (peering): Peering => ({
        from: linkName(peering.network),
        to: linkName(peering.remote),
        access: value(peering.allowVirtualNetworkAccess),
        forwarded: value(peering.allowForwardedTraffic),
      }),
    ),
    ...toGateway(azure),
    ...(firewall !== undefined && { firewall }),
    cluster: cluster === undefined ? NO_CLUSTER : toCluster(azure, cluster),
    ...UNREAD,
  }
}

/** The application gateway, with the addresses that its pools write out; names in them lead nowhere here. */
function toGateway({ applicationGateways, subnets }: AzureNetwork): Pick<State, 'gateway'> {
  const [gateway, ...others] = applicationGateways.all
  if (gateway === undefined) return {}
  const subnet = subnets.of(gateway.subnet)
  if (others.length > 0 || subnet === undefined) throw new NotModelled('application gateways')
  const inside = gateway.frontends.find(({ publicIp }) => publicIp.kind === 'absent')
  const isPublic = (name: string) =>
    gateway.frontends.some(
      (one) => one.publicIp.kind !== 'absent' && value(one.name).toLowerCase() === name.toLowerCase(),
    )
  return {
    gateway: {
      vnet: linkName(subnet.network),
      subnet: nameOf(subnet.object),
      isPublic: gateway.frontends.some(({ publicIp }) => publicIp.kind !== 'absent'),
      ...(inside?.privateAddress !== undefined && { privateAddress: value(inside.privateAddress) }),
      waf: 'none',
      listeners: gateway.listeners.map((listener) => ({
        port: value(listener.port),
        isPublic: isPublic(value(listener.frontend)),
        backends: values(listener.backends),
      })),
    },
  }
}

function toSubnet(azure: AzureNetwork, subnet: ModelSubnet): Subnet {
  const [nsg, routeTable] = [optionalName(subnet.securityGroup), optionalName(subnet.routeTable)]
  return {
    name: nameOf(subnet.object),
    ...rangesOf(subnet.prefixes, 'a subnet of several ranges', 'prefix'),
    ...(nsg !== undefined && { nsg }),
    ...(routeTable !== undefined && { routeTable }),
    nat: azure.natGateways.of(subnet.natGateway) !== undefined,
    serviceEndpoints: values(subnet.serviceEndpoints).map(toTag),
    defaultOutbound: value(subnet.defaultOutboundAccess),
    endpointPolicies: value(subnet.privateEndpointPolicies),
  }
}

/** The tag of what a service endpoint leads to. */
function toTag(service: string): string {
  const name = service.replace('Microsoft.', '')
  return ['KeyVault', 'ContainerRegistry', 'ActiveDirectory'].includes(name) ? `Azure${name}` : name
}

/** Protocols without ports are no question here. */
function toRules(rule: SecurityRule): readonly NsgRule[] {
  const protocol = value(rule.protocol)
  if (protocol !== '*' && protocol !== 'Tcp' && protocol !== 'Udp') return []
  if (rule.source.groups.length > 0 || rule.destination.groups.length > 0)
    throw new NotModelled('application security groups')
  const prefixes = (list: PropList<string>) =>
    values(list).map((one) =>
      /^internet$/i.test(one) ? 'Internet' : /^virtualnetwork$/i.test(one) ? 'VirtualNetwork' : one,
    )
  return [
    {
      direction: value(rule.direction),
      priority: value(rule.priority),
      access: value(rule.access),
      protocol,
      sources: prefixes(rule.source.prefixes),
      destinations: prefixes(rule.destination.prefixes),
      ports: values(rule.destinationPorts),
    },
  ]
}

function toTable(table: AzureNetwork['routeTables']['all'][number], firewall: Firewall | undefined): RouteTable {
  return {
    name: nameOf(table.object),
    routes: table.routes.map((route): Route => {
      const hop = value(route.nextHop)
      if (hop === 'VirtualNetworkGateway') throw new NotModelled('network gateways')
      const address = route.nextHopAddress
      // A value that only the deployment tells is the firewall's own, where the tree has one.
      const isFirewall =
        hop === 'VirtualAppliance' &&
        firewall !== undefined &&
        (address?.known !== true || contains(firewall.prefix, rangeOf(address.value)?.first ?? 0))
      return { prefix: value(route.prefix), hop, ...(isFirewall && { appliance: 'firewall' as const }) }
    }),
  }
}
