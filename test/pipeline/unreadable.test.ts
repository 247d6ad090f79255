import { describe, expect, it } from 'vitest'
import { EMPTY_CONFIG } from '../../src/config/config.ts'
import { DEFAULT_OPTIONS } from '../../src/config/options.ts'
import type { ReviewReport } from '../../src/report/review-report.ts'
import { review } from '../../src/review.ts'
import { denyAll, deployment, documents } from '../manifests.ts'
import { memoryTree } from '../source/memory-tree.ts'

type Files = Readonly<Record<string, string>>

const WEB = deployment('web')
const DENY = denyAll()
const BROKEN = DENY.replace('spec:', 'spec: [')
const SUBNET = `resource "azurerm_network_security_group" "pods" {
  name                = "pods"
  location            = "westeurope"
  resource_group_name = "shop"
  security_rule {
    name                       = "no-internet"
    priority                   = 100
    direction                  = "Outbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    source_address_prefix      = "*"
    destination_port_range     = "*"
    destination_address_prefix = "Internet"
  }
}
`

describe('what a change makes unreadable is not gone', () => {
  it.each<[string, Files, Files]>([
    ['a broken document', { 'a.yaml': documents(DENY, WEB) }, { 'a.yaml': documents(BROKEN, WEB) }],
    ['a broken file', { 'a.yaml': WEB, 'deny.yaml': DENY }, { 'a.yaml': WEB, 'deny.yaml': BROKEN }],
    [
      'an object without its kind',
      { 'a.yaml': documents(DENY, WEB) },
      { 'a.yaml': documents(DENY.replace('kind: NetworkPolicy\n', ''), WEB) },
    ],
    [
      'one of two environments',
      { 'dev/a.yaml': documents(DENY, WEB), 'prod/a.yaml': documents(DENY, WEB) },
      { 'dev/a.yaml': documents(DENY, WEB), 'prod/a.yaml': documents(BROKEN, WEB) },
    ],
    [
      'a folder that becomes a kustomization',
      { 'a.yaml': documents(DENY, WEB) },
      { 'a.yaml': documents(DENY, WEB), 'kustomization.yaml': 'resources: [a.yaml]\nnamePrefix: new-\n' },
    ],
    ['a block of Terraform', { 'main.tf': SUBNET }, { 'main.tf': SUBNET.replace('100', '= 100') }],
  ])('%s', (_, base, head) => {
    const report = run(base, head)
    expect(changesOf(report)).toEqual([])
    expect(report.findings.filter(({ status }) => status !== 'existing')).toEqual([])
    expect(report.summary).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('could not be judged') })
    expect(report.coverage.notes).toContainEqual(expect.stringContaining('was taken to stay'))
  })

  it.each<[string, Files, Files]>([
    [
      'that another document of a broken file holds',
      { 'a.yaml': documents(WEB, DENY) },
      { 'a.yaml': `${WEB}---\na: [\n` },
    ],
    ['that stands elsewhere', { 'a.yaml': documents(DENY, WEB) }, { 'a.yaml': documents(BROKEN, WEB), 'b.yaml': DENY }],
  ])('but what the head says is as the head says: %s', (_, base, head) => {
    const { coverage } = run(base, head)
    expect(coverage.units.reduce((sum, { resources }) => sum + resources, 0)).toBe(2)
  })

  it('does not bring back what is deleted from a file that was broken before', () => {
    const report = run({ 'a.yaml': documents(DENY, WEB, 'a: [\n') }, { 'a.yaml': documents(WEB, 'a: [\n') })
    expect(report.findings.map(({ rule, status }) => [rule, status])).toContainEqual([
      'default-deny-lost',
      'introduced',
    ])
  })

  it('offers no patch in a file whose text is not the one that was analysed', () => {
    const open = DENY.replace('policyTypes: [Ingress, Egress]', 'policyTypes: [Ingress]')
    const report = run(
      { 'a.yaml': documents(open, WEB) },
      { 'a.yaml': documents(open, WEB.replace('name: web', 'name: [web')) },
    )
    for (const { patch } of report.findings) expect(patch?.files.map(({ path }) => path) ?? []).not.toContain('a.yaml')
  })
})

function run(base: Files, head: Files): ReviewReport {
  const trees = { base: memoryTree(base), head: memoryTree(head) }
  return review({ ...trees, config: EMPTY_CONFIG, options: DEFAULT_OPTIONS, today: '2026-11-01' })
}

function changesOf({ connections, exposure }: ReviewReport) {
  return [connections, exposure.ingress, exposure.egress].flatMap(({ added, removed, changed }) => [
    ...added,
    ...removed,
    ...changed,
  ])
}
