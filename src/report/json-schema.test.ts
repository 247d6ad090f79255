import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { OPENING, SILENT } from '../../test/report/sample.ts'
import { joinCopies } from '../rules/copies.ts'
import { toAuditJson, toReviewJson } from './json.ts'
import { jsonSchemas } from './json-schema.ts'

const schemas = jsonSchemas()
const accepts = (name: string, value: unknown) => new Ajv().compile(schemas.get(name)!)(value)

test('the published schemas are those of the code; run node scripts/schema.ts', () => {
  for (const [name, schema] of schemas) {
    expect(JSON.parse(readFileSync(new URL(`../../schema/${name}`, import.meta.url), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(schema)),
    )
  }
})

test('reviews and audits fit', () => {
  expect(accepts('review.schema.json', JSON.parse(toReviewJson(OPENING)))).toBe(true)
  expect(accepts('review.schema.json', JSON.parse(toReviewJson(SILENT)))).toBe(true)
  const { head, summary, findings, coverage } = OPENING
  expect(
    accepts('audit.schema.json', JSON.parse(toAuditJson({ schemaVersion: 1, head, summary, findings, coverage }))),
  ).toBe(true)
})

test('a finding at several places', () => {
  const [first] = OPENING.findings
  const [dev, prod] = ['dev', 'prod'].map((state) => ({ ...first!, file: `${state}/a.yaml`, states: [state] }))
  const joined = joinCopies([dev!, prod!], first!.patch)
  expect(joined.places).toHaveLength(2)
  expect(accepts('review.schema.json', JSON.parse(toReviewJson({ ...OPENING, findings: [joined] })))).toBe(true)
})

test.each([
  ['an unknown key', { ...OPENING, extra: 1 }],
  ['a missing key', { ...OPENING, coverage: undefined }],
  ['a word that is none of the list', { ...OPENING, summary: { ...OPENING.summary, verdict: 'maybe' } }],
  ['a line below 1', { ...OPENING, findings: [{ ...OPENING.findings[0], line: 0 }] }],
])('%s does not', (_, value) => {
  expect(accepts('review.schema.json', JSON.parse(JSON.stringify(value)))).toBe(false)
})

test('resources with values that are not known', () => {
  const resource = { unit: 'k8s', unitKind: 'manifests', address: 'Pod/a/b', kind: 'Pod', file: 'k8s/a.yaml', line: 1 }
  const value = { metadata: { name: { $unknown: 'variable' } } }
  const report = { schemaVersion: 1, resources: [{ ...resource, value }], coverage: OPENING.coverage }
  expect(accepts('resources.schema.json', report)).toBe(true)
  expect(accepts('resources.schema.json', { ...report, resources: [{ ...resource, value: 3 }] })).toBe(false)
})
