import { describe, expect, it } from 'vitest'
import { EMPTY_CONFIG } from '../src/config/config.ts'
import { effectiveOptions } from '../src/config/options.ts'
import { review } from '../src/review.ts'
import { applyTreeDiff } from './apply-diff.ts'
import { hub, route, TO_FIREWALL, TO_INTERNET } from './hub.ts'
import { deployment, documents, service } from './manifests.ts'
import { memoryTree } from './source/memory-tree.ts'

type Files = Readonly<Record<string, string>>

/** What is left of the head once the patch of a rule's new finding is applied. */
function patchedBy(rule: string, before: Files, after: Files): Files {
  const { findings } = review({
    base: memoryTree(before),
    head: memoryTree(after),
    config: EMPTY_CONFIG,
    options: effectiveOptions({}, EMPTY_CONFIG.options),
    today: '2026-11-01',
  })
  const news = findings.filter(({ status }) => status === 'introduced' || status === 'worsened')
  expect(news.map((one) => one.rule)).toContain(rule)
  const { patch } = news.find((one) => one.rule === rule)!
  expect(patch?.summary ?? 'no patch').not.toBe('no patch')
  return Object.fromEntries(
    Object.entries(after).map(([path, text]) => {
      const diff = patch!.files.find((file) => file.path === path)?.diff
      return [path, diff === undefined ? text : applyTreeDiff(text, diff)]
    }),
  )
}

const tf = (text: string): Files => ({ 'main.tf': text })
const DEFAULT = route('default', '0.0.0.0/0', TO_FIREWALL)
const rule = (name: string, destinations: string) => `    rule {
      name                  = "${name}"
      protocols             = ["TCP"]
      source_addresses      = ["10.240.0.0/22"]
      destination_addresses = [${destinations}]
      destination_ports     = ["443"]
    }
`
const network = (...rules: readonly string[]) => `resource "azurerm_firewall_policy_rule_collection_group" "net" {
  name               = "net"
  firewall_policy_id = azurerm_firewall_policy.hub.id
  priority           = 150
  network_rule_collection {
    name     = "net"
    priority = 100
    action   = "Allow"
${rules.join('')}  }
}
`
const PARTNER = rule('partner', '"198.51.100.0/24"')
const account = (rules: string) => `resource "azurerm_storage_account" "s" {
  name = "acme"
  network_rules {
    default_action = "Deny"
${rules}  }
}
`

describe('what the change did is taken back, and every other character stays', () => {
  it.each([
    ['a new rule of a firewall', 'firewall-allows-any', network(PARTNER), network(PARTNER, rule('all', '"*"'))],
    ['a wider rule of a firewall', 'firewall-allows-any', network(PARTNER), network(rule('partner', '"*"'))],
    [
      'one more range in a list',
      'firewall-widened',
      network(rule('partner', '"198.51.100.0/24"')),
      network(rule('partner', '"198.51.100.0/24", "203.0.113.0/24"')),
    ],
    [
      'a value behind a variable',
      'firewall-widened',
      `variable "partner" {\n  default = "198.51.100.0/24"\n}\n${network(rule('partner', 'var.partner'))}`,
      `variable "partner" {\n  default = "198.51.0.0/16"\n}\n${network(rule('partner', 'var.partner'))}`,
    ],
    [
      'a range that may call a service',
      'paas-widened',
      account('    ip_rules       = ["203.0.113.4"]\n'),
      account('    ip_rules       = ["203.0.113.4", "198.51.100.7"]\n'),
    ],
  ])('%s', (_, id, before, after) => {
    const files = (more: string) => tf(hub({ more }))
    expect(patchedBy(id, files(before), files(after))).toEqual(files(before))
  })

  it('a route that leads around the firewall', () => {
    const around = route('partner', '203.0.113.0/24', TO_INTERNET)
    const [before, after] = [tf(hub({ routes: DEFAULT })), tf(hub({ routes: `${DEFAULT}${around}` }))]
    expect(patchedBy('route-bypass', before, after)).toEqual(before)
  })

  const bicep = (mode: string, ranges: string) => `param ranges array = [
${ranges}]

resource store 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'acme'
  location: 'westeurope'
  properties: {
    networkAcls: {
      defaultAction: '${mode}' // reviewed
      ipRules: [for range in ranges: { value: range }]
    }
  }
}
`
  const ONE = "  '203.0.113.4'\n"
  it.each([
    ['an action in Bicep', 'paas-open-to-all', bicep('Deny', ONE), bicep('Allow', ONE)],
    ['an item of a parameter', 'paas-widened', bicep('Deny', ONE), bicep('Deny', `${ONE}  '198.51.100.7'\n`)],
  ])('%s', (_, id, before, after) => {
    expect(patchedBy(id, { 'main.bicep': before }, { 'main.bicep': after })).toEqual({ 'main.bicep': before })
  })

  const group = (rules: readonly object[]) =>
    `${JSON.stringify(
      {
        $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
        contentVersion: '1.0.0.0',
        resources: [
          {
            type: 'Microsoft.Network/networkSecurityGroups',
            apiVersion: '2024-05-01',
            name: 'nsg',
            location: 'westeurope',
            properties: { securityRules: rules },
          },
        ],
      },
      null,
      2,
    )}\n`
  const open = (name: string, priority: number, from: string) => ({
    name,
    properties: {
      priority,
      direction: 'Inbound',
      access: 'Allow',
      protocol: 'Tcp',
      sourcePortRange: '*',
      sourceAddressPrefix: from,
      destinationPortRange: '443',
      destinationAddressPrefix: '*',
    },
  })
  it.each([
    ['a rule in JSON', [open('a', 100, '198.51.100.0/24'), open('b', 110, '203.0.113.0/24')]],
    ['a prefix in JSON', [open('a', 100, '198.51.0.0/16')]],
  ])('%s', (_, rules) => {
    const before = { 'azuredeploy.json': group([open('a', 100, '198.51.100.0/24')]) }
    expect(patchedBy('nsg-widened', before, { 'azuredeploy.json': group(rules) })).toEqual(before)
  })

  it('a path of an Ingress to a console', () => {
    const app = documents(
      deployment('web'),
      service('web', '    - port: 80\n      targetPort: 8080\n'),
      deployment('grafana'),
      service('grafana', '    - port: 80\n      targetPort: 8080\n'),
    )
    const path = (at: string, name: string) =>
      `          - path: ${at}\n            pathType: Prefix\n            backend:\n              service:\n                name: ${name}\n                port:\n                  number: 80\n`
    const entry = (...paths: readonly string[]) =>
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  rules:\n    - host: shop.acme.io\n      http:\n        paths:\n${paths.join('')}`
    const [before, after] = [
      { 'app.yaml': documents(app, entry(path('/', 'web'))) },
      { 'app.yaml': documents(app, entry(path('/', 'web'), path('/grafana', 'grafana'))) },
    ]
    expect(patchedBy('ingress-exposes', before, after)).toEqual(before)
  })
})
