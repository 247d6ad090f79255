import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { expectationsOf, listCases, reviewCase } from '../scripts/case-review.ts'
import { applyTreeDiff } from './apply-diff.ts'

describe.each(listCases())('$name', (each) => {
  const report = reviewCase(each)

  it('says what it shows', () => {
    expect(each.shows).not.toBe('')
  })

  it('is reviewed as judged', () => {
    for (const [name, text] of expectationsOf(report)) {
      const file = join(each.folder, name)
      expect(existsSync(file), `${name} is missing: npm run golden, and read it`).toBe(true)
      expect(text, name).toBe(readFileSync(file, 'utf8'))
    }
  })

  it('has patches that apply', () => {
    for (const { patch } of report.findings) {
      for (const { path, diff } of patch?.files ?? []) {
        const file = join(each.folder, 'after', path)
        const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
        expect(applyTreeDiff(before, diff)).not.toBe(before)
      }
    }
  })
})
