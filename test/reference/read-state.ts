import { type AzureNetwork, toAzureNetwork } from '../../src/model/azure/azure-network.ts'
import type { AzureObject } from '../../src/model/azure/azure-object.ts'
import { type Cluster as ModelCluster, podAddressing } from '../../src/model/azure/cluster.ts'
import type {
  FirewallPolicy,
  FirewallRule,
  Firewall as ModelFirewall,
  RuleCollection,
} from '../../src/model/azure/firewall.ts'
import type { Link } from '../../src/model/azure/link.ts'
import type { Prop, PropList } from '../../src/model/azure/prop.ts'
import type { SecurityRule } from '../../src/model/azure/security-group.ts'
import type { Subnet as ModelSubnet } from '../../src/model/azure/virtual-network.ts'
import { parseTree } from '../../src/parse/units.ts'
import { treeOf } from '../parse/tree-of.ts'
import { after, contains, rangeOf, toText } from './address.ts'
import type { Cluster } from './cluster-state.ts'
import type { Collection, Firewall, RuleGroup } from './firewall-state.ts'
import { AKS_NAMES } from './firewall-walk.ts'
import { NotModelled, readKubernetes } from './read-kubernetes.ts'
import type { Nsg, NsgRule, Peering, Route, RouteTable, State, Subnet, Vnet } from './state.ts'

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
  cluster: {
    mode: 'overlay',
    engine: 'unknown',
    outbound: 'none',
    podCidr: '10.244.0.0/16',
    pools: [],
    api: { private: false, authorized: [] },
  },
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
    ['application gateways', azure.applicationGateways.all],
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
    ...(firewall !== undefined && { firewall }),
    cluster: cluster === undefined ? NO_AZURE.cluster : toCluster(azure, cluster),
    ...UNREAD,
  }
}

function value<T>(prop: Prop<T>): T {
  if (!prop.known) throw new NotModelled('a value that is not known')
  return prop.value
}

function values<T>(list: PropList<T>): readonly T[] {
  if (!list.complete) throw new NotModelled('a list that is not known')
  return list.items.map(value)
}

function single(list: PropList<string>, otherwise: string): string {
  const [first, ...others] = values(list)
  if (first === undefined || others.length > 0 || rangeOf(first) === undefined) throw new NotModelled(otherwise)
  return first
}

/** One range of each family: `prefix` and `prefix6`, say. */
function rangesOf<Name extends 'space' | 'prefix'>(
  list: PropList<string>,
  otherwise: string,
  name: Name,
): { readonly [N in Name]: string } & { readonly [N in `${Name}6`]?: string } {
  const all = values(list)
  const [v4, ...others] = all.filter((range) => !range.includes(':'))
  const [v6, ...more] = all.filter((range) => range.includes(':'))
  if (v4 === undefined || others.length + more.length > 0) throw new NotModelled(otherwise)
  return { [name]: v4, ...(v6 !== undefined && { [`${name}6`]: v6 }) } as never
}

function nameOf({ name }: AzureObject): string {
  return value(name)
}

function linkName(link: Link): string {
  if (link.kind !== 'found') throw new NotModelled('a resource that is not in the tree')
  return nameOf(link.object)
}

function optionalName(link: Link): string | undefined {
  return link.kind === 'absent' ? undefined : linkName(link)
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

function toFirewall(azure: AzureNetwork): Firewall | undefined {
  const [firewall, ...others] = azure.firewalls.all
  if (firewall === undefined) return undefined
  if (others.length > 0) throw new NotModelled('several firewalls')
  const subnet = azure.subnets.of(firewall.subnet)
  const network = subnet?.network
  if (subnet === undefined || network === undefined) throw new NotModelled('a firewall without subnet')
  const policy = azure.firewallPolicies.of(firewall.policy)
  if (policy === undefined && firewall.policy.kind !== 'absent')
    throw new NotModelled('a policy that is not in the tree')
  const prefix = single(subnet.prefixes, 'a subnet of several ranges')
  const parent = policy && azure.firewallPolicies.of(policy.base)
  return {
    vnet: linkName(network),
    prefix,
    address: toText(after(rangeOf(prefix)!.first, 4)),
    groups: policy === undefined ? [classic(azure, firewall)] : toGroups(azure, policy),
    parent: parent === undefined ? [] : toGroups(azure, parent),
    dnsProxy: policy !== undefined && value(policy.dnsProxy),
    snat: 'default',
    ipGroups: [],
  }
}

function classic(azure: AzureNetwork, { collections }: ModelFirewall): RuleGroup {
  return { priority: 100, collections: collections.map((one) => toCollection(azure, one)) }
}

function toGroups(azure: AzureNetwork, { groups, privateRanges }: FirewallPolicy): readonly RuleGroup[] {
  if (!privateRanges.absent) throw new NotModelled('private ranges of a firewall')
  return groups.map(({ priority, collections }) => ({
    priority: value(priority),
    collections: collections.map((one) => toCollection(azure, one)),
  }))
}

function toCollection(azure: AzureNetwork, { kind, priority, action, rules, complete }: RuleCollection): Collection {
  if (!complete) throw new NotModelled('a list that is not known')
  const head = { priority: value(priority) }
  if (kind === 'nat') throw new NotModelled('translation rules that people wrote')
  const verdict = value(action) === 'Deny' ? 'Deny' : 'Allow'
  if (kind === 'network') {
    return {
      kind,
      ...head,
      action: verdict,
      rules: rules.map((rule) => {
        if (rule.destinationNames.items.length > 0) throw new NotModelled('names in network rules')
        return {
          sources: sourcesOf(azure, rule),
          destinations: [
            ...values(rule.destinations),
            ...rule.destinationGroups.flatMap((link) => groupOf(azure, link)),
          ],
          protocols: values(rule.protocols).map((one) => one as 'TCP'),
          ports: values(rule.destinationPorts),
        }
      }),
    }
  }
  return {
    kind,
    ...head,
    action: verdict,
    rules: rules.flatMap((rule) => {
      if (rule.webCategories.items.length > 0) throw new NotModelled('web categories')
      const names = values(rule.targetNames)
      const tags = values(rule.nameTags)
      if (names.length === 0 && tags.length === 0) throw new NotModelled('rules for URLs')
      return [
        {
          sources: sourcesOf(azure, rule),
          names: [...names, ...(tags.length > 0 ? AKS_NAMES : [])],
          protocols: rule.services.map(({ protocol, port }) => ({
            type: value(protocol) as 'Https',
            port: value(port),
          })),
        },
      ]
    }),
  }
}

function sourcesOf(azure: AzureNetwork, { sources, sourceGroups }: FirewallRule): readonly string[] {
  return [...values(sources), ...sourceGroups.flatMap((link) => groupOf(azure, link))]
}

function groupOf(azure: AzureNetwork, link: Link): readonly string[] {
  const group = azure.ipGroups.of(link)
  if (group === undefined) throw new NotModelled('an IP group that is not in the tree')
  return values(group.addresses)
}

const MODES = {
  overlay: 'overlay',
  kubenet: 'kubenet',
  'node-subnet': 'node-subnet',
  'pod-subnet': 'pod-subnet',
} as const

function toCluster(azure: AzureNetwork, cluster: ModelCluster): Cluster {
  const { pools, policyEngine, outboundType, podCidrs, api, ipFamilies } = cluster
  const [first] = pools
  const isDual = values(ipFamilies).some((family) => /ipv6/i.test(family))
  if (first === undefined) return { ...NO_AZURE.cluster, engine: value(policyEngine) }
  const addressing = podAddressing(cluster, first)
  if (addressing === 'unknown') throw new NotModelled('a plugin that is not known')
  const outbound = value(outboundType)
  if (
    outbound !== 'loadBalancer' &&
    outbound !== 'userDefinedRouting' &&
    outbound !== 'userAssignedNATGateway' &&
    outbound !== 'none'
  )
    throw new NotModelled(`outbound type ${outbound}`)
  if (value(api.vnetIntegration)) throw new NotModelled('an API server in a subnet')
  const ranges = values(podCidrs)
  const podCidr = ranges.find((range) => !range.includes(':')) ?? '10.244.0.0/16'
  const podCidr6 = ranges.find((range) => range.includes(':')) ?? 'fd12:3456:789a::/64'
  return {
    mode: MODES[addressing],
    engine: value(policyEngine),
    outbound,
    podCidr,
    ...(isDual && { podCidr6 }),
    pools: pools.map((pool) => {
      const subnet = azure.subnets.of(pool.subnet)
      if (subnet === undefined) throw new NotModelled('pools in a network that AKS makes')
      const podSubnet = azure.subnets.of(pool.podSubnet)
      return {
        name: value(pool.name),
        vnet: linkName(subnet.network),
        subnet: nameOf(subnet.object),
        ...(podSubnet !== undefined && { podSubnet: nameOf(podSubnet.object) }),
        publicIps: value(pool.publicIps),
        allowedHostPorts: pool.allowedHostPorts.map(({ first }) => value(first)),
        groups: [],
      }
    }),
    api: {
      private: value(api.private),
      authorized: api.authorizedRanges.absent
        ? []
        : api.authorizedRanges.items.map((one) => (one.known ? one.value : 'nat')),
    },
  }
}
