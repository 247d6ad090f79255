import { toNumber } from '../../../src/parse/terraform/number.ts'
import type { Body, Expression, LiteralNode } from '../../../src/parse/terraform/syntax.ts'

const EXPRESSION = '(expression)'

/** Attributes and blocks as the JSON of an independent parser has them; what is not constant is only said to be there. */
export function describeBody(body: Body, text: string): unknown {
  const object: Record<string, unknown> = {}
  for (const { name, expression } of body.attributes) object[name] = describeExpression(expression, text)
  for (const block of body.blocks) {
    let at = object
    for (const key of [block.type, ...block.labels].slice(0, -1)) {
      at[key] ??= {}
      at = at[key] as Record<string, unknown>
    }
    const last = block.labels.at(-1) ?? block.type
    const list = (at[last] ?? []) as unknown[]
    at[last] = [...list, describeBody(block.body, text)]
  }
  return object
}

function describeExpression(node: Expression, text: string): unknown {
  switch (node.kind) {
    case 'literal':
      return typeof node.value === 'object' && node.value !== null ? toNumber(node.value) : plain(node.value)
    case 'unary': {
      const operand = describeExpression(node.operand, text)
      return node.operator === '-' && typeof operand === 'number' ? -operand : EXPRESSION
    }
    case 'tuple':
      return node.items.map((item) => describeExpression(item, text))
    case 'object':
      return Object.fromEntries(
        node.items.map(({ key, value }) => [
          key.kind === 'literal' ? String(key.value) : EXPRESSION,
          describeExpression(value, text),
        ]),
      )
    default:
      return EXPRESSION
  }
}

/** The independent parser's JSON in the same words: it writes an expression as a template. */
export function describeJson(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(describeJson)
  if (typeof json === 'object' && json !== null) {
    return Object.fromEntries(
      Object.entries(json).map(([key, value]) => [isTemplate(key) ? EXPRESSION : key, describeJson(value)]),
    )
  }
  return typeof json === 'string' ? plain(isTemplate(json) ? EXPRESSION : json) : json
}

function isTemplate(text: string): boolean {
  return /(?:^|[^$%])[$%]\{/.test(text)
}

/** How a string is escaped differs; which string it is does not. */
function plain(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : value
}

/**
 * Where a body differs from the JSON of the independent parser: names of attributes and blocks, constants, and of every other
 * expression its text, which that parser takes over. Empty where nothing does.
 */
export function differsFromJson(body: Body, json: unknown, text: string, path = ''): readonly string[] {
  const object = json as Record<string, unknown>
  const differences: string[] = []
  const seen = new Set<string>()
  for (const { name, expression } of body.attributes) {
    seen.add(name)
    if (!isSame(expression, object[name], text)) {
      const ours = text.slice(expression.start, expression.end)
      differences.push(`${path}${name}: ${ours} is ${JSON.stringify(object[name])}`)
    }
  }
  const met = new Map<string, number>()
  for (const { type, labels, body: inner } of body.blocks) {
    seen.add(type)
    let at: unknown = object
    for (const key of [type, ...labels]) at = (at as Record<string, unknown> | undefined)?.[key]
    const key = [type, ...labels].join(' ')
    const index = met.get(key) ?? 0
    met.set(key, index + 1)
    const own = Array.isArray(at) ? at[index] : undefined
    if (own === undefined) differences.push(`${path}${key}: missing`)
    else differences.push(...differsFromJson(inner, own, text, `${path}${key}.`))
  }
  for (const key of Object.keys(object)) if (!seen.has(key)) differences.push(`${path}${key}: ours has none`)
  return differences
}

function isSame(node: Expression, json: unknown, text: string): boolean {
  const isText = typeof json === 'string'
  if (node.kind === 'literal') return describeExpression(node, text) === (isText ? plain(unescaped(json)) : json)
  if (node.kind === 'tuple') {
    const items = Array.isArray(json) ? json : []
    return items.length === node.items.length && node.items.every((item, i) => isSame(item, items[i], text))
  }
  if (node.kind === 'object') {
    const entries = new Map(Object.entries(json as object).map(([key, value]) => [unescaped(key), value]))
    return node.items.every(({ key, value }, i) => {
      // Of equal keys the independent parser shows one.
      if (key.kind !== 'literal' || node.items.some((other, j) => j > i && isSameKey(other.key, key))) return true
      return isSame(value, entries.get(keyText(key)), text)
    })
  }
  // What has no names in it the independent parser evaluates.
  if (!namesAnything(node)) return true
  // Templates inside of a template it writes as one.
  const inner = node.kind === 'wrap' ? node.value.kind : node.kind
  if (!isText || inner === 'template' || inner === 'wrap') return isText
  const written =
    node.kind === 'wrap' ? text.slice(node.start + 1, node.end - 1) : `\${${text.slice(node.start, node.end)}}`
  return squeeze(json) === squeeze(written)
}

function namesAnything(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false
  return ('kind' in node && node.kind === 'traversal') || Object.values(node).some(namesAnything)
}

function isSameKey(a: Expression, b: Expression): boolean {
  return a.kind !== 'literal' || (b.kind === 'literal' && keyText(a) === keyText(b))
}

function keyText({ value }: LiteralNode): string {
  return String(typeof value === 'object' && value !== null ? toNumber(value) : value)
}

function unescaped(text: string): string {
  return text.replace(/([$%])\1\{/g, '$1{')
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '')
}
