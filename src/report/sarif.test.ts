import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import { hostileNames } from '../../test/report/hostile-names.ts'
import { plantedAudit, plantedReview } from '../../test/report/planted.ts'
import { finding, OPENING } from '../../test/report/sample.ts'
import { joinCopies } from '../rules/copies.ts'
import type { RuleMeta } from '../rules/rule.ts'
import { type SarifTool, toSarif } from './sarif.ts'

/** The published schema of SARIF 2.1.0; its package is here for this file alone. */
const require = createRequire(import.meta.url)
const SCHEMA = JSON.parse(
  readFileSync(require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'),
)

const META: RuleMeta = {
  title: 'Workload can reach the whole internet',
  severity: 'high',
  concepts: ['egress'],
  layer: 'network-policy',
  why: 'A compromised image can send data to any address.',
  fix: 'Allow the domains or ranges that the workload needs.',
  sources: ['kubernetes.io/docs/concepts/services-networking/network-policies/'],
}

const TOOL: SarifTool = {
  version: '0.1.0',
  informationUri: 'https://example.com/ringfence',
  rulesUri: 'https://example.com/ringfence/rules',
  rules: [
    { id: 'ingress-no-tls', meta: { ...META, severity: 'medium' } },
    { id: 'egress-internet', meta: META },
  ],
}

// Written for draft-04, with a pattern that no Unicode regular expression takes; formats are another package's.
const { $schema: _, id: __, ...schema } = SCHEMA
const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema)

function runOf(text: string) {
  const log = JSON.parse(text)
  expect(validate(log), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true)
  return log.runs[0]
}

describe('toSarif', () => {
  test('fits the schema and holds what is there on the head', () => {
    const { results, tool, columnKind } = runOf(toSarif(OPENING, TOOL))
    expect(columnKind).toBe('utf16CodeUnits')
    expect(tool.driver.rules[1].properties).toMatchObject({
      'security-severity': '8.0',
      tags: ['security', 'network', 'egress'],
    })
    // The fixed finding is left out, so that code scanning closes its alert.
    expect(results).toHaveLength(2)
    expect(results[0]).toMatchObject({
      ruleId: 'egress-internet',
      ruleIndex: 1,
      level: 'error',
      baselineState: 'new',
      partialFingerprints: { 'ringfence/v1': '7d1c0a5be1f24c33' },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: 'k8s/payments/allow-egress.yaml' }, region: { startLine: 14 } },
        },
      ],
      fixes: [
        {
          artifactChanges: [
            {
              replacements: [
                {
                  deletedRegion: { startLine: 14, endLine: 14 },
                  insertedContent: { text: '        - ipBlock: {cidr: 10.2.0.0/16}' },
                },
              ],
            },
          ],
        },
      ],
    })
    expect(results[1].fixes).toBeUndefined()
    expect(results[1].level).toBe('warning')
  })

  test('keeps GitHub’s limits, the most severe first, and says what is left out', () => {
    const many = { ...OPENING, findings: Array.from({ length: 5_200 }, (_, i) => finding({ fingerprint: `${i}` })) }
    const { results, invocations } = runOf(toSarif(many, TOOL))
    expect(results).toHaveLength(5_000)
    expect(invocations[0].toolExecutionNotifications[0].message.text).toBe(
      '200 more results, less severe, are left out.',
    )
  })

  test('names what was not analysed', () => {
    const { invocations } = runOf(toSarif(OPENING, TOOL))
    expect(invocations[0].toolExecutionNotifications).toHaveLength(2)
  })

  test('a suppressed finding is a suppressed result', () => {
    const suppressed = {
      ...OPENING,
      findings: [finding({ suppressed: { reason: 'PCI-1234', expires: '2027-03-31' } })],
    }
    expect(runOf(toSarif(suppressed, TOOL)).results[0].suppressions).toEqual([
      { kind: 'external', status: 'accepted', justification: 'PCI-1234' },
    ])
  })

  test('has a result for each place of a finding', () => {
    const [dev, prod] = ['dev', 'prod'].map((state) => finding({ file: `${state}/a.yaml`, states: [state] }))
    const { results } = runOf(toSarif({ ...OPENING, findings: [joinCopies([dev!, prod!])] }, TOOL))
    const of = ({ locations, message, partialFingerprints }: (typeof results)[number]) => [
      locations.length,
      locations[0].physicalLocation.artifactLocation.uri,
      /\(in .*\)$/.exec(message.text)?.[0],
      partialFingerprints['ringfence/v1'],
    ]
    expect(results.map(of)).toEqual([
      [1, 'dev/a.yaml', '(in dev)', finding().fingerprint],
      [1, 'prod/a.yaml', '(in prod)', finding().fingerprint],
    ])
    const places = results.map((result: (typeof results)[number]) => result.partialFingerprints['ringfence/place/v1'])
    expect(new Set(places).size).toBe(2)
  })

  test('stays the same whatever the names are, and no message holds a link or a placeholder', () => {
    for (const name of hostileNames(520)) {
      for (const report of [plantedReview(name), plantedAudit(name)]) {
        const { results } = runOf(toSarif(report, TOOL))
        const text = results[0].message.text as string
        expect(text, JSON.stringify(name.slice(0, 100))).not.toMatch(/(?<!\\)(?:\\\\)*\[[^\]]*\]\(|\{\d/)
        expect(results[0].locations[0].physicalLocation.artifactLocation.uri).toMatch(/^[A-Za-z0-9/._~!'()*%-]+$/)
      }
    }
  }, 60_000)
})
