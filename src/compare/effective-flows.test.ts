import { expect, test } from 'vitest'
import { treeOf } from '../../test/parse/tree-of.ts'
import { analysePair } from '../analyse.ts'
import { EMPTY_CONFIG } from '../config/config.ts'
import { ParseCache } from '../parse/front-end.ts'
import { parseTree } from '../parse/units.ts'
import { diffLayers } from './diff-layers.ts'
import { toChanges } from './to-changes.ts'

const azure = (hop: string, names: string) => `
resource "azurerm_resource_group" "a" {
  name     = "rg"
  location = "westeurope"
}
resource "azurerm_virtual_network" "a" {
  name                = "vnet"
  address_space       = ["10.1.0.0/16"]
  location            = "westeurope"
  resource_group_name = azurerm_resource_group.a.name
}
resource "azurerm_subnet" "firewall" {
  name                 = "AzureFirewallSubnet"
  resource_group_name  = azurerm_resource_group.a.name
  virtual_network_name = azurerm_virtual_network.a.name
  address_prefixes     = ["10.1.0.0/26"]
}
resource "azurerm_subnet" "nodes" {
  name                 = "nodes"
  resource_group_name  = azurerm_resource_group.a.name
  virtual_network_name = azurerm_virtual_network.a.name
  address_prefixes     = ["10.1.4.0/22"]
}
resource "azurerm_public_ip" "a" {
  name              = "pip"
  allocation_method = "Static"
  sku               = "Standard"
}
resource "azurerm_firewall_policy" "a" {
  name = "policy"
}
resource "azurerm_firewall_policy_rule_collection_group" "a" {
  name               = "group"
  firewall_policy_id = azurerm_firewall_policy.a.id
  priority           = 100
  application_rule_collection {
    name     = "names"
    priority = 100
    action   = "Allow"
    rule {
      name              = "names"
      source_addresses  = ["10.1.4.0/22"]
      destination_fqdns = [${names}]
      protocols {
        type = "Https"
        port = 443
      }
    }
  }
}
resource "azurerm_firewall" "a" {
  name               = "fw"
  sku_name           = "AZFW_VNet"
  sku_tier           = "Standard"
  firewall_policy_id = azurerm_firewall_policy.a.id
  ip_configuration {
    name                 = "a"
    subnet_id            = azurerm_subnet.firewall.id
    public_ip_address_id = azurerm_public_ip.a.id
  }
}
resource "azurerm_route_table" "a" {
  name = "rt"
}
resource "azurerm_route" "default" {
  name             = "default"
  route_table_name = azurerm_route_table.a.name
  address_prefix   = "0.0.0.0/0"
  ${hop}
}
resource "azurerm_subnet_route_table_association" "a" {
  subnet_id      = azurerm_subnet.nodes.id
  route_table_id = azurerm_route_table.a.id
}
resource "azurerm_kubernetes_cluster" "a" {
  name = "aks"
  default_node_pool {
    name           = "system"
    vm_size        = "Standard_D4s_v5"
    node_count     = 3
    vnet_subnet_id = azurerm_subnet.nodes.id
  }
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = "cilium"
    network_data_plane  = "cilium"
    outbound_type       = "userDefinedRouting"
  }
}
`
const TO_FIREWALL = `next_hop_type          = "VirtualAppliance"
  next_hop_in_ip_address = azurerm_firewall.a.ip_configuration[0].private_ip_address`
const TO_INTERNET = 'next_hop_type = "Internet"'
const STRIPE = '"api.stripe.com"'

const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
`
const policy = (egress: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress: ${egress}
`
const NOWHERE = policy('[]')
const HTTPS = policy('[{to: [{ipBlock: {cidr: 0.0.0.0/0}}], ports: [{port: 443}]}]')

interface Side {
  readonly hop?: string
  readonly names?: string
  readonly manifests: string
  /** An edit of the Azure code. */
  readonly edit?: (text: string) => string
}

/** What leaves the cluster otherwise than before. */
function egressOf(base: Side, head: Side) {
  const tree = ({ hop = TO_FIREWALL, names = STRIPE, manifests, edit = (text) => text }: Side) =>
    parseTree(
      treeOf({ 'infra/main.tf': edit(azure(hop, names)), ...(manifests !== '' && { 'k8s/web.yaml': manifests }) }),
      { cache: new ParseCache() },
    )
  const [pair] = analysePair(tree(base), tree(head), EMPTY_CONFIG)
  return toChanges([['', diffLayers(pair!.base, pair!.head)]], 1).exposure.egress
}

/** Opened ways out of workloads and pools. */
function opened(base: Side, head: Side) {
  return egressOf(base, head).added.filter(({ from }) => from.includes('shop') || from.includes('pool'))
}

test('a route past the firewall opens what the policy allows and the firewall held back', () => {
  const manifests = `${WEB}---\n${HTTPS}`
  const changes = opened({ manifests }, { manifests, hop: TO_INTERNET })
  expect(changes.map(({ from, to, after }) => `${from} → ${to}: ${after}`)).toEqual([
    'every pod in shop → internet (IPv4) except api.stripe.com: TCP 443',
  ])
  expect(changes[0]!.cause).toMatchObject({ file: 'infra/main.tf', resource: 'azurerm_route.default' })
})

test('a removed policy behind a closed firewall opens what the firewall lets through, and says what stays closed', () => {
  const changes = opened({ manifests: `${WEB}---\n${NOWHERE}` }, { manifests: `${WEB}---\n${HTTPS}` })
  const outside = changes.filter(({ to }) => !/^(?:metadata|10\.|168\.)/.test(to))
  expect(outside.map(({ to, after }) => `${to}: ${after}`)).toContain('api.stripe.com: TCP 443')
  expect(changes.filter(({ to }) => to.startsWith('internet'))).toEqual([])
  const stripe = changes.find(({ to }) => to === 'api.stripe.com')!
  expect(stripe.cause).toMatchObject({ file: 'k8s/web.yaml' })
  expect(stripe.cause!.why).toMatch(/internet.* stays closed, firewall/)
})

test('a name that the firewall admits opens nothing behind a policy that lets nothing out', () => {
  const manifests = `${WEB}---\n${NOWHERE}`
  expect(opened({ manifests }, { manifests, names: `${STRIPE}, "example.com"` })).toEqual([])
})

test('without manifests a pool stands for the pods that it may run', () => {
  const changes = opened({ manifests: '' }, { manifests: '', names: `${STRIPE}, "example.com"` })
  expect(changes.map(({ from, to, after }) => `${from} → ${to}: ${after}`)).toEqual([
    'any pod in pool system → example.com: TCP 443',
  ])
})

// ---- the way alone ----

const ANY_HTTPS = '"*"'
const BEHIND_FIREWALL: Side = { manifests: `${WEB}---\n${HTTPS}`, names: ANY_HTTPS }

/** What goes another way than before, as `who → where: before → after by the way before → after`. */
function moved(base: Side, head: Side) {
  const { added, removed, changed } = egressOf(base, head)
  const shop = ({ from }: { readonly from: string }) => from.includes('shop')
  expect([...added, ...removed].filter(shop)).toEqual([])
  return changed.filter(shop)
}

const told = ({ from, to, before, after, via }: ReturnType<typeof moved>[number]) =>
  `${from} → ${to}: ${before} → ${after} by ${via?.before} → ${via?.after}`

test.each([
  ['of another next hop', { hop: TO_INTERNET }, 'azurerm_route.default', 'infra/main.tf'],
  ['that is gone', { edit: without('azurerm_route', 'default') }, 'azurerm_route.default', 'infra/main.tf'],
  [
    'whose table is taken off',
    { edit: without('azurerm_subnet_route_table_association', 'a') },
    'azurerm_subnet.nodes',
    'infra/main.tf',
  ],
] as const)('tells who bypasses the firewall by a route %s, though the same is reached', (_, head, resource, file) => {
  const changes = moved(BEHIND_FIREWALL, { ...BEHIND_FIREWALL, ...head })
  expect(changes.map(told)).toEqual(['every pod in shop → internet (IPv4): TCP 443 → TCP 443 by firewall/fw → direct'])
  expect(changes[0]).toMatchObject({ certain: true, cause: { file, resource } })
})

test('tells the part of the internet for which a longer route leaves past the firewall', () => {
  const leak = `resource "azurerm_route" "leak" {
  name             = "leak"
  route_table_name = azurerm_route_table.a.name
  address_prefix   = "20.0.0.0/8"
  next_hop_type    = "Internet"
}
`
  const changes = moved(BEHIND_FIREWALL, { ...BEHIND_FIREWALL, edit: (text) => text + leak })
  expect(changes.map(told)).toEqual(['every pod in shop → 20.0.0.0/8: TCP 443 → TCP 443 by firewall/fw → direct'])
  expect(changes[0]!.cause).toMatchObject({ resource: 'azurerm_route.leak' })
})

test('tells the way back through the firewall, and the way of pools without manifests', () => {
  expect(moved({ ...BEHIND_FIREWALL, hop: TO_INTERNET }, BEHIND_FIREWALL).map(told)).toEqual([
    'every pod in shop → internet (IPv4): TCP 443 → TCP 443 by direct → firewall/fw',
  ])
  const pools = egressOf({ manifests: '', names: ANY_HTTPS }, { manifests: '', names: ANY_HTTPS, hop: TO_INTERNET })
  expect(pools.changed).toMatchObject([
    { from: 'any pod in pool system', to: 'internet (IPv4)', via: { before: 'firewall/fw', after: 'direct' } },
  ])
})

test('says that it may be so where nobody knows where the route leads', () => {
  const hop = `next_hop_type          = "VirtualAppliance"
  next_hop_in_ip_address = var.appliance`
  const edit = (text: string) => `variable "appliance" {}\n${text}`
  const changes = egressOf(BEHIND_FIREWALL, { ...BEHIND_FIREWALL, hop, edit }).changed
  expect(changes.filter(({ from }) => from.includes('shop'))).toMatchObject([
    { certain: false, via: { before: 'firewall/fw', after: 'not known' } },
  ])
})

test.each<readonly [string, Partial<Side>]>([
  ['a next hop by its address', { hop: 'next_hop_type = "VirtualAppliance"\n  next_hop_in_ip_address = "10.1.0.4"' }],
  ['a default route in two halves', { edit: halved }],
  [
    'another name of the firewall',
    { edit: (text) => text.replace('name               = "fw"', 'name               = "fw-hub"') },
  ],
  [
    'another address of the resource',
    {
      edit: (text) =>
        text
          .replaceAll('azurerm_firewall.a', 'azurerm_firewall.hub')
          .replace('"azurerm_firewall" "a"', '"azurerm_firewall" "hub"'),
    },
  ],
  ['another name of the route', { edit: (text) => text.replaceAll('"default"', '"to-firewall"') }],
  [
    'another order of the blocks',
    {
      edit: (text) =>
        text
          .split(/^(?=resource)/m)
          .reverse()
          .join(''),
    },
  ],
])('is silent about %s', (_, head) => {
  const { added, removed, changed } = egressOf(BEHIND_FIREWALL, { ...BEHIND_FIREWALL, ...head })
  expect([...added, ...removed, ...changed]).toEqual([])
})

function without(type: string, name: string) {
  return (text: string) =>
    text
      .split(/^(?=resource)/m)
      .filter((block) => !block.startsWith(`resource "${type}" "${name}"`))
      .join('')
}

function halved(text: string): string {
  const route = text.split(/^(?=resource)/m).find((block) => block.includes('"azurerm_route" "default"'))!
  const half = (name: string, prefix: string) => route.replaceAll('"default"', `"${name}"`).replace('0.0.0.0/0', prefix)
  return text.replace(route, half('low', '0.0.0.0/1') + half('high', '128.0.0.0/1'))
}
