import { makeChoice } from '../choice.ts'
import { convert, explain, unify } from '../convert.ts'
import { byUtf8, identityOf, sortedEntries } from '../equality.ts'
import { refuse } from '../failure.ts'
import { elementAt } from '../lookup.ts'
import { makeList, makeMap, makeObject, makeString, makeTuple } from '../make-val.ts'
import { DYNAMIC, listOf, mapOf, STRING, type Type } from '../type.ts'
import { derived, findUnknown, type UnknownVal, type Val } from '../val.ts'
import { type Call, type FunctionTable, isMapping, isSequence, itemsOfVal, text } from './definition.ts'
import { likeFirst } from './lists.ts'

const ANY = { type: DYNAMIC }
const OPEN = { type: DYNAMIC, unknown: true }

function keys([map]: readonly Val[], { origin }: Call): Val {
  if (map?.kind === 'unknown') {
    if (map.attributes === undefined && map.type.kind === 'object') {
      return makeTuple(
        [...map.type.attributes.keys()].sort(byUtf8).map((key) => makeString(key, origin)),
        origin,
      )
    }
    return derived(map, DYNAMIC, origin, { notNull: true })
  }
  if (!isMapping(map)) return refuse('a map is required')
  const names = sortedEntries(map).map(([key, item]) => makeString(key, map.keys?.get(key) ?? item.origin))
  return map.kind === 'map' ? makeList(STRING, names, origin) : makeTuple(names, origin)
}

function values([map]: readonly Val[], { origin }: Call): Val {
  if (!isMapping(map)) return refuse('a map is required')
  const items = sortedEntries(map).map(([, item]) => item)
  return map.kind === 'map' ? makeList(map.element, items, origin) : makeTuple(items, origin)
}

function lookup(args: readonly Val[], { origin }: Call): Val {
  const [map, key, fallback] = args
  if (map?.kind === 'unknown') {
    if (map.attributes !== undefined && key?.kind === 'string')
      return map.attributes.get(key.value) ?? elementAt(map, key)
    const type = map.type.kind === 'map' ? map.type.element : DYNAMIC
    return derived(map, type, origin)
  }
  if (!isMapping(map)) return refuse('a map is required')
  const settled =
    map.kind === 'map' && fallback !== undefined
      ? explain('the default', () => convert(fallback, map.element))
      : fallback
  if (key?.kind === 'unknown') {
    if (settled === undefined) return elementAt(map, key)
    const found = makeChoice(
      [...map.entries.values(), settled],
      map.kind === 'map' ? map.element : DYNAMIC,
      key,
      origin,
    )
    return found.kind === 'unknown' ? found : derived(key, DYNAMIC, origin)
  }
  const found = map.entries.get(text(args, 1))
  if (found !== undefined) return found
  return settled ?? refuse(`there is no element with the key ${JSON.stringify(text(args, 1))}`)
}

function matchkeys([valuesList, keysList, searched]: readonly Val[], { origin, scope }: Call): Val {
  const items = itemsOfVal(valuesList)
  const names = itemsOfVal(keysList)
  if (items.length !== names.length) refuse('the list of values and the list of keys must have the same length')
  const wanted = new Set(itemsOfVal(searched).map(identityOf))
  scope.budget.spend(items.length)
  return likeFirst(
    valuesList!,
    items.filter((_, i) => wanted.has(identityOf(names[i]!))),
    origin,
  )
}

function merge(args: readonly Val[], { origin, scope }: Call): Val {
  if (args.length === 0) return makeObject(new Map(), origin)
  const entries = new Map<string, Val>()
  const keyPlaces = new Map<string, Call['origin']>()
  let unknown: UnknownVal | undefined
  let element: Type | undefined
  let allMaps = true
  for (const arg of args) {
    if (arg.kind === 'null') continue
    if (arg.kind === 'unknown') {
      if (
        arg.attributes === undefined &&
        ['list', 'set', 'tuple', 'string', 'number', 'bool'].includes(arg.type.kind)
      ) {
        refuse('all arguments must be maps or objects')
      }
      unknown ??= arg
      continue
    }
    if (!isMapping(arg)) return refuse('all arguments must be maps or objects')
    if (arg.kind === 'object') allMaps = false
    else element = element === undefined ? arg.element : unify([element, arg.element])
    scope.budget.spend(arg.entries.size)
    for (const [key, item] of arg.entries) {
      entries.set(key, item)
      const place = arg.keys?.get(key)
      if (place !== undefined) keyPlaces.set(key, place)
    }
  }
  if (unknown !== undefined) return derived(unknown, DYNAMIC, origin, { notNull: true })
  if (!allMaps || element === undefined) return makeObject(entries, origin, keyPlaces)
  const type = element
  return makeMap(type, new Map([...entries].map(([key, item]) => [key, convert(item, type)])), origin, keyPlaces)
}

function transpose([map]: readonly Val[], { origin, scope }: Call): Val {
  if (!isMapping(map)) return refuse('a map of lists of strings is required')
  const turned = new Map<string, Val[]>()
  for (const [key, list] of sortedEntries(map)) {
    for (const item of itemsOfVal(list)) {
      if (item.kind !== 'string') return refuse('the lists of transpose may hold no null')
      scope.budget.spend(1)
      const names = turned.get(item.value)
      if (names === undefined) turned.set(item.value, [makeString(key, origin)])
      else names.push(makeString(key, origin))
    }
  }
  const entries = new Map(
    [...turned].sort(([a], [b]) => byUtf8(a, b)).map(([key, names]) => [key, makeList(STRING, names, origin)]),
  )
  return makeMap(listOf(STRING), entries, origin)
}

function zipmap([keysList, valuesList]: readonly Val[], { origin }: Call): Val {
  const names = itemsOfVal(keysList)
  if (!isSequence(valuesList)) return refuse('a list of values is required')
  const unknown = names.map(findUnknown).find((found) => found !== undefined)
  if (unknown !== undefined) return derived(unknown, DYNAMIC, origin, { notNull: true })
  if (names.length !== valuesList.items.length) refuse('as many keys as values are required')
  const entries = new Map<string, Val>()
  const places = new Map<string, Call['origin']>()
  for (const [i, name] of names.entries()) {
    if (name.kind !== 'string') return refuse('a key is null')
    entries.set(name.value, valuesList.items[i]!)
    places.set(name.value, name.origin)
  }
  return valuesList.kind === 'list'
    ? makeMap(valuesList.element, entries, origin, places)
    : makeObject(entries, origin, places)
}

/** Functions of maps and objects. */
export const MAP_FUNCTIONS: FunctionTable = {
  keys: { params: [OPEN], returns: DYNAMIC, partial: true, call: keys },
  lookup: {
    params: [OPEN, { type: STRING, unknown: true }, { type: DYNAMIC, nullable: true, unknown: true }],
    optional: 2,
    returns: DYNAMIC,
    partial: true,
    call: lookup,
  },
  matchkeys: { params: [ANY, ANY, ANY], returns: DYNAMIC, call: matchkeys },
  merge: {
    params: [],
    rest: { type: DYNAMIC, nullable: true, unknown: true },
    returns: DYNAMIC,
    partial: true,
    call: merge,
  },
  transpose: { params: [{ type: mapOf(listOf(STRING)) }], returns: mapOf(listOf(STRING)), call: transpose },
  values: { params: [ANY], returns: DYNAMIC, partial: true, call: values },
  zipmap: { params: [{ type: listOf(STRING) }, ANY], returns: DYNAMIC, partial: true, call: zipmap },
}
