import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { effectiveOptions } from '../../src/config/options.ts'
import { findStates } from '../../src/model/state.ts'
import { parseTree } from '../../src/parse/units.ts'
import type { ReviewReport } from '../../src/report/review-report.ts'
import { review } from '../../src/review.ts'
import { denyAll, deployment, documents, policy } from '../manifests.ts'
import { memoryTree } from '../source/memory-tree.ts'

type Files = Readonly<Record<string, string>>

function run(settings: string, base: Files, head: Files): ReviewReport {
  const trees = [base, head].map((files) => memoryTree({ ...files, '.github/ringfence.yml': settings }))
  const config = loadConfig(trees[0]!)
  const options = effectiveOptions({}, config.options)
  return review({ base: trees[0]!, head: trees[1]!, config, options, today: '2026-11-01' })
}

const raised = ({ findings }: ReviewReport): readonly string[] =>
  findings.filter(({ status }) => status === 'introduced').map(({ rule }) => rule)

describe('approved-domains', () => {
  const rules = (fqdns: string) => `resource "azurerm_firewall_policy" "p" {
  name                = "p"
  location            = "westeurope"
  resource_group_name = "hub"
}
resource "azurerm_firewall_policy_rule_collection_group" "g" {
  name               = "g"
  firewall_policy_id = azurerm_firewall_policy.p.id
  priority           = 100
  application_rule_collection {
    name     = "names"
    priority = 100
    action   = "Allow"
    rule {
      name              = "out"
      source_addresses  = ["10.0.0.0/16"]
      destination_fqdns = [${fqdns}]
      protocols {
        type = "Https"
        port = 443
      }
    }
  }
}
`
  const before = { 'main.tf': rules('"api.stripe.com"') }

  it.each<[string, string, readonly string[]]>([
    ['a name that nobody approved of', '"api.stripe.com", "pypi.org"', ['firewall-widened']],
    ['a name that is approved of', '"api.stripe.com", "data.acme.io"', []],
    ['a pattern within an approved one', '"api.stripe.com", "*.eu.acme.io"', []],
    ['a pattern that holds more', '"api.stripe.com", "*.io"', ['firewall-fqdn-wide']],
  ])('%s', (_, fqdns, expected) => {
    const report = run("approved-domains: ['*.acme.io']\n", before, { 'main.tf': rules(fqdns) })
    expect(raised(report)).toEqual(expected)
    // What opens is told all the same.
    expect(report.exposure.egress.added).not.toEqual([])
  })
})

describe('node-ranges', () => {
  const allow = (cidr: string) =>
    policy(
      'out',
      `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n    - to: [{ipBlock: {cidr: ${cidr}}}]\n      ports: [{port: 22}]\n`,
    )
  const shop = documents(denyAll(), deployment('web'))
  const reaches = (settings: string, cidr: string) =>
    run(settings, { 'a.yaml': shop }, { 'a.yaml': shop, 'b.yaml': allow(cidr) }).exposure.egress.added.map(
      ({ to, certain }) => `${to} ${certain}`,
    )

  it('tell whether a block holds the nodes', () => {
    expect(reaches('{}\n', '10.1.0.0/16')).toContain('nodes false')
    expect(reaches('node-ranges: [10.1.0.0/16]\n', '10.1.0.0/16')).toContain('nodes true')
    expect(reaches('node-ranges: [10.2.0.0/16]\n', '10.1.0.0/16')).not.toContainEqual(expect.stringContaining('nodes'))
  })
})

describe('states with a choice of inputs', () => {
  const files = {
    'infra/main.tf': 'variable "name" {}\nresource "azurerm_virtual_network" "a" { name = var.name }\n',
    'infra/prod.tfvars': 'name = "prod"\n',
    'infra/dev.tfvars': 'name = "dev"\n',
    'apps/web.yaml': deployment('web'),
  }
  const settings = (which: string) => `states:\n  - {name: live, paths: [infra, apps], ${which}}\n`

  it.each(['environment: prod', 'parameters: ["**/prod.tfvars"]'])('%s', (which) => {
    const tree = memoryTree({ ...files, '.github/ringfence.yml': settings(which) })
    const states = findStates(parseTree(tree).units, loadConfig(tree).states)
    expect(
      states.map(({ name, resources }) => [name, resources.map(({ unit }) => unit.environment ?? unit.path)]),
    ).toEqual([
      ['', ['dev']],
      ['live', ['prod', 'apps']],
    ])
  })
})
