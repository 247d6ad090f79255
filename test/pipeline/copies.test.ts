import { describe, expect, it } from 'vitest'
import { audit } from '../../src/audit.ts'
import { EMPTY_CONFIG } from '../../src/config/config.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { DEFAULT_OPTIONS, effectiveOptions } from '../../src/config/options.ts'
import { toPatchFile } from '../../src/report/patch-file.ts'
import { review } from '../../src/review.ts'
import type { Finding } from '../../src/rules/finding.ts'
import { applyTreeDiff } from '../apply-diff.ts'
import { memoryTree } from '../source/memory-tree.ts'

const TODAY = '2026-11-01'
const ENVIRONMENTS = ['dev', 'prod', 'staging'] as const
type Environment = (typeof ENVIRONMENTS)[number]
const CLOSED = '10.2.0.0/16'
const OPEN = '0.0.0.0/0'

/** A workload whose policy lets it out to a range; the copies differ in a comment above. */
function app(environment: string, range: string, note = ''): string {
  return `# ${environment}
${environment === 'prod' ? '# looked at twice\n' : ''}apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: x}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  egress:
${note}    - to:
        - ipBlock: {cidr: 10.9.0.0/16}
        - ipBlock: {cidr: ${range}}
`
}

const pathOf = (environment: string) => `envs/${environment}/app.yaml`

function files(rangeOf: (environment: Environment) => string, more: Readonly<Record<string, string>> = {}) {
  return { ...Object.fromEntries(ENVIRONMENTS.map((one) => [pathOf(one), app(one, rangeOf(one))])), ...more }
}

function findings(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>) {
  const config = loadConfig(memoryTree(before))
  const options = effectiveOptions({}, config.options)
  return review({ base: memoryTree(before), head: memoryTree(after), config, options, today: TODAY })
}

const of = (rule: string, all: readonly Finding[], status: Finding['status'] = 'introduced') =>
  all.filter((one) => one.rule === rule && one.status === status)

const placesIn = (finding: Finding | undefined) => finding?.places?.map(({ file, line }) => `${file}:${line}`)

describe('a change made to the copies of every environment', () => {
  const after = files(() => OPEN)
  const report = findings(
    files(() => CLOSED),
    after,
  )
  const all = of('egress-internet', report.findings)

  it('is one finding with its environments and places', () => {
    expect(all).toHaveLength(1)
    expect(all[0]?.states).toEqual(ENVIRONMENTS)
    expect(placesIn(all[0])).toEqual(['envs/dev/app.yaml:18', 'envs/prod/app.yaml:19', 'envs/staging/app.yaml:18'])
    expect(report.summary).toMatchObject({ introduced: 1, reason: '1 finding at or above high' })
  })

  it('has one patch for all, and the part of each place', () => {
    const { patch, places } = all[0]!
    expect(patch?.files.map(({ path }) => path)).toEqual(ENVIRONMENTS.map(pathOf))
    expect(patch?.suggestion).toBeUndefined()
    for (const place of places ?? []) {
      expect(place.patch?.files.map(({ path }) => path)).toEqual([place.file])
      expect(place.patch?.suggestion?.file).toBe(place.file)
    }
    const patched = Object.fromEntries(
      Object.entries(after).map(([path, text]) => {
        const own = patch?.files.find((file) => file.path === path)
        return [path, own === undefined ? text : applyTreeDiff(text, own.diff)]
      }),
    )
    expect(of('egress-internet', findings(after, patched).findings, 'fixed')).toHaveLength(1)
    const { text, left } = toPatchFile(report.findings, (path) => (after as Record<string, string>)[path])
    expect(left).toEqual([])
    expect(text.match(/^diff --git/gm)).toHaveLength(3)
  })

  it('is one finding when it is taken back', () => {
    const back = findings(
      after,
      files(() => CLOSED),
    )
    expect(of('egress-internet', back.findings, 'fixed')).toHaveLength(1)
    expect(placesIn(of('egress-internet', back.findings, 'fixed')[0])).toHaveLength(3)
  })

  it('is one finding of an audit', () => {
    const report = audit({ tree: memoryTree(after), config: EMPTY_CONFIG, options: DEFAULT_OPTIONS, today: TODAY })
    expect(of('egress-internet', report.findings, 'existing').map(placesIn)).toEqual([
      ['envs/dev/app.yaml:18', 'envs/prod/app.yaml:19', 'envs/staging/app.yaml:18'],
    ])
  })
})

describe('environments that differ', () => {
  it('keep news apart from what was there', () => {
    const { findings: all } = findings(
      files((one) => (one === 'prod' ? OPEN : CLOSED)),
      files(() => OPEN, { [pathOf('prod')]: `${app('prod', OPEN)}# touched\n` }),
    )
    expect(of('egress-internet', all).map(placesIn)).toEqual([['envs/dev/app.yaml:18', 'envs/staging/app.yaml:18']])
  })

  it('keep apart what a suppression of one of them accepts', () => {
    const accepting = `    # ringfence:ignore egress-internet until=2027-03-01 reason="asked for"\n`
    const text = 'inline-suppressions: allow-high\n'
    const config = { '.github/ringfence.yml': text }
    const base = files(() => CLOSED, { ...config, [pathOf('dev')]: app('dev', CLOSED, accepting) })
    const head = files(() => OPEN, { ...config, [pathOf('dev')]: app('dev', OPEN, accepting) })
    const all = of('egress-internet', findings(base, head).findings)
    expect(all.map(({ suppressed, states }) => [suppressed?.reason, states])).toEqual([
      ['asked for', ['dev']],
      [undefined, ['prod', 'staging']],
    ])
  })
})

describe('copies of infrastructure code', () => {
  const nsg = (environment: string, source: string) => `resource "azurerm_network_security_group" "nodes" {
  name                = "nsg-${environment}"
  location            = "westeurope"
  resource_group_name = "rg-${environment}"
  security_rule {
    name                       = "admin"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "22"
    source_address_prefix      = "${source}"
    destination_address_prefix = "*"
  }
}
`
  const tree = (source: string) =>
    Object.fromEntries(ENVIRONMENTS.map((one) => [`envs/${one}/main.tf`, nsg(one, source)]))

  it('are one finding, whatever the environments call their resources', () => {
    const all = of('nsg-internet-admin-port', findings(tree('10.0.0.0/8'), tree('Internet')).findings)
    expect(all).toHaveLength(1)
    expect(all[0]?.states).toEqual(ENVIRONMENTS)
    expect(all[0]?.patch?.files).toHaveLength(3)
  })
})
