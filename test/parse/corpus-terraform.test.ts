import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse as parseIndependently } from '@cdktf/hcl2json'
import { parse as parseJsonIndependently } from 'jsonc-parser'
import { beforeAll, describe, expect, it } from 'vitest'
import { problemPlace } from '../../src/base/problem.ts'
import { SourceText } from '../../src/base/text.ts'
import { isConfigurationFile, isVariableFile, parseFile } from '../../src/parse/terraform/parse-file.ts'
import type { Body } from '../../src/parse/terraform/syntax.ts'
import { differsFromJson } from './terraform/compare-trees.ts'

/** Other projects' files, beside the repository where they are; elsewhere this is skipped, which CI counts as a failure. */
const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus')
/** The least that there is of each: a path that finds nothing must not pass. */
const LEAST = { native: 500, json: 10 }
/** Parts of all files that may be broken, and of the native ones that the independent parser reads as well. */
const SHARE = { broken: 0.01, compared: 0.95 }

describe.skipIf(!existsSync(CORPUS))('the configurations of other projects', () => {
  const native: SourceText[] = []
  const json: SourceText[] = []
  beforeAll(() => {
    const seen = new Set<string>()
    for (const entry of readdirSync(CORPUS, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !(isConfigurationFile(entry.name) || isVariableFile(entry.name))) continue
      const path = join(entry.parentPath, entry.name)
      const text = readFileSync(path, 'utf8')
      // Most files lie there twice, before a change and after it.
      if (seen.has(text)) continue
      seen.add(text)
      if (path.endsWith('.json')) json.push(new SourceText(path, text))
      else native.push(new SourceText(path, text))
    }
  })

  it('parse in native syntax, or are reported with file and line', () => {
    expect(native.length).toBeGreaterThan(LEAST.native)
    const broken = native.filter((source) => expectPlaces(source))
    expect(broken.length / native.length).toBeLessThan(SHARE.broken)
  })

  it('are the same trees to an independent parser, to the text of every expression', async () => {
    let compared = 0
    for (const source of native) {
      let other: unknown
      try {
        other = await parseIndependently('main.tf', source.text)
      } catch {
        continue
      }
      compared++
      const { body, problems } = parseFile(source)
      expect([source.path, ...problems]).toEqual([source.path])
      expect([source.path, ...differsFromJson(body, other, source.text)]).toEqual([source.path])
    }
    expect(compared / native.length).toBeGreaterThan(SHARE.compared)
  }, 180_000)

  it('parse in JSON syntax', () => {
    expect(json.length).toBeGreaterThan(LEAST.json)
    const broken = json.filter((source) => expectPlaces(source))
    expect(broken.length / json.length).toBeLessThan(SHARE.broken)
    for (const source of json) {
      const types = new Set(namesOf(parseFile(source).body))
      for (const key of Object.keys(parseJsonIndependently(source.text) as object)) {
        if (key !== '//') expect([source.path, [...types]]).toEqual([source.path, expect.arrayContaining([key])])
      }
    }
  })
})

/** Whether a file is broken, and if it is, that every problem says where. */
function expectPlaces(source: SourceText): boolean {
  const problems = parseFile(source).problems.filter(({ code }) => code === 'syntax')
  for (const problem of problems) {
    expect(problemPlace(problem)).toEqual({ file: source.path, line: expect.any(Number) })
    expect(problemPlace(problem).line).toBeLessThanOrEqual(source.lineCount)
  }
  return problems.length > 0
}

function namesOf({ attributes, blocks }: Body): readonly string[] {
  return [...attributes.map(({ name }) => name), ...blocks.map(({ type }) => type)]
}
