import { describe, expect, test } from 'vitest'
import { unwalkedNotes } from '../../src/reach/azure/unwalked.ts'
import { asks, stateOf } from './ask.ts'

const WEB = (service: string, more = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
${service}
${more}`
const INTERNAL = `metadata:
  name: web
  namespace: shop
  annotations:
    service.beta.kubernetes.io/azure-load-balancer-internal: "true"
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}`
const LINKED = INTERNAL.replace(
  '  annotations:',
  '  annotations:\n    service.beta.kubernetes.io/azure-pls-create: "true"',
)
const PLAIN =
  'metadata: {name: web, namespace: shop}\nspec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}'
const BASE = `resource "azurerm_virtual_network" "spoke" {
  name          = "spoke"
  address_space = ["10.1.0.0/16"]
}
resource "azurerm_subnet" "nodes" {
  name                 = "nodes"
  virtual_network_name = azurerm_virtual_network.spoke.name
  address_prefixes     = ["10.1.4.0/22"]
}
resource "azurerm_kubernetes_cluster" "aks" {
  name = "aks"
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
const FRONT_DOOR =
  'resource "azurerm_cdn_frontdoor_profile" "fd" {\n  name     = "fd"\n  sku_name = "Premium_AzureFrontDoor"\n}\n'

describe('a hub of a virtual WAN', () => {
  const others = `resource "azurerm_virtual_network" "data" {
  name          = "data"
  address_space = ["10.2.0.0/16"]
}
resource "azurerm_subnet" "data" {
  name                 = "data"
  virtual_network_name = azurerm_virtual_network.data.name
  address_prefixes     = ["10.2.4.0/24"]
}
`
  const connected = (secured: string) => `resource "azurerm_virtual_hub" "hub" {
  name = "hub"
}
${['spoke', 'data']
  .map(
    (name) => `resource "azurerm_virtual_hub_connection" "${name}" {
  name                      = "${name}"
  virtual_hub_id            = azurerm_virtual_hub.hub.id
  remote_virtual_network_id = azurerm_virtual_network.${name}.id
  ${secured}
}
`,
  )
  .join('')}`

  describe('is absent', () => {
    asks({ 'main.tf': BASE + others, 'web.yaml': WEB(PLAIN) }, [
      ['shop/web -> 10.2.4.10 TCP 443', 'denied'],
      ['shop/web -> internet TCP 443', 'allowed'],
    ])
  })
  describe('may join its networks, and takes no default route', () => {
    asks({ 'main.tf': BASE + others + connected('internet_security_enabled = false'), 'web.yaml': WEB(PLAIN) }, [
      ['shop/web -> 10.2.4.10 TCP 443', 'unknown'],
      ['10.2.4.10 -> node/pool TCP 22', 'unknown by route'],
      ['shop/web -> internet TCP 443', 'allowed'],
    ])
  })
  describe('may take the default route', () => {
    asks({ 'main.tf': BASE + others + connected('internet_security_enabled = true'), 'web.yaml': WEB(PLAIN) }, [
      ['shop/web -> internet TCP 443', 'unknown by route'],
      ['shop/web -> api.stripe.com TCP 443', 'unknown by route'],
    ])
  })
})

describe('Front Door', () => {
  describe('is absent', () => {
    asks({ 'main.tf': BASE, 'web.yaml': WEB(LINKED) }, [['internet -> shop/web TCP 8080', 'denied']])
  })
  describe('may have an internal balancer behind a Private Link service', () => {
    asks({ 'main.tf': BASE + FRONT_DOOR, 'web.yaml': WEB(LINKED) }, [
      ['internet -> shop/web TCP 8080', 'unknown by ingress'],
    ])
  })
  describe('cannot have one without', () => {
    asks({ 'main.tf': BASE + FRONT_DOOR, 'web.yaml': WEB(INTERNAL) }, [['internet -> shop/web TCP 8080', 'denied']])
  })
})

describe('Application Gateway for Containers', () => {
  const ingress = (className: string) => `---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec: {ingressClassName: ${className}, defaultBackend: {service: {name: web, port: {number: 80}}}}
`
  asks({ 'main.tf': BASE, 'web.yaml': WEB(PLAIN, ingress('azure-alb-external')) }, [
    ['internet -> shop/web TCP 8080', 'unknown by ingress'],
  ])
  asks({ 'main.tf': BASE, 'web.yaml': WEB(PLAIN) }, [['internet -> shop/web TCP 8080', 'denied']])
})

describe('a network security perimeter', () => {
  const account = 'resource "azurerm_storage_account" "s" {\n  name = "shopdata"\n}\n'
  const perimeter = (mode: string) => `resource "azurerm_network_security_perimeter" "p" {
  name = "p"
}
resource "azurerm_network_security_perimeter_association" "a" {
  name                          = "a"
  access_mode                   = "${mode}"
  network_security_perimeter_id = azurerm_network_security_perimeter.p.id
  resource_id                   = azurerm_storage_account.s.id
}
`
  describe('decides where it is enforced', () => {
    asks({ 'main.tf': BASE + account + perimeter('Enforced') }, [
      ['internet -> shopdata.blob.core.windows.net TCP 443', 'unknown by paas-firewall'],
    ])
  })
  describe('leaves it to the service where it learns', () => {
    asks({ 'main.tf': BASE + account + perimeter('Learning') }, [
      ['internet -> shopdata.blob.core.windows.net TCP 443', 'allowed'],
    ])
  })
})

test('what is not walked is told by name', () => {
  const { azure } = stateOf({ 'main.tf': BASE + FRONT_DOOR })
  expect(unwalkedNotes(azure)).toEqual([
    'Front Door is not walked: whom it lets in to its origins is not known (azurerm_cdn_frontdoor_profile.fd).',
  ])
  expect(unwalkedNotes(stateOf({ 'main.tf': BASE }).azure)).toEqual([])
})
