import { makeChoice } from '../choice.ts'
import { convert, explain } from '../convert.ts'
import { refuse } from '../failure.ts'
import { DYNAMIC, STRING, sameType } from '../type.ts'
import { derived, findUnknown, typeOf, type UnknownVal, type Val } from '../val.ts'
import { ASSUME_FUNCTIONS } from './assume.ts'
import { CONVERSION_FUNCTIONS, isSensitive, markSensitive } from './conversion.ts'
import { DATE_FUNCTIONS } from './dates.ts'
import type { Call, FunctionDefinition, FunctionTable, Parameter } from './definition.ts'
import { ENCODING_FUNCTIONS } from './encoding.ts'
import { FILE_FUNCTIONS } from './files.ts'
import { HASH_FUNCTIONS } from './hashes.ts'
import { LIST_FUNCTIONS } from './lists.ts'
import { MAP_FUNCTIONS } from './maps.ts'
import { NETWORK_FUNCTIONS } from './network.ts'
import { NUMERIC_FUNCTIONS } from './numeric.ts'
import { REGEX_FUNCTIONS } from './regex.ts'
import { SET_FUNCTIONS } from './sets.ts'
import { formatPrefix, STRING_FUNCTIONS } from './strings.ts'

/** Combinations of choices that a function is called with, one by one. */
const MAX_CHOICES = 8

const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map(
  (
    [
      NUMERIC_FUNCTIONS,
      STRING_FUNCTIONS,
      REGEX_FUNCTIONS,
      LIST_FUNCTIONS,
      MAP_FUNCTIONS,
      SET_FUNCTIONS,
      CONVERSION_FUNCTIONS,
      ENCODING_FUNCTIONS,
      HASH_FUNCTIONS,
      NETWORK_FUNCTIONS,
      DATE_FUNCTIONS,
      FILE_FUNCTIONS,
      ASSUME_FUNCTIONS,
    ] as FunctionTable[]
  ).flatMap((table) => Object.entries(table)),
)

/** Functions that depend on the machine or the moment: their results exist only when the tool runs. */
const IMPURE: ReadonlyMap<string, string> = new Map([
  ['timestamp', 'the moment of the run'],
  ['plantimestamp', 'the moment of the run'],
  ['uuid', 'chance'],
  ['bcrypt', 'chance'],
  ['abspath', 'the machine'],
])

/** Whether a function looks at more than its arguments. */
export function readsFiles(name: string): boolean {
  return Object.hasOwn(FILE_FUNCTIONS, withoutNamespace(name))
}

function withoutNamespace(name: string): string {
  return name.startsWith('core::') ? name.slice('core::'.length) : name
}

/** Names of all functions, sorted: for tests that must not miss one. */
export function functionNames(): readonly string[] {
  return [...FUNCTIONS.keys(), ...IMPURE.keys(), 'try', 'can', 'convert'].sort()
}

/** Calls a function of the language with evaluated arguments. Throws a `Failure` where the language refuses it. */
export function callFunction(name: string, args: readonly Val[], call: Call): Val {
  const plain = withoutNamespace(name)
  const { origin } = call
  if (plain.startsWith('provider::')) {
    return {
      kind: 'unknown',
      type: DYNAMIC,
      reason: 'unsupported-function',
      detail: `${name} is a function of a provider`,
      origin,
    }
  }
  const impure = IMPURE.get(plain)
  if (impure !== undefined) {
    const detail = `${name} depends on ${impure}`
    return { kind: 'unknown', type: STRING, reason: 'runtime-function', detail, origin, notNull: true }
  }
  const definition = FUNCTIONS.get(plain)
  if (definition === undefined) return refuse(`there is no function ${name}`)
  return explain(name, () => callOverChoices(plain, definition, args, call))
}

/** A function of a choice is a choice of its results, where these are few. */
function callOverChoices(name: string, definition: FunctionDefinition, args: readonly Val[], call: Call): Val {
  const at = args.findIndex((arg) => arg.kind === 'unknown' && arg.options !== undefined)
  if (at < 0) return callDefinition(name, definition, args, call)
  const choice = args[at] as UnknownVal
  const combinations = args.reduce((count, arg) => count * ((arg.kind === 'unknown' && arg.options?.length) || 1), 1)
  if (combinations > MAX_CHOICES) {
    const plain = args.map((arg) => (arg.kind === 'unknown' && arg.options ? derived(arg, arg.type, arg.origin) : arg))
    return callDefinition(name, definition, plain, call)
  }
  call.scope.budget.spend(combinations)
  const results = choice.options!.map((option) =>
    callOverChoices(
      name,
      definition,
      args.map((arg, i) => (i === at ? option : arg)),
      call,
    ),
  )
  const first = typeOf(results[0]!)
  const type = results.every((result) => sameType(typeOf(result), first)) ? first : DYNAMIC
  return makeChoice(results, type, choice, call.origin)
}

function callDefinition(name: string, definition: FunctionDefinition, given: readonly Val[], call: Call): Val {
  const { params, rest, optional = params.length } = definition
  if (given.length < Math.min(optional, params.length)) refuse(`${params.length} arguments are needed`)
  if (rest === undefined && given.length > params.length) refuse(`at most ${params.length} arguments are taken`)
  let unknown: UnknownVal | undefined
  const args: Val[] = []
  for (let i = 0; i < given.length; i++) {
    const param: Parameter = params[i] ?? rest!
    const arg = given[i]!
    const val = param.type.kind === 'dynamic' ? arg : explain(`argument ${i + 1}`, () => convert(arg, param.type))
    if (val.kind === 'null' && !param.nullable) refuse(`argument ${i + 1} is null`)
    if (!param.unknown) {
      if (val.kind === 'unknown') unknown ??= val
      else if (!definition.partial) unknown ??= findUnknown(val)
    }
    args.push(val)
    call.scope.budget.spend(1)
  }
  if (unknown !== undefined) {
    const type = typeof definition.returns === 'function' ? definition.returns(args) : definition.returns
    const prefix = name === 'format' ? formatPrefix(args) : undefined
    return derived(unknown, type, call.origin, prefix === undefined ? { notNull: true } : { notNull: true, prefix })
  }
  const result = definition.call(args, call)
  return name !== 'nonsensitive' && name !== 'issensitive' && given.some(isSensitive) ? markSensitive(result) : result
}
