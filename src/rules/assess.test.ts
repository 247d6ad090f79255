import { describe, expect, it } from 'vitest'
import { SourceText } from '../base/text.ts'
import { assess } from './assess.ts'
import { defineRule, type Hit, type Rule, type RuleHit } from './rule.ts'

const at = { source: new SourceText('a.yaml', 'kind: Pod\n'), start: 0, end: 9 }
const meta = {
  title: '',
  severity: 'medium',
  concepts: [],
  layer: 'network-policy',
  why: '',
  fix: '',
  sources: [],
} as const
const plain = defineRule({ id: 'plain', meta })
const wide = defineRule({ id: 'wide', meta })
const merging = defineRule({
  id: 'merging',
  meta,
  merge: (hits) => ({ ...hits[0]!, message: hits.map(({ subject }) => subject).join(' and ') }),
})

function hit(rule: Rule, subject: string, more: Partial<Hit> = {}): RuleHit {
  return { rule, hit: { resource: subject, at, subject, message: subject, ...more }, state: '' }
}

function statuses(base: readonly RuleHit[], head: readonly RuleHit[]): readonly string[] {
  const findings = assess(base, head, (rule, found) => found.severity ?? rule.meta.severity, [''])
  return findings.map(({ finding }) => `${finding.status} ${finding.rule} ${finding.message}`)
}

describe('assess', () => {
  it('tells what is new, worse, better, gone and as it was', () => {
    const base = [hit(plain, 'a', { extent: 1 }), hit(plain, 'b', { extent: 2 }), hit(plain, 'c'), hit(plain, 'd')]
    const head = [hit(plain, 'a', { extent: 2 }), hit(plain, 'b', { extent: 1 }), hit(plain, 'c'), hit(plain, 'e')]
    expect(statuses(base, head).toSorted()).toEqual([
      'existing plain c',
      'fixed plain d',
      'improved plain b',
      'introduced plain e',
      'worsened plain a',
    ])
  })

  it('makes one finding of one cause, and keeps those apart that differ in status', () => {
    const of = (...subjects: readonly string[]) => subjects.map((subject) => hit(merging, subject, { cause: 'x' }))
    expect(statuses(of('a'), of('a', 'b', 'c'))).toEqual(['introduced merging b and c', 'existing merging a'])
  })

  it('leaves out what a wider finding says that is as new', () => {
    const narrow = hit(plain, 'a', { within: { rule: 'wide', subject: 'a' } })
    expect(statuses([], [hit(wide, 'a'), narrow])).toEqual(['introduced wide a'])
  })

  it('shows what is new within something that was there before', () => {
    const narrow = hit(plain, 'a', { within: { rule: 'wide', subject: 'a' } })
    expect(statuses([hit(wide, 'a')], [hit(wide, 'a'), narrow])).toEqual(['introduced plain a', 'existing wide a'])
  })

  it('shows what stays when the wider finding goes', () => {
    const before = hit(plain, 'a', { within: { rule: 'wide', subject: 'a' } })
    expect(statuses([hit(wide, 'a'), before], [hit(plain, 'a')])).toEqual(['fixed wide a', 'existing plain a'])
  })

  it('compares hidden hits and never shows them', () => {
    const hidden = hit(plain, 'a', { hidden: true })
    expect(statuses([hidden], [hit(plain, 'a')])).toEqual(['existing plain a'])
    expect(statuses([], [hidden])).toEqual([])
  })

  it('shows the narrower finding where the configuration turns the wider one off', () => {
    const narrow = hit(plain, 'a', { within: { rule: 'wide', subject: 'a' } })
    const findings = assess([], [hit(wide, 'a'), narrow], (rule) => (rule === wide ? 'off' : 'medium'), [''])
    expect(findings.map(({ finding }) => finding.rule)).toEqual(['plain'])
  })
})
