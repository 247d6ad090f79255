import { describe, expect, it } from 'vitest'
import { finding as sample } from '../../test/report/sample.ts'
import type { AssessedFinding } from './assess.ts'
import { groupCopies, joinCopies, placesOf, spreadPlaces, withoutPlaces } from './copies.ts'
import type { Finding } from './finding.ts'

const finding = (file: string, part: Partial<Finding> = {}): Finding =>
  sample({ file, states: [file.split('/')[0]!], ...part })

/** The files of each group; the hits play no part. */
function groups(...findings: readonly Finding[]): readonly (readonly string[])[] {
  return groupCopies(findings.map((one) => ({ finding: one }) as AssessedFinding)).map((group) =>
    group.map(({ finding: { file } }) => file),
  )
}

describe('which findings are copies', () => {
  it.each<[string, Partial<Finding>]>([
    ['equal but for the line', { line: 40, endLine: 41 }],
    ['with another fingerprint, since names of the environment are in it', { fingerprint: 'ffff' }],
    ['that name their own file', { message: sample().message.replace(/$/, ' See prod/a.yaml.') }],
  ])('%s', (_, part) => {
    const message = part.message === undefined ? {} : { message: `${sample().message} See dev/a.yaml.` }
    expect(groups(finding('dev/a.yaml', message), finding('prod/a.yaml', part))).toEqual([
      ['dev/a.yaml', 'prod/a.yaml'],
    ])
  })

  it.each<[string, Partial<Finding>]>([
    ['another status', { status: 'existing' }],
    ['another severity', { severity: 'low' }],
    ['other words', { message: 'payments/checkout can reach 10.0.0.0/8.' }],
    ['another object', { resource: 'NetworkPolicy/payments/other' }],
    ['accepted in one of them', { suppressed: { reason: 'known', expires: '2027-01-01' } }],
    ['another rule', { rule: 'egress-widened' }],
    ['a packet of another port', { witness: { packet: { from: 'a', to: 'b', protocol: 'TCP', port: 1 }, path: [] } }],
    ['a line of the base', { side: 'base' }],
  ])('not with %s', (_, part) => {
    expect(groups(finding('dev/a.yaml'), finding('prod/a.yaml', part))).toHaveLength(2)
  })

  it('keeps findings of one file apart, and pairs them with those of the copy in their order', () => {
    const twice = (file: string) => [finding(file, { line: 3 }), finding(file, { line: 9 })]
    expect(groups(...twice('dev/a.yaml'), ...twice('prod/a.yaml'))).toEqual([
      ['dev/a.yaml', 'prod/a.yaml'],
      ['dev/a.yaml', 'prod/a.yaml'],
    ])
  })
})

describe('one finding of copies', () => {
  const joined = joinCopies([finding('dev/a.yaml'), finding('prod/a.yaml', { line: 20 })])

  it('has the first place, and all states and places', () => {
    expect(joined).toMatchObject({ file: 'dev/a.yaml', line: 14, states: ['dev', 'prod'] })
    expect(joined.places).toMatchObject([
      { file: 'dev/a.yaml', line: 14, states: ['dev'] },
      { file: 'prod/a.yaml', line: 20, states: ['prod'] },
    ])
  })

  it('is one place, where all are at the same line', () => {
    const one = joinCopies([finding('a.tfvars', { states: ['dev'] }), finding('a.tfvars', { states: ['prod'] })])
    expect(one.places).toBeUndefined()
    expect(one.states).toEqual(['dev', 'prod'])
  })

  it('knows a place by its file, not by its line, nor by what else there is', () => {
    const alone = placesOf(finding('prod/a.yaml', { line: 99 }))
    expect(joined.places?.[1]?.fingerprint).toBe(alone[0]?.fingerprint)
    expect(joined.places?.[0]?.fingerprint).not.toBe(alone[0]?.fingerprint)
  })

  it('is told at each place with what is so there, the first place of every finding first', () => {
    const spread = spreadPlaces([joined, sample({ file: 'x.yaml' })])
    expect(spread.map(({ finding: { file, states, places } }) => [file, states, places])).toEqual([
      ['dev/a.yaml', ['dev'], undefined],
      ['x.yaml', undefined, undefined],
      ['prod/a.yaml', ['prod'], undefined],
    ])
    expect(spread[0]?.others.map(({ file }) => file)).toEqual(['prod/a.yaml'])
  })

  it('can lose places', () => {
    expect(withoutPlaces(joined, ({ file }) => file === 'dev/a.yaml')).toMatchObject({ file: 'prod/a.yaml', line: 20 })
    expect(withoutPlaces(joined, () => true)).toBeUndefined()
    expect(withoutPlaces(joined, () => false)).toBe(joined)
  })
})
