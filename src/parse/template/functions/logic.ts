import type { Value } from '../../../base/value.ts'
import { arithmetic, compare, compareEqual } from '../operators.ts'
import { knownText, textParts } from '../text.ts'
import { choose, derive, failure, scalar } from '../values.ts'
import { ofTexts, openOr, type PureFunction, type Site, wrongArguments } from './signature.ts'

/** Logical, comparison and numeric functions. Source: learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-logical, -comparison, -numeric */
export const LOGIC_FUNCTIONS: Readonly<Record<string, PureFunction>> = {
  add: (values, site) => operate('+', values, site),
  sub: (values, site) => operate('-', values, site),
  mul: (values, site) => operate('*', values, site),
  div: (values, site) => operate('/', values, site),
  mod: (values, site) => operate('%', values, site),
  any: ([value], site) => value ?? wrongArguments(site),
  bool: ([value], site) => {
    if (value?.kind !== 'scalar') return openOr(value, site)
    if (typeof value.value === 'boolean') return value
    if (typeof value.value === 'number') return scalar(value.value !== 0, site.origin)
    const text = String(value.value).toLowerCase()
    if (text === 'true' || text === '1') return scalar(true, site.origin)
    return text === 'false' || text === '0' ? scalar(false, site.origin) : wrongArguments(site)
  },
  equals: ([left, right], site) => {
    if (left === undefined || right === undefined) return wrongArguments(site)
    return compareEqual(left, right, false, site.origin)
  },
  fail: ofTexts(0, ([message = 'fail()'], site) => failure(message, site.origin)),
  false: (_, site) => scalar(false, site.origin),
  float: ofTexts(1, ([text], site) => {
    const number = Number(text)
    return text!.trim() === '' || Number.isNaN(number) ? wrongArguments(site) : scalar(number, site.origin)
  }),
  greater: (values, site) => order('>', values, site),
  greaterorequals: (values, site) => order('>=', values, site),
  int: ([value], site) => {
    if (value?.kind === 'scalar' && typeof value.value === 'number') return scalar(Math.trunc(value.value), site.origin)
    if (value === undefined) return wrongArguments(site)
    const text = knownText(textParts(value))
    if (text === undefined) return openOr(value, site)
    return /^\s*[+-]?\d+\s*$/.test(text) ? scalar(Number(text), site.origin) : wrongArguments(site)
  },
  less: (values, site) => order('<', values, site),
  lessorequals: (values, site) => order('<=', values, site),
  not: ([value], site) => {
    if (value?.kind === 'scalar' && typeof value.value === 'boolean') return scalar(!value.value, site.origin)
    return openOr(value, site)
  },
  null: (_, site) => scalar(null, site.origin),
  true: (_, site) => scalar(true, site.origin),
  xor: ([left, right], site) => {
    if (left?.kind === 'scalar' && right?.kind === 'scalar') return scalar(left.value !== right.value, site.origin)
    return openOr(left?.kind === 'scalar' ? right : left, site)
  },
}

function operate(operator: '+' | '-' | '*' | '/' | '%', [left, right]: readonly Value[], site: Site): Value {
  if (left === undefined || right === undefined) return wrongArguments(site)
  return arithmetic(operator, left, right, site.origin)
}

function order(operator: '<' | '<=' | '>' | '>=', [left, right]: readonly Value[], site: Site): Value {
  if (left === undefined || right === undefined) return wrongArguments(site)
  return compare(operator, left, right, site.origin)
}

/** Combinations of options that a function is tried on. */
const MAX_COMBINATIONS = 16

/** Calls a function of plain arguments once for each combination of the options of those that are choices. */
export function overChoices(work: PureFunction, values: readonly Value[], site: Site): Value {
  const at = values.findIndex((value) => value.kind === 'choice')
  if (at < 0) return work(values, site)
  let combinations = 1
  for (const value of values) if (value.kind === 'choice') combinations *= value.options.length
  const choice = values[at]!
  if (choice.kind !== 'choice' || combinations > MAX_COMBINATIONS) return derive(choice, site.origin)
  return choose(
    choice.options.map((option) => overChoices(work, values.with(at, option), site)),
    choice,
    site.origin,
  )
}
