import { describe } from 'vitest'
import { asks } from '../azure/ask.ts'
import {
  cluster,
  group,
  NODE_SUBNET,
  network,
  OVERLAY,
  peering,
  publicIp,
  routes,
  subnet,
  workload,
} from '../azure/terraform-text.ts'

/** §8 application gateways: who comes in by them, to pods and to balancers, and what a web application firewall changes. */

const HEAD = 'location = "westeurope"\n  resource_group_name = "rg"'
const BASE =
  network('hub', '10.1.0.0/16') +
  subnet('hub', 'nodes', '10.1.0.0/22') +
  subnet('hub', 'vms', '10.1.8.0/24') +
  subnet('hub', 'gate', '10.1.9.0/24')
const STEERED = 'ingress_application_gateway {\n gateway_id = azurerm_application_gateway.agw.id\n }'
const PRIVATE = `frontend_ip_configuration {
    name = "private"
    subnet_id = azurerm_subnet.gate.id
    private_ip_address_allocation = "Static"
    private_ip_address = "10.1.9.10"
  }`
const PUBLIC = `frontend_ip_configuration {
    name = "public"
    public_ip_address_id = azurerm_public_ip.agw-ip.id
  }`

interface GatewayText {
  readonly frontends?: string
  readonly listener?: 'public' | 'private'
  readonly port?: number
  readonly backends?: string
  readonly more?: string
  readonly where?: string
}

function gateway(text: GatewayText = {}): string {
  const { frontends = PUBLIC, listener = 'public', port = 80, backends = '', more = '', where = 'gate' } = text
  return `${publicIp('agw-ip')}resource "azurerm_application_gateway" "agw" {
  name = "agw"
  ${HEAD}
  sku {
    name = "WAF_v2"
    tier = "WAF_v2"
  }
  gateway_ip_configuration {
    name = "main"
    subnet_id = azurerm_subnet.${where}.id
  }
  ${frontends}
  frontend_port {
    name = "web"
    port = ${port}
  }
  backend_address_pool {
    name = "pool"
    ${backends === '' ? '' : `ip_addresses = ["${backends}"]`}
  }
  http_listener {
    name = "web"
    frontend_ip_configuration_name = "${listener}"
    frontend_port_name = "web"
    protocol = "Http"
  }
  request_routing_rule {
    name = "web"
    priority = 100
    rule_type = "Basic"
    http_listener_name = "web"
    backend_address_pool_name = "pool"
    backend_http_settings_name = "http"
  }
  backend_http_settings {
    name = "http"
    port = 80
    protocol = "Http"
    cookie_based_affinity = "Disabled"
  }
  ${more}
}\n`
}

/** A workload behind a Service and an Ingress of the gateway's class. */
function behind(annotations = '', tls = ''): string {
  return `${workload('a/web', 8080)}apiVersion: v1
kind: Service
metadata: { name: web, namespace: a }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: a, annotations: { ${annotations} } }
spec:
  ingressClassName: azure-application-gateway
  ${tls}
  rules: [{ host: web.example, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }]
---
`
}

const policy = (from: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: a }
spec: { podSelector: {}, ingress: [{ from: [${from}] }] }
---
`
const ASK = 'internet -> a/web TCP 8080'
const flat = (more = '') =>
  BASE +
  cluster({ pool: 'system nodes', profile: `${NODE_SUBNET}\n    network_policy = "calico"`, more: STEERED }) +
  more
const overlay = (more = '') => BASE + cluster({ pool: 'system nodes', profile: OVERLAY, more: STEERED }) + more

describe('§10 internet → Ingress app: "App Gateway as above → listener + route rule → policy (src = gateway subnet)"; allowed', () => {
  asks({ 'main.tf': flat(gateway()), 'app.yaml': behind() }, [[ASK, 'allowed']])
  describe('"AGIC: pod IPs directly, no NodePort, no Service VIP"', () => {
    // The node's own NSG has no rule for a Service, and needs none.
    asks({ 'main.tf': flat(gateway()), 'app.yaml': behind() }, [['10.1.8.9 -> a/web TCP 8080', 'allowed']])
    asks({ 'main.tf': overlay(gateway()), 'app.yaml': behind() }, [['10.1.8.9 -> a/web TCP 8080', 'denied']])
  })
  describe('no gateway, no controller, another class: nothing leads there', () => {
    asks({ 'main.tf': BASE + cluster({ pool: 'system nodes' }), 'app.yaml': behind() }, [[ASK, 'denied by service']])
  })
})

describe('§8 AGIC: "App Gateway has a public frontend and the Ingress uses it (use-private-ip)"', () => {
  const usesPrivate = behind('appgw.ingress.kubernetes.io/use-private-ip: "true"')
  asks({ 'main.tf': overlay(gateway({ frontends: `${PUBLIC}\n  ${PRIVATE}` })), 'app.yaml': usesPrivate }, [
    [ASK, 'denied'],
    ['10.1.8.9 -> a/web TCP 8080', 'allowed'],
  ])
  describe('an Ingress that asks for a private frontend that is not there is left out', () => {
    asks({ 'main.tf': overlay(gateway()), 'app.yaml': usesPrivate }, [
      [ASK, 'denied'],
      ['10.1.8.9 -> a/web TCP 8080', 'denied'],
    ])
  })
  describe('a gateway without public frontend admits nobody of the internet', () => {
    const hidden = gateway({ frontends: PRIVATE, listener: 'private' })
    asks({ 'main.tf': overlay(hidden), 'app.yaml': behind() }, [[ASK, 'denied']])
  })
})

describe('§8 AGIC filters: "App Gateway subnet NSG out, node/pod subnet NSG in, UDR, policy must allow the gateway subnet CIDR"', () => {
  const openGate = '100 in allow Tcp Internet -> * 80'
  describe('the gateway subnet must let clients in, at the port of the listener', () => {
    asks({ 'main.tf': flat(gateway() + group('g', [], ['gate'])), 'app.yaml': behind() }, [[ASK, 'denied by nsg']])
    asks({ 'main.tf': flat(gateway() + group('g', [openGate], ['gate'])), 'app.yaml': behind() }, [[ASK, 'allowed']])
    const tls = behind('', 'tls: [{ hosts: [web.example], secretName: t }]')
    asks({ 'main.tf': flat(gateway() + group('g', [openGate], ['gate'])), 'app.yaml': tls }, [[ASK, 'denied by nsg']])
  })
  describe('and out to the pods', () => {
    const closed = group('g', [openGate, '100 out deny * * -> 10.1.0.0/22 *'], ['gate'])
    asks({ 'main.tf': flat(gateway() + closed), 'app.yaml': behind() }, [[ASK, 'denied by nsg']])
  })
  describe('the nodes must let the gateway subnet in', () => {
    const closed = group('g', ['100 in deny * 10.1.9.0/24 -> * *'], ['nodes'])
    asks({ 'main.tf': flat(gateway() + closed), 'app.yaml': behind() }, [[ASK, 'denied by nsg']])
    asks({ 'main.tf': flat(gateway() + group('g', [], ['nodes'])), 'app.yaml': behind() }, [[ASK, 'allowed']])
  })
  describe('the policy sees the gateway subnet, not the client', () => {
    asks({ 'main.tf': flat(gateway()), 'app.yaml': behind() + policy('{ ipBlock: { cidr: 10.1.9.0/24 } }') }, [
      [ASK, 'allowed'],
    ])
    asks({ 'main.tf': flat(gateway()), 'app.yaml': behind() + policy('{ ipBlock: { cidr: 203.0.113.0/24 } }') }, [
      ['203.0.113.9 -> a/web TCP 8080', 'denied by network-policy'],
    ])
  })
  describe('security admin rules do not hold in the subnet of a gateway, but where it sends to', () => {
    asks({ 'main.tf': flat(gateway() + admin('80')), 'app.yaml': behind() }, [[ASK, 'allowed']])
    asks({ 'main.tf': flat(gateway() + admin('8080')), 'app.yaml': behind() }, [[ASK, 'denied by security-admin']])
  })
})

/** A rule of Virtual Network Manager that denies a port to everybody. */
function admin(port: string): string {
  return `resource "azurerm_network_manager" "m" {
  name = "m"
  ${HEAD}
  scope_accesses = ["SecurityAdmin"]
}
resource "azurerm_network_manager_network_group" "g" {
  name = "g"
  network_manager_id = azurerm_network_manager.m.id
}
resource "azurerm_network_manager_static_member" "hub" {
  name = "hub"
  network_group_id = azurerm_network_manager_network_group.g.id
  target_virtual_network_id = azurerm_virtual_network.hub.id
}
resource "azurerm_network_manager_security_admin_configuration" "c" {
  name = "c"
  network_manager_id = azurerm_network_manager.m.id
}
resource "azurerm_network_manager_admin_rule_collection" "c" {
  name = "c"
  security_admin_configuration_id = azurerm_network_manager_security_admin_configuration.c.id
  network_group_ids = [azurerm_network_manager_network_group.g.id]
}
resource "azurerm_network_manager_admin_rule" "r" {
  name = "r"
  admin_rule_collection_id = azurerm_network_manager_admin_rule_collection.c.id
  action = "Deny"
  direction = "Inbound"
  priority = 1
  protocol = "Tcp"
  destination_port_ranges = ["${port}"]
}
resource "azurerm_network_manager_deployment" "d" {
  network_manager_id = azurerm_network_manager.m.id
  location = "westeurope"
  scope_access = "SecurityAdmin"
  configuration_ids = [azurerm_network_manager_security_admin_configuration.c.id]
}\n`
}

describe('§3.3 "0/0 → appliance on an App Gateway v2 subnet is unsupported": answers do not go back the way requests came', () => {
  const tunnel = routes('r', ['0.0.0.0/0 VirtualAppliance 10.1.250.4'], ['gate'])
  asks({ 'main.tf': flat(gateway() + tunnel), 'app.yaml': behind() }, [[ASK, 'denied by route']])
})

describe('§8 "kubenet: route table on the gateway subnet"', () => {
  const kubenet = (more: string) =>
    overlay(gateway() + more).replace(
      'network_plugin = "azure"\n    network_plugin_mode = "overlay"',
      'network_plugin = "kubenet"',
    )
  const table = (...subnets: readonly string[]) => routes('pods', [], subnets)
  asks({ 'main.tf': kubenet(table('nodes', 'gate')), 'app.yaml': behind() }, [[ASK, 'allowed']])
  asks({ 'main.tf': kubenet(table('nodes')), 'app.yaml': behind() }, [[ASK, 'denied by route']])
  asks({ 'main.tf': kubenet(routes('own', [], ['gate'])), 'app.yaml': behind() }, [[ASK, 'denied by route']])
  // The controller gives the table that AKS made to a subnet without one, if it may.
  asks({ 'main.tf': kubenet(''), 'app.yaml': behind() }, [[ASK, 'unknown by route']])
})

describe('§8 an overlay is extended into the gateway subnet, in the same network alone', () => {
  asks({ 'main.tf': overlay(gateway()), 'app.yaml': behind() }, [[ASK, 'allowed']])
  const far = network('far', '10.2.0.0/16') + subnet('far', 'edge', '10.2.9.0/24')
  const peered = far + peering('hub', 'far') + peering('far', 'hub') + gateway({ where: 'edge' })
  asks({ 'main.tf': overlay(peered), 'app.yaml': behind() }, [[ASK, 'denied by route']])
  asks({ 'main.tf': flat(peered), 'app.yaml': behind() }, [[ASK, 'allowed']])
})

describe('a pool that names the frontend of an internal load balancer: the gateway is its client', () => {
  const ilb = (more = '') =>
    workload(
      'a/web',
      8080,
      `annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "true", service.beta.kubernetes.io/azure-load-balancer-ipv4: 10.1.0.200 }|${more}`,
    )
  const plain = (text: GatewayText) => BASE + cluster({ pool: 'system nodes' }) + gateway(text)
  asks({ 'main.tf': plain({ backends: '10.1.0.200' }), 'app.yaml': ilb() }, [[ASK, 'allowed']])
  asks({ 'main.tf': plain({ backends: '10.1.0.201' }), 'app.yaml': ilb() }, [[ASK, 'denied']])
  describe('"loadBalancerSourceRanges: those CIDRs (kube-proxy drop rules)" hold for the gateway', () => {
    asks({ 'main.tf': plain({ backends: '10.1.0.200' }), 'app.yaml': ilb('loadBalancerSourceRanges: [10.1.9.0/24]') }, [
      [ASK, 'allowed'],
    ])
    asks({ 'main.tf': plain({ backends: '10.1.0.200' }), 'app.yaml': ilb('loadBalancerSourceRanges: [10.1.8.0/24]') }, [
      [ASK, 'denied by service'],
    ])
  })
  describe('a private listener admits the network alone', () => {
    const inner = plain({ backends: '10.1.0.200', frontends: `${PUBLIC}\n  ${PRIVATE}`, listener: 'private' })
    asks({ 'main.tf': inner, 'app.yaml': ilb('loadBalancerSourceRanges: [10.1.9.0/24]') }, [
      [ASK, 'denied'],
      ['10.1.8.9 -> a/web TCP 8080', 'allowed'],
    ])
  })
})

describe('§8 "a WAF narrows content, never addresses: exposure stays"', () => {
  const waf = (settings: string) => `resource "azurerm_web_application_firewall_policy" "waf" {
  name = "waf"
  ${HEAD}
  policy_settings { ${settings} }
}\n`
  const guarded = gateway({ more: 'firewall_policy_id = azurerm_web_application_firewall_policy.waf.id' })
  const modes = ['mode = "Prevention"', 'mode = "Detection"', 'enabled = false', '']
  for (const settings of modes) {
    describe(`with settings "${settings}"`, () => {
      asks({ 'main.tf': flat(guarded + waf(settings)), 'app.yaml': behind() }, [[ASK, 'allowed']])
    })
  }
  describe('and the setting of the gateway itself', () => {
    const own = gateway({ more: 'waf_configuration {\n enabled = true\n firewall_mode = "Prevention"\n }' })
    asks({ 'main.tf': flat(own), 'app.yaml': behind() }, [[ASK, 'allowed']])
  })
})
