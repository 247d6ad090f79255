// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the interpolation is that of Bicep
import fc from 'fast-check'
import type { BinaryOperator } from '../../../src/parse/template/expression.ts'

/** A node of the tree as the parser makes it, without its offsets. */
export type Node = Readonly<Record<string, unknown>> & { readonly kind: string }

/** A program and the tree that it must give. */
export interface Program {
  readonly text: string
  readonly declarations: readonly Node[]
}

/** The tree without offsets: what {@link programs} promises. */
export function withoutOffsets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOffsets)
  if (typeof value !== 'object' || value === null) return value
  const result: Record<string, unknown> = {}
  for (const [key, part] of Object.entries(value)) {
    if (/^(?:start|end|(?:name|key|type|path)(?:Start|End))$/.test(key)) continue
    result[key] = withoutOffsets(part)
  }
  return result
}

/** Any program, laid out in any way that the language allows. */
export function programs(): fc.Arbitrary<Program> {
  return fc
    .tuple(
      fc.array(declarations(), { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(1000), { minLength: 40, maxLength: 40 }),
    )
    .map(([models, choices]) => {
      const layout = new Layout(choices)
      const text = models.map(({ write }) => write(layout) + layout.lineEnd()).join('')
      return { text, declarations: models.map(({ node }) => node) }
    })
}

/** A declaration, and how it is written. */
interface Model {
  readonly node: Node
  readonly write: (layout: Layout) => string
}

/** Where blanks, comments, line breaks and needless parentheses go. */
class Layout {
  readonly #choices: readonly number[]
  #at = 0
  readonly #newline: string

  constructor(choices: readonly number[]) {
    this.#choices = choices
    this.#newline = choices[0]! % 3 === 0 ? '\r\n' : '\n'
  }

  pick(count: number): number {
    return this.#choices[this.#at++ % this.#choices.length]! % count
  }

  /** Between two parts of one line. */
  blank(): string {
    return ['', '', ' ', '  ', '\t', ' /* c */ '][this.pick(6)]!
  }

  /** Between two words of one line. */
  gap(): string {
    return [' ', ' ', '  ', " /* it's { */ "][this.pick(4)]!
  }

  /** Where brackets allow a line break. */
  open(): string {
    return ['', '', ' ', this.#newline, `${this.#newline}  `, ` // rest 'of ${'${'}line${this.#newline}`][this.pick(6)]!
  }

  lineEnd(): string {
    return (
      ['', '  ', ' // end', ' /* end */'][this.pick(4)]! + this.#newline + (this.pick(3) === 0 ? this.#newline : '')
    )
  }

  /** Between the items of an array, an object, a resource body. */
  separator(): string {
    return [this.#newline, `${this.#newline}  `, ', ', ` // c${this.#newline}`, `,${this.#newline}`][this.pick(5)]!
  }

  get newline(): string {
    return this.#newline
  }
}

const NAMES = ['a', 'b', 'nsg', 'vnet_1', 'forEach', 'inner', 'ifNot', 'nullable', 'trueish', 'existing2', 'Z']
const name = fc.constantFrom(...NAMES)
const words = fc.constantFrom(
  '',
  'x',
  'a b',
  "it's",
  '$',
  '${',
  'tab\there',
  'line\nbreak',
  'back\\slash',
  'ü',
  '👋',
  '//',
  '{}',
)
const path = fc.constantFrom(
  'm.bicep',
  '../shared/net.bicep',
  'br/public:avm/res/network/nat-gateway:1.2.0',
  'a b.json',
)

/** Source: learn.microsoft.com/azure/azure-resource-manager/bicep/operators#operator-precedence-and-associativity, lowest first. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['??'],
  ['||'],
  ['&&'],
  ['==', '!=', '=~', '!~'],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', '/', '%'],
]
const OPERATORS = LEVELS.flat()
const levelOf = (operator: unknown) => LEVELS.findIndex((level) => level.includes(operator as BinaryOperator)) + 1
const UNARY = LEVELS.length + 1
const POSTFIX = UNARY + 1

interface Kinds {
  any: Node
  postfix: Node
  object: Node
  argument: Node
}

const expressions = fc.letrec<Kinds>((tie) => {
  const any = tie('any') as fc.Arbitrary<Node>
  const argument = tie('argument') as fc.Arbitrary<Node>
  const inner = tie('postfix') as fc.Arbitrary<Node>
  const key = fc.oneof(name, words, interpolation(any))
  const property = fc.oneof(
    { arbitrary: fc.record({ kind: fc.constant('property'), key, value: any }), weight: 4 },
    fc.record({ kind: fc.constant('spread'), value: any }),
  )
  const item = fc.oneof({ arbitrary: any, weight: 4 }, fc.record({ kind: fc.constant('spread'), value: any }))
  const object = fc.record({ kind: fc.constant('object'), properties: fc.array(property, { maxLength: 3 }) })
  const args = fc.array(argument, { maxLength: 3 })
  const postfix: fc.Arbitrary<Node> = fc.oneof(
    { maxDepth: 3 },
    fc.record({ kind: fc.constant('name'), name }),
    fc.record({
      kind: fc.constant('literal'),
      value: fc.oneof(words, fc.nat(70_000), fc.constantFrom(true, false, null)),
    }),
    interpolation(any),
    object,
    fc.record({ kind: fc.constant('array'), items: fc.array(item, { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('for'),
      item: name,
      index: fc.option(name, { nil: undefined }),
      list: any,
      condition: fc.constant(undefined),
      body: any,
    }),
    fc.record({ kind: fc.constant('member'), base: inner, name, safe: fc.boolean() }),
    fc.record({
      kind: fc.constant('index'),
      base: inner,
      index: any,
      safe: fc.boolean(),
      fromEnd: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('call'),
      base: fc.option(inner, { nil: undefined }),
      name,
      arguments: args,
    }),
    fc.record({ kind: fc.constant('nested'), base: inner, name }),
  )
  return {
    object,
    postfix,
    argument: fc.oneof(
      { arbitrary: any, weight: 4 },
      fc.record({ kind: fc.constant('lambda'), parameters: fc.uniqueArray(name, { maxLength: 3 }), body: any }),
    ),
    any: fc.oneof(
      { maxDepth: 4 },
      { arbitrary: postfix, weight: 4 },
      fc.record({ kind: fc.constant('literal'), value: fc.integer({ min: -70_000, max: -1 }) }),
      fc
        .record({ kind: fc.constant('unary'), operator: fc.constantFrom('!', '-'), operand: inner })
        // A minus before a number is that number.
        .filter(({ operator, operand }) => operator !== '-' || typeof operand['value'] !== 'number'),
      fc.record({ kind: fc.constant('binary'), operator: fc.constantFrom(...OPERATORS), left: any, right: any }),
      // biome-ignore lint/suspicious/noThenProperty: the tree calls it so, and nobody awaits it
      fc.record({ kind: fc.constant('conditional'), condition: any, then: any, else: any }),
    ),
  }
})

function interpolation(hole: fc.Arbitrary<Node>): fc.Arbitrary<Node> {
  return fc
    .array(hole, { minLength: 1, maxLength: 2 })
    .chain((holes) =>
      fc
        .array(words, { minLength: holes.length + 1, maxLength: holes.length + 1 })
        .map((texts) => ({ kind: 'interpolation', texts, holes })),
    )
}

/** An expression where the operators around it bind up to `level`. */
function print(node: Node, layout: Layout, level = 0): string {
  const own = bindingOf(node)
  const text = printBare(node, layout)
  const wanted = own < level || (layout.pick(9) === 0 && node.kind !== 'lambda' && node.kind !== 'spread')
  return wanted ? `(${layout.open()}${text}${layout.open()})` : text
}

function bindingOf(node: Node): number {
  switch (node.kind) {
    case 'conditional':
    case 'lambda':
      return 0
    case 'binary':
      return levelOf(node['operator'])
    case 'unary':
      return UNARY
    case 'literal':
      return Number(node['value']) < 0 ? UNARY : POSTFIX
    default:
      return POSTFIX
  }
}

function printBare(node: Node, layout: Layout): string {
  const part = (key: string, level = 0) => print(node[key] as Node, layout, level)
  const parts = (key: string) => node[key] as readonly Node[]
  switch (node.kind) {
    case 'literal':
      return typeof node['value'] === 'string' ? printString([node['value']], [], layout) : String(node['value'])
    case 'interpolation':
      return printString(node['texts'] as string[], parts('holes'), layout)
    case 'name':
      return String(node['name'])
    case 'array':
      return `[${printItems(parts('items'), layout, (item) => print(item, layout))}]`
    case 'object':
      return `{${printItems(parts('properties'), layout, (one) => printProperty(one, layout))}}`
    case 'spread':
      return `...${part('value')}`
    case 'for': {
      const head =
        node['index'] === undefined
          ? node['item']
          : `(${layout.blank()}${node['item']}${layout.blank()},${layout.blank()}${node['index']}${layout.blank()})`
      return `[${layout.open()}for ${head} in ${part('list')}${layout.blank()}:${layout.gap()}${part('body')}${layout.open()}]`
    }
    case 'conditional':
      return `${part('condition', 1)}${layout.open()} ?${layout.gap()}${part('then')}${layout.open()} :${layout.gap()}${part('else')}`
    case 'binary': {
      const level = levelOf(node['operator'])
      return `${part('left', level)} ${node['operator']} ${layout.open()}${part('right', level + 1)}`
    }
    case 'unary':
      return `${node['operator']}${part('operand', UNARY)}`
    case 'member':
      return `${part('base', POSTFIX)}${assertion(layout)}${node['safe'] ? '.?' : '.'}${node['name']}`
    case 'index': {
      const open = `[${node['safe'] ? '?' : ''}${node['fromEnd'] ? '^' : ''}`
      return `${part('base', POSTFIX)}${assertion(layout)}${open}${layout.open()}${part('index')}${layout.open()}]`
    }
    case 'call': {
      const base = node['base'] === undefined ? '' : `${part('base', POSTFIX)}.`
      const args = parts('arguments').map((one) => layout.open() + print(one, layout) + layout.open())
      return `${base}${node['name']}(${args.join(',')})`
    }
    case 'lambda': {
      const names = node['parameters'] as readonly string[]
      const head = names.length === 1 && layout.pick(2) === 0 ? names[0] : `(${names.join(', ')})`
      return `${head} => ${layout.open()}${part('body')}`
    }
    case 'nested':
      return `${part('base', POSTFIX)}::${node['name']}`
    default:
      throw new Error(`no such expression: ${node.kind}`)
  }
}

/** `!` behind an operand says to the type checker that it is not null, and nothing to us. */
function assertion(layout: Layout): string {
  return layout.pick(8) === 0 ? '!' : ''
}

function printItems(items: readonly Node[], layout: Layout, one: (item: Node) => string): string {
  return layout.open() + items.map((item) => one(item)).join(layout.separator()) + layout.open()
}

function printProperty(node: Node, layout: Layout): string {
  if (node.kind === 'spread') return print(node, layout)
  const key = node['key'] as string | Node
  const written =
    typeof key !== 'string'
      ? printQuoted(key, layout)
      : /^[A-Za-z_]\w*$/.test(key) && layout.pick(3) > 0
        ? key
        : quote(key)
  return `${written}${layout.blank()}:${layout.gap()}${print(node['value'] as Node, layout)}`
}

/** A key is never in parentheses, nor in three quotes. */
function printQuoted(key: Node, layout: Layout): string {
  const holes = key['holes'] as readonly Node[]
  const pieces = (key['texts'] as readonly string[]).map(
    (text, i) => quote(text).slice(1, -1) + (holes[i] ? hole(holes[i], layout) : ''),
  )
  return `'${pieces.join('')}'`
}

function quote(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('${', '\\${')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('👋', '\\u{1f44b}')
  return `'${escaped}'`
}

function printString(texts: readonly string[], holes: readonly Node[], layout: Layout): string {
  const isRaw = texts.every((text) => !text.includes("'")) && layout.pick(4) === 0
  if (isRaw && holes.length === 0) return `'''${layout.newline}${texts[0]}'''`
  const plain = texts.every((text) => !text.includes('${') && !text.endsWith('$') && !text.startsWith('\n'))
  if (isRaw && plain) {
    return `$'''${texts.map((text, i) => text + (holes[i] ? `\${${print(holes[i], layout)}}` : '')).join('')}'''`
  }
  return printQuoted({ kind: 'interpolation', texts, holes }, layout)
}

function hole(node: Node, layout: Layout): string {
  return `\${${layout.blank()}${print(node, layout)}${layout.blank()}}`
}

/** A type as it is written, and what the parser keeps of it. */
interface TypeModel {
  readonly text: string
  readonly name: string | undefined
  readonly nullable: boolean
}

const { type: types } = fc.letrec<{ type: TypeModel }>((tie) => {
  const type = tie('type')
  const plain = (text: string): TypeModel => ({ text, name: undefined, nullable: false })
  const members = fc.array(fc.tuple(name, type), { maxLength: 2 })
  return {
    type: fc.oneof(
      { maxDepth: 3 },
      fc
        .constantFrom('string', 'int', 'bool', 'object', 'array', 'secureObject', 'own')
        .map((text) => ({ ...plain(text), name: text })),
      fc.constant({ ...plain('shared.lock'), name: 'shared.lock' }),
      fc.constant({ text: 'null', name: undefined, nullable: true }),
      fc
        .constantFrom("'a'", '-10', 'true', 'false', "resourceInput<'A.B/c@2024-01-01'>.properties", 'resourceId')
        .map((text) => ({
          ...plain(text),
          ...(text === 'resourceId' && { name: text }),
        })),
      type.map(({ text }) => plain(`(${text})[]`)),
      type.map(({ text, name: known }) => ({ text: `(${text})?`, name: known, nullable: true })),
      fc
        .tuple(type, type)
        .map(([a, b]) => ({ ...plain(`(${a.text}) | (${b.text})`), nullable: a.nullable || b.nullable })),
      members.map((all) =>
        plain(`{\n${all.map(([key, { text }]) => `  @description('x')\n  ${key}: ${text}\n`).join('')}  *: string\n}`),
      ),
      members.map((all) => plain(`[${all.map(([, { text }]) => text).join(', ')}]`)),
    ),
  }
})

function declarations(): fc.Arbitrary<Model> {
  const { any, object } = expressions
  const decorators = fc.array(
    fc.constantFrom(
      "@description('it''s')".replace("''", "\\'"),
      '@secure()',
      '@sys.batchSize(1)',
      '@allowed([1, 2])',
      '@export()',
    ),
    { maxLength: 2 },
  )
  const head = (decorated: readonly string[], layout: Layout) =>
    decorated.map((one) => `${one}${layout.newline}`).join('')
  const toType = ({ name: known, nullable }: TypeModel) => ({ name: known, nullable })
  const base = fc.record({ decorated: decorators, name })

  const parameter = fc
    .tuple(base, fc.option(types, { nil: undefined }), fc.option(any, { nil: undefined }))
    .filter(([, type, value]) => type !== undefined || value !== undefined)
    .map(([{ decorated, name: own }, type, value]) => ({
      node: { kind: 'parameter', name: own, type: type && toType(type), value },
      write: (layout: Layout) =>
        `${head(decorated, layout)}param ${own}${type ? ` ${type.text}` : ''}${value ? ` = ${print(value, layout)}` : ''}`,
    }))
  const variable = fc
    .tuple(base, fc.option(types, { nil: undefined }), any)
    .map(([{ decorated, name: own }, type, value]) => ({
      node: { kind: 'variable', name: own, value },
      write: (layout: Layout) =>
        `${head(decorated, layout)}var ${own}${type ? ` ${type.text}` : ''} =${layout.blank()}${print(value, layout)}`,
    }))
  const output = fc.tuple(base, types, any).map(([{ decorated, name: own }, type, value]) => ({
    node: { kind: 'output', name: own, value },
    write: (layout: Layout) => `${head(decorated, layout)}output ${own} ${type.text} = ${print(value, layout)}`,
  }))
  const type = fc.tuple(base, types).map(([{ decorated, name: own }, model]) => ({
    node: { kind: 'type', name: own, type: toType(model) },
    write: (layout: Layout) => `${head(decorated, layout)}type ${own} = ${model.text}`,
  }))
  const declared = fc
    .tuple(base, fc.uniqueArray(name, { maxLength: 3 }), types, any)
    .map(([{ decorated, name: own }, parameters, returns, body]) => ({
      node: { kind: 'function', name: own, parameters, body },
      write: (layout: Layout) => {
        const list = parameters.map((one) => `${layout.open()}${one} string?`).join(',')
        return `${head(decorated, layout)}func ${own}(${list}${layout.open()}) ${returns.text} =>${layout.gap()}${print(body, layout)}`
      },
    }))

  const loop = fc.option(fc.record({ item: name, index: fc.option(name, { nil: undefined }), list: any }), {
    nil: undefined,
  })
  const condition = fc.option(any, { nil: undefined })
  const deployed = fc.record({ condition, loop, body: object })
  type Deployed = {
    condition: Node | undefined
    loop: { item: string; index: string | undefined; list: Node } | undefined
    body: Node
  }
  const writeDeployed = ({ condition: test, loop: round, body }: Deployed, layout: Layout, inside = ''): string => {
    const items = body['properties'] as readonly Node[]
    const text = `{${inside}${printItems(items, layout, (one) => printProperty(one, layout))}}`
    const whole = test === undefined ? text : `if (${layout.open()}${print(test, layout)}${layout.open()}) ${text}`
    if (round === undefined) return whole
    const names = round.index === undefined ? round.item : `(${round.item}, ${round.index})`
    return `[${layout.open()}for ${names} in ${print(round.list, layout)}: ${whole}${layout.open()}]`
  }
  const resourceTypes = fc.constantFrom('Microsoft.Network/virtualNetworks@2024-05-01', 'A.B/c/d@1', 'subnets')
  const resource = (children: fc.Arbitrary<readonly Model[]>): fc.Arbitrary<Model> =>
    fc
      .tuple(base, resourceTypes, fc.boolean(), deployed, children)
      .map(([{ decorated, name: own }, full, existing, parts, inner]) => {
        const [kind, apiVersion] = full.split('@')
        return {
          node: {
            kind: 'resource',
            name: own,
            type: kind,
            apiVersion,
            existing,
            children: inner.map(({ node }) => node),
            ...parts,
          },
          write: (layout) => {
            const nested = inner.map(({ write }) => `${layout.newline}${write(layout)}${layout.newline}`).join('')
            return `${head(decorated, layout)}resource ${own} '${full}'${existing ? ' existing' : ''} =${layout.gap()}${writeDeployed(parts, layout, nested)}`
          },
        }
      })
  const module = fc.tuple(base, path, deployed).map(([{ decorated, name: own }, file, parts]) => ({
    node: { kind: 'module', name: own, path: file, ...parts },
    write: (layout: Layout) => `${head(decorated, layout)}module ${own} '${file}' = ${writeDeployed(parts, layout)}`,
  }))
  const fixed = (text: string, node: Node) => ({ node, write: () => text })
  const others = fc.oneof(
    fc.constantFrom(
      fixed("using 'main.bicep'", { kind: 'using', path: 'main.bicep' }),
      fixed('using none', { kind: 'using', path: undefined }),
      fixed("extends '../base.bicepparam'", { kind: 'extends', path: '../base.bicepparam' }),
      fixed('extension microsoftGraph', { kind: 'extension', name: 'microsoftGraph', value: undefined }),
      fixed("import * as net from 'net.bicep'", { kind: 'import', path: 'net.bicep', alias: 'net', items: [] }),
      fixed("import {\n  a\n  b as c, 'odd-name' as d\n} from 'net.bicep'", {
        kind: 'import',
        path: 'net.bicep',
        alias: undefined,
        items: [
          { name: 'a', alias: 'a' },
          { name: 'b', alias: 'c' },
          { name: 'odd-name', alias: 'd' },
        ],
      }),
      fixed("targetScope = 'subscription'", {
        kind: 'target-scope',
        name: 'targetScope',
        value: { kind: 'literal', value: 'subscription' },
      }),
    ),
    fc.tuple(fc.constantFrom('metadata', 'assert'), name, any).map(([kind, own, value]) => ({
      node: { kind, name: own, value },
      write: (layout: Layout) => `${kind} ${own} = ${print(value, layout)}`,
    })),
    fc.tuple(name, object).map(([own, value]) => ({
      node: { kind: 'extension', name: 'br:example.azurecr.io/graph:1.0', value },
      write: (layout: Layout) => `extension 'br:example.azurecr.io/graph:1.0' with ${print(value, layout)} as ${own}`,
    })),
  )
  return fc.oneof(
    parameter,
    variable,
    output,
    type,
    declared,
    resource(fc.array(resource(fc.constant([])), { maxLength: 2 })),
    module,
    others,
  )
}
