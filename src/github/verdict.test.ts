import { expect, test } from 'vitest'
import type { Severity } from '../base/severity.ts'
import type { Finding } from '../rules/finding.ts'
import { exitStatus, highestSeverity } from './verdict.ts'

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

test('only a pass, and nothing to judge, exit with 0', () => {
  expect((['pass', 'skipped', 'fail', 'undecided'] as const).map(exitStatus)).toEqual([0, 0, 1, 2])
})

test('the highest severity leaves out what is suppressed', () => {
  expect(highestSeverity([finding('low'), finding('critical', true), finding('medium')])).toBe('medium')
  expect(highestSeverity([])).toBe('none')
})
