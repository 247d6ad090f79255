import { describe, expect, it } from 'vitest'
import { memoryTree } from '../test/source/memory-tree.ts'
import { audit } from './audit.ts'
import { EMPTY_CONFIG } from './config/config.ts'
import { loadReviewConfig } from './config/load-config.ts'
import { effectiveOptions } from './config/options.ts'
import { review } from './review.ts'

const TODAY = '2026-11-01'
const FILE = '.github/ringfence.yml'
const SERVICE = `apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{port: 80}]
`
const POD = `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec:
  containers: [{name: web, image: "web:1", securityContext: {capabilities: {drop: [ALL]}}}]
`

function suppression(rule: string, expires: string): string {
  return `suppressions:\n  - {rule: ${rule}, resource: Service/shop/web, reason: Agreed in NET-7, owner: acme/net, expires: ${expires}}\n`
}

type Files = Readonly<Record<string, string>>

function reviewed(before: Files, after: Files) {
  const [base, head] = [memoryTree(before), memoryTree(after)]
  const { config } = loadReviewConfig(base, head)
  return review({ base, head, config, options: effectiveOptions({}, config.options), today: TODAY })
}

/** Status, rule and place of what is said of the configuration. */
function said(before: Files, after: Files): readonly string[] {
  return reviewed(before, after)
    .findings.filter(({ concepts }) => concepts.includes('configuration'))
    .map(({ status, rule, file, line }) => `${status} ${rule} ${file}:${line}`)
}

describe('what a change does to the configuration', () => {
  const sound = { 'a.yaml': POD, [FILE]: 'graph: true\n' }

  it('breaks it', () => {
    const report = reviewed(sound, { 'a.yaml': POD, [FILE]: 'graph: true\nfail-on: hgih\n' })
    expect(report.findings).toMatchObject([
      { rule: 'configuration-refused', status: 'introduced', severity: 'critical', file: FILE, line: 2 },
    ])
    expect(report.findings[0]!.message).toContain('did you mean high?')
    expect(report.summary.verdict).toBe('fail')
  })

  it('breaks it where the workflow says that it is', () => {
    const [base, head] = [memoryTree({ 'ops/net.yml': 'graph: true\n' }), memoryTree({ 'ops/net.yml': 'grph: true\n' })]
    const { config } = loadReviewConfig(base, head, { path: 'ops/net.yml' })
    const options = effectiveOptions({}, config.options)
    const report = review({ base, head, config, configPath: 'ops/net.yml', options, today: TODAY })
    expect(report.findings).toMatchObject([{ rule: 'configuration-refused', file: 'ops/net.yml', line: 1 }])
  })

  it('adds a second file', () => {
    expect(said(sound, { ...sound, '.github/ringfence.yaml': 'graph: true\n' })).toEqual([
      'introduced configuration-refused .github/ringfence.yaml:1',
    ])
  })

  it.each<[string, string, string]>([
    ['that has ended', suppression('egress-internet', '2026-10-01'), 'suppression-expired'],
    ['of a rule that is none', suppression('egress-intrnet', '2027-01-01'), 'suppression-ineffective'],
    ['for longer than a year', suppression('egress-internet', '2028-01-01'), 'suppression-ineffective'],
  ])('adds a suppression %s', (_, added, rule) => {
    expect(said(sound, { 'a.yaml': POD, [FILE]: added })).toEqual([`introduced ${rule} ${FILE}:2`])
    expect(said({ 'a.yaml': POD, [FILE]: added }, sound)).toEqual([`fixed ${rule} ${FILE}:2`])
  })

  it('adds a comment that accepts nothing', () => {
    const comment = '# ringfence:ignore service-nodeport until=2027-01-01\n'
    expect(said(sound, { ...sound, 'a.yaml': comment + POD })).toEqual(['introduced suppression-ineffective a.yaml:1'])
    // It stands in another file and on another line, and is the same.
    expect(said({ 'a.yaml': comment + POD }, { 'b.yaml': `\n${comment}${POD}` })).toEqual([
      'existing suppression-ineffective b.yaml:2',
    ])
  })

  it('quotes a comment in prose', () => {
    const before = { ...sound, 'docs.md': 'a' }
    expect(said(before, { ...before, 'a.yaml': `${POD}${SERVICE}`, 'docs.md': '# ringfence:ignore\n' })).toEqual([])
  })
})

describe('the configuration that a change is judged by', () => {
  const broken = memoryTree({ [FILE]: 'fail-on: hgih\n' })
  const sound = memoryTree({ [FILE]: 'fail-on: low\n' })

  it('is that of the base, or none where the head mends it', () => {
    expect(loadReviewConfig(sound, broken).config.options.failOn).toBe('low')
    expect(loadReviewConfig(broken, sound)).toEqual({
      config: EMPTY_CONFIG,
      note: expect.stringContaining(`${FILE}:1: fail-on is "hgih"`),
    })
    expect(loadReviewConfig(broken, memoryTree({})).config).toBe(EMPTY_CONFIG)
  })

  it('is none where both are broken, told by the line of the head', () => {
    const other = memoryTree({ [FILE]: 'graph: true\nfail-on: hgih\n' })
    expect(() => loadReviewConfig(broken, other)).toThrow(expect.objectContaining({ file: FILE, line: 2 }))
  })
})

describe('an audit', () => {
  const tree = { 'a.yaml': `${POD}---\n${SERVICE}` }
  const audited = (config: string) => {
    const head = memoryTree({ ...tree, [FILE]: config })
    const { config: read } = loadReviewConfig(head, head)
    return audit({ tree: head, config: read, options: effectiveOptions({}, read.options), today: TODAY })
  }

  it('says that a suppression has ended, at it and at what it covered', () => {
    const { findings } = audited(suppression('service-nodeport', '2026-10-31'))
    expect(findings.find(({ rule }) => rule === 'suppression-expired')).toMatchObject({ severity: 'note', line: 2 })
    expect(findings.find(({ rule }) => rule === 'service-nodeport')!.message).toContain(
      'It was accepted until 2026-10-31 (Agreed in NET-7), which is over.',
    )
  })

  it('says that one covers nothing, and announces the end of one that covers something', () => {
    const unused = audited(suppression('egress-internet', '2027-01-01'))
    expect(unused.findings.map(({ rule }) => rule)).toContain('suppression-ineffective')
    const soon = audited(suppression('service-nodeport', '2026-11-10'))
    expect(soon.findings.map(({ rule }) => rule)).not.toContain('suppression-ineffective')
    expect(soon.coverage.notes[0]).toBe(
      `${FILE}:2: the suppression of service-nodeport at Service/shop/web ends on 2026-11-10.`,
    )
  })
})
