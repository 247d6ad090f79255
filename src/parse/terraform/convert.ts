import { Failure, refuse } from './failure.ts'
import {
  makeBool,
  makeList,
  makeMap,
  makeNull,
  makeNumber,
  makeObject,
  makeSet,
  makeString,
  makeTuple,
} from './make-val.ts'
import { numberToString, parseNumber } from './number.ts'
import {
  BOOL,
  DYNAMIC,
  hasDynamic,
  isPrimitive,
  listOf,
  mapOf,
  type ObjectType,
  objectOf,
  STRING,
  sameType,
  type Type,
  tupleOf,
  typeName,
} from './type.ts'
import { type NullVal, typeOf, type UnknownVal, type Val } from './val.ts'

/**
 * The value as another type, by the rules of the language: primitive types by their text, tuples as lists and sets, objects
 * as maps and as objects with fewer attributes. Refuses what does not convert.
 */
export function convert(val: Val, type: Type): Val {
  if (val.kind === 'null') return convertNull(val, type)
  if (val.kind === 'unknown') return convertUnknown(val, type)
  switch (type.kind) {
    case 'dynamic':
      return val
    case 'string':
      return toText(val)
    case 'number':
      return toNumberVal(val)
    case 'bool':
      return toBoolVal(val)
    case 'list':
    case 'set':
      return toSequence(val, type)
    case 'map':
      return toMapping(val, type)
    case 'tuple':
      return toTupleVal(val, type)
    case 'object':
      return toObjectVal(val, type)
  }
}

function convertNull(val: NullVal, type: Type): Val {
  if (type.kind === 'dynamic' || sameType(val.type, type)) return val
  if (!canConvert(val.type, type)) refuse(`${typeName(type)} required, not ${typeName(val.type)}`)
  return makeNull(withoutOptional(type), val.origin)
}

function convertUnknown(val: UnknownVal, type: Type): Val {
  if (type.kind === 'dynamic') return val
  if (val.type.kind === 'dynamic' && val.attributes === undefined && val.options === undefined) {
    return { ...val, type: withoutOptional(type) }
  }
  if (val.options !== undefined) {
    const options = val.options.map((option) => convert(option, type))
    return { ...val, type: withoutOptional(type), options }
  }
  if (val.attributes !== undefined) {
    // An object of the provider: it has the attributes that are asked for, as far as anybody can tell.
    if (isPrimitive(type) || type.kind === 'tuple') refuse(`${typeName(type)} required, not an object`)
    return type.kind === 'object' ? convertAttributes(val, type) : val
  }
  if (!canConvert(val.type, type)) refuse(`${typeName(type)} required, not ${typeName(val.type)}`)
  return sameType(val.type, type) ? val : { ...val, type: concreteType(val.type, type) }
}

function convertAttributes(val: UnknownVal, type: ObjectType): Val {
  const entries = new Map<string, Val>()
  for (const [name, wanted] of type.attributes) {
    entries.set(name, convert(attributeOfOpen(val, name), wanted))
  }
  return makeObject(entries, val.origin)
}

/** An attribute of an object of which only some attributes are known. */
export function attributeOfOpen(val: UnknownVal, name: string): Val {
  const known = val.attributes?.get(name) ?? val.computed?.(name)
  if (known !== undefined) return known
  const path =
    val.reference === undefined || val.reference.attribute === '' ? name : `${val.reference.attribute}.${name}`
  const { origin, reason, detail } = val
  const type = name === 'id' ? STRING : DYNAMIC
  const base: UnknownVal = { kind: 'unknown', type, reason, detail, origin }
  const typed = name === 'id' ? { ...base, notNull: true } : base
  return val.reference === undefined
    ? typed
    : { ...typed, reference: { address: val.reference.address, attribute: path } }
}

/** Where the wanted type says `any`, the type that is there. */
function concreteType(from: Type, to: Type): Type {
  if (to.kind === 'dynamic') return from
  if ((to.kind === 'list' || to.kind === 'set' || to.kind === 'map') && hasDynamic(to)) {
    const inner =
      from.kind === 'list' || from.kind === 'set' || from.kind === 'map'
        ? concreteType(from.element, to.element)
        : to.element
    return { kind: to.kind, element: inner }
  }
  return withoutOptional(to)
}

export function withoutOptional(type: Type): Type {
  switch (type.kind) {
    case 'object':
      return objectOf(new Map([...type.attributes].map(([name, inner]) => [name, withoutOptional(inner)])))
    case 'list':
    case 'set':
    case 'map':
      return { kind: type.kind, element: withoutOptional(type.element) }
    case 'tuple':
      return tupleOf(type.elements.map(withoutOptional))
    case 'string':
    case 'number':
    case 'bool':
    case 'dynamic':
      return type
  }
}

function toText(val: Exclude<Val, { kind: 'null' | 'unknown' }>): Val {
  switch (val.kind) {
    case 'string':
      return val
    case 'number':
      return makeString(numberToString(val.value), val.origin)
    case 'bool':
      return makeString(val.value ? 'true' : 'false', val.origin)
    default:
      return refuse(`string required, not ${typeName(typeOf(val))}`)
  }
}

function toNumberVal(val: Exclude<Val, { kind: 'null' | 'unknown' }>): Val {
  if (val.kind === 'number') return val
  if (val.kind === 'string') {
    const value = parseNumber(val.value)
    if (value !== undefined) return makeNumber(value, val.origin)
    return refuse('a number is required, and this string is none')
  }
  return refuse(`number required, not ${typeName(typeOf(val))}`)
}

function toBoolVal(val: Exclude<Val, { kind: 'null' | 'unknown' }>): Val {
  if (val.kind === 'bool') return val
  if (val.kind === 'string') {
    if (val.value === 'true' || val.value === '1') return makeBool(true, val.origin)
    if (val.value === 'false' || val.value === '0') return makeBool(false, val.origin)
    return refuse('a bool is required: "true" or "false"')
  }
  return refuse(`bool required, not ${typeName(typeOf(val))}`)
}

function toSequence(
  val: Exclude<Val, { kind: 'null' | 'unknown' }>,
  type: { readonly kind: 'list' | 'set' | 'map'; readonly element: Type },
): Val {
  if (val.kind !== 'list' && val.kind !== 'set' && val.kind !== 'tuple') {
    return refuse(`${typeName(type)} required, not ${typeName(typeOf(val))}`)
  }
  if (val.kind === type.kind && sameType(val.element, type.element)) return val
  let element = type.element
  if (element.kind === 'dynamic') {
    if (val.kind !== 'tuple') element = val.element
    else {
      const unified = unify(val.items.map(typeOf))
      if (unified === undefined) refuse(`all elements of a ${type.kind} must have the same type`)
      element = unified
    }
  } else if (hasDynamic(element)) element = unifyConverted(val.items, element, type.kind)
  const items = val.items.map((item) => convert(item, element))
  return type.kind === 'set'
    ? makeSet(withoutOptional(element), items, val.origin)
    : makeList(withoutOptional(element), items, val.origin)
}

/** The type of elements that were asked to be, for example, `list(any)`. */
function unifyConverted(items: Iterable<Val>, element: Type, kind: string): Type {
  const converted = [...items].map((item) => typeOf(convert(item, element)))
  if (converted.length === 0) return element
  const unified = unify(converted)
  if (unified === undefined) refuse(`all elements of a ${kind} must have the same type`)
  return unified
}

function toMapping(val: Exclude<Val, { kind: 'null' | 'unknown' }>, type: { readonly element: Type }): Val {
  if (val.kind !== 'map' && val.kind !== 'object') return refuse(`map required, not ${typeName(typeOf(val))}`)
  if (val.kind === 'map' && sameType(val.element, type.element)) return val
  let element = type.element
  if (element.kind === 'dynamic') {
    if (val.kind === 'map') element = val.element
    else {
      const unified = unify([...val.entries.values()].map(typeOf))
      if (unified === undefined) refuse('all elements of a map must have the same type')
      element = unified
    }
  } else if (hasDynamic(element)) element = unifyConverted(val.entries.values(), element, 'map')
  const entries = new Map<string, Val>()
  for (const [key, item] of val.entries) entries.set(key, convert(item, element))
  return makeMap(withoutOptional(element), entries, val.origin, val.keys)
}

function toTupleVal(
  val: Exclude<Val, { kind: 'null' | 'unknown' }>,
  type: { readonly elements: readonly Type[] },
): Val {
  if (val.kind !== 'tuple' && val.kind !== 'list') return refuse(`tuple required, not ${typeName(typeOf(val))}`)
  if (val.kind === 'list') return refuse('tuple required, not a list')
  if (val.items.length !== type.elements.length) {
    return refuse(`a tuple of ${type.elements.length} elements is required, not of ${val.items.length}`)
  }
  return makeTuple(
    val.items.map((item, i) => convert(item, type.elements[i]!)),
    val.origin,
  )
}

function toObjectVal(val: Exclude<Val, { kind: 'null' | 'unknown' }>, type: ObjectType): Val {
  if (val.kind !== 'object' && val.kind !== 'map') return refuse(`object required, not ${typeName(typeOf(val))}`)
  const entries = new Map<string, Val>()
  for (const [name, wanted] of type.attributes) {
    const item = val.entries.get(name)
    if (item !== undefined) entries.set(name, convert(item, wanted))
    else if (type.optional?.has(name)) entries.set(name, makeNull(withoutOptional(wanted), val.origin))
    else refuse(`the attribute ${JSON.stringify(name)} is required`)
  }
  return makeObject(entries, val.origin, val.keys)
}

/** Whether values of one type may convert to another; a single value may still fail to. */
export function canConvert(from: Type, to: Type): boolean {
  if (from.kind === 'dynamic') return true
  switch (to.kind) {
    case 'dynamic':
      return true
    case 'string':
      return isPrimitive(from)
    case 'number':
      return from.kind === 'number' || from.kind === 'string'
    case 'bool':
      return from.kind === 'bool' || from.kind === 'string'
    case 'list':
    case 'set':
      if (from.kind === 'tuple')
        return from.elements.every((element) => canConvert(element, to.element)) && unifiable(from.elements, to.element)
      return (from.kind === 'list' || from.kind === 'set') && canConvert(from.element, to.element)
    case 'map':
      if (from.kind === 'object') {
        const inner = [...from.attributes.values()]
        return inner.every((element) => canConvert(element, to.element)) && unifiable(inner, to.element)
      }
      return from.kind === 'map' && canConvert(from.element, to.element)
    case 'tuple':
      return (
        from.kind === 'tuple' &&
        from.elements.length === to.elements.length &&
        from.elements.every((element, i) => canConvert(element, to.elements[i]!))
      )
    case 'object':
      if (from.kind === 'map') return [...to.attributes.values()].every((wanted) => canConvert(from.element, wanted))
      if (from.kind !== 'object') return false
      for (const [name, wanted] of to.attributes) {
        const inner = from.attributes.get(name)
        if (inner === undefined ? !to.optional?.has(name) : !canConvert(inner, wanted)) return false
      }
      return true
  }
}

function unifiable(types: readonly Type[], element: Type): boolean {
  return element.kind !== 'dynamic' || unify(types) !== undefined
}

/** The one type that values of all these types convert to; undefined where there is none. `any` for no types at all. */
export function unify(types: readonly Type[]): Type | undefined {
  const [first] = types
  if (first === undefined) return DYNAMIC
  if (types.every((type) => sameType(type, first))) return first
  const objects = types.filter((type) => type.kind === 'object')
  const tuples = types.filter((type) => type.kind === 'tuple')
  const dynamics = types.reduce((count, type) => count + (type.kind === 'dynamic' ? 1 : 0), 0)
  if (objects.length > 0 && tuples.length > 0) return undefined
  if (objects.length > 0 && objects.length + dynamics === types.length) return unifyObjects(objects as ObjectType[])
  if (tuples.length > 0 && tuples.length + dynamics === types.length) {
    return unifyTuples(tuples as { kind: 'tuple'; elements: readonly Type[] }[])
  }
  for (const wanted of preferred(types)) {
    if (types.every((type) => sameType(type, wanted) || canConvert(type, wanted))) return wanted
  }
  return undefined
}

/** The general before the special: what more of the others convert to without a risk. */
function preferred(types: readonly Type[]): Type[] {
  const distinct: Type[] = []
  for (const type of types) if (!distinct.some((other) => sameType(other, type))) distinct.push(type)
  const rank = (type: Type) =>
    type.kind === 'dynamic'
      ? 9
      : type.kind === 'string'
        ? 0
        : type.kind === 'list'
          ? 1
          : type.kind === 'map'
            ? 1
            : type.kind === 'set'
              ? 2
              : 3
  // Stable: of two of one rank the one that the other converts to comes first.
  return distinct
    .map((type, i) => ({ type, i }))
    .sort((a, b) => rank(a.type) - rank(b.type) || generality(a.type, b.type) || a.i - b.i)
    .map(({ type }) => type)
}

function generality(a: Type, b: Type): number {
  const element = (type: Type) => ('element' in type ? type.element : undefined)
  const x = element(a)
  const y = element(b)
  if (x === undefined || y === undefined) return 0
  if (x.kind === 'dynamic' || y.kind === 'dynamic') return Number(x.kind === 'dynamic') - Number(y.kind === 'dynamic')
  return Number(y.kind === 'string') - Number(x.kind === 'string')
}

function unifyObjects(types: readonly ObjectType[]): Type | undefined {
  const first = types[0]!.attributes
  const alike = types.every(
    (type) => type.attributes.size === first.size && [...type.attributes.keys()].every((name) => first.has(name)),
  )
  if (alike) {
    const attributes = new Map<string, Type>()
    for (const name of first.keys()) {
      const unified = unify(types.map((type) => type.attributes.get(name)!))
      if (unified === undefined) return undefined
      attributes.set(name, unified)
    }
    return objectOf(attributes)
  }
  const element = unify(types.flatMap((type) => [...type.attributes.values()]))
  return element && mapOf(element)
}

function unifyTuples(types: readonly { readonly elements: readonly Type[] }[]): Type | undefined {
  const first = types[0]!.elements
  if (types.every((type) => type.elements.length === first.length)) {
    const elements: Type[] = []
    for (let i = 0; i < first.length; i++) {
      const unified = unify(types.map((type) => type.elements[i]!))
      if (unified === undefined) return undefined
      elements.push(unified)
    }
    return tupleOf(elements)
  }
  const element = unify(types.flatMap((type) => type.elements))
  return element && listOf(element)
}

/** The truth of a condition, or undefined where it is unknown. Refuses null and all that is no bool. */
export function truthOf(val: Val): boolean | undefined {
  const bool = convert(val, BOOL)
  if (bool.kind === 'null') refuse('a condition is null')
  return bool.kind === 'bool' ? bool.value : undefined
}

/** For a failed conversion inside a larger step: the same failure with words that say where. */
export function explain<T>(where: string, step: () => T): T {
  try {
    return step()
  } catch (failure) {
    if (failure instanceof Failure) throw new Failure(failure.reason, `${where}: ${failure.message}`, failure.final)
    throw failure
  }
}
