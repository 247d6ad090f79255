import { describe, expect, it } from 'vitest'
import { EMPTY_CONFIG } from '../src/config/config.ts'
import { effectiveOptions } from '../src/config/options.ts'
import { review } from '../src/review.ts'
import { memoryTree } from './source/memory-tree.ts'

function exposureOf(before: string, after: string) {
  const { exposure } = review({
    base: memoryTree({ 'main.tf': before }),
    head: memoryTree({ 'main.tf': after }),
    config: EMPTY_CONFIG,
    options: effectiveOptions({}, EMPTY_CONFIG.options),
    today: '2026-11-01',
  })
  const print = ({ from, to, cause }: { from: string; to: string; cause?: { line: number; why: string } }) =>
    `${from} → ${to}: ${cause?.why} in line ${cause?.line}`
  return [...exposure.ingress.added, ...exposure.ingress.changed, ...exposure.egress.added].map(print)
}

const SERVER = 'resource "azurerm_mssql_server" "s" {\n  name = "Orders"\n}\n'
const rule = (first: string, last: string) =>
  `resource "azurerm_mssql_firewall_rule" "r" {\n  name = "r"\n  server_id = azurerm_mssql_server.s.id\n  start_ip_address = "${first}"\n  end_ip_address = "${last}"\n}\n`

describe('who a rule of a database admits', () => {
  it.each([
    ['0.0.0.0', '255.255.255.255', 'internet'],
    ['0.0.0.1', '255.255.255.254', 'internet'],
    ['0.0.0.0', '0.0.0.0', 'Azure services'],
    ['203.0.113.4', '203.0.113.7', '203.0.113.4/30'],
  ])('%s to %s is %s', (first, last, from) => {
    expect(exposureOf(SERVER, SERVER + rule(first, last))).toEqual([
      `${from} → service/Orders: access rule r in line 4`,
    ])
  })
})

describe('what stands for names that are not written', () => {
  const group = (target: string) => `variable "aksFqdns" {}
resource "azurerm_firewall_policy" "p" {
  name = "p"
}
resource "azurerm_firewall_policy_rule_collection_group" "g" {
  name               = "g"
  firewall_policy_id = azurerm_firewall_policy.p.id
  priority           = 100
  application_rule_collection {
    name     = "c"
    priority = 100
    action   = "Allow"
    rule {
      name             = "r"
      source_addresses = ["10.0.0.0/24"]
      ${target}
      protocols {
        type = "Https"
        port = 443
      }
    }
  }
}
`
  it.each([
    ['destination_fqdn_tags = ["WindowsUpdate"]', '<tag WindowsUpdate>'],
    ['destination_fqdns = [var.aksFqdns]', '<aksFqdns>'],
  ])('%s is spelled as the tree does', (target, to) => {
    const [found] = exposureOf(group('destination_fqdns = ["a.acme.io"]'), group(target))
    expect(found).toContain(`→ ${to}:`)
  })
})
