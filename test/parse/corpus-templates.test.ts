import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parse as parseIndependently } from 'jsonc-parser'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Problem } from '../../src/base/problem.ts'
import { problemPlace } from '../../src/base/problem.ts'
import { SourceText } from '../../src/base/text.ts'
import { toJson, type Value } from '../../src/base/value.ts'
import { parseBicep } from '../../src/parse/bicep/parse.ts'
import { readTemplateString } from '../../src/parse/template/arm-expression.ts'
import { parseJsonFile } from '../../src/parse/template/json-file.ts'
import { describeFile } from './bicep/describe-tree.ts'
import { openIndependentParser } from './bicep/independent-parser.ts'

/** Other projects' files, beside the repository where they are; elsewhere this is skipped, which CI counts as a failure. */
const CORPUS = resolve(import.meta.dirname, '../../../shared/corpus')
/** The least that there is of each: a path that finds nothing must not pass. */
const LEAST = { bicep: 300, json: 300 }
/** Parts of all files that may be broken, and of the Bicep files that the independent parser reads as well. */
const SHARE = { broken: 0.01, compared: 0.6 }

describe.skipIf(!existsSync(CORPUS))('the templates of other projects', () => {
  const bicep: SourceText[] = []
  const json: SourceText[] = []
  beforeAll(() => {
    const seen = new Set<string>()
    for (const entry of readdirSync(CORPUS, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const path = join(entry.parentPath, entry.name)
      const isBicep = /\.bicep(?:param)?$/.test(path)
      if (!isBicep && !/\.jsonc?$/.test(path)) continue
      const text = readFileSync(path, 'utf8')
      // Most files lie there twice, before a change and after it.
      if (seen.has(text)) continue
      seen.add(text)
      if (isBicep) bicep.push(new SourceText(path, text))
      if (/"\$schema"\s*:\s*"[^"]*deployment(?:template|parameters)\.json/i.test(text))
        json.push(new SourceText(path, text))
    }
  })

  it('parse in Bicep, or are reported with file and line', () => {
    expect(bicep.length).toBeGreaterThan(LEAST.bicep)
    let broken = 0
    for (const source of bicep) {
      const { declarations, problems } = parseBicep(source)
      if (problems.length === 0)
        expect([source.path, declarations.length]).toEqual([source.path, countLines(source.text)])
      else broken++
      expectPlaces(problems, source)
    }
    expect(broken / bicep.length).toBeLessThan(SHARE.broken)
  })

  it('are the same trees to an independent parser of Bicep', async () => {
    const parse = await openIndependentParser()
    let compared = 0
    for (const source of bicep) {
      const other = parse(source.text)
      if (other === undefined) continue
      compared++
      const ours = describeFile(parseBicep(source))
      if (!isDeepStrictEqual(ours, other)) expect([source.path, ...ours]).toEqual([source.path, ...other])
    }
    expect(compared / bicep.length).toBeGreaterThan(SHARE.compared)
  }, 120_000)

  it('parse in JSON, every expression in them, as an independent parser reads them', () => {
    expect(json.length).toBeGreaterThan(LEAST.json)
    let broken = 0
    for (const source of json) {
      const { values, problems } = parseJsonFile(source)
      expectPlaces(problems, source)
      if (problems.some(({ code }) => code === 'syntax')) {
        broken++
        continue
      }
      expect([source.path, ...values.map(toJson)]).toEqual([source.path, parseIndependently(source.text)])
      if (!/deploymentparameters\.json/i.test(source.text)) for (const value of values) expectExpressions(value)
    }
    expect(broken / json.length).toBeLessThan(SHARE.broken)
  })
})

/** Lines that begin a declaration: none of them stands in a comment or in a string of these files. */
function countLines(text: string): number {
  const outside = text.replace(/'''[\s\S]*?'''|\/\*[\s\S]*?\*\//g, (part) => part.replaceAll(/\S/g, ' '))
  const pattern =
    /^(?:param|var|resource|module|output|type|func|metadata|targetScope|import|using|extends|extension|provider|assert)\b(?!\s*:)/gm
  return [...outside.matchAll(pattern)].length
}

function expectPlaces(problems: readonly Problem[], { path, text }: SourceText): void {
  for (const problem of problems) {
    expect(problemPlace(problem)).toEqual({ file: path, line: expect.any(Number) })
    expect(problemPlace(problem).line).toBeLessThanOrEqual(text.split('\n').length)
  }
}

function expectExpressions(value: Value): void {
  if (value.kind === 'list') value.items.forEach(expectExpressions)
  if (value.kind === 'map') for (const entry of value.entries.values()) expectExpressions(entry.value)
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    if (readTemplateString(value).kind === 'broken')
      expect([value.value, isBalanced(value.value)]).toEqual([value.value, false])
  }
}

/** Whether every bracket outside of quotes has its other half. */
function isBalanced(expression: string): boolean {
  let open = 0
  for (const bracket of expression.replace(/'[^']*'/g, '').replace(/[^()]/g, '')) {
    open += bracket === '(' ? 1 : -1
    if (open < 0) return false
  }
  return open === 0
}
