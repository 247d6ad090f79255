import { applyPatch, parsePatch, reversePatch } from 'diff'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyEdits, type Edit } from '../src/base/edit.ts'
import type { Origin } from '../src/base/origin.ts'
import { SourceText } from '../src/base/text.ts'
import { type MapValue, toJson } from '../src/base/value.ts'
import type { AzureObject } from '../src/model/azure/azure-object.ts'
import { parseBicep } from '../src/parse/bicep/parse.ts'
import { parseJson } from '../src/parse/json.ts'
import type { Expression as TemplateExpression } from '../src/parse/template/expression.ts'
import { toNumber } from '../src/parse/terraform/number.ts'
import { parseFile } from '../src/parse/terraform/parse-file.ts'
import type { Body, Expression } from '../src/parse/terraform/syntax.ts'
import { parseYaml } from '../src/parse/yaml.ts'
import { showPatch } from '../src/patch/show-patch.ts'
import { append, removeEntry, removeItem, replaceScalar } from '../src/rules/edit/collection-edit.ts'
import { addArgument, removeBlock } from '../src/rules/edit/hcl-block.ts'
import { replaceItems } from '../src/rules/edit/list-items.ts'
import { replaceLiteral } from '../src/rules/edit/literal.ts'
import { addProperty } from '../src/rules/edit/object-property.ts'
import { removeResource } from '../src/rules/edit/remove-resource.ts'
import { treeOf } from './parse/tree-of.ts'

type Plain = string | number | boolean | readonly Plain[] | { readonly [name: string]: Plain }
type Content = Readonly<Record<string, string | number | boolean | readonly string[]>>

/** How a file is laid out; none of it may change outside of an edit. */
interface Layout {
  readonly lineBreak: '\n' | '\r\n'
  readonly indent: '  ' | '    ' | '\t'
  readonly hasMark: boolean
  readonly endsLine: boolean
  /** One for each property: a comment above it, a comment behind it, a list on lines of its own. */
  readonly above: readonly boolean[]
  readonly behind: readonly boolean[]
  readonly isLong: readonly boolean[]
}

/** What stands in a file, for edits and to judge them. */
interface Located {
  readonly origins: ReadonlyMap<string, Origin>
  readonly items: ReadonlyMap<string, readonly Origin[]>
  readonly whole: Origin
  readonly yaml?: MapValue
  readonly plain: Plain
  readonly problems: number
}

interface Language {
  readonly path: string
  readonly comment: '#' | '//'
  readonly quote: (text: string) => string
  /** Between a name and its value, and behind each property and item but the last (`between`) or each (`after`). */
  readonly sign: string
  readonly comma: 'between' | 'after' | 'none'
  readonly open: readonly string[]
  readonly close: readonly string[]
  readonly locate: (source: SourceText) => Located
}

const LANGUAGES: Readonly<Record<string, Language>> = {
  HCL: {
    path: 'main.tf',
    comment: '#',
    quote: JSON.stringify,
    sign: ' = ',
    comma: 'none',
    open: ['resource "t" "n" {'],
    close: ['}'],
    locate: (source) => {
      const { body, problems } = parseFile(source)
      const block = body.blocks[0]!
      return { ...locateBody(source, block.body), whole: { source, ...spanOf(block) }, problems: problems.length }
    },
  },
  tfvars: {
    path: 'prod.tfvars',
    comment: '#',
    quote: JSON.stringify,
    sign: ' = ',
    comma: 'none',
    open: [],
    close: [],
    locate: (source) => {
      const { body, problems } = parseFile(source)
      return {
        ...locateBody(source, body),
        whole: { source, start: 0, end: source.text.length },
        problems: problems.length,
      }
    },
  },
  Bicep: {
    path: 'main.bicep',
    comment: '//',
    quote: (text) => `'${text}'`,
    sign: ': ',
    comma: 'none',
    open: ['var o = {'],
    close: ['}'],
    locate: (source) => {
      const { declarations, problems } = parseBicep(source)
      const [variable] = declarations
      if (variable?.kind !== 'variable' || variable.value.kind !== 'object') throw new Error('no object')
      const origins = new Map<string, Origin>()
      const items = new Map<string, readonly Origin[]>()
      for (const property of variable.value.properties) {
        if (property.kind !== 'property' || typeof property.key !== 'string') continue
        origins.set(property.key, { source, ...spanOf(property.value) })
        if (property.value.kind === 'array') {
          items.set(
            property.key,
            property.value.items.map((item) => ({ source, ...spanOf(item) })),
          )
        }
      }
      const whole = { source, ...spanOf(variable.value) }
      return { origins, items, whole, plain: plainTemplate(variable.value), problems: problems.length }
    },
  },
  'ARM JSON': {
    path: 'azuredeploy.json',
    comment: '//',
    quote: JSON.stringify,
    sign: ': ',
    comma: 'between',
    open: ['{'],
    close: ['}'],
    locate: (source) => {
      const { values, problems } = parseJson(source, { lenient: true })
      return locateMap(values[0] as MapValue, problems.length)
    },
  },
  YAML: {
    path: 'values.yaml',
    comment: '#',
    quote: (text) => text,
    sign: ': ',
    comma: 'none',
    open: [],
    close: [],
    locate: (source) => {
      const { documents, problems } = parseYaml(source)
      const map = documents[0]!.value as MapValue
      return { ...locateMap(map, problems.length), yaml: map }
    },
  },
}

function spanOf({ start, end }: { readonly start: number; readonly end: number }) {
  return { start, end }
}

function locateBody(source: SourceText, body: Body) {
  const origins = new Map<string, Origin>()
  const items = new Map<string, readonly Origin[]>()
  for (const { name, expression } of body.attributes) {
    origins.set(name, { source, ...spanOf(expression) })
    if (expression.kind === 'tuple') {
      items.set(
        name,
        expression.items.map((item) => ({ source, ...spanOf(item) })),
      )
    }
  }
  return { origins, items, plain: plainBody(body) }
}

function locateMap(map: MapValue, problems: number): Located {
  const origins = new Map<string, Origin>()
  const items = new Map<string, readonly Origin[]>()
  for (const [name, { value }] of map.entries) {
    origins.set(name, value.origin)
    if (value.kind === 'list') {
      items.set(
        name,
        value.items.map(({ origin }) => origin),
      )
    }
  }
  return { origins, items, whole: map.origin, plain: toJson(map) as Plain, problems }
}

function plainBody({ attributes, blocks }: Body): Plain {
  return Object.fromEntries([
    ...attributes.map(({ name, expression }) => [name, plainHcl(expression)]),
    ...blocks.map(({ type, body }) => [type, plainBody(body)]),
  ])
}

function plainHcl(node: Expression): Plain {
  if (node.kind === 'tuple') return node.items.map(plainHcl)
  if (node.kind !== 'literal') throw new Error(`not plain: ${node.kind}`)
  return typeof node.value === 'object' && node.value !== null ? toNumber(node.value) : (node.value as Plain)
}

function plainTemplate(node: TemplateExpression): Plain {
  if (node.kind === 'array') return node.items.map((item) => plainTemplate(item as TemplateExpression))
  if (node.kind === 'literal') return node.value as Plain
  if (node.kind !== 'object') throw new Error(`not plain: ${node.kind}`)
  return Object.fromEntries(
    node.properties.map((one) => (one.kind === 'property' ? [String(one.key), plainTemplate(one.value)] : [])),
  )
}

/** The file, and the lines of each property in it. */
function print(content: Content, language: Language, layout: Layout) {
  const { comment, sign, comma, open, close } = language
  const isYaml = language.path.endsWith('.yaml')
  const unit = isYaml && layout.indent === '\t' ? '  ' : layout.indent
  const outer = open.length > 0 ? unit : ''
  const names = Object.keys(content)
  const scalar = (value: string | number | boolean) =>
    typeof value === 'string' ? language.quote(value) : String(value)
  const parts = names.map((name, i) => {
    const value = content[name]!
    const end = comma === 'between' && i < names.length - 1 ? ',' : ''
    const behind = layout.behind[i] ? ` ${comment} behind-${name}` : ''
    const lines = layout.above[i] ? [`${outer}${comment} above-${name}`] : []
    const head = `${outer}${comma === 'between' ? JSON.stringify(name) : name}`
    if (typeof value !== 'object') lines.push(`${head}${sign}${scalar(value)}${end}${behind}`)
    else if (!layout.isLong[i]) lines.push(`${head}${sign}[${value.map(scalar).join(', ')}]${end}${behind}`)
    else {
      const itemEnd = (at: number) =>
        isYaml || language.path.endsWith('.bicep') || (comma === 'between' && at === value.length - 1) ? '' : ','
      lines.push(isYaml ? `${head}:` : `${head}${sign}[`)
      value.forEach((item, at) => {
        if (layout.above[at]) lines.push(`${outer}${unit}${comment} above-${item}`)
        lines.push(
          `${outer}${unit}${isYaml ? '- ' : ''}${scalar(item)}${itemEnd(at)}${layout.behind[at] ? ` ${comment} behind-${item}` : ''}`,
        )
      })
      if (!isYaml) lines.push(`${outer}]${end}${behind}`)
    }
    return lines
  })
  const all = [
    `${comment} head`,
    ...open,
    ...parts.flat(),
    ...close,
    ...(layout.endsLine ? [`${comment} tail`, ''] : []),
  ]
  return {
    text: (layout.hasMark ? '\uFEFF' : '') + all.join(layout.lineBreak),
    parts: new Map(names.map((name, i) => [name, parts[i]!.join(layout.lineBreak)])),
  }
}

/** The edits that undo others. */
function inverse(text: string, edits: readonly Edit[]): readonly Edit[] {
  let shift = 0
  return [...edits]
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map(({ path, start, end, text: inserted }) => {
      const at = start + shift
      shift += inserted.length - (end - start)
      return { path, start: at, end: at + inserted.length, text: text.slice(start, end) }
    })
}

/** Taken back as splices and as the diff that people get, an edit gives the file as it was; line ends, mark and tabs stay. */
function expectTakenBack(path: string, before: string, edits: readonly Edit[], after: string): void {
  expect(after.charCodeAt(0) === 0xfeff).toBe(before.charCodeAt(0) === 0xfeff)
  expect(after.endsWith('\n')).toBe(before.endsWith('\n'))
  if (before.includes('\r\n')) expect(after).not.toMatch(/(?:^|[^\r])\n/)
  else expect(after).not.toContain('\r')
  if (/^\t/m.test(before)) expect(after).not.toMatch(/^\t* /m)
  expect(applyEdits(after, inverse(before, edits))).toBe(before)
  const { diff } = showPatch(treeOf({ [path]: before }), { edits, newFiles: new Map() }, '')!.files[0]!
  const options = { fuzzFactor: 0, autoConvertLineEndings: false }
  expect(applyPatch(before, diff, options)).toBe(after)
  expect(applyPatch(after, reversePatch(parsePatch(diff)[0]!), options)).toBe(before)
}

const NAMES = ['mode', 'ranges', 'count', 'public', 'zones']
const word = fc
  .stringMatching(/^[a-z][a-z0-9]{0,5}$/)
  .filter((text) => !/^(?:true|false|null|yes|no|on|off|y|n)$/.test(text))
const flags = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 })
const layouts: fc.Arbitrary<Layout> = fc.record({
  lineBreak: fc.constantFrom('\n', '\r\n'),
  indent: fc.constantFrom('  ', '    ', '\t'),
  hasMark: fc.boolean(),
  endsLine: fc.boolean(),
  above: flags,
  behind: flags,
  isLong: flags,
})
const contents: fc.Arbitrary<Content> = fc
  .array(fc.oneof(word, fc.nat(900), fc.boolean(), fc.uniqueArray(word, { minLength: 2, maxLength: 4 })), {
    minLength: 1,
    maxLength: NAMES.length,
  })
  .map((values) => Object.fromEntries(values.map((value, i) => [NAMES[i]!, value])))

describe.each(Object.entries(LANGUAGES))('an edit of %s', (name, language) => {
  /** Judges an edit: what it says, that nothing else changed, and that it can be taken back. */
  function judge(before: string, edits: readonly Edit[] | undefined, expected: Plain, kept: readonly string[]): void {
    expect(edits).toBeDefined()
    const after = applyEdits(before, edits!)
    const read = language.locate(new SourceText(language.path, after))
    expect([after, read.plain, read.problems]).toEqual([after, expected, 0])
    for (const part of kept) expect(after).toContain(part)
    expectTakenBack(language.path, before, edits!, after)
  }

  const opened = (content: Content, layout: Layout) => {
    const { text, parts } = print(content, language, layout)
    const located = language.locate(new SourceText(language.path, text))
    expect([text, located.plain, located.problems]).toEqual([text, content, 0])
    const others = (...touched: readonly string[]) =>
      [...parts].flatMap(([key, part]) => (touched.includes(key) ? [] : [part]))
    return { text, located, others }
  }

  it('replaces a scalar and nothing else', () => {
    fc.assert(
      fc.property(contents, layouts, fc.nat(4), word, (content, layout, at, value) => {
        const keys = Object.keys(content).filter((key) => typeof content[key] === 'string' && content[key] !== value)
        fc.pre(keys.length > 0)
        const key = keys[at % keys.length]!
        const { text, located, others } = opened(content, layout)
        const edits = located.yaml
          ? replaceScalar(located.yaml.entries.get(key)!.value, value)
          : replaceLiteral(located.origins.get(key)!, value)
        judge(text, edits, { ...content, [key]: value }, others(key))
      }),
    )
  })

  it('takes items out of a list and puts others in their place', () => {
    fc.assert(
      fc.property(contents, layouts, flags, fc.array(word, { maxLength: 2 }), (content, layout, gone, texts) => {
        const key = Object.keys(content).find((one) => Array.isArray(content[one]))
        fc.pre(key !== undefined)
        const items = content[key!] as readonly string[]
        const which = located(items.length)
        const { text, located: found, others } = opened(content, layout)
        if (found.yaml) {
          const list = found.yaml.entries.get(key!)!.value
          const edits = list.kind === 'list' ? removeItem(list, which[0]!) : undefined
          // A list in brackets is rewritten by hand.
          if (edits === undefined) return
          judge(text, edits, { ...content, [key!]: items.filter((_, i) => i !== which[0]) }, others(key!))
          return
        }
        const isGone = (i: number) => which.includes(i)
        const edits = replaceItems(found.origins.get(key!)!, found.items.get(key!)!, isGone, texts)
        const rest = items.flatMap((item, i) => (i === which[0] ? texts : isGone(i) ? [] : [item]))
        judge(text, edits, { ...content, [key!]: rest }, others(key!))

        function located(count: number): readonly number[] {
          const all = [...Array(count).keys()].filter((i) => gone[i])
          return all.length === 0 || (all.length === count && texts.length === 0) ? [0] : all
        }
      }),
    )
  })

  it('adds what is not there, in the way of the file', () => {
    if (name === 'tfvars') return
    fc.assert(
      fc.property(contents, layouts, fc.boolean(), word, (content, layout, isNested, value) => {
        const { text, located, others } = opened(content, layout)
        const keys = Object.keys(content)
        const path = isNested && !located.yaml ? ['profile', 'tier'] : ['tier']
        const edits = located.yaml
          ? append(located.yaml, [`tier: ${value}`])
          : name === 'HCL'
            ? addArgument(located.whole, path, value)
            : addProperty(located.whole, path, value)
        const added: Plain = path.length > 1 ? { profile: { tier: value } } : { tier: value }
        // JSON's last property gets a comma.
        judge(text, edits, { ...content, ...added }, name === 'ARM JSON' ? others(keys.at(-1)!) : others())
      }),
    )
  })

  it('takes a whole entry out', () => {
    if (name !== 'YAML') return
    fc.assert(
      fc.property(contents, layouts, fc.nat(4), (content, layout, at) => {
        const keys = Object.keys(content)
        fc.pre(keys.length > 1)
        const key = keys[at % keys.length]!
        const { text, located, others } = opened(content, layout)
        const rest = Object.fromEntries(Object.entries(content).filter(([one]) => one !== key))
        judge(text, removeEntry({ map: located.yaml!, key }), rest, others(key))
      }),
    )
  })
})

describe('taking a whole resource out', () => {
  /** Three of them, with comments and blank lines around each. */
  const shapes = {
    HCL: {
      path: 'main.tf',
      comment: '#',
      write: (name: string, step: string) => [`resource "azurerm_subnet" "${name}" {`, `${step}name = "${name}"`, '}'],
      remove: (source: SourceText, at: number) =>
        removeBlock({ source, ...spanOf(parseFile(source).body.blocks[at]!) }),
    },
    Bicep: {
      path: 'main.bicep',
      comment: '//',
      write: (name: string, step: string) => [
        `@batchSize(1)`,
        `resource ${name} 'A.B/c@1' = {`,
        `${step}name: '${name}'`,
        '}',
      ],
      remove: (source: SourceText, at: number) => {
        const origin = { source, ...spanOf(parseBicep(source).declarations[at]!) }
        const resource = { address: 'x', origin, value: { kind: 'map', entries: new Map(), origin } }
        return removeResource({ resource, value: resource.value, inline: false } as unknown as AzureObject)
      },
    },
  }

  it.each(Object.entries(shapes))('of %s leaves the others as they are', (_, { path, comment, write, remove }) => {
    fc.assert(
      fc.property(layouts, fc.nat(2), flags, (layout, at, gaps) => {
        const names = ['a', 'b', 'c']
        const parts = names.map((name, i) => [
          ...(layout.above[i] ? [`${comment} above-${name}`] : []),
          ...write(name, layout.indent),
        ])
        const lines = parts.flatMap((part, i) => (gaps[i] && i < 2 ? [...part, ''] : part))
        const text =
          (layout.hasMark ? '\uFEFF' : '') + [...lines, ...(layout.endsLine ? [''] : [])].join(layout.lineBreak)
        const edits = remove(new SourceText(path, text), at)
        expect(edits).toBeDefined()
        const after = applyEdits(text, edits!)
        expectTakenBack(path, text, edits!, after)
        for (const [i, part] of parts.entries()) {
          if (i !== at) expect(after).toContain(part.join(layout.lineBreak))
          else for (const line of part) if (/above|resource/.test(line)) expect(after).not.toContain(line)
        }
      }),
    )
  })
})
