import { describe } from 'vitest'
import { hub, route, TO_INTERNET } from '../../test/hub.ts'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { apiServerFromPods } from './api-server-from-pods.ts'
import { egressOneLayer } from './egress-one-layer.ts'

const closed = documents(deployment('web'), denyAll())
const bare = deployment('web')
const straight = hub({ routes: route('default', '0.0.0.0/0', TO_INTERNET) })

const DENY_OUT = `
resource "azurerm_network_security_group" "nodes" {
  name     = "nodes"
  location = "westeurope"
  security_rule {
    name                       = "out"
    priority                   = 100
    direction                  = "Outbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    destination_port_range     = "*"
    source_address_prefix      = "*"
    destination_address_prefix = "Internet"
  }
}
resource "azurerm_subnet_network_security_group_association" "nodes" {
  subnet_id                 = azurerm_subnet.nodes.id
  network_security_group_id = azurerm_network_security_group.nodes.id
}
`

describe('egress-one-layer', () => {
  finds(egressOneLayer, 'policies alone: the subnet leaves for the internet', {
    head: { 'main.tf': straight, 'app.yaml': closed },
    at: 'main.tf: resource "azurerm_kubernetes_cluster" "shop" {',
    severity: 'note',
    witness: 'node/aks/system → internet TCP 443',
    says: ['shop/web', 'by its network policies alone'],
  })
  finds(egressOneLayer, 'the policy goes, and the firewall alone is left', {
    base: { 'main.tf': hub(), 'app.yaml': closed },
    head: { 'main.tf': hub(), 'app.yaml': bare },
    at: 'app.yaml: apiVersion: apps/v1',
    says: ['by Azure alone', 'no network policy closes it'],
  })
  silent(egressOneLayer, 'both', { head: { 'main.tf': hub(), 'app.yaml': closed } })
  silent(egressOneLayer, 'neither, which is worse and has findings of its own', {
    head: { 'main.tf': straight, 'app.yaml': bare },
  })
  silent(egressOneLayer, 'a change that adds the first layer', {
    base: { 'main.tf': straight, 'app.yaml': bare },
    head: { 'main.tf': straight, 'app.yaml': closed },
  })
  silent(egressOneLayer, 'one more workload that comes with its policy', {
    base: { 'main.tf': straight, 'app.yaml': closed },
    head: { 'main.tf': straight, 'app.yaml': documents(closed, deployment('api')) },
  })
  silent(egressOneLayer, 'a policy that lets out another family than the nodes have, before a group that denies all', {
    head: {
      'main.tf': hub({ routes: route('default', '0.0.0.0/0', TO_INTERNET), more: DENY_OUT }),
      'app.yaml': documents(
        bare,
        policy(
          'out',
          '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n    - to: [{ipBlock: {cidr: "::/0"}}]\n      ports: [{port: 443}]\n',
        ),
      ),
    },
  })
  silent(egressOneLayer, 'no Azure code', { head: { 'app.yaml': closed } })
})

describe('api-server-from-pods', () => {
  const noToken = deployment('web').replace(
    '      containers:',
    '      automountServiceAccountToken: false\n      containers:',
  )
  const out = (block: string) =>
    policy(
      'out',
      `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n    - to:\n        - ipBlock:\n            cidr: ${block}\n`,
    )
  finds(apiServerFromPods, 'a policy that holds the private endpoint of the server', {
    head: { 'main.tf': hub(), 'app.yaml': documents(noToken, out('10.240.0.0/16')) },
    at: 'app.yaml: apiVersion: apps/v1',
    severity: 'note',
    witness: 'shop/web → api-server TCP 443',
    says: ['mounts no token'],
  })
  silent(apiServerFromPods, 'a policy that leaves it out', {
    head: { 'main.tf': hub(), 'app.yaml': documents(noToken, out('10.99.0.0/16')) },
  })
  silent(apiServerFromPods, 'a pod with a token', {
    head: { 'main.tf': hub(), 'app.yaml': documents(deployment('web'), out('10.240.0.0/16')) },
  })
  silent(apiServerFromPods, 'a pod that nobody limits, which is another finding', {
    head: { 'main.tf': hub(), 'app.yaml': noToken },
  })
})
