import { describe } from 'vitest'
import { asks } from './ask.ts'
import {
  applicationRules,
  card,
  cluster,
  firewall,
  group,
  NODE_SUBNET,
  natGateway,
  network,
  networkRules,
  OVERLAY,
  peering,
  publicIp,
  routes,
  subnet,
  workload,
} from './terraform-text.ts'

const BASE =
  network('spoke', '10.1.0.0/16') + subnet('spoke', 'nodes', '10.1.0.0/22') + subnet('spoke', 'data', '10.1.8.0/24')
const INTERNAL = 'annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "true" }'
const WITH_ENGINE = `${OVERLAY}\n    network_policy = "calico"`

describe('names by custom DNS servers', () => {
  const hub =
    network('hub', '10.0.0.0/16') + peering('hub', 'spoke', 'allow_forwarded_traffic = true') + peering('spoke', 'hub')
  const spoke = network('spoke', '10.1.0.0/16', 'dns_servers = ["10.0.255.4"]') + subnet('spoke', 'data', '10.1.8.0/24')
  const vault = `resource "azurerm_key_vault" "kv" {
  name = "kvmain"
  location = "westeurope"
  public_network_access_enabled = false
}
resource "azurerm_private_endpoint" "kv" {
  name = "pe"
  subnet_id = azurerm_subnet.data.id
  private_service_connection {
    name = "kv"
    is_manual_connection = false
    private_connection_resource_id = azurerm_key_vault.kv.id
    subresource_names = ["vault"]
  }
  private_dns_zone_group {
    name = "z"
    private_dns_zone_ids = [azurerm_private_dns_zone.kv.id]
  }
}
resource "azurerm_private_dns_zone" "kv" {
  name = "privatelink.vaultcore.azure.net"
}\n`
  const link = (to: string) => `resource "azurerm_private_dns_zone_virtual_network_link" "l" {
  name = "l"
  private_dns_zone_name = azurerm_private_dns_zone.kv.name
  virtual_network_id = azurerm_virtual_network.${to}.id
}\n`
  const proxy = firewall('hub', '10.0.255.0/26', '', 'dns {\n proxy_enabled = true\n }')
  const name = 'kvmain.vault.azure.net'
  asks({ 'main.tf': hub + spoke + proxy + vault + link('hub') }, [[`10.1.8.9 -> ${name} TCP 443`, 'allowed']])
  asks({ 'main.tf': hub + spoke + proxy + vault + link('spoke') }, [
    [`10.1.8.9 -> ${name} TCP 443`, 'denied by paas-firewall'],
  ])
  asks({ 'main.tf': spoke + vault + link('spoke') }, [[`10.1.8.9 -> ${name} TCP 443`, 'denied by dns']])
  asks(
    {
      'main.tf': `${spoke.replace('10.0.255.4', '168.63.129.16')}${vault}${link('spoke')}${group('out', ['100 out deny Udp * -> * 53'], ['data'])}`,
    },
    [[`10.1.8.9 -> ${name} TCP 443`, 'allowed']],
  )
})

describe('service endpoints', () => {
  const account = (rules: string) => `resource "azurerm_storage_account" "st" {
  name = "stdata"
  location = "westeurope"
  network_rules {
    default_action = "Deny"
    ${rules}
  }
}\n`
  const at = (endpoints: string) =>
    network('spoke', '10.1.0.0/16') + subnet('spoke', 'data', '10.1.8.0/24', endpoints) + natGateway('nat', ['data'])
  const name = 'stdata.blob.core.windows.net'
  const rule = 'virtual_network_subnet_ids = [azurerm_subnet.data.id]'
  asks({ 'main.tf': at('service_endpoints = ["Microsoft.Storage"]') + account(rule) }, [
    [`10.1.8.4 -> ${name} TCP 443`, 'allowed'],
    ['10.1.8.4 -> tag/Storage.NorthEurope TCP 443', 'allowed'],
  ])
  asks({ 'main.tf': at('') + account(rule) }, [[`10.1.8.4 -> ${name} TCP 443`, 'denied by paas-firewall']])
  asks(
    {
      'main.tf':
        at('service_endpoints = ["Microsoft.Storage"]') + account(rule) + routes('rt', ['0.0.0.0/0 None'], ['data']),
    },
    [
      [`10.1.8.4 -> ${name} TCP 443`, 'allowed'],
      ['10.1.8.4 -> tag/Storage.EastUS TCP 443', 'denied by route'],
      ['10.1.8.4 -> internet TCP 443', 'denied by route'],
    ],
  )
})

describe('destination NAT', () => {
  const nat = (address: string, port: number, to: number) => `nat_rule_collection {
    name = "nat"
    priority = 100
    action = "Dnat"
    rule {
      name = "in"
      protocols = ["TCP"]
      source_addresses = ["203.0.113.0/24"]
      destination_address = azurerm_public_ip.fw-ip.ip_address
      destination_ports = ["${port}"]
      translated_address = "${address}"
      translated_port = "${to}"
    }
  }\n`
  const hub =
    network('hub', '10.0.0.0/16') +
    firewall('hub', '10.0.255.0/26', nat('10.1.8.4', 2222, 22)) +
    peering('hub', 'spoke') +
    peering('spoke', 'hub', 'allow_forwarded_traffic = true')
  asks({ 'main.tf': BASE + hub + card('vm', 'data', '10.1.8.4') }, [
    ['203.0.113.9 -> 10.1.8.4 TCP 22', 'allowed'],
    ['internet -> 10.1.8.4 TCP 22', 'denied by nat'],
    ['203.0.113.9 -> 10.1.8.4 TCP 2222', 'denied'],
    ['203.0.113.9 -> 10.1.8.5 TCP 22', 'denied by nat'],
  ])
  asks(
    {
      'main.tf':
        BASE +
        hub +
        card('vm', 'data', '10.1.8.4') +
        group('data', ['100 in deny Tcp VirtualNetwork -> * 22'], ['data']),
    },
    [['203.0.113.9 -> 10.1.8.4 TCP 22', 'denied by nsg']],
  )
})

describe('machines with a public address', () => {
  const vm = publicIp('vm') + card('vm', 'data', '10.1.8.4', 'public_ip_address_id = azurerm_public_ip.vm.id')
  asks({ 'main.tf': BASE + vm + group('data', ['100 in allow Tcp Internet -> * 443'], ['data']) }, [
    ['internet -> 10.1.8.4 TCP 443', 'allowed'],
    ['internet -> 10.1.8.4 TCP 22', 'denied by nsg'],
    ['internet -> 10.1.8.5 TCP 443', 'denied by nat'],
    ['10.1.8.4 -> internet TCP 25', 'allowed'],
  ])
})

describe('an ingress controller in the cluster', () => {
  const manifests =
    workload('ingress/controller', 80, ' ').replace(
      'labels: { app: controller }',
      'labels: { app: controller, app.kubernetes.io/name: ingress-nginx }',
    ) +
    workload('shop/web', 8080) +
    workload('shop/other', 8081) +
    `apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  ingressClassName: nginx
  rules: [{ http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 8080 } } } }] } }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: { app: web } }
  ingress: [{ from: [{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: NAMESPACE } } }] }]
`
  const tree = (namespace: string) => ({
    'main.tf': BASE + cluster({ pool: 'system nodes', profile: WITH_ENGINE }),
    'app.yaml': manifests.replace('NAMESPACE', namespace),
  })
  asks(tree('ingress'), [
    ['internet -> shop/web TCP 8080', 'allowed'],
    ['internet -> shop/other TCP 8081', 'denied by service'],
  ])
  asks(tree('elsewhere'), [['internet -> shop/web TCP 8080', 'denied by network-policy']])
})

describe('policies and names', () => {
  const policy = (egress: string) => `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: a }
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress: [${egress}]
`
  const tree = (egress: string) => ({
    'main.tf': BASE + cluster({ pool: 'system nodes', profile: WITH_ENGINE }),
    'app.yaml': workload('a/web', 8080) + policy(egress),
  })
  const dns =
    '{ to: [{ namespaceSelector: {}, podSelector: { matchLabels: { k8s-app: kube-dns } } }], ports: [{ port: 53, protocol: UDP }] }'
  asks(tree('{ to: [{ ipBlock: { cidr: 0.0.0.0/0 } }], ports: [{ port: 443 }] }'), [
    ['a/web -> 203.0.113.4 TCP 443', 'allowed'],
    ['a/web -> some.example TCP 443', 'denied by dns'],
  ])
  asks(
    tree(
      `${dns}, { to: [{ ipBlock: { cidr: 0.0.0.0/0, except: [169.254.169.254/32] } }], ports: [{ port: 443 }, { port: 80 }] }`,
    ),
    [
      ['a/web -> some.example TCP 443', 'allowed'],
      ['a/web -> metadata TCP 80', 'denied by network-policy'],
      ['a/web -> some.example TCP 22', 'denied by network-policy'],
    ],
  )
  asks({ 'main.tf': BASE + cluster({ pool: 'system nodes' }), 'app.yaml': workload('a/web', 8080) + policy('') }, [
    ['a/web -> internet TCP 443', 'allowed'],
  ])
})

describe('a workload behind an internal load balancer with the client address kept', () => {
  const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: p, namespace: a }
spec:
  podSelector: {}
  ingress: [{ from: [{ ipBlock: { cidr: 10.1.8.0/24 } }] }]
`
  const tree = (spec: string) => ({
    'main.tf': BASE + subnet('spoke', 'more', '10.1.9.0/24') + cluster({ pool: 'system nodes', profile: WITH_ENGINE }),
    'app.yaml': workload('a/web', 8080, `${INTERNAL}|${spec}`) + policy,
  })
  asks(tree('externalTrafficPolicy: Local'), [
    ['10.1.8.9 -> a/web TCP 8080', 'allowed'],
    ['10.1.9.9 -> a/web TCP 8080', 'denied by network-policy'],
  ])
  asks(tree(''), [['10.1.8.9 -> a/web TCP 8080', 'unknown by network-policy']])
})

describe('a firewall between spokes', () => {
  const hub =
    network('hub', '10.0.0.0/16') + firewall('hub', '10.0.255.0/26', networkRules('Allow', 100, ['Any * -> * *']))
  const spokes = BASE + network('other', '10.2.0.0/16') + subnet('other', 'vm', '10.2.0.0/24')
  const peers = (more: string) =>
    peering('hub', 'spoke') + peering('spoke', 'hub', more) + peering('hub', 'other') + peering('other', 'hub', more)
  const to = (prefix: string, from: string) => routes(`rt-${from}`, [`${prefix} VirtualAppliance 10.0.255.4`], [from])
  asks({ 'main.tf': hub + spokes + peers('allow_forwarded_traffic = true') + to('10.2.0.0/16', 'data') }, [
    ['10.1.8.4 -> 10.2.0.4 TCP 443', 'allowed'],
    ['10.2.0.4 -> 10.1.8.4 TCP 443', 'denied by route'],
  ])
  asks({ 'main.tf': hub + spokes + peers('') + to('10.2.0.0/16', 'data') }, [
    ['10.1.8.4 -> 10.2.0.4 TCP 443', 'unknown by route'],
  ])
})

describe('application rules towards private hosts', () => {
  const tree = (more: string) => ({
    'main.tf':
      BASE +
      firewall('spoke', '10.1.255.0/26', applicationRules('Allow', 100, ['Https * -> *.internal.example 443'])) +
      routes('rt', ['10.1.8.0/24 VirtualAppliance 10.1.255.4'], ['nodes']) +
      more,
  })
  asks(tree(''), [['10.1.0.4 -> 10.1.8.4 TCP 443', 'denied by firewall']])
})

describe('pods of a pod subnet', () => {
  asks(
    {
      'main.tf':
        BASE +
        subnet('spoke', 'pods', '10.1.16.0/20') +
        cluster({ pool: 'system nodes pods', profile: NODE_SUBNET }) +
        routes('rt', ['0.0.0.0/0 None'], ['pods']),
      'app.yaml': workload('a/web', 8080),
    },
    [
      ['a/web -> internet TCP 443', 'denied by route'],
      ['node/system -> internet TCP 443', 'allowed'],
      ['10.1.8.4 -> a/web TCP 8080', 'allowed'],
    ],
  )
})

describe('what cannot be known', () => {
  asks(
    {
      'main.tf': `variable "subnet_id" {}\n${BASE}${cluster({ pool: 'system nodes' }).replace('azurerm_subnet.nodes.id', 'var.subnet_id')}`,
      'app.yaml': workload('a/web', 8080),
    },
    [
      ['a/web -> internet TCP 443', 'unknown'],
      ['node/system -> 10.1.8.4 TCP 443', 'unknown'],
    ],
  )
  asks(
    {
      'main.tf': BASE + cluster({ pool: 'system nodes', profile: 'network_plugin = "none"' }),
      'app.yaml': workload('a/web', 8080),
    },
    [['a/web -> internet TCP 443', 'unknown']],
  )
  asks(
    {
      'main.tf':
        BASE +
        firewall('spoke', '10.1.255.0/26', '')
          .replace('azurerm_firewall_policy.fw.id\n  ip_configuration', 'var.policy\n  ip_configuration')
          .replace('resource "azurerm_firewall" ', 'variable "policy" {}\nresource "azurerm_firewall" ') +
        routes('rt', ['0.0.0.0/0 VirtualAppliance 10.1.255.4'], ['data']),
    },
    [['10.1.8.4 -> internet TCP 443', 'unknown by firewall']],
  )
  asks(
    {
      'main.tf': `variable "guard" {\n type = bool\n}\n${BASE}${group('data', ['100 in deny Tcp * -> * 22'], ['data']).replace('subnet_id =', 'count = var.guard ? 1 : 0\n  subnet_id =')}`,
    },
    [['10.1.0.4 -> 10.1.8.4 TCP 22', 'unknown by nsg']],
  )
})
