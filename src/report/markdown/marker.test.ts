import { describe, expect, test } from 'vitest'
import { finding, OPENING } from '../../../test/report/sample.ts'
import {
  countFixedSince,
  formatFindingMarker,
  formatSummaryMarker,
  parseFindingMarker,
  parseSummaryMarker,
  toSummaryMarker,
} from './marker.ts'

const IDENTITY = { key: 'default', head: '4f2a91c', run: '8123.1' }

describe('summary marker', () => {
  const marker = toSummaryMarker(IDENTITY, OPENING.findings)

  test('reads back what it wrote', () => {
    expect(parseSummaryMarker(`${formatSummaryMarker(marker)}\n\n### …`, 'default')).toEqual(marker)
  })

  test('belongs to one key', () => {
    expect(parseSummaryMarker(formatSummaryMarker(marker), 'other')).toBeUndefined()
  })

  test.each([
    '',
    'hello',
    ' <!-- ringfence:v1 key=default -->',
    'x <!-- ringfence:v1 key=default head=a run=1 -->',
    '<!-- ringfence:v2 key=default -->',
  ])('is not in %j', (body) => expect(parseSummaryMarker(body, 'default')).toBeUndefined())

  test('cannot be broken out of', () => {
    const text = formatSummaryMarker({ ...marker, key: 'a --> <b> x=1', fingerprints: ['-->'] })
    expect(text.indexOf('-->')).toBe(text.length - 3)
    expect(text).not.toContain('<b>')
  })
})

test('what is suppressed, or in the base by now, is not fixed', () => {
  const previous = toSummaryMarker(IDENTITY, [
    finding({ fingerprint: 'aaaa' }),
    finding({ fingerprint: 'bbbb' }),
    finding({ fingerprint: 'cccc' }),
    finding({ fingerprint: 'dddd' }),
  ])
  const now = [
    finding({ fingerprint: 'aaaa', status: 'existing' }),
    finding({ fingerprint: 'bbbb', suppressed: { reason: 'x', expires: '2027-01-01' } }),
    finding({ fingerprint: 'cccc', status: 'fixed' }),
  ]
  expect(countFixedSince(previous, now)).toBe(2)
})

test('finding marker', () => {
  expect(parseFindingMarker(`${formatFindingMarker('7d1c0a5be1f24c33')}\nbody`)).toBe('7d1c0a5be1f24c33')
  expect(parseFindingMarker('body')).toBeUndefined()
})
