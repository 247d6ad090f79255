import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyEdits, type Edit } from '../src/base/edit.ts'
import { SourceText } from '../src/base/text.ts'
import { addArgument } from '../src/rules/edit/hcl-block.ts'
import { replaceItems } from '../src/rules/edit/list-items.ts'
import { replaceLiteral } from '../src/rules/edit/literal.ts'
import { addProperty } from '../src/rules/edit/object-property.ts'

/** The edit that undoes one. */
function reverted(text: string, edits: readonly Edit[]): string {
  const sorted = [...edits].sort((a, b) => a.start - b.start)
  let shift = 0
  const back = sorted.map(({ path, start, end, text: inserted }) => {
    const at = start + shift
    shift += inserted.length - (end - start)
    return { path, start: at, end: at + inserted.length, text: text.slice(start, end) }
  })
  return applyEdits(applyEdits(text, edits), back)
}

const space = fc.constantFrom('', ' ', '  ', '\n', '\r\n', ' # why\n')
const word = fc.constantFrom('"a"', '"b c"', 'true', '42', '["x"]', 'var.y')

describe('edits of infrastructure code', () => {
  it('keep every character outside of them, and undone give the file back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(word, space), { maxLength: 6 }), fc.boolean(), (items, crlf) => {
        const lines = items.map(([value, end], i) => `  name_${i} = ${value}${end.includes('#') ? ' # why' : ''}`)
        const text = ['# head', 'resource "t" "n" {', ...lines, '}', '# tail', ''].join(crlf ? '\r\n' : '\n')
        const source = new SourceText('main.tf', text)
        const start = text.indexOf('resource')
        const edits = addArgument({ source, start, end: text.indexOf('}') + 1 }, ['block', 'flag'], true)!
        expect(reverted(text, edits)).toBe(text)
        const after = applyEdits(text, edits)
        expect(after.startsWith('# head')).toBe(true)
        expect(after.endsWith(text.slice(text.indexOf('# tail')))).toBe(true)
        for (const line of lines) expect(after).toContain(line)
        expect(after).toMatch(/block \{\s+flag = true\s+\}/)
      }),
    )
  })

  it('write a property behind the last one of an object, in the syntax of the file', () => {
    const json = '{\n  "a": 1,\n  "b": { "c": [] } // last\n}\n'
    const bicep =
      "resource x 'Microsoft.Storage/storageAccounts@2023-01-01' = {\n  name: 'x'\n  properties: {\n    a: 1 // one\n  }\n}\n"
    const at = (path: string, text: string) => ({
      source: new SourceText(path, text),
      start: 0,
      end: text.trimEnd().length,
    })
    expect(applyEdits(json, addProperty(at('t.json', json), ['b', 'd'], 'x')!)).toBe(
      '{\n  "a": 1,\n  "b": { "c": [], "d": "x" } // last\n}\n',
    )
    expect(applyEdits(bicep, addProperty(at('t.bicep', bicep), ['properties', 'p', 'q'], "it's")!)).toBe(
      "resource x 'Microsoft.Storage/storageAccounts@2023-01-01' = {\n  name: 'x'\n  properties: {\n    a: 1 // one\n    p: {\n      q: 'it\\'s'\n    }\n  }\n}\n",
    )
  })

  it('replace only what is written out', () => {
    const computed = '"x$' + '{var.y}"'
    const text = `a = ${computed}\nb = "z"\nc = true\n`
    const source = new SourceText('terraform.tfvars', text)
    const at = (part: string) => ({ source, start: text.indexOf(part), end: text.indexOf(part) + part.length })
    expect(replaceLiteral(at(computed), 'w')).toBeUndefined()
    expect(applyEdits(text, replaceLiteral(at('"z"'), 'w"')!)).toContain('b = "w\\""')
    expect(applyEdits(text, replaceLiteral(at('true'), 'Disabled', false)!)).toContain('c = false')
    expect(replaceLiteral(at('true'), 'Disabled')).toBeUndefined()
  })

  it('take any items out of a list of any layout', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        fc.boolean(),
        (gone, isLong, isJson) => {
          fc.pre(gone.includes(false) && gone.includes(true))
          const items = gone.map((_, i) => `"v${i}"`)
          const text = isLong ? `[\n  ${items.join(',\n  ')}${isJson ? '' : ','}\n]` : `[${items.join(', ')}]`
          const source = new SourceText(isJson ? 'p.json' : 'p.tfvars', text)
          const origins = items.map((item) => ({
            source,
            start: text.indexOf(item),
            end: text.indexOf(item) + item.length,
          }))
          const edits = replaceItems({ source, start: 0, end: text.length }, origins, (i) => gone[i]!, [])!
          const after = applyEdits(text, edits)
          const kept = gone.flatMap((isGone, i) => (isGone ? [] : [`v${i}`]))
          expect(JSON.parse(after.replace(/,\s*\]/, ']'))).toEqual(kept)
          if (isJson) expect(() => JSON.parse(after)).not.toThrow()
          expect(reverted(text, edits)).toBe(text)
        },
      ),
    )
  })
})
