import { describe, expect, test } from 'vitest'
import type { Origin } from '../base/origin.ts'
import { SourceText } from '../base/text.ts'
import type { FindingStatus, Severity } from './finding.ts'
import { lineOf, oneForEachLine } from './one-line.ts'
import { defineRule, type Hit, type ProposedPatch, type Rule } from './rule.ts'

const SOURCE = new SourceText('main.tf', 'first\nsecond\n')
const FIRST: Origin = { source: SOURCE, start: 0, end: 5 }
const SECOND: Origin = { source: SOURCE, start: 6, end: 12 }

const rule = (id: string): Rule =>
  defineRule({
    id,
    meta: { title: id, severity: 'medium', concepts: [id], layer: 'nsg', why: '', fix: '', sources: [] },
  })
const RULES = new Map(['a', 'b', 'c', 'd', 'e', 'f'].map((id) => [id, rule(id)]))

interface Given {
  readonly tells?: 'path' | 'effect' | 'condition' | 'difference'
  readonly at?: Origin
  readonly severity?: Severity
  readonly status?: FindingStatus
  readonly state?: string
  readonly accepted?: string
  readonly aside?: string
  /** Where the finding is not one of several of a line. */
  readonly alone?: boolean
  readonly fix?: ProposedPatch
  readonly otherwise?: readonly ProposedPatch[]
}

function judged(id: string, given: Given = {}) {
  const {
    tells = 'condition',
    at = FIRST,
    severity = 'medium',
    status = 'introduced',
    state = '',
    aside,
    fix,
    otherwise,
  } = given
  const hit: Hit = {
    resource: 'r',
    at,
    subject: id,
    message: `Message of ${id}.`,
    ...(given.alone !== true && {
      because: { line: lineOf(at), tells, ...(aside !== undefined && { aside: () => aside }) },
    }),
    ...(fix && { fix: () => fix }),
    ...(otherwise && { otherwise: () => otherwise }),
  }
  const accepted = given.accepted === undefined ? {} : { accepted: given.accepted }
  return { hit: { rule: RULES.get(id)!, hit, state }, status, severity, ...accepted }
}

const shown = (list: readonly ReturnType<typeof judged>[]) => oneForEachLine(list).map(({ hit }) => hit.rule.id)

describe('oneForEachLine', () => {
  test('shows the worst finding of a line, and of equally bad ones the one that tells most', () => {
    expect(shown([judged('a'), judged('b', { severity: 'high' }), judged('c', { severity: 'low' })])).toEqual(['b'])
    expect(
      shown([judged('a', { tells: 'difference' }), judged('b', { tells: 'path' }), judged('c', { tells: 'effect' })]),
    ).toEqual(['b'])
    expect(shown([judged('a', { tells: 'path', severity: 'low' }), judged('b', { tells: 'difference' })])).toEqual([
      'b',
    ])
  })

  test.each<readonly [string, Given, Given]>([
    ['other lines', {}, { at: SECOND }],
    ['other states', { state: 'prod' }, { state: 'dev' }],
    ['what is there and what is new', { status: 'existing' }, { status: 'introduced' }],
    ['what is gone and what is new', { status: 'fixed' }, { status: 'worsened' }],
    ['what somebody accepts and what nobody does', { accepted: 'until spring' }, {}],
    ['what no line causes alone', { alone: true }, {}],
  ])('keeps %s apart', (_, one, other) => {
    expect(shown([judged('a', one), judged('b', other)])).toEqual(['a', 'b'])
  })

  test('takes introduced and worsened for one news, and existing and improved for what is there', () => {
    expect(shown([judged('a', { status: 'worsened' }), judged('b', { severity: 'high' })])).toEqual(['b'])
    expect(shown([judged('a', { status: 'improved' }), judged('b', { status: 'existing', severity: 'high' })])).toEqual(
      ['b'],
    )
  })

  test('keeps all findings of one rule about a line', () => {
    expect(shown([judged('a'), judged('a')])).toEqual(['a', 'a'])
    expect(shown([judged('a'), judged('b', { severity: 'high' }), judged('b', { severity: 'high' })])).toEqual([
      'b',
      'b',
    ])
  })

  test('adds what the others say in a sentence each, not more than three, and never the same twice', () => {
    const others = ['b', 'c', 'd', 'e', 'f'].map((id) =>
      judged(id, { aside: id === 'c' ? 'Aside of b.' : `Aside of ${id}.` }),
    )
    const [one, ...rest] = oneForEachLine([judged('a', { severity: 'high' }), ...others])
    expect(rest).toEqual([])
    expect(one!.hit.hit.message).toBe('Message of a. Aside of b. Aside of d. Aside of e.')
    expect(one!.hit.hit.concepts).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  test('offers the patches of the others beside its own', () => {
    const patch = (summary: string): ProposedPatch => ({ summary, edit: { edits: [], newFiles: new Map() } })
    const [one] = oneForEachLine([
      judged('a', { severity: 'high', fix: patch('own'), otherwise: [patch('own other')] }),
      judged('b', { fix: patch('of b'), otherwise: [patch('other of b')] }),
    ])
    const { fix, otherwise } = one!.hit.hit
    expect(fix!()!.summary).toBe('own')
    expect(otherwise!().map(({ summary }) => summary)).toEqual(['own other', 'of b', 'other of b'])
    expect(otherwise!().map(({ layer }) => layer)).toEqual([undefined, 'nsg', undefined])
  })
})

test('lineOf names the place that a person edits', () => {
  expect(lineOf(FIRST)).toBe('main.tf:0')
  expect(lineOf({ ...FIRST, from: SECOND })).toBe(lineOf(SECOND))
})
