// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is tested
import fc from 'fast-check'
import { toNumber } from '../../../src/parse/terraform/number.ts'

/** A piece of a program as it is written, and the tree that it has to have. */
interface Written<T> {
  readonly text: string
  readonly node: T
}

type Node = Readonly<Record<string, unknown>>
type Expression = Written<Node>

/** A body without places: attributes and blocks in the order written. */
export interface ProgramBody {
  readonly attributes: readonly Node[]
  readonly blocks: readonly Node[]
}

export interface Program {
  readonly text: string
  readonly body: ProgramBody
}

const NAMES = ['a', 'var', 'each', 'azurerm_subnet', 'x-y', 'größe', 'if1']
const TEXTS = [
  '',
  'x',
  '10.0.0.0/16',
  ' a b ',
  '$',
  '%',
  'a$b',
  '$${x}',
  '%%{y}',
  '\\"',
  '\\n',
  '\\\\',
  'é',
  '👋',
  '#',
  '/*',
  '{',
  '}',
]
/** What the escapes of {@link TEXTS} mean. */
const MEANINGS: Readonly<Record<string, string>> = {
  '$${x}': '${x}',
  '%%{y}': '%{y}',
  '\\"': '"',
  '\\n': '\n',
  '\\\\': '\\',
}
const NUMBERS = ['0', '1', '42', '1.5', '2e3', '65535']
const BINARY = ['||', '&&', '==', '!=', '<', '<=', '>', '>=', '+', '-', '*', '/', '%']

const name = fc.constantFrom(...NAMES)
/** Blanks that may stand anywhere on a line. */
const blank = fc.constantFrom('', ' ', '  ', ' /* c */ ', '\t')
/** Between what has to be apart. */
const gap = fc.constantFrom(' ', '  ', ' /* c */ ')
/** Inside of brackets lines may end too. */
const loose = fc.constantFrom('', ' ', '\n', ' # c\n  ', '\n  // c\n', ' /* c\n */ ')

const literal = (value: unknown): Node => ({ kind: 'literal', value })

const quoted: fc.Arbitrary<Expression> = fc.array(fc.constantFrom(...TEXTS), { maxLength: 3 }).map((parts) => ({
  text: `"${parts.join(' ')}"`,
  node: literal(parts.map((part) => MEANINGS[part] ?? part).join(' ')),
}))

const constant: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom(...NUMBERS).map((text) => ({ text, node: literal(Number(text)) })),
  fc.constantFrom(true, false, null).map((value) => ({ text: String(value), node: literal(value) })),
  quoted,
)

/** Expressions of few levels: whatever may stand beside an operator without brackets, and that with operators. */
function expressions(depth: number): fc.Arbitrary<Expression> {
  const inner = depth === 0 ? constant : expressions(depth - 1)
  const operand = fc.oneof(
    constant,
    traversal(inner),
    ...(depth === 0 ? [] : [brackets(inner), collection(inner), loop(inner), call(inner), template(inner)]),
  )
  return fc.oneof(
    { arbitrary: operand, weight: 3 },
    fc.tuple(operand, fc.constantFrom(...BINARY), operand, blank).map(([left, operator, right, space]) => ({
      text: `${left.text}${space} ${operator} ${right.text}`,
      node: { kind: 'binary', operator, left: left.node, right: right.node },
    })),
    fc.tuple(operand, operand, operand, blank).map(([condition, whenTrue, whenFalse, space]) => ({
      text: `${condition.text} ?${space} ${whenTrue.text} : ${whenFalse.text}`,
      node: { kind: 'conditional', condition: condition.node, whenTrue: whenTrue.node, whenFalse: whenFalse.node },
    })),
    fc.tuple(fc.constantFrom('-', '!'), operand, blank).map(([operator, value, space]) => ({
      text: `${operator}${space}${value.text}`,
      node: { kind: 'unary', operator, operand: value.node },
    })),
  )
}

const expression = fc.oneof(expressions(0), expressions(1), expressions(2))

function steps(inner: fc.Arbitrary<Expression>): fc.Arbitrary<Written<readonly Node[]>> {
  const attribute: fc.Arbitrary<Written<Node>> = name.map((one) => ({
    text: `.${one}`,
    node: { kind: 'attribute', name: one },
  }))
  const index: fc.Arbitrary<Written<Node>> = fc
    .oneof(constant, inner)
    .map((key) => ({ text: `[${key.text}]`, node: { kind: 'index', key: key.node } }))
  const plain = fc.array(fc.oneof(attribute, index), { maxLength: 3 })
  const splat = fc.oneof(
    fc
      .tuple(plain, plain)
      .map(([before, each]) => [
        ...before,
        { text: `[*]${textOf(each)}`, node: { kind: 'splat', each: nodesOf(each) } },
      ]),
    fc
      .tuple(plain, fc.array(attribute, { maxLength: 2 }), fc.array(index, { maxLength: 1 }))
      .map(([before, each, behind]) => [
        ...before,
        { text: `.*${textOf(each)}`, node: { kind: 'splat', each: nodesOf(each) } },
        ...behind,
      ]),
  )
  return fc.oneof(plain, splat).map((all) => ({ text: textOf(all), node: nodesOf(all) }))
}

function textOf(all: readonly Written<unknown>[]): string {
  return all.map(({ text }) => text).join('')
}

function nodesOf<T>(all: readonly Written<T>[]): readonly T[] {
  return all.map(({ node }) => node)
}

function traversal(inner: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  return fc.tuple(name, steps(inner)).map(([root, more]) => ({
    text: `${root}${more.text}`,
    node: { kind: 'traversal', root, steps: more.node },
  }))
}

/** Brackets around anything, and steps behind them. */
function brackets(inner: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  return fc.tuple(inner, loose, steps(inner)).map(([value, space, more]) => {
    const base: Node = { kind: 'access', base: value.node, steps: [] }
    return {
      text: `(${space}${value.text}${space})${more.text}`,
      node: more.node.length === 0 ? base : { kind: 'access', base, steps: more.node },
    }
  })
}

function collection(inner: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  const tuple = fc.tuple(fc.array(inner, { maxLength: 3 }), loose, fc.boolean()).map(([items, space, comma]) => ({
    text: `[${space}${items.map(({ text }) => text).join(`,${space}`)}${comma && items.length > 0 ? ',' : ''}${space}]`,
    node: { kind: 'tuple', items: nodesOf(items) },
  }))
  const key = fc.oneof(
    name.map((one) => ({ text: one, node: literal(one) })),
    quoted,
    inner.map((value) => ({ text: `(${value.text})`, node: { kind: 'access', base: value.node, steps: [] } as Node })),
  )
  const item = fc.tuple(key, fc.constantFrom(' = ', '=', ': '), inner).map(([left, equals, right]) => ({
    text: `${left.text}${equals}${right.text}`,
    node: { key: left.node, value: right.node },
  }))
  const object = fc
    .tuple(fc.array(item, { maxLength: 3 }), fc.constantFrom(', ', ',\n  ', '\n  '))
    .map(([items, between]) => ({
      text: `{${between.includes('\n') ? '\n  ' : ' '}${items.map(({ text }) => text).join(between)}${between.includes('\n') ? '\n' : ' '}}`,
      node: { kind: 'object', items: nodesOf(items) },
    }))
  return fc.oneof(tuple, object)
}

function loop(inner: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  const parts = fc.record({
    key: fc.option(fc.constantFrom('k', 'key'), { nil: undefined }),
    collection: inner,
    result: inner,
    resultKey: fc.option(inner, { nil: undefined }),
    condition: fc.option(inner, { nil: undefined }),
    grouped: fc.boolean(),
    space: loose,
  })
  return parts.map(({ key, collection: over, result, resultKey, condition, grouped, space }) => {
    const isObject = resultKey !== undefined
    const dots = isObject && grouped ? '...' : ''
    const left = `for ${key === undefined ? '' : `${key}, `}v in ${over.text} :${space} `
    const middle = isObject ? `${resultKey.text} => ${result.text}${dots}` : result.text
    const right = condition === undefined ? '' : ` if ${condition.text}`
    const [open, close] = isObject ? ['{', '}'] : ['[', ']']
    return {
      text: `${open}${space}${left}${middle}${right}${space}${close}`,
      node: {
        kind: 'for',
        key,
        value: 'v',
        collection: over.node,
        resultKey: resultKey?.node,
        result: result.node,
        condition: condition?.node,
        grouped: dots !== '',
      },
    }
  })
}

function call(inner: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  const parts = fc.tuple(
    fc.constantFrom('merge', 'cidrsubnet', 'provider::x::f'),
    fc.array(inner, { maxLength: 3 }),
    fc.boolean(),
    loose,
    steps(inner),
  )
  return parts.map(([callee, args, dots, space, more]) => {
    const expanded = dots && args.length > 0
    const node: Node = { kind: 'call', name: callee, args: nodesOf(args), expanded }
    return {
      text: `${callee}(${space}${args.map(({ text }) => text).join(`,${space}`)}${expanded ? '...' : ''}${space})${more.text}`,
      node: more.node.length === 0 ? node : { kind: 'access', base: node, steps: more.node },
    }
  })
}

type Part = Written<string | Node>

/** Parts of a template with texts that touch each other joined, as the tree has them. */
function joinParts(parts: readonly Part[]): readonly (string | Node)[] {
  const joined: (string | Node)[] = []
  for (const { node } of parts) {
    const last = joined.at(-1)
    if (typeof node === 'string' && typeof last === 'string') joined[joined.length - 1] = last + node
    else if (node !== '') joined.push(node)
  }
  return joined
}

function partsOf(inner: fc.Arbitrary<Expression>, depth: number): fc.Arbitrary<readonly Part[]> {
  const plain: fc.Arbitrary<Part> = fc
    .constantFrom('x', '10.', ' a ', '$${x}', '%%{y}', 'é')
    .map((text) => ({ text, node: MEANINGS[text] ?? text }))
  const hole: fc.Arbitrary<Part> = fc.tuple(inner, blank).map(([value, space]) => ({
    text: `\${${space}${value.text}${space}}`,
    node: value.node,
  }))
  if (depth === 0) return fc.array(fc.oneof(plain, hole), { minLength: 1, maxLength: 3 })
  const below = partsOf(inner, depth - 1)
  const condition: fc.Arbitrary<Part> = fc
    .tuple(inner, below, fc.option(below, { nil: undefined }), gap)
    .map(([test, whenTrue, whenFalse, space]) => ({
      text: `%{${space}if ${test.text}${space}}${textOf(whenTrue)}${whenFalse === undefined ? '' : `%{ else }${textOf(whenFalse)}`}%{ endif }`,
      node: {
        kind: 'template-if',
        condition: test.node,
        whenTrue: joinParts(whenTrue),
        whenFalse: joinParts(whenFalse ?? []),
      },
    }))
  const each: fc.Arbitrary<Part> = fc.tuple(inner, below).map(([over, body]) => ({
    text: `%{ for k, v in ${over.text} }${textOf(body)}%{ endfor }`,
    node: { kind: 'template-for', key: 'k', value: 'v', collection: over.node, body: joinParts(body) },
  }))
  return fc.array(fc.oneof({ arbitrary: plain, weight: 3 }, { arbitrary: hole, weight: 3 }, condition, each), {
    minLength: 1,
    maxLength: 3,
  })
}

function toTemplate(parts: readonly Part[]): Node {
  const joined = joinParts(parts)
  const [only] = joined
  if (joined.length === 1 && typeof only === 'string') return literal(only)
  // An interpolation alone is the value itself.
  if (joined.length === 1 && parts.length === 1 && parts[0]!.text.startsWith('${')) return { kind: 'wrap', value: only }
  return { kind: 'template', parts: joined }
}

function template(inner: fc.Arbitrary<Expression>): fc.Arbitrary<Expression> {
  return partsOf(inner, 1).map((parts) => ({ text: `"${textOf(parts)}"`, node: toTemplate(parts) }))
}

/** A text of several lines, with or without its indent. */
const heredoc: fc.Arbitrary<Expression> = fc
  .tuple(
    fc.array(fc.constantFrom('one', '  two', '', '"quoted" \\n', 'a # b'), { minLength: 1, maxLength: 4 }),
    fc.boolean(),
  )
  .map(([lines, isIndented]) => {
    const written = isIndented ? lines.map((line) => (line === '' ? '' : `    ${line}`)) : lines
    const indents = lines.filter((line) => line !== '').map((line) => /^ */.exec(line)![0].length)
    const cut = isIndented && indents.length > 0 ? Math.min(...indents) : 0
    const meant = lines.map((line) => (isIndented ? line.slice(cut) : line))
    return {
      text: `<<${isIndented ? '-' : ''}EOT\n${written.join('\n')}\n${isIndented ? '  ' : ''}EOT`,
      node: literal(`${meant.join('\n')}\n`),
    }
  })

const comment = fc.constantFrom('', '# c\n', '// c "x" {\n', '/* c\n } */\n', '\n')

function bodies(depth: number): fc.Arbitrary<Written<ProgramBody>> {
  const attribute = fc.oneof({ arbitrary: expression, weight: 6 }, { arbitrary: heredoc, weight: 1 })
  const value = fc.tuple(attribute, blank, comment).map(([one, space, before]) => ({
    text: (own: string) => `${before}${own}${space}=${space} ${one.text}\n`,
    node: (own: string): Node => ({ name: own, expression: one.node }),
  }))
  const label = fc.oneof(
    name.map((one) => [one, one] as const),
    fc.constantFrom(['"a b"', 'a b'] as const, ['"x"', 'x'] as const),
  )
  // The independent parser wants as many labels for each block of a type.
  const head = fc.oneof(
    fc.tuple(fc.constant('resource'), fc.tuple(label, label)),
    fc.tuple(fc.constant('dynamic'), fc.tuple(label)),
    fc.tuple(fc.constantFrom('locals', 'rule'), fc.constant([])),
  )
  const block = fc
    .tuple(head, depth === 0 ? empty : bodies(depth - 1), comment)
    .map(([[type, labels], body, before]) => ({
      text: `${before}${[type, ...labels.map(([text]) => text)].join(' ')} {\n${body.text}}\n`,
      node: { type, labels: labels.map(([, meant]) => meant), body: body.node } as Node,
    }))
  return fc.tuple(fc.array(value, { maxLength: 3 }), fc.array(block, { maxLength: 2 })).map(([values, blocks]) => ({
    text: `${values.map(({ text }, i) => text(`v${i}`)).join('')}${textOf(blocks)}`,
    node: { attributes: values.map(({ node }, i) => node(`v${i}`)), blocks: nodesOf(blocks) },
  }))
}

const empty: fc.Arbitrary<Written<ProgramBody>> = fc.constant({ text: '', node: { attributes: [], blocks: [] } })

/** Random programs with the tree that they are written from. */
export function programs(): fc.Arbitrary<Program> {
  return bodies(2).map(({ text, node }) => ({ text, body: node }))
}

const PLACES = new Set(['start', 'end', 'nameEnd', 'source', 'evaluated', 'index', 'entry'])

/** A tree without the places of its nodes, and with what is computed from them left out. */
export function withoutPlaces(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(withoutPlaces)
  if (typeof tree !== 'object' || tree === null) return tree
  if ('mantissa' in tree) return toNumber(tree as Parameters<typeof toNumber>[0])
  return Object.fromEntries(
    Object.entries(tree).flatMap(([key, value]) =>
      PLACES.has(key) && 'start' in tree ? [] : [[key, withoutPlaces(value)]],
    ),
  )
}
