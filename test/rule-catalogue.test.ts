import { describe } from 'vitest'
import { connectivityLost } from '../src/rules/connectivity-lost.ts'
import { firewallFqdnNeedsDnsProxy } from '../src/rules/firewall-fqdn-needs-dns-proxy.ts'
import { ingressControllerRetired } from '../src/rules/ingress-controller-retired.ts'
import { ingressHostConflict } from '../src/rules/ingress-host-conflict.ts'
import { kubeletFromPods } from '../src/rules/kubelet-from-pods.ts'
import { nsgBlocksPlatform } from '../src/rules/nsg-blocks-platform.ts'
import { policyIpblockIneffective } from '../src/rules/policy-ipblock-ineffective.ts'
import { serviceStatusHijack } from '../src/rules/service-status-hijack.ts'
import { subnetShared } from '../src/rules/subnet-shared.ts'
import { temporaryRule } from '../src/rules/temporary-rule.ts'
import { hub } from './hub.ts'
import { deployment, documents, policy } from './manifests.ts'
import { finds, silent } from './rule-table.ts'

const role = (resources: string, verbs = '["patch"]', groups = '[""]') => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: balancer
rules:
  - apiGroups: ${groups}
    resources: ${resources}
    verbs: ${verbs}
`
const binding = (subject: string, name = 'balancer') => `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: balancer
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: ${name}
subjects:
  - ${subject}
`
const BOT = 'kind: ServiceAccount\n    name: bot\n    namespace: ci'
const STATUS = '["services", "services/status"]'

describe('service-status-hijack', () => {
  finds(serviceStatusHijack, 'a service account that may write the status', {
    head: documents(role(STATUS), binding(BOT)),
    at: 'app.yaml: apiVersion: rbac.authorization.k8s.io/v1',
    severity: 'low',
    says: ['ServiceAccount ci/bot', 'rule 1 of ClusterRole/balancer'],
    patched: documents(role('["services"]'), binding(BOT)),
  })
  finds(serviceStatusHijack, 'everything, which holds it', {
    head: documents(role('["*"]', '["*"]', '["*"]'), binding(BOT)),
    at: 'app.yaml: apiVersion: rbac.authorization.k8s.io/v1',
    patched: 'none',
  })
  finds(serviceStatusHijack, 'Terraform', {
    head: {
      'main.tf': `resource "kubernetes_cluster_role" "balancer" {
  metadata {
    name = "balancer"
  }
  rule {
    api_groups = [""]
    resources  = ["services/status"]
    verbs      = ["update"]
  }
}
resource "kubernetes_cluster_role_binding" "balancer" {
  metadata {
    name = "balancer"
  }
  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = kubernetes_cluster_role.balancer.metadata[0].name
  }
  subject {
    kind      = "ServiceAccount"
    name      = "bot"
    namespace = "ci"
  }
}
`,
    },
    at: 'main.tf: resource "kubernetes_cluster_role_binding" "balancer" {',
  })
  silent(serviceStatusHijack, 'who may only read it', {
    head: documents(role(STATUS, '["get", "list"]'), binding(BOT)),
  })
  silent(serviceStatusHijack, 'the object without its status', { head: documents(role('["services"]'), binding(BOT)) })
  silent(serviceStatusHijack, 'the status of something else', {
    head: documents(role('["deployments/status"]'), binding(BOT)),
  })
  silent(serviceStatusHijack, 'another API group', {
    head: documents(role(STATUS, '["patch"]', '["serving.knative.dev"]'), binding(BOT)),
  })
  silent(serviceStatusHijack, 'a role that nobody has', { head: role(STATUS) })
  silent(serviceStatusHijack, 'the controllers of Kubernetes', {
    head: documents(role(STATUS), binding('kind: User\n    name: system:kube-controller-manager')),
  })
  silent(serviceStatusHijack, 'a role that is not in the tree', { head: documents(binding(BOT, 'other')) })
})

const ingress = (name: string, namespace: string, host: string, more = '') => `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  ingressClassName: nginx
  rules:
    - host: ${host}
      http:
        paths:
          - path: /pay
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
${more}`

describe('ingress-host-conflict', () => {
  finds(ingressHostConflict, 'one host and path in two namespaces', {
    head: documents(ingress('a', 'shop', 'pay.example.com'), ingress('b', 'evil', 'PAY.example.com')),
    at: 'app.yaml: - path: /pay',
    says: ['Ingress/evil/b', 'Ingress/shop/a', 'pay.example.com/pay'],
  })
  silent(ingressHostConflict, 'two of one namespace', {
    head: documents(ingress('a', 'shop', 'pay.example.com'), ingress('b', 'shop', 'pay.example.com')),
  })
  silent(ingressHostConflict, 'another path', {
    head: documents(
      ingress('a', 'shop', 'pay.example.com'),
      ingress('b', 'ops', 'pay.example.com').replace('/pay\n', '/status\n'),
    ),
  })
  silent(ingressHostConflict, 'another controller', {
    head: documents(
      ingress('a', 'shop', 'pay.example.com'),
      ingress('b', 'ops', 'pay.example.com').replace('Name: nginx', 'Name: internal'),
    ),
  })
})

describe('ingress-controller-retired', () => {
  const controller = (image: string) => deployment('controller').replace('example/controller:1', image)
  finds(ingressControllerRetired, 'the image of the project', {
    head: controller('registry.k8s.io/ingress-nginx/controller:v1.12.1'),
    at: 'app.yaml: image: registry.k8s.io/ingress-nginx/controller:v1.12.1',
    severity: 'note',
  })
  finds(ingressControllerRetired, 'a mirror of it', {
    head: controller('acme.azurecr.io/mirror/ingress-nginx/controller@sha256:1'),
    at: 'app.yaml: image: acme.azurecr.io/mirror/ingress-nginx/controller@sha256:1',
  })
  silent(ingressControllerRetired, 'that of another project', { head: controller('nginx/nginx-ingress:5.0') })
})

const egress = (to: string) =>
  documents(
    deployment('web'),
    policy('web', `  podSelector: {}\n  policyTypes: [Ingress, Egress]\n  egress:\n    - to:\n        - ${to}\n`),
  )

describe('kubelet-from-pods', () => {
  const calico = hub().replace('"cilium"\n    network_data_plane  = "cilium"', '"calico"')
  const port = (number: number) =>
    egress('ipBlock: {cidr: 10.240.0.0/22}').replace(/\n$/, `\n      ports: [{port: ${number}}]\n`)
  finds(kubeletFromPods, 'the port of the kubelet on the nodes', {
    head: { 'main.tf': calico, 'shop.yaml': port(10250) },
    at: 'shop.yaml: - to:',
    severity: 'low',
    witness: 'shop/web → nodes TCP 10250',
  })
  silent(kubeletFromPods, 'another port of the nodes', { head: { 'main.tf': calico, 'shop.yaml': port(9100) } })
  silent(kubeletFromPods, 'a block of the internet', { head: egress('ipBlock: {cidr: 203.0.113.0/24}') })
  silent(kubeletFromPods, 'pods', { head: egress('namespaceSelector: {}') })
})

const linked = (to: string) => ({ 'main.tf': hub(), 'shop.yaml': egress(to) })

describe('policy-ipblock-ineffective', () => {
  finds(policyIpblockIneffective, 'the address of a Service', {
    head: linked('ipBlock: {cidr: 10.0.7.7/32}'),
    at: 'shop.yaml: - ipBlock: {cidr: 10.0.7.7/32}',
    severity: 'medium',
    says: ['a block of the Services'],
  })
  finds(policyIpblockIneffective, 'pods under Cilium', {
    head: linked('ipBlock: {cidr: 10.244.8.0/24}'),
    at: 'shop.yaml: - ipBlock: {cidr: 10.244.8.0/24}',
    says: ['by their labels alone'],
  })
  finds(policyIpblockIneffective, 'nodes under Cilium', {
    head: linked('ipBlock: {cidr: 10.240.1.0/24}'),
    at: 'shop.yaml: - ipBlock: {cidr: 10.240.1.0/24}',
    says: ['does not match nodes'],
  })
  silent(policyIpblockIneffective, 'a block that holds more', { head: linked('ipBlock: {cidr: 10.0.0.0/8}') })
  silent(policyIpblockIneffective, 'hosts outside', { head: linked('ipBlock: {cidr: 10.9.0.0/16}') })
  silent(policyIpblockIneffective, 'a cluster that is not known', { head: egress('ipBlock: {cidr: 10.244.8.0/24}') })
})

describe('firewall-fqdn-needs-dns-proxy', () => {
  const GROUP = 'resource "azurerm_firewall_policy_rule_collection_group" "out" {'
  const POLICY = 'resource "azurerm_firewall_policy" "hub" {\n  name     = "fwp"\n  location = "westeurope"\n'
  const rules = (destination: string) =>
    hub().replace(
      GROUP,
      `resource "azurerm_firewall_policy_rule_collection_group" "time" {
  name               = "time"
  firewall_policy_id = azurerm_firewall_policy.hub.id
  priority           = 150
  network_rule_collection {
    name     = "time"
    priority = 100
    action   = "Allow"
    rule {
      name              = "ntp"
      protocols         = ["UDP"]
      source_addresses  = ["10.240.0.0/22"]
      ${destination}
      destination_ports = ["123"]
    }
  }
}
${GROUP}`,
    )
  const NAMES = 'destination_fqdns = ["ntp.ubuntu.com"]'
  finds(firewallFqdnNeedsDnsProxy, 'a name without the proxy', {
    head: { 'main.tf': rules(NAMES) },
    at: `main.tf: ${NAMES}`,
    severity: 'medium',
    patched: { 'main.tf': rules(NAMES).replace(POLICY, `${POLICY}\n  dns {\n    proxy_enabled = true\n  }\n`) },
  })
  silent(firewallFqdnNeedsDnsProxy, 'with the proxy', {
    head: { 'main.tf': rules(NAMES).replace(POLICY, `${POLICY}  dns {\n    proxy_enabled = true\n  }\n`) },
  })
  silent(firewallFqdnNeedsDnsProxy, 'addresses', {
    head: { 'main.tf': rules('destination_addresses = ["203.0.113.9"]') },
  })
  silent(firewallFqdnNeedsDnsProxy, 'names of application rules', { head: { 'main.tf': hub() } })
})

const group = (...rules: readonly string[]) => `resource "azurerm_network_security_group" "nodes" {
  name = "nsg"
${rules.join('')}}
resource "azurerm_subnet_network_security_group_association" "nodes" {
  subnet_id                 = azurerm_subnet.nodes.id
  network_security_group_id = azurerm_network_security_group.nodes.id
}
`
const rule = (name: string, priority: number, access: string, direction: string, source: string, to: string) =>
  `  security_rule {
    name                       = "${name}"
    priority                   = ${priority}
    direction                  = "${direction}"
    access                     = "${access}"
    protocol                   = "*"
    source_port_range          = "*"
    source_address_prefix      = "${source}"
    destination_port_range     = "*"
    destination_address_prefix = "${to}"
  }
`
const NODES_IN = rule('nodes', 200, 'Allow', 'Inbound', '10.240.0.0/22', '10.240.0.0/22')
const NONE_IN = rule('none', 4000, 'Deny', 'Inbound', '*', '*')

describe('nsg-blocks-platform', () => {
  finds(nsgBlocksPlatform, 'a denial of everything that comes in', {
    head: { 'main.tf': hub({ more: group(NONE_IN) }) },
    at: 'main.tf: security_rule {',
    severity: 'high',
    says: ['packets from node to node'],
  })
  finds(nsgBlocksPlatform, 'the rule above it that is gone', {
    base: { 'main.tf': hub({ more: group(NODES_IN, NONE_IN) }) },
    head: { 'main.tf': hub({ more: group(NONE_IN) }) },
    at: 'main.tf: security_rule {',
  })
  finds(nsgBlocksPlatform, 'a denial of the internet', {
    head: { 'main.tf': hub({ more: group(rule('out', 300, 'Deny', 'Outbound', '*', 'Internet')) }) },
    at: 'main.tf: security_rule {',
    says: ['mcr.microsoft.com'],
  })
  silent(nsgBlocksPlatform, 'a denial below a rule for the nodes', {
    head: { 'main.tf': hub({ more: group(NODES_IN, NONE_IN) }) },
  })
  silent(nsgBlocksPlatform, 'a denial of some range', {
    head: { 'main.tf': hub({ more: group(rule('out', 300, 'Deny', 'Outbound', '*', '198.51.100.0/24')) }) },
  })
})

describe('subnet-shared', () => {
  const ENDPOINT = `resource "azurerm_storage_account" "s" {
  name = "s"
}
resource "azurerm_private_endpoint" "s" {
  name      = "pe"
  subnet_id = azurerm_subnet.nodes.id
  private_service_connection {
    name                           = "s"
    private_connection_resource_id = azurerm_storage_account.s.id
    subresource_names              = ["blob"]
    is_manual_connection           = false
  }
}
`
  finds(subnetShared, 'a private endpoint among the nodes', {
    head: { 'main.tf': hub({ more: ENDPOINT }) },
    at: 'main.tf: resource "azurerm_subnet" "nodes" {',
    severity: 'note',
    says: ['azurerm_private_endpoint.s'],
  })
  const second = hub().slice(
    hub().indexOf('resource "azurerm_kubernetes_cluster"'),
    hub().indexOf('resource "azurerm_route" '),
  )
  finds(subnetShared, 'two clusters', {
    head: { 'main.tf': hub({ more: second.replace('"shop" {', '"blog" {').replace('"aks"', '"aks-blog"') }) },
    at: 'main.tf: resource "azurerm_subnet" "nodes" {',
    severity: 'low',
  })
  silent(subnetShared, 'a private endpoint elsewhere', {
    head: { 'main.tf': hub({ more: ENDPOINT.replace('azurerm_subnet.nodes', 'azurerm_subnet.firewall') }) },
  })
})

describe('temporary-rule', () => {
  const named = (name: string) => ({
    'main.tf': hub({ more: group(rule(name, 300, 'Allow', 'Inbound', '198.51.100.7', '*')) }),
  })
  finds(temporaryRule, 'a name that says so', {
    head: named('tmp-vendor-access'),
    at: 'main.tf: security_rule {',
    severity: 'note',
    says: ['“tmp”'],
  })
  silent(temporaryRule, 'a word that holds it', { head: named('template-service') })
  silent(temporaryRule, 'an environment', { head: named('allow-test') })
})

describe('connectivity-lost', () => {
  const web = deployment('web', { env: '            - name: API_URL\n              value: http://api:8080\n' })
  const service = `apiVersion: v1
kind: Service
metadata:
  name: api
  namespace: shop
spec:
  selector:
    app: api
  ports:
    - port: 8080
`
  const from = (peer: string) =>
    policy(
      'api',
      `  podSelector:\n    matchLabels:\n      app: api\n  policyTypes: [Ingress]\n  ingress:\n    - from:\n        - podSelector:\n            matchLabels:\n              app: ${peer}\n`,
    )
  const all = (...more: readonly string[]) => documents(web, deployment('api'), service, ...more)
  finds(connectivityLost, 'a Service that a setting names and a policy closes', {
    base: all(from('web')),
    head: all(from('job')),
    at: 'app.yaml: - from:',
    severity: 'medium',
    says: ['shop/web can no longer connect to shop/api on TCP 8080', 'API_URL'],
  })
  silent(connectivityLost, 'nothing names it', {
    base: documents(deployment('web'), deployment('api'), service, from('web')),
    head: documents(deployment('web'), deployment('api'), service, from('job')),
  })
  silent(connectivityLost, 'it stays open', { base: all(), head: all(from('web')) })
  silent(connectivityLost, 'it was closed before', { base: all(from('job')), head: all(from('cron')) })
})
