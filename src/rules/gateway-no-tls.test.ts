import { describe } from 'vitest'
import { finds, silent } from '../../test/rule-table.ts'
import { gatewayNoTls } from './gateway-no-tls.ts'

const ADDRESS = 'resource "azurerm_public_ip" "in" {\n  name              = "in"\n  allocation_method = "Static"\n}\n'
const listener = (name: string, protocol: string) => `  http_listener {
    name                           = "${name}"
    frontend_ip_configuration_name = "front"
    frontend_port_name             = "port"
    protocol                       = "${protocol}"
  }
`
const rule = (listenerName: string, more: string) => `  request_routing_rule {
    name               = "${listenerName}"
    rule_type          = "Basic"
    http_listener_name = "${listenerName}"
    ${more}
  }
`
const REDIRECT = '  redirect_configuration {\n    name                 = "up"\n    target_listener_name = "tls"\n  }\n'
const gateway = (parts: string, front = 'public_ip_address_id = azurerm_public_ip.in.id') => ({
  'main.tf': `${ADDRESS}resource "azurerm_application_gateway" "in" {
  name = "in"
  frontend_ip_configuration {
    name = "front"
    ${front}
  }
  frontend_port {
    name = "port"
    port = 80
  }
${parts}}
`,
})
const POOL = 'backend_address_pool_name = "pods"'

describe('gateway-no-tls', () => {
  finds(gatewayNoTls, 'a listener without TLS that leads to a pool', {
    head: gateway(listener('web', 'Http') + rule('web', POOL)),
    at: 'main.tf: protocol                       = "Http"',
    severity: 'medium',
    says: ['web'],
    patched: 'none',
  })
  finds(gatewayNoTls, 'a private one, which fewer people can read', {
    head: gateway(listener('web', 'Http') + rule('web', POOL), 'subnet_id = "/subscriptions/s/x"'),
    at: 'main.tf: protocol                       = "Http"',
    severity: 'low',
  })
  finds(gatewayNoTls, 'a redirection to another listener without TLS', {
    head: gateway(
      `${listener('web', 'Http')}${listener('tls', 'Http')}${REDIRECT}${rule('web', 'redirect_configuration_name = "up"')}${rule('tls', POOL)}`,
    ),
    at: 'main.tf: protocol                       = "Http"',
    says: ['web', 'tls'],
  })
  finds(gatewayNoTls, 'Bicep, parts named by id', {
    head: {
      'main.bicep': `resource gw 'Microsoft.Network/applicationGateways@2024-05-01' = {
  name: 'gw'
  properties: {
    frontendIPConfigurations: [
      { name: 'front', properties: { publicIPAddress: { id: resourceId('Microsoft.Network/publicIPAddresses', 'ip') } } }
    ]
    httpListeners: [
      {
        name: 'web'
        properties: {
          frontendIPConfiguration: { id: resourceId('Microsoft.Network/applicationGateways/frontendIPConfigurations', 'gw', 'front') }
          protocol: 'Http'
        }
      }
    ]
  }
}
`,
    },
    at: "main.bicep: protocol: 'Http'",
    severity: 'medium',
  })
  silent(gatewayNoTls, 'a listener with TLS', { head: gateway(listener('web', 'Https') + rule('web', POOL)) })
  silent(gatewayNoTls, 'port 80 sends everybody on to the one with TLS', {
    head: gateway(
      `${listener('web', 'Http')}${listener('tls', 'Https')}${REDIRECT}${rule('web', 'redirect_configuration_name = "up"')}${rule('tls', POOL)}`,
    ),
  })
  silent(gatewayNoTls, 'port 80 sends everybody on to an encrypted address', {
    head: gateway(
      `${listener('web', 'Http')}  redirect_configuration {\n    name       = "up"\n    target_url = "https://shop.example.com"\n  }\n${rule('web', 'redirect_configuration_name = "up"')}`,
    ),
  })
  silent(gatewayNoTls, 'a protocol that nobody knows', {
    head: {
      'main.tf': `variable "protocol" {}\n${gateway(listener('web', 'Http') + rule('web', POOL))['main.tf'].replace('"Http"', 'var.protocol')}`,
    },
  })
  silent(gatewayNoTls, 'listeners that the ingress add-on of a cluster writes over', {
    head: {
      'main.tf': `${gateway(listener('web', 'Http') + rule('web', POOL))['main.tf']}resource "azurerm_kubernetes_cluster" "aks" {
  name       = "aks"
  dns_prefix = "aks"
  ingress_application_gateway {
    gateway_id = azurerm_application_gateway.in.id
  }
}
`,
    },
  })
})
