import { convert, unify } from '../convert.ts'
import { identityOf } from '../equality.ts'
import { refuse } from '../failure.ts'
import { makeList, makeSet, makeTuple } from '../make-val.ts'
import { DYNAMIC, listOf, setOf, type Type } from '../type.ts'
import { derived, findUnknown, typeOf, type Val } from '../val.ts'
import { type Call, type FunctionTable, isSequence, itemsOfVal } from './definition.ts'

const SET = { type: setOf(DYNAMIC) }

/** The sets with their elements converted to one type; for set functions, which compare them. */
function unified(args: readonly Val[]): { readonly type: Type; readonly sets: readonly (readonly Val[])[] } {
  const types = args
    .map((arg) => (arg.kind === 'set' ? arg.element : DYNAMIC))
    .filter((type) => type.kind !== 'dynamic')
  const type = unify(types)
  if (type === undefined) return refuse('the elements of the sets must have the same type')
  return { type, sets: args.map((arg) => itemsOfVal(arg).map((item) => convert(item, type))) }
}

function combine(
  keep: (identity: string, others: readonly ReadonlySet<string | undefined>[]) => boolean,
  fromAll: boolean,
) {
  return (args: readonly Val[], { origin, scope }: Call): Val => {
    if (args.length === 0) refuse('at least one set is needed')
    const { type, sets } = unified(args)
    const identities = sets.map((items) => new Set(items.map(identityOf)))
    const items = (fromAll ? sets.flat() : sets[0]!).filter((item) => keep(identityOf(item)!, identities))
    scope.budget.spend(items.length)
    return makeSet(type, items, origin)
  }
}

/** All combinations of the elements, the last list moving fastest; a set where all arguments are sets. */
function setproduct(args: readonly Val[], { origin, scope }: Call): Val {
  if (args.length < 2) refuse('at least two lists are needed')
  const lists = args.map((arg) => (isSequence(arg) ? arg.items : refuse('all arguments must be lists or sets')))
  const isSet = args.every((arg) => arg.kind === 'set')
  if (isSet) {
    const unknown = args.map(findUnknown).find((found) => found !== undefined)
    if (unknown !== undefined) return derived(unknown, DYNAMIC, origin, { notNull: true })
  }
  let rows: (readonly Val[])[] = [[]]
  for (const list of lists) {
    scope.budget.spend(rows.length * list.length * lists.length)
    rows = rows.flatMap((row) => list.map((item) => [...row, item]))
  }
  const tuples = rows.map((row) => makeTuple(row, origin))
  const type = unify(tuples.map(typeOf))
  if (tuples.length === 0 || type === undefined)
    return isSet ? makeSet(DYNAMIC, [], origin) : makeList(DYNAMIC, tuples, origin)
  const items = tuples.map((tuple) => convert(tuple, type))
  return isSet ? makeSet(type, items, origin) : makeList(type, items, origin)
}

export const SET_FUNCTIONS: FunctionTable = {
  setunion: { params: [], rest: SET, returns: setOf(DYNAMIC), call: combine(() => true, true) },
  setintersection: {
    params: [],
    rest: SET,
    returns: setOf(DYNAMIC),
    call: combine((identity, sets) => sets.every((set) => set.has(identity)), false),
  },
  setsubtract: {
    params: [SET, SET],
    returns: setOf(DYNAMIC),
    call: combine((identity, sets) => !sets.slice(1).some((set) => set.has(identity)), false),
  },
  setproduct: { params: [], rest: { type: DYNAMIC }, returns: listOf(DYNAMIC), partial: true, call: setproduct },
}
