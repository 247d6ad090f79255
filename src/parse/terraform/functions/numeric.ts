import { convert } from '../convert.ts'
import { refuse } from '../failure.ts'
import { makeList, makeNumber } from '../make-val.ts'
import { add, ceil, compare, floor, fromBigInt, fromNumber, type Numeric, negate, signOf, toNumber } from '../number.ts'
import { DYNAMIC, listOf, NUMBER } from '../type.ts'
import type { Val } from '../val.ts'
import { type Call, type FunctionTable, integer, isSequence } from './definition.ts'

const NUMBER_PARAM = { type: NUMBER }
/** More values than this the language itself refuses. Source: opentofu.org/docs/language/functions/range */
const MAX_RANGE = 1024

function numeric(args: readonly Val[], at: number): Numeric {
  const val = args[at]
  return val?.kind === 'number' ? val.value : refuse(`argument ${at + 1} must be a number`)
}

function ofNumber(compute: (value: Numeric) => Numeric): FunctionTable[string] {
  return {
    params: [NUMBER_PARAM],
    returns: NUMBER,
    call: (args, { origin }) => makeNumber(compute(numeric(args, 0)), origin),
  }
}

function extreme(sign: number): FunctionTable[string] {
  return {
    params: [],
    rest: NUMBER_PARAM,
    returns: NUMBER,
    call: (args, { origin }) => {
      if (args.length === 0) refuse('at least one number is required')
      let best = numeric(args, 0)
      for (let i = 1; i < args.length; i++) {
        const next = numeric(args, i)
        if (compare(next, best) * sign > 0) best = next
      }
      return makeNumber(best, origin)
    },
  }
}

function finite(value: number): Numeric {
  return Number.isFinite(value) ? fromNumber(value) : refuse('the result is not a finite number')
}

function range(args: readonly Val[], { origin }: Call): Val {
  if (args.length === 0 || args.length > 3) refuse('range takes one to three numbers')
  const start = args.length === 1 ? 0 : numeric(args, 0)
  const limit = numeric(args, args.length === 1 ? 0 : 1)
  const step = args.length === 3 ? numeric(args, 2) : compare(limit, start) < 0 ? -1 : 1
  const down = compare(limit, start) < 0
  if (signOf(step) === 0) refuse('the step of a range may not be zero')
  if (down !== signOf(step) < 0 && compare(limit, start) !== 0) refuse('the step of a range leads away from its limit')
  const items: Val[] = []
  for (let at: Numeric = start; down ? compare(at, limit) > 0 : compare(at, limit) < 0; at = add(at, step)) {
    if (items.length >= MAX_RANGE) refuse(`a range has at most ${MAX_RANGE} values`)
    items.push(makeNumber(at, origin))
  }
  return makeList(NUMBER, items, origin)
}

function sum([list]: readonly Val[], { origin }: Call): Val {
  if (!isSequence(list)) return refuse('sum takes a list of numbers')
  if (list.items.length === 0) refuse('sum of an empty list')
  let total: Numeric = 0
  for (const item of list.items) {
    if (item.kind === 'null') refuse('sum of a list with null')
    const value = convert(item, NUMBER)
    if (value.kind !== 'number') return refuse('sum takes numbers')
    total = add(total, value.value)
  }
  return makeNumber(total, origin)
}

function parseint(args: readonly Val[], { origin }: Call): Val {
  const digits = args[0]
  const base = integer(args, 1)
  if (digits?.kind !== 'string') return refuse('parseint takes a string')
  if (base < 2 || base > 62) refuse('the base is from 2 to 62')
  const match = /^([+-]?)([0-9a-zA-Z]+)$/.exec(digits.value)
  if (match === null || digits.value.length > 5000) return refuse('this string is no number')
  let value = 0n
  for (const digit of match[2]!) {
    const at = digitValue(digit, base)
    if (at < 0 || at >= base) return refuse('this string is no number of this base')
    value = value * BigInt(base) + BigInt(at)
  }
  return makeNumber(fromBigInt(match[1] === '-' ? -value : value), origin)
}

/** Up to base 36 letters of both cases are the same digits; above, small letters come before capital ones. */
function digitValue(digit: string, base: number): number {
  const unit = digit.charCodeAt(0)
  if (unit <= 0x39) return unit - 0x30
  if (unit >= 0x61) return unit - 0x61 + 10
  return base <= 36 ? unit - 0x41 + 10 : unit - 0x41 + 36
}

export const NUMERIC_FUNCTIONS: FunctionTable = {
  abs: ofNumber((value) => (signOf(value) < 0 ? negate(value) : value)),
  ceil: ofNumber(ceil),
  floor: ofNumber(floor),
  signum: ofNumber((value) => signOf(value)),
  log: {
    params: [NUMBER_PARAM, NUMBER_PARAM],
    returns: NUMBER,
    call: (args, { origin }) =>
      makeNumber(finite(logarithm(toNumber(numeric(args, 0)), toNumber(numeric(args, 1)))), origin),
  },
  pow: {
    params: [NUMBER_PARAM, NUMBER_PARAM],
    returns: NUMBER,
    call: (args, { origin }) => makeNumber(finite(toNumber(numeric(args, 0)) ** toNumber(numeric(args, 1))), origin),
  },
  max: extreme(1),
  min: extreme(-1),
  parseint: { params: [{ type: DYNAMIC }, NUMBER_PARAM], returns: NUMBER, call: parseint },
  range: { params: [], rest: NUMBER_PARAM, returns: listOf(NUMBER), call: range },
  sum: { params: [{ type: DYNAMIC }], returns: NUMBER, call: sum },
}

function logarithm(value: number, base: number): number {
  return Math.log(value) / Math.log(base)
}
