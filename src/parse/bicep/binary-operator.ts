import type { BinaryOperator } from '../template/expression.ts'
import type { Cursor } from './cursor.ts'

/** Higher binds closer. Source: learn.microsoft.com/azure/azure-resource-manager/bicep/operators#operator-precedence-and-associativity */
export const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  '??': 1,
  '||': 2,
  '&&': 3,
  '==': 4,
  '!=': 4,
  '=~': 4,
  '!~': 4,
  '<': 5,
  '<=': 5,
  '>': 5,
  '>=': 5,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
}

/** The operator that goes on with the expression here, on this line or, for most, on the next. */
export function takeOperator(cursor: Cursor): BinaryOperator | undefined {
  const start = cursor.at
  cursor.skipBlanks()
  const sameLine = readOperator(cursor.text, cursor.at)
  if (sameLine !== undefined) {
    cursor.at += sameLine.length
    return sameLine
  }
  cursor.at = start
  cursor.skipLines()
  const operator = readOperator(cursor.text, cursor.at)
  // On a line of its own, `-` and `<` could begin something else; the others could not.
  if (operator === undefined || operator === '-') {
    cursor.at = start
    return undefined
  }
  cursor.at += operator.length
  return operator
}

function readOperator(text: string, at: number): BinaryOperator | undefined {
  const next = text.charCodeAt(at + 1)
  switch (text.charCodeAt(at)) {
    case 0x3f:
      return next === 0x3f ? '??' : undefined
    case 0x7c:
      return next === 0x7c ? '||' : undefined
    case 0x26:
      return next === 0x26 ? '&&' : undefined
    case 0x3d:
      return next === 0x3d ? '==' : next === 0x7e ? '=~' : undefined
    case 0x21:
      return next === 0x3d ? '!=' : next === 0x7e ? '!~' : undefined
    case 0x3c:
      return next === 0x3d ? '<=' : '<'
    case 0x3e:
      return next === 0x3d ? '>=' : '>'
    case 0x2b:
      return '+'
    case 0x2d:
      return '-'
    case 0x2a:
      return '*'
    case 0x2f:
      return '/'
    case 0x25:
      return '%'
    default:
      return undefined
  }
}
