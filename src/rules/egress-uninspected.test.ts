import { describe } from 'vitest'
import { hub, route, TO_FIREWALL, TO_INTERNET } from '../../test/hub.ts'
import { deployment, documents, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { asymmetricIngress } from './asymmetric-ingress.ts'
import { egressUninspected } from './egress-uninspected.ts'
import { firewallBlocksAks } from './firewall-blocks-aks.ts'
import { outboundTypeMismatch } from './outbound-type-mismatch.ts'
import { routeBypass } from './route-bypass.ts'
import { serviceEndpointBypassesFirewall } from './service-endpoint-bypasses-firewall.ts'

const tf = (text: string) => ({ 'main.tf': text })
const toInternet = route('default', '0.0.0.0/0', TO_INTERNET)

describe('egress-uninspected', () => {
  finds(egressUninspected, 'a default route that now leads to the internet', {
    base: tf(hub()),
    head: tf(hub({ routes: toInternet })),
    at: 'main.tf: resource "azurerm_route" "default" {',
    severity: 'high',
    witness: 'node/aks/system → internet TCP 443',
    says: ['past the firewall azurerm_firewall.hub'],
    patched: tf(hub()),
  })
  silent(egressUninspected, 'a default route to the firewall', { head: tf(hub()) })
  silent(egressUninspected, 'a route table that is not in the tree', {
    head: tf(
      hub({ routes: '' }).replace('route_table_id = azurerm_route_table.nodes.id', 'route_table_id = var.table'),
    ),
  })
})

describe('route-bypass', () => {
  finds(routeBypass, 'a range that goes straight to the internet', {
    head: tf(hub({ more: route('partner', '20.40.0.0/16', TO_INTERNET) })),
    at: 'main.tf: resource "azurerm_route" "partner" {',
    severity: 'high',
    witness: 'node/aks/system → 20.40.0.0 TCP 443',
    patched: tf(hub()),
  })
  finds(routeBypass, 'a service tag', {
    head: tf(hub({ more: route('tag', 'AzureMonitor', TO_INTERNET) })),
    at: 'main.tf: resource "azurerm_route" "tag" {',
    says: ['every customer'],
  })
  finds(routeBypass, 'the rest of a range of which a narrower route takes the start to the firewall', {
    head: tf(
      hub({
        more: `${route('partner', '20.40.0.0/16', TO_INTERNET)}${route('start', '20.40.0.0/17', TO_FIREWALL)}`,
      }),
    ),
    at: 'main.tf: resource "azurerm_route" "partner" {',
    witness: 'node/aks/system → 20.40.128.0 TCP 443',
  })
  silent(routeBypass, 'a range that narrower routes take to the firewall', {
    head: tf(
      hub({
        more: `${route('partner', '20.40.0.0/16', TO_INTERNET)}${route('start', '20.40.0.0/17', TO_FIREWALL)}${route('end', '20.40.128.0/17', TO_FIREWALL)}`,
      }),
    ),
  })
  silent(routeBypass, 'the public address of the firewall', {
    head: tf(hub({ more: route('own', '20.40.1.1/32', TO_INTERNET) })),
  })
  silent(routeBypass, 'a range that goes to the firewall as well', {
    head: tf(hub({ more: route('partner', '20.40.0.0/16', TO_FIREWALL) })),
  })
})

describe('service-endpoint-bypasses-firewall', () => {
  finds(serviceEndpointBypassesFirewall, 'storage of every customer', {
    head: tf(hub({ subnet: '  service_endpoints    = ["Microsoft.Storage"]\n' })),
    at: 'main.tf: service_endpoints    = ["Microsoft.Storage"]',
    witness: 'node/aks/system → tag/storage.westeurope TCP 443',
  })
  silent(serviceEndpointBypassesFirewall, 'a subnet that no firewall guards', {
    head: tf(hub({ routes: toInternet, subnet: '  service_endpoints    = ["Microsoft.Storage"]\n' })),
  })
})

describe('outbound-type-mismatch', () => {
  finds(outboundTypeMismatch, 'a user NAT gateway that the subnet does not have', {
    head: tf(hub({ routes: '', outbound: 'userAssignedNATGateway' })),
    at: 'main.tf: outbound_type       = "userAssignedNATGateway"',
    severity: 'high',
    says: ['has no NAT gateway'],
  })
  finds(outboundTypeMismatch, 'an outbound address that a route makes idle', {
    head: tf(hub({ outbound: 'loadBalancer' })),
    at: 'main.tf: outbound_type       = "loadBalancer"',
    severity: 'low',
    patched: tf(hub()),
  })
  silent(outboundTypeMismatch, 'routes that lead to the firewall', { head: tf(hub()) })
  silent(outboundTypeMismatch, 'a subnet that is only called otherwise in the code', {
    base: tf(hub({ outbound: 'loadBalancer' })),
    head: tf(
      hub({ outbound: 'loadBalancer' })
        .replaceAll('azurerm_subnet.nodes', 'azurerm_subnet.pool')
        .replace('"azurerm_subnet" "nodes"', '"azurerm_subnet" "pool"'),
    ),
  })
})

describe('firewall-blocks-aks', () => {
  finds(firewallBlocksAks, 'a firewall that lets one name out', {
    head: tf(hub({ names: '"mcr.microsoft.com"' })),
    at: 'main.tf: resource "azurerm_firewall_policy" "hub" {',
    says: ['management.azure.com'],
  })
  silent(firewallBlocksAks, 'the tag of AKS', { head: tf(hub()) })
})

const balancer = documents(
  deployment('web'),
  service('web', '    - { port: 443, targetPort: 8080 }\n', { more: '  type: LoadBalancer\n' }),
)

describe('asymmetric-ingress', () => {
  finds(asymmetricIngress, 'a public load balancer behind a route to the firewall', {
    head: { 'main.tf': hub(), 'app.yaml': balancer },
    at: 'app.yaml: type: LoadBalancer',
    severity: 'high',
    says: ['has not seen the request'],
  })
  silent(asymmetricIngress, 'a cluster that leaves by itself', {
    head: { 'main.tf': hub({ routes: toInternet }), 'app.yaml': balancer },
  })
})
