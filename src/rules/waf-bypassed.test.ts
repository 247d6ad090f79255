import { describe } from 'vitest'
import { deployment, documents, ingress, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { wafBypassed } from './waf-bypassed.ts'

interface Cloud {
  /** Further lines of the gateway. */
  readonly gateway?: string
  readonly policy?: string
  readonly cluster?: string
}

const POLICY = '  firewall_policy_id = azurerm_web_application_firewall_policy.waf.id\n'
const STEERED = '  ingress_application_gateway {\n    gateway_id = azurerm_application_gateway.in.id\n  }\n'

const cloud = ({ gateway = POLICY, policy = '', cluster = STEERED }: Cloud = {}) => `
resource "azurerm_virtual_network" "v" {
  name          = "v"
  location      = "westeurope"
  address_space = ["10.10.0.0/16"]
}
resource "azurerm_subnet" "nodes" {
  name                 = "nodes"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes     = ["10.10.0.0/20"]
}
resource "azurerm_subnet" "in" {
  name                 = "in"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes     = ["10.10.16.0/24"]
}
resource "azurerm_public_ip" "in" {
  name     = "in"
  location = "westeurope"
  sku      = "Standard"
}
resource "azurerm_web_application_firewall_policy" "waf" {
  name     = "waf"
  location = "westeurope"
${policy}}
resource "azurerm_application_gateway" "in" {
  name     = "in"
  location = "westeurope"
${gateway}  gateway_ip_configuration {
    name      = "in"
    subnet_id = azurerm_subnet.in.id
  }
  frontend_ip_configuration {
    name                 = "public"
    public_ip_address_id = azurerm_public_ip.in.id
  }
}
resource "azurerm_kubernetes_cluster" "shop" {
  name     = "shop"
  location = "westeurope"
  default_node_pool {
    name           = "system"
    vnet_subnet_id = azurerm_subnet.nodes.id
  }
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = "cilium"
    network_data_plane  = "cilium"
    pod_cidr            = "10.244.0.0/16"
  }
${cluster}}
`
const POOL = `${POLICY}  frontend_port {
    name = "http"
    port = 80
  }
  http_listener {
    name                           = "web"
    frontend_ip_configuration_name = "public"
    frontend_port_name             = "http"
    protocol                       = "Http"
  }
  request_routing_rule {
    name                      = "web"
    http_listener_name        = "web"
    backend_address_pool_name = "web"
  }
  backend_address_pool {
    name         = "web"
    ip_addresses = ["10.10.0.200"]
  }
`
const INTERNAL = 'service.beta.kubernetes.io/azure-load-balancer-internal: "true"'
const balancer = (name: string, { annotations = '', more = '', target = 8080 } = {}) =>
  service('web', `    - port: 443\n      targetPort: ${target}\n`, {
    more: `  type: LoadBalancer\n${more}`,
    metadata: annotations === '' ? '' : `  annotations:\n    ${annotations}\n`,
  }).replace('name: web', `name: ${name}`)
const inside = documents(
  deployment('web'),
  service('web', '    - port: 80\n      targetPort: 8080\n'),
  ingress('web', { service: 'web', port: 80, more: '  ingressClassName: azure-application-gateway\n' }),
)
const partner = balancer('partner')
const app = (...more: readonly string[]) => documents(inside, ...more)
const tree = (manifests: string, code = cloud()) => ({ 'infra/main.tf': code, 'k8s/app.yaml': manifests })

const frontDoor = (security = true) => `
resource profile 'Microsoft.Cdn/profiles@2024-02-01' = {
  name: 'door'
  location: 'global'
}
resource origins 'Microsoft.Cdn/profiles/originGroups@2024-02-01' = {
  parent: profile
  name: 'web'
}
resource web 'Microsoft.Cdn/profiles/originGroups/origins@2024-02-01' = {
  parent: origins
  name: 'web'
  properties: {
    hostName: 'acme-shop.westeurope.cloudapp.azure.com'
  }
}
${
  security
    ? `resource security 'Microsoft.Cdn/profiles/securityPolicies@2024-02-01' = {
  parent: profile
  name: 'waf'
}
`
    : ''
}resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: 'v'
  location: 'westeurope'
  properties: {
    addressSpace: { addressPrefixes: ['10.10.0.0/16'] }
  }
}
resource nodes 'Microsoft.Network/virtualNetworks/subnets@2024-05-01' = {
  parent: network
  name: 'nodes'
  properties: { addressPrefix: '10.10.0.0/20' }
}
resource aks 'Microsoft.ContainerService/managedClusters@2025-01-01' = {
  name: 'shop'
  location: 'westeurope'
  properties: {
    agentPoolProfiles: [ { name: 'system', mode: 'System', vnetSubnetID: nodes.id } ]
    networkProfile: { networkPlugin: 'azure', networkPluginMode: 'overlay', podCidr: '10.244.0.0/16' }
  }
}
`
const LABEL = 'service.beta.kubernetes.io/azure-dns-label-name: acme-shop'
const TAG = 'service.beta.kubernetes.io/azure-allowed-service-tags'
const origin = (annotations: string) => documents(deployment('web'), balancer('origin', { annotations }))
const behindDoor = (annotations: string, security = true) => ({
  'infra/main.bicep': frontDoor(security),
  'k8s/app.yaml': origin(annotations),
})

describe('waf-bypassed', () => {
  finds(wafBypassed, 'a load balancer beside the application gateway', {
    base: tree(inside),
    head: tree(app(partner)),
    at: 'k8s/app.yaml: type: LoadBalancer',
    severity: 'high',
    witness: 'internet → shop/web TCP 8080',
    says: ['through Service/shop/partner, around the WAF of azurerm_application_gateway.in'],
  })
  finds(wafBypassed, 'the gateway comes, and the load balancer stays', {
    base: tree(documents(deployment('web'), partner)),
    head: tree(app(partner)),
    at: 'k8s/app.yaml: service:',
    severity: 'low',
    says: ['leaves the old way open'],
  })
  finds(wafBypassed, 'a load balancer beside the one that the pool of the gateway names', {
    head: tree(
      documents(
        deployment('web'),
        balancer('inner', {
          annotations: `${INTERNAL}\n    service.beta.kubernetes.io/azure-load-balancer-ipv4: 10.10.0.200`,
        }),
        partner,
      ),
      cloud({ gateway: POOL, cluster: '' }),
    ),
    at: 'k8s/app.yaml: type: LoadBalancer',
    severity: 'high',
  })
  finds(wafBypassed, 'an origin of Front Door that admits everybody', {
    head: behindDoor(LABEL),
    at: 'k8s/app.yaml: type: LoadBalancer',
    severity: 'high',
    says: ['unless they check the header X-Azure-FDID'],
    patched: { 'k8s/app.yaml': origin(`${LABEL}\n    ${TAG}: "AzureFrontDoor.Backend"`) },
  })

  silent(wafBypassed, 'it was so before', {
    base: tree(app(partner)),
    head: tree(app(partner.replace('port: 443', 'port: 8443'))),
  })
  silent(wafBypassed, 'an internal load balancer', { head: tree(app(balancer('partner', { annotations: INTERNAL }))) })
  silent(wafBypassed, 'a few ranges of clients', {
    head: tree(app(balancer('partner', { more: '  loadBalancerSourceRanges: [20.1.2.0/24]\n' }))),
  })
  silent(wafBypassed, 'another port of the pods', { head: tree(app(balancer('partner', { target: 9443 }))) })
  silent(wafBypassed, 'other pods', {
    head: tree(
      app(
        deployment('api'),
        service('api', '    - port: 443\n      targetPort: 8080\n', { more: '  type: LoadBalancer\n' }),
      ),
    ),
  })
  silent(wafBypassed, 'a gateway without a firewall', { head: tree(app(partner), cloud({ gateway: '' })) })
  silent(wafBypassed, 'a firewall that is off', {
    head: tree(app(partner), cloud({ policy: '  policy_settings {\n    enabled = false\n  }\n' })),
  })
  silent(wafBypassed, 'no Azure code', { head: app(partner) })
  silent(wafBypassed, 'a second gateway class that reads requests itself', {
    head: tree(
      app(
        ingress('more', {
          service: 'web',
          port: 80,
          more: '  ingressClassName: nginx\n',
          metadata: '  annotations:\n    nginx.ingress.kubernetes.io/enable-modsecurity: "true"\n',
        }),
      ),
    ),
  })
  silent(wafBypassed, 'an origin that admits Front Door alone', {
    head: behindDoor(`${LABEL}\n    ${TAG}: AzureFrontDoor.Backend`),
  })
  silent(wafBypassed, 'a Front Door without a firewall', { head: behindDoor(LABEL, false) })
  silent(wafBypassed, 'an origin that is somebody else', { head: behindDoor(LABEL.replace('acme-shop', 'acme-pay')) })
})
