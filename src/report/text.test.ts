import { expect, test } from 'vitest'
import { finding, OPENING, SILENT } from '../../test/report/sample.ts'
import { reviewText } from './text.ts'

const lines = (report: typeof OPENING, width: number) => reviewText(report, { color: false, width }).split('\n')

test.each([60, 80, 100, 240])('no row of words is wider than %d columns', (width) => {
  const report = {
    ...OPENING,
    coverage: {
      units: [],
      notAnalysed: [
        { file: 'infra/main.tf', line: 3, reason: 'module a is not in this tree', changed: true },
        { file: 'infra/main.tf', line: 9, reason: 'module b is not in this tree', changed: true },
      ],
      notes: ['The tree holds no Azure network code: what NSGs, routes and firewalls drop is not known.'],
    },
  }
  for (const line of lines(report, width)) expect(line.length).toBeLessThanOrEqual(width)
})

test('flows are a table where the page is wide enough, and else have their reason below', () => {
  expect(lines(OPENING, 240)).toContainEqual(expect.stringMatching(/data\/postgres {2}TCP 5432 {2}k8s\/data/))
  expect(lines(OPENING, 80)).toContainEqual('  web/frontend → data/postgres  TCP 5432')
})

test('places of one file stand below it', () => {
  const notAnalysed = [3, 9].map((line) => ({ file: 'a.tf', line, reason: `module m${line}`, changed: true }))
  const page = lines({ ...SILENT, coverage: { units: [], notAnalysed, notes: [] } }, 100)
  expect(page).toEqual(
    expect.arrayContaining(['  not judged, changed here: a.tf', '    line 3: module m3', '    line 9: module m9']),
  )
})

test('a patch that closes two findings is shown once', () => {
  const patch = { files: [{ path: 'a.yaml', diff: '-open\n' }], verified: true, summary: 'Shuts it.' } as const
  const findings = [finding({ patch }), finding({ patch, rule: 'egress-widened', fingerprint: 'ffff' })]
  const page = lines({ ...SILENT, findings }, 100)
  expect(page.filter((line) => line.includes('-open'))).toHaveLength(1)
  expect(page).toContain('    fix (verified): that of finding 1')
})

test('the places of a finding stand below it', () => {
  const place = (file: string) => ({ file, line: 4, endLine: 4, fingerprint: file })
  const places = ['dev/a.yaml', 'prod/a.yaml'].map(place)
  const page = lines({ ...SILENT, findings: [finding({ places, states: ['dev', 'prod'] })] }, 100)
  expect(page).toContain('    also prod/a.yaml:4')
})

test('of a patch of many copies a few are shown', () => {
  const names = Array.from({ length: 9 }, (_, i) => `env${i}/a.yaml`)
  const places = names.map((file) => ({ file, line: 4, endLine: 4, fingerprint: file }))
  const files = names.map((path) => ({ path, diff: `-open ${path}\n` }))
  const patch = { files, verified: true, summary: 'Shuts it.' } as const
  const page = lines({ ...SILENT, findings: [finding({ places, patch })] }, 100)
  expect(page.filter((line) => line.includes('-open'))).toHaveLength(5)
  expect(page).toContain('      … and in 4 more files, which --format json shows')
  const alone = lines({ ...SILENT, findings: [finding({ patch })] }, 100)
  expect(alone.filter((line) => line.includes('-open'))).toHaveLength(9)
})
