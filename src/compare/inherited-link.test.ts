import { describe, expect, test } from 'vitest'
import { treeOf } from '../../test/parse/tree-of.ts'
import { analysePair } from '../analyse.ts'
import { EMPTY_CONFIG } from '../config/config.ts'
import { ParseCache } from '../parse/front-end.ts'
import { parseTree } from '../parse/units.ts'
import { diffLayers } from './diff-layers.ts'
import { toChanges } from './to-changes.ts'

const cluster = (resource: string, name: string) => `resource "azurerm_kubernetes_cluster" "${resource}" {
  name = "${name}"
  default_node_pool {
    name           = "pool"
    vnet_subnet_id = azurerm_subnet.nodes.id
  }
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    outbound_type       = "loadBalancer"
  }
}
`
const NETWORK = `resource "azurerm_virtual_network" "a" {
  name          = "vnet"
  address_space = ["10.1.0.0/16"]
}
resource "azurerm_subnet" "nodes" {
  name                 = "nodes"
  virtual_network_name = azurerm_virtual_network.a.name
  address_prefixes     = ["10.1.4.0/22"]
}
resource "azurerm_network_security_group" "a" {
  name = "nsg"
  security_rule {
    name                       = "none"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    source_address_prefix      = "*"
    destination_port_range     = "*"
    destination_address_prefix = "*"
  }
}
resource "azurerm_subnet_network_security_group_association" "a" {
  subnet_id                 = azurerm_subnet.nodes.id
  network_security_group_id = azurerm_network_security_group.a.id
}
`
const ONE = NETWORK + cluster('a', 'aks-one')
const SHOP = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 443, targetPort: 8443}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec: {podSelector: {}, policyTypes: [Egress], egress: []}
`

type Files = Readonly<Record<string, string>>

function analysed(base: Files, head: Files) {
  const tree = (files: Files) => parseTree(treeOf(files), { cache: new ParseCache() })
  const [pair] = analysePair(tree(base), tree(head), EMPTY_CONFIG)
  const { connections, exposure } = toChanges([['', diffLayers(pair!.base, pair!.head)]], 1)
  const told = [connections, exposure.ingress, exposure.egress].flatMap(({ added, removed, changed }) => [
    ...added,
    ...removed,
    ...changed,
  ])
  const links = [pair!.base, pair!.head].map(({ link }) => link?.kind)
  return { links, told: told.map(({ from, to }) => `${from} → ${to}`) }
}

const manifests = { 'k8s/web.yaml': SHOP }

describe('a cluster on one side only', () => {
  test.each<readonly [string, string]>([
    ['the network', NETWORK],
    ['nothing', ''],
  ])('changes nothing for pods that were there, beside %s', (_, before) => {
    const [without, with_] = [
      { ...manifests, 'infra/main.tf': before },
      { ...manifests, 'infra/main.tf': ONE },
    ]
    expect(analysed(without, with_).told).toEqual([
      'internet → api-server/aks-one',
      'any pod in pool pool → 10.1.0.0/22, 10.1.8.0/21, 10.1.16.0/20, 10.1.32.0/19, 10.1.64.0/18, 10.1.128.0/17',
      'any pod in pool pool → internet (IPv4)',
    ])
    expect(analysed(with_, without).told).toEqual(['internet → api-server/aks-one'])
  })

  test('is asked for pods that are as new', () => {
    const { told } = analysed({ 'README.md': '' }, { ...manifests, 'infra/main.tf': ONE })
    expect(told).not.toContain('internet → shop/web')
    expect(told).toContain('internet → api-server/aks-one')
    expect(told.filter((flow) => /any pod in (?:pool|namespace shop)/.test(flow))).toEqual([])
    expect(told).toContain('any address outside the cluster → shop/web')
  })
})

describe('a second cluster', () => {
  const two = { ...manifests, 'infra/main.tf': ONE + cluster('b', 'aks-two') }
  const one = { ...manifests, 'infra/main.tf': ONE }

  test('leaves the manifests where they run', () => {
    const come = analysed(one, two)
    expect(come.links).toEqual(['linked', 'linked'])
    expect(come.told).toContain('any pod in pool aks-two/pool → internet (IPv4)')
    expect(come.told.filter((flow) => !flow.includes('aks-two'))).toEqual([])
    expect(analysed(two, one)).toEqual({ links: ['linked', 'linked'], told: ['internet → api-server/aks-two'] })
  })

  test('is no new one where it takes the place of another', () => {
    const other = { ...manifests, 'infra/main.tf': NETWORK + cluster('b', 'aks-two') }
    expect(analysed(one, other).told.filter((flow) => flow.includes('pool'))).toEqual([])
  })

  test('leaves it open where neither side tells', () => {
    expect(analysed(two, { ...two, 'README.md': 'two' }).links).toEqual(['several', 'several'])
  })

  test('leaves it open where the one that ran them is gone', () => {
    const others = { ...manifests, 'infra/main.tf': NETWORK + cluster('b', 'aks-two') + cluster('c', 'aks-three') }
    const { links, told } = analysed(one, others)
    expect(links).toEqual(['linked', 'several'])
    expect(told.filter((flow) => flow.includes('shop/web'))).toEqual([])
  })
})
