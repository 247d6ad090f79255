import { Failure, refuse } from '../failure.ts'
import { MAX_STRING, makeList, makeNull, makeObject, makeString, makeTuple } from '../make-val.ts'
import { DYNAMIC, listOf, objectOf, STRING, type Type, tupleOf } from '../type.ts'
import type { Val } from '../val.ts'
import { type Call, type FunctionTable, text } from './definition.ts'
import { type Match, RegularExpression } from './regular-expression.ts'

/** Patterns that were compiled, by their text. A configuration uses few, in loops. */
const compiled = new Map<string, RegularExpression>()
const MAX_COMPILED = 500

function compilePattern(pattern: string): RegularExpression {
  let expression = compiled.get(pattern)
  if (expression === undefined) {
    try {
      expression = new RegularExpression(pattern)
    } catch (error) {
      if (error instanceof RangeError) throw new Failure('limit-exceeded', error.message)
      throw error
    }
    if (compiled.size >= MAX_COMPILED) compiled.clear()
    compiled.set(pattern, expression)
  }
  return expression
}

/** A string, a tuple of the groups, or an object of the named groups. */
function resultType({ groupNames }: RegularExpression): Type {
  const names = groupNames.slice(1)
  if (names.length === 0) return STRING
  const named = names.filter((name) => name !== undefined)
  if (named.length > 0 && named.length < names.length) return refuse('a pattern has groups with and without a name')
  return named.length > 0 ? objectOf(new Map(named.map((name) => [name, STRING]))) : tupleOf(names.map(() => STRING))
}

function resultOf(expression: RegularExpression, subject: string, match: Match, origin: Call['origin']): Val {
  const group = (index: number): Val => {
    const start = match[index * 2]!
    return start < 0 ? makeNull(STRING, origin) : makeString(subject.slice(start, match[index * 2 + 1]), origin)
  }
  const { groupNames } = expression
  if (groupNames.length === 1) return group(0)
  const groups = groupNames.slice(1).map((_, i) => group(i + 1))
  if (groupNames[1] === undefined) return makeTuple(groups, origin)
  return makeObject(new Map(groups.map((val, i) => [groupNames[i + 1]!, val])), origin)
}

function regex(args: readonly Val[], { origin, scope }: Call): Val {
  const expression = compilePattern(text(args, 0))
  resultType(expression)
  const match = expression.find(text(args, 1), 0, (steps) => scope.budget.spend(steps))
  return match === undefined
    ? refuse('the pattern does not match the string')
    : resultOf(expression, text(args, 1), match, origin)
}

function regexall(args: readonly Val[], { origin, scope }: Call): Val {
  const expression = compilePattern(text(args, 0))
  const type = resultType(expression)
  const subject = text(args, 1)
  const items: Val[] = []
  for (const match of expression.findAll(subject, (steps) => scope.budget.spend(steps))) {
    items.push(resultOf(expression, subject, match, origin))
  }
  return makeList(type, items, origin)
}

/** A pattern between slashes is a regular expression, anything else is itself. */
function replace(args: readonly Val[], { origin, scope }: Call): Val {
  const subject = text(args, 0)
  const search = text(args, 1)
  const replacement = text(args, 2)
  if (search.length > 1 && search.startsWith('/') && search.endsWith('/')) {
    const expression = compilePattern(search.slice(1, -1))
    let result = ''
    let at = 0
    for (const match of expression.findAll(subject, (steps) => scope.budget.spend(steps))) {
      result += subject.slice(at, match[0]) + expand(replacement, expression, subject, match)
      at = match[1]!
      checkLength(result.length)
    }
    return makeString((result + subject.slice(at)).normalize('NFC'), origin)
  }
  const found = search === '' ? [...subject].length + 1 : subject.split(search).length - 1
  checkLength(subject.length + found * replacement.length)
  if (search === '')
    return makeString(replacement + [...subject].map((character) => character + replacement).join(''), origin)
  return makeString(subject.split(search).join(replacement), origin)
}

function checkLength(length: number): void {
  if (length > MAX_STRING) throw new Failure('limit-exceeded', `a string has more than ${MAX_STRING} characters`)
}

/** `$1`, `$name`, `${name}` and `$$`; a name is as long as it can be. */
function expand(template: string, { groupNames }: RegularExpression, subject: string, match: Match): string {
  return template.replace(
    /\$(?:\$|(\w+)|\{(\w+)\})/g,
    (whole, bare: string | undefined, braced: string | undefined) => {
      if (whole === '$$') return '$'
      const name = bare ?? braced!
      const index = /^\d+$/.test(name) ? Number(name) : groupNames.indexOf(name)
      const start = index < 0 ? undefined : match[index * 2]
      return start === undefined || start < 0 ? '' : subject.slice(start, match[index * 2 + 1])
    },
  )
}

function typeOfPattern([pattern]: readonly Val[]): Type {
  return pattern?.kind === 'string' ? resultType(compilePattern(pattern.value)) : DYNAMIC
}

const STRING_PARAM = { type: STRING }

export const REGEX_FUNCTIONS: FunctionTable = {
  regex: { params: [STRING_PARAM, STRING_PARAM], returns: typeOfPattern, call: regex },
  regexall: { params: [STRING_PARAM, STRING_PARAM], returns: (args) => listOf(typeOfPattern(args)), call: regexall },
  replace: { params: [STRING_PARAM, STRING_PARAM, STRING_PARAM], returns: STRING, call: replace },
}
