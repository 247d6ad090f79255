import { toNumber } from '../../../src/parse/terraform/number.ts'
import type { Body, Expression } from '../../../src/parse/terraform/syntax.ts'

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
