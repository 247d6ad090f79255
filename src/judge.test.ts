import { describe, expect, test } from 'vitest'
import type { Severity } from './base/severity.ts'
import { DEFAULT_OPTIONS } from './config/options.ts'
import { judge } from './judge.ts'
import type { Coverage } from './report/review-report.ts'
import type { Finding } from './rules/finding.ts'

function finding(severity: Severity, suppressed = false): Finding {
  return {
    rule: 'egress-internet',
    concepts: [],
    severity,
    status: 'introduced',
    title: '',
    message: '',
    resource: '',
    file: 'a.yaml',
    line: 1,
    endLine: 1,
    layer: 'network-policy',
    fingerprint: 'f1',
    ...(suppressed && { suppressed: { reason: 'agreed', expires: '2027-01-01' } }),
  }
}

const KNOWN: Coverage = { units: [], notAnalysed: [], notes: [] }

function unknown(changed: boolean): Coverage {
  return { ...KNOWN, notAnalysed: [{ file: 'a.yaml', reason: 'it is broken', changed }] }
}

describe('the verdict table', () => {
  test.each([
    ['a new finding at the threshold', [finding('high')], KNOWN, 'fail', '1 finding at or above high'],
    ['a new finding above it', [finding('critical'), finding('low')], KNOWN, 'fail', '1 finding at or above high'],
    ['a new finding below it', [finding('medium')], KNOWN, 'pass', '1 finding below high'],
    ['a suppressed finding', [finding('critical', true)], KNOWN, 'pass', 'no finding'],
    ['no network effect', [], KNOWN, 'pass', 'no finding'],
    [
      'an unknown in what changed',
      [],
      unknown(true),
      'fail',
      'could not decide: 1 changed place could not be judged (fail-on-unknown: changed)',
    ],
    ['an unknown elsewhere', [], unknown(false), 'pass', 'no finding'],
  ] as const)('%s', (_, findings, coverage, verdict, reason) => {
    expect(judge(findings, coverage, DEFAULT_OPTIONS)).toEqual({ verdict, reason })
  })

  test.each([
    ['none', true, 'pass'],
    ['changed', true, 'fail'],
    ['changed', false, 'pass'],
    ['any', false, 'fail'],
  ] as const)('fail-on-unknown %s, changed %s: %s', (failOnUnknown, changed, verdict) => {
    expect(judge([], unknown(changed), { failOn: 'high', failOnUnknown }).verdict).toBe(verdict)
  })

  test('fail-on none never fails for a finding', () => {
    expect(judge([finding('critical')], KNOWN, { failOn: 'none', failOnUnknown: 'changed' }).verdict).toBe('pass')
  })
})

test('a rule that failed is no pass, whatever else there is', () => {
  const failed = [{ rule: 'egress-internet', message: 'oops' }]
  expect(judge([], KNOWN, { failOn: 'none', failOnUnknown: 'none' }, failed)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('egress-internet'),
  })
})
