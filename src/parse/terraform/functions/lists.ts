import { makeChoice } from '../choice.ts'
import { convert, unify } from '../convert.ts'
import { byUtf8, identityOf } from '../equality.ts'
import { refuse } from '../failure.ts'
import { makeBool, makeList, makeNull, makeNumber, makeTuple } from '../make-val.ts'
import { isEqual } from '../operators.ts'
import { BOOL, DYNAMIC, listOf, NUMBER, STRING, type Type } from '../type.ts'
import { derived, findUnknown, typeOf, type UnknownVal, type Val } from '../val.ts'
import {
  type Call,
  type FunctionDefinition,
  type FunctionTable,
  integer,
  isSequence,
  itemsOfVal,
} from './definition.ts'
import { graphemes } from './strings.ts'

const ANY = { type: DYNAMIC }
const NULLABLE = { type: DYNAMIC, nullable: true }
const OPEN = { type: DYNAMIC, unknown: true }
const NUMBER_PARAM = { type: NUMBER }

/** Lists and sets keep being such, of the same element type. */
export function likeFirst(val: Val, items: readonly Val[], origin: Call['origin']): Val {
  return val.kind === 'list' || val.kind === 'set' ? makeList(val.element, items, origin) : makeTuple(items, origin)
}

function length([val]: readonly Val[], { origin }: Call): Val {
  switch (val!.kind) {
    case 'string':
      return makeNumber(graphemes(val!.value).length, origin)
    case 'list':
    case 'tuple':
      return makeNumber(val!.items.length, origin)
    case 'set': {
      const unknown = findUnknown(val!)
      // Unknown elements of a set may turn out to be equal to others.
      return unknown === undefined || val!.items.length < 2
        ? makeNumber(val!.items.length, origin)
        : derived(unknown, NUMBER, origin, { notNull: true })
    }
    case 'map':
    case 'object':
      return makeNumber(val!.entries.size, origin)
    case 'unknown': {
      const { type } = val!
      if (val!.attributes !== undefined) return derived(val!, NUMBER, origin, { notNull: true })
      if (type.kind === 'tuple') return makeNumber(type.elements.length, origin)
      if (type.kind === 'object') return makeNumber(type.attributes.size, origin)
      if (type.kind === 'number' || type.kind === 'bool') return refuse(`a ${type.kind} has no length`)
      return derived(val!, NUMBER, origin, { notNull: true })
    }
    default:
      return refuse(`a ${val!.kind} has no length`)
  }
}

function quantified(deciding: boolean): FunctionDefinition {
  return {
    params: [{ type: listOf(BOOL) }],
    returns: BOOL,
    partial: true,
    call: ([list], { origin }) => {
      let unknown: UnknownVal | undefined
      for (const item of itemsOfVal(list)) {
        if (item.kind === 'unknown') unknown ??= item
        else if (item.kind === 'null' ? !deciding : item.kind === 'bool' && item.value === deciding)
          return makeBool(deciding, origin)
      }
      return unknown === undefined ? makeBool(!deciding, origin) : derived(unknown, BOOL, origin, { notNull: true })
    },
  }
}

function chunklist(args: readonly Val[], { origin }: Call): Val {
  const items = itemsOfVal(args[0])
  const size = integer(args, 1)
  if (size < 0) refuse('the size of a chunk may not be negative')
  const [list] = args
  const element = list?.kind === 'list' ? list.element : DYNAMIC
  if (items.length === 0) return makeList(listOf(element), [], origin)
  const chunks: Val[] = []
  for (let i = 0; i < items.length; i += size || items.length) {
    chunks.push(makeList(element, items.slice(i, size === 0 ? items.length : i + size), origin))
  }
  return makeList(listOf(element), chunks, origin)
}

function coalesce(args: readonly Val[], { origin }: Call): Val {
  if (args.length === 0) refuse('at least one argument is needed')
  const type = unify(args.map(typeOf))
  if (type === undefined) return refuse('all arguments must have the same type')
  const possible: Val[] = []
  let cause: UnknownVal | undefined
  for (const arg of args) {
    const val = convert(arg, type)
    if (val.kind === 'null' || (val.kind === 'string' && val.value === '')) continue
    if (val.kind === 'unknown' && !(val.notNull && (val.prefix !== undefined || val.type.kind !== 'string'))) {
      cause ??= val
      possible.push(val)
      continue
    }
    if (cause === undefined) return val
    possible.push(val)
    return { ...(makeChoice(possible, type, cause, origin) as UnknownVal), notNull: true }
  }
  if (cause !== undefined)
    return possible.length === 1 ? { ...cause, notNull: true } : derived(cause, type, origin, { notNull: true })
  return refuse('all arguments are null or empty')
}

function coalescelist(args: readonly Val[], { origin }: Call): Val {
  if (args.length === 0) refuse('at least one argument is needed')
  for (const arg of args) {
    if (arg.kind === 'unknown') return derived(arg, DYNAMIC, origin)
    if (arg.kind === 'null') refuse('a list is null')
    if (!isSequence(arg)) return refuse('all arguments must be lists')
    if (arg.items.length > 0) return arg
  }
  return refuse('all lists are empty')
}

function compact([list]: readonly Val[], { origin }: Call): Val {
  const items = itemsOfVal(list)
  const unknown = items.map(findUnknown).find((found) => found !== undefined)
  if (unknown !== undefined) return derived(unknown, listOf(STRING), origin, { notNull: true })
  return makeList(
    STRING,
    items.filter((item) => item.kind === 'string' && item.value !== ''),
    origin,
  )
}

function concat(args: readonly Val[], { origin, scope }: Call): Val {
  if (args.length === 0) refuse('at least one list is needed')
  const items: Val[] = []
  let allLists = true
  for (const arg of args) {
    if (!isSequence(arg)) return refuse('all arguments must be lists')
    if (arg.kind === 'tuple') allLists = false
    scope.budget.spend(arg.items.length)
    for (const item of arg.items) items.push(item)
  }
  if (!allLists) return makeTuple(items, origin)
  const type = unify(args.map((arg) => (arg.kind === 'list' || arg.kind === 'set' ? arg.element : DYNAMIC)))
  return type === undefined
    ? makeTuple(items, origin)
    : makeList(
        type,
        items.map((item) => convert(item, type)),
        origin,
      )
}

function containsItem(items: readonly Val[], wanted: Val): boolean | undefined {
  let decided: boolean | undefined = false
  for (const item of items) {
    const same = isEqual(item, wanted)
    if (same === true) return true
    if (same === undefined) decided = undefined
  }
  return decided
}

function contains([list, wanted]: readonly Val[], { origin }: Call): Val {
  if (!isSequence(list)) return refuse('a list or set is required')
  const found = containsItem(list.items, wanted!)
  if (found !== undefined) return makeBool(found, origin)
  return derived(findUnknown(wanted!) ?? findUnknown(list)!, BOOL, origin, { notNull: true })
}

function distinct([list]: readonly Val[], { origin }: Call): Val {
  if (!isSequence(list)) return refuse('a list is required')
  const unknown = findUnknown(list)
  const element = list.kind === 'tuple' ? unify(list.items.map(typeOf)) : list.element
  if (element === undefined) return refuse('all elements must have the same type')
  if (unknown !== undefined) return derived(unknown, listOf(element), origin, { notNull: true })
  const seen = new Set<string>()
  const items: Val[] = []
  for (const item of list.items) {
    const val = convert(item, element)
    const identity = identityOf(val)!
    if (!seen.has(identity)) items.push(val)
    seen.add(identity)
  }
  return makeList(element, items, origin)
}

function element(args: readonly Val[], { origin }: Call): Val {
  const [list] = args
  if (list?.kind === 'unknown') return elementAtUnknown(list, origin)
  if (list?.kind !== 'list' && list?.kind !== 'tuple') return refuse('a list is required')
  if (args[1]?.kind === 'unknown') return derived(args[1], DYNAMIC, origin)
  const count = list.items.length
  if (count === 0) return refuse('element of an empty list')
  const index = integer(args, 1) % count
  return list.items[index < 0 ? index + count : index]!
}

function elementAtUnknown(list: UnknownVal, origin: Call['origin']): Val {
  return derived(list, list.type.kind === 'list' ? list.type.element : DYNAMIC, origin)
}

function flatten([list]: readonly Val[], { origin, scope }: Call): Val {
  if (!isSequence(list)) return refuse('a list is required')
  const items: Val[] = []
  let unknown: UnknownVal | undefined
  const visit = (item: Val) => {
    scope.budget.spend(1)
    if (isSequence(item)) for (const inner of item.items) visit(inner)
    else {
      // An unknown that may be a list has an unknown number of elements.
      if (item.kind === 'unknown' && item.attributes === undefined && mayBeList(item.type)) unknown ??= item
      items.push(item)
    }
  }
  visit(list)
  if (unknown !== undefined) return derived(unknown, DYNAMIC, origin, { notNull: true })
  return makeTuple(items, origin)
}

function mayBeList({ kind }: Type): boolean {
  return kind === 'dynamic' || kind === 'list' || kind === 'set' || kind === 'tuple'
}

function index([list, wanted]: readonly Val[], { origin }: Call): Val {
  if (list?.kind !== 'list' && list?.kind !== 'tuple') return refuse('a list is required')
  if (list.items.length === 0) refuse('the list is empty')
  for (let i = 0; i < list.items.length; i++) {
    const same = isEqual(list.items[i]!, wanted!)
    if (same === true) return makeNumber(i, origin)
    if (same === undefined)
      return derived(findUnknown(list.items[i]!) ?? findUnknown(wanted!)!, NUMBER, origin, { notNull: true })
  }
  return refuse('the element is not in the list')
}

function one([val]: readonly Val[], { origin }: Call): Val {
  if (val?.kind === 'unknown') return derived(val, 'element' in val.type ? val.type.element : DYNAMIC, origin)
  if (val?.kind === 'null') return refuse('the list is null')
  if (!isSequence(val)) return refuse('a list or set is required')
  if (val.items.length > 1) refuse('the list has more than one element')
  return val.items[0] ?? makeNull(val.kind === 'tuple' ? DYNAMIC : val.element, origin)
}

function reverse([list]: readonly Val[], { origin }: Call): Val {
  if (!isSequence(list)) return refuse('a list is required')
  return likeFirst(list, [...list.items].reverse(), origin)
}

function slice(args: readonly Val[], { origin }: Call): Val {
  const [list] = args
  if (list?.kind !== 'list' && list?.kind !== 'tuple') return refuse('a list is required')
  const start = integer(args, 1)
  const end = integer(args, 2)
  if (start < 0 || end > list.items.length || start > end)
    refuse(`the list has ${list.items.length} elements: ${start} to ${end} is not in it`)
  return likeFirst(list, list.items.slice(start, end), origin)
}

function sort([list]: readonly Val[], { origin }: Call): Val {
  const items = itemsOfVal(list)
  const unknown = items.map(findUnknown).find((found) => found !== undefined)
  if (unknown !== undefined) {
    // How many there are is known, and nothing else.
    return makeList(
      STRING,
      items.map(() => derived(unknown, STRING, origin, { notNull: true })),
      origin,
    )
  }
  const texts = items.map((item) => (item.kind === 'string' ? item : refuse('sort takes no null')))
  return makeList(
    STRING,
    [...texts].sort((a, b) => byUtf8(a.value, b.value)),
    origin,
  )
}

/** Functions of lists and sets, and of the length of anything. */
export const LIST_FUNCTIONS: FunctionTable = {
  alltrue: quantified(false),
  anytrue: quantified(true),
  chunklist: {
    params: [{ type: listOf(DYNAMIC) }, NUMBER_PARAM],
    returns: listOf(listOf(DYNAMIC)),
    partial: true,
    call: chunklist,
  },
  coalesce: {
    params: [],
    rest: { type: DYNAMIC, nullable: true, unknown: true },
    returns: DYNAMIC,
    partial: true,
    call: coalesce,
  },
  coalescelist: {
    params: [],
    rest: { type: DYNAMIC, nullable: true, unknown: true },
    returns: DYNAMIC,
    partial: true,
    call: coalescelist,
  },
  compact: { params: [{ type: listOf(STRING) }], returns: listOf(STRING), partial: true, call: compact },
  concat: { params: [], rest: ANY, returns: DYNAMIC, partial: true, call: concat },
  contains: {
    params: [ANY, { type: DYNAMIC, nullable: true, unknown: true }],
    returns: BOOL,
    partial: true,
    call: contains,
  },
  distinct: { params: [ANY], returns: DYNAMIC, partial: true, call: distinct },
  element: { params: [OPEN, { type: NUMBER, unknown: true }], returns: DYNAMIC, partial: true, call: element },
  flatten: { params: [ANY], returns: DYNAMIC, partial: true, call: flatten },
  index: { params: [ANY, NULLABLE], returns: NUMBER, partial: true, call: index },
  length: { params: [OPEN], returns: NUMBER, partial: true, call: length },
  one: { params: [{ type: DYNAMIC, nullable: true, unknown: true }], returns: DYNAMIC, partial: true, call: one },
  reverse: { params: [ANY], returns: DYNAMIC, partial: true, call: reverse },
  slice: { params: [ANY, NUMBER_PARAM, NUMBER_PARAM], returns: DYNAMIC, partial: true, call: slice },
  sort: { params: [{ type: listOf(STRING) }], returns: listOf(STRING), partial: true, call: sort },
}
