import { describe, expect, it } from 'vitest'
import { EMPTY_CONFIG } from '../src/config/config.ts'
import { effectiveOptions } from '../src/config/options.ts'
import { summaryComment } from '../src/report/markdown/summary-comment.ts'
import { review } from '../src/review.ts'
import type { Finding } from '../src/rules/finding.ts'
import { hub, route, TO_INTERNET } from './hub.ts'
import { memoryTree } from './source/memory-tree.ts'

type Files = Readonly<Record<string, string>>

function reviewOf(before: Files, after: Files) {
  return review({
    base: memoryTree(before),
    head: memoryTree(after),
    config: EMPTY_CONFIG,
    options: effectiveOptions({}, EMPTY_CONFIG.options),
    today: '2026-11-01',
  })
}

/** The one new finding of a rule. */
function findingOf(rule: string, before: Files, after: Files): Finding {
  const { findings } = reviewOf(before, after)
  const own = findings.filter((one) => one.rule === rule && one.status === 'introduced')
  expect(findings.map((one) => `${one.status} ${one.rule}`).join('\n')).toContain(`introduced ${rule}`)
  return own[0]!
}

const layersOf = ({ choices }: Finding) => choices?.map(({ layer }) => layer)

const SHOP = `apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: web:1
`
const policy = (egress: string) => `${SHOP}---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  podSelector: {}
  policyTypes:
    - Ingress
    - Egress
  egress:
${egress}`
const TO_ANY = `    - to:
        - ipBlock:
            cidr: 0.0.0.0/0
      ports:
        - port: 443
`
const TO_PARTNER = TO_ANY.replace('0.0.0.0/0', '198.51.100.0/24')

/** The subnet of the nodes has a group, which keeps the internet out of reach or not. */
const group = (access: string) => `
resource "azurerm_network_security_group" "nodes" {
  name     = "nsg"
  location = "westeurope"
  security_rule {
    name                       = "https-out"
    priority                   = 200
    direction                  = "Outbound"
    access                     = "${access}"
    protocol                   = "Tcp"
    source_port_range          = "*"
    source_address_prefix      = "*"
    destination_port_range     = "443"
    destination_address_prefix = "Internet"
  }
}
resource "azurerm_subnet_network_security_group_association" "nodes" {
  subnet_id                 = azurerm_subnet.nodes.id
  network_security_group_id = azurerm_network_security_group.nodes.id
}
`
const OPEN = hub({ routes: route('default', '0.0.0.0/0', TO_INTERNET), outbound: 'loadBalancer' })

describe('choices', () => {
  it('names the security group that the change opened and the policy that was open before', () => {
    const finding = findingOf(
      'egress-internet',
      { 'net.tf': OPEN + group('Deny'), 'shop.yaml': policy(TO_ANY) },
      { 'net.tf': OPEN + group('Allow'), 'shop.yaml': policy(TO_ANY) },
    )
    expect(layersOf(finding)).toEqual(['nsg', 'network-policy'])
    expect(finding.patch!.files.map(({ path }) => path)).toEqual(['net.tf'])
    expect(finding.patch!.files[0]!.diff).toContain('+    access                     = "Deny"')
    expect(finding.choices![0]!.files).toEqual(finding.patch!.files)
    for (const { cost } of finding.choices!) expect(cost).toMatch(/^No charge\. /)
  })

  it('takes the change of the policy back, where that is the one layer that it opened', () => {
    const finding = findingOf(
      'egress-internet',
      { 'net.tf': OPEN, 'shop.yaml': policy(TO_PARTNER) },
      { 'net.tf': OPEN, 'shop.yaml': policy(TO_ANY) },
    )
    expect(finding.choices).toBeUndefined()
    expect(finding.patch!.files[0]!.diff).toContain('+            cidr: 198.51.100.0/24')
  })

  it('shows them under the fix, with what they cost', () => {
    const report = reviewOf(
      { 'net.tf': OPEN + group('Deny'), 'shop.yaml': policy(TO_ANY) },
      { 'net.tf': OPEN + group('Allow'), 'shop.yaml': policy(TO_ANY) },
    )
    const comment = summaryComment(report, {})
    expect(comment).toContain('- <b>NSG</b> (the fix above, the smallest edit): Takes back what the change did to')
    expect(comment).toContain('- <b>NetworkPolicy</b>: Takes NetworkPolicy/shop/web egress rule 1 out. No charge.')
  })

  it('offers each of two layers that one change opened', () => {
    const finding = findingOf(
      'egress-internet',
      { 'net.tf': OPEN + group('Deny'), 'shop.yaml': policy(TO_PARTNER) },
      { 'net.tf': OPEN + group('Allow'), 'shop.yaml': policy(TO_ANY) },
    )
    expect(layersOf(finding)).toEqual(['network-policy', 'nsg'])
  })

  it('names the nodes beside the policy, where the version of the API has the setting', () => {
    const cluster = (version: string) => `resource aks 'Microsoft.ContainerService/managedClusters@${version}' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
    dnsPrefix: 'aks'
    oidcIssuerProfile: {
      enabled: true
    }
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkPolicy: 'cilium'
      networkDataplane: 'cilium'
      outboundType: 'none'
    }
    agentPoolProfiles: [
      {
        name: 'system'
        count: 3
        mode: 'System'
      }
    ]
  }
}
`
    const metadata = TO_ANY.replace('0.0.0.0/0', '169.254.0.0/16').replace('443', '80')
    const at = (version: string) =>
      findingOf(
        'imds-reachable',
        { 'main.bicep': cluster(version), 'shop.yaml': policy(TO_PARTNER) },
        { 'main.bicep': cluster(version), 'shop.yaml': policy(TO_PARTNER + metadata) },
      )
    const preview = at('2025-06-02-preview')
    expect(layersOf(preview)).toEqual(['host', 'network-policy'])
    expect(preview.choices![0]!.files[0]!.diff).toContain("+      podLinkLocalAccess: 'None'")
    expect(at('2025-05-01').choices).toBeUndefined()
  })

  it('names layers that are not in the tree, and those that another repository holds, with what they cost and as no edits', () => {
    const opened = (net: string) =>
      findingOf(
        'egress-internet',
        { 'net.tf': net, 'shop.yaml': policy(TO_PARTNER) },
        { 'net.tf': net, 'shop.yaml': policy(TO_ANY) },
      )
    const without = opened(OPEN)
    expect(without.patch).toBeDefined()
    expect(without.elsewhere?.map(({ layer, what }) => `${layer}: ${what}`)).toEqual([
      'route: Route 0.0.0.0/0 of azurerm_subnet.nodes to the firewall azurerm_firewall.hub, which must then allow what AKS itself needs.',
      'nsg: Give azurerm_subnet.nodes a security group with a rule that denies the tag Internet outbound, below what AKS itself needs; it has none.',
    ])
    for (const { cost } of without.elsewhere!) expect(cost).toMatch(/no charge/i)
    const elsewhere = opened(
      OPEN + group('Allow').replace('azurerm_network_security_group.nodes.id', 'var.security_group_id'),
    )
    expect(elsewhere.elsewhere?.map(({ layer }) => layer)).toEqual(['route'])
    const { findings } = reviewOf({ 'shop.yaml': policy(TO_PARTNER) }, { 'shop.yaml': policy(TO_ANY) })
    expect(findings.flatMap((one) => one.elsewhere ?? [])).toEqual([])
  })

  it('shows them below the fix', () => {
    const report = reviewOf(
      { 'net.tf': OPEN, 'shop.yaml': policy(TO_PARTNER) },
      { 'net.tf': OPEN, 'shop.yaml': policy(TO_ANY) },
    )
    const comment = summaryComment(report, {})
    expect(comment).toContain('These are no edits of this repository, and nothing of them is proven:')
    expect(comment).toContain('- <b>NSG</b>: Give ')
  })
})
