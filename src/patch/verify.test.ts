import { describe, expect, it } from 'vitest'
import { finding as sample } from '../../test/report/sample.ts'
import type { TreeEdit } from '../base/edit.ts'
import type { AssessedFinding } from '../rules/assess.ts'
import type { Finding } from '../rules/finding.ts'
import { defineRule, type Hit, type Rule, type RuleHit } from '../rules/rule.ts'
import { type EditedOutcome, verifyPatch } from './verify.ts'

const EDIT: TreeEdit = { edits: [], newFiles: new Map() }
const META = {
  title: '',
  severity: 'high',
  concepts: [],
  layer: 'network-policy',
  why: '',
  fix: '',
  sources: [],
} as const
const OPEN = defineRule({ id: 'egress-internet', meta: META })
const WIDE = defineRule({ id: 'api-server-public', meta: META })

const hitOf = (rule: Rule, subject: string, part: Partial<Hit> = {}): RuleHit => ({
  rule,
  hit: { subject, ...part } as Hit,
  state: 'dev',
})

function assessed(rule: Rule, part: Partial<Finding> = {}, subject = 'a'): AssessedFinding {
  return { finding: sample({ rule: rule.id, ...part }), hit: hitOf(rule, subject) }
}

function verify(outcome: Partial<EditedOutcome>, closed: readonly AssessedFinding[] = [], part: Partial<Finding> = {}) {
  const all = { hits: [], findsAll: () => [], lost: [], broken: false, ...outcome }
  return verifyPatch(
    [assessed(OPEN, part)],
    () => undefined,
    closed,
    EDIT,
    () => all,
  )
}

describe('an edit is no patch', () => {
  it.each<[string, Partial<EditedOutcome>]>([
    ['broken', { broken: true }],
    ['finding-stays', { hits: [hitOf(OPEN, 'a')] }],
    ['new-finding', { hits: [hitOf(WIDE, 'b')] }],
    ['connection-lost', { lost: [{} as EditedOutcome['lost'][number]] }],
  ])('%s', (refusal, outcome) => expect(verify(outcome)).toBe(refusal))

  it('where it opens again what the change closed and what is worse', () => {
    const closed = [assessed(WIDE, { status: 'fixed', severity: 'high' })]
    const back = { findsAll: () => [hitOf(WIDE, 'a')] }
    expect(verify(back, closed, { severity: 'medium' })).toBe('reopened')
  })
})

describe('an edit is a patch', () => {
  it('where nothing speaks against it', () => expect(verify({})).toBeUndefined())

  it('where what comes back is no worse than what goes, or is not shown', () => {
    const closed = [assessed(WIDE, { status: 'fixed', severity: 'high' })]
    expect(verify({ findsAll: () => [hitOf(WIDE, 'a')] }, closed)).toBeUndefined()
    const hidden = { findsAll: () => [hitOf(WIDE, 'a', { hidden: true })] }
    expect(verify(hidden, closed, { severity: 'low' })).toBeUndefined()
  })
})
