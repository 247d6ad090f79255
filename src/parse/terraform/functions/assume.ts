import { convert } from '../convert.ts'
import { equals } from '../equality.ts'
import { refuse } from '../failure.ts'
import { DYNAMIC, listOf, mapOf, NUMBER, STRING, setOf, type Type } from '../type.ts'
import { typeOf, type Val } from '../val.ts'
import { type FunctionDefinition, type FunctionTable, integer, isMapping, isSequence, text } from './definition.ts'

/** Arguments as they are, whether they are known or not. */
const OPEN = { type: DYNAMIC, nullable: true, unknown: true } as const

/** `from` and `to` say which argument bounds the length; absent where nothing does. */
function ofLength(type: Type, from: number | undefined, to: number | undefined): FunctionDefinition {
  const bounds = [from, to].filter((at) => at !== undefined).map(() => ({ type: NUMBER }))
  return {
    params: [{ ...OPEN, type }, ...bounds],
    returns: type,
    partial: true,
    call: (args) => {
      const [val] = args
      const length = isMapping(val) ? val.entries.size : isSequence(val) ? val.items.length : undefined
      if (length === undefined) return val!
      const isTooShort = from !== undefined && length < integer(args, from)
      const isTooLong = to !== undefined && length > integer(args, to)
      return isTooShort || isTooLong ? refuse(`the length is ${length}`) : val!
    },
  }
}

function lengths(kind: string, type: Type): FunctionTable {
  return {
    [`assume${kind}length`]: ofLength(type, 1, 2),
    [`assume${kind}lengthmin`]: ofLength(type, 1, undefined),
    [`assume${kind}lengthmax`]: ofLength(type, undefined, 1),
  }
}

/** What a module promises of values that are not known yet. Source: opentofu.org/docs/language/functions/assume_family */
export const ASSUME_FUNCTIONS: FunctionTable = {
  assumeequal: {
    params: [OPEN, OPEN],
    returns: DYNAMIC,
    partial: true,
    call: ([actual, expected]) => {
      const same = equals(convert(actual!, typeOf(expected!)), expected!)
      return same === false ? refuse('the values are not equal') : expected!
    },
  },
  assumenotnull: {
    params: [OPEN],
    returns: DYNAMIC,
    partial: true,
    call: ([val]): Val => {
      if (val!.kind === 'null') return refuse('the value is null')
      return val!.kind === 'unknown' ? { ...val!, notNull: true } : val!
    },
  },
  assumestringprefix: {
    params: [{ type: STRING, nullable: true, unknown: true }, { type: STRING }],
    returns: STRING,
    partial: true,
    call: (args): Val => {
      const [val] = args
      const prefix = text(args, 1)
      if (val!.kind === 'unknown') {
        const known = val!.prefix ?? ''
        if (!known.startsWith(prefix) && !prefix.startsWith(known)) return refuse(`the text begins with ${known}`)
        return known.length >= prefix.length ? val! : { ...val!, prefix }
      }
      return val!.kind === 'string' && !val!.value.startsWith(prefix) ? refuse('the text begins otherwise') : val!
    },
  },
  ...lengths('list', listOf(DYNAMIC)),
  ...lengths('set', setOf(DYNAMIC)),
  ...lengths('map', mapOf(DYNAMIC)),
}
