import { makeChoice, overOptions } from './choice.ts'
import { attributeOfOpen, convert } from './convert.ts'
import { refuse } from './failure.ts'
import { numberToString, toNumber } from './number.ts'
import { DYNAMIC, NUMBER, STRING, type Type, typeName } from './type.ts'
import { derived, typeOf, type UnknownVal, type Val } from './val.ts'

/** `val.name`. */
export function attributeOf(val: Val, name: string): Val {
  switch (val.kind) {
    case 'object': {
      const item = val.entries.get(name)
      return item ?? refuse(`this object has no attribute ${JSON.stringify(name)}`)
    }
    case 'map': {
      const item = val.entries.get(name)
      return item ?? refuse(`this map has no element ${JSON.stringify(name)}`)
    }
    case 'unknown':
      return attributeOfUnknown(val, name)
    case 'null':
      return refuse(`null has no attribute ${JSON.stringify(name)}`)
    case 'list':
    case 'set':
      return refuse(`a ${val.kind} has no attributes: an element of it was probably meant`)
    default:
      return refuse(`a ${val.kind} has no attribute ${JSON.stringify(name)}`)
  }
}

function attributeOfUnknown(val: UnknownVal, name: string): Val {
  if (val.options !== undefined) return overOptions(val, (option) => attributeOf(option, name))
  if (val.attributes !== undefined) return attributeOfOpen(val, name)
  switch (val.type.kind) {
    case 'object': {
      const type = val.type.attributes.get(name)
      if (type === undefined) return refuse(`this object has no attribute ${JSON.stringify(name)}`)
      return stepped(val, type, `.${name}`)
    }
    case 'map':
      return stepped(val, val.type.element, `.${name}`)
    case 'dynamic':
      return stepped(val, DYNAMIC, `.${name}`)
    default:
      return refuse(`a ${typeName(val.type)} has no attribute ${JSON.stringify(name)}`)
  }
}

/** A part of an unknown: as unknown, and with the path of a reference one step longer. */
function stepped(val: UnknownVal, type: Type, step: string): UnknownVal {
  const { reason, detail, origin, reference } = val
  const part: UnknownVal = { kind: 'unknown', type, reason, detail, origin }
  if (reference === undefined) return part
  const attribute = (reference.attribute + step).replace(/^\./, '')
  return { ...part, reference: { address: reference.address, attribute } }
}

/** `val[key]`. */
export function elementAt(val: Val, key: Val): Val {
  if (key.kind === 'null') refuse('an index is null')
  if (val.kind === 'unknown' && val.options !== undefined) return overOptions(val, (option) => elementAt(option, key))
  if (key.kind === 'unknown' && key.options !== undefined) return overOptions(key, (option) => elementAt(val, option))
  switch (val.kind) {
    case 'list':
    case 'tuple': {
      const at = convert(key, NUMBER)
      if (at.kind !== 'number') return oneOf(val.items, at as UnknownVal, val.kind === 'list' ? val.element : DYNAMIC)
      const index = toNumber(at.value)
      return (
        val.items[index] ?? refuse(`there is no element ${numberToString(at.value)}: the list has ${val.items.length}`)
      )
    }
    case 'map':
    case 'object': {
      const name = convert(key, STRING)
      if (name.kind !== 'string') {
        return oneOf([...val.entries.values()], name as UnknownVal, val.kind === 'map' ? val.element : DYNAMIC)
      }
      return val.entries.get(name.value) ?? refuse(`there is no element with the key ${JSON.stringify(name.value)}`)
    }
    case 'unknown':
      return elementOfUnknown(val, key)
    case 'null':
      return refuse('null has no elements')
    case 'set':
      return refuse('the elements of a set have no index')
    default:
      return refuse(`a ${val.kind} has no elements`)
  }
}

function oneOf(items: readonly Val[], cause: UnknownVal, type: Type): Val {
  const [first] = items
  // One element would be a certain answer, but the key may also be none of the collection's.
  if (first === undefined || items.length === 1) return derived(cause, type, cause.origin)
  const found = makeChoice(items, type, cause, cause.origin)
  return found.kind === 'unknown' ? found : derived(cause, typeOf(first), cause.origin)
}

function elementOfUnknown(val: UnknownVal, key: Val): Val {
  const known = key.kind === 'string' ? key.value : key.kind === 'number' ? numberToString(key.value) : undefined
  if (val.attributes !== undefined && key.kind === 'string') return attributeOfOpen(val, key.value)
  const step = known === undefined ? '[*]' : key.kind === 'string' ? `[${JSON.stringify(known)}]` : `[${known}]`
  switch (val.type.kind) {
    case 'list':
      convert(key, NUMBER)
      return stepped(val, val.type.element, step)
    case 'map':
      return stepped(val, val.type.element, step)
    case 'tuple': {
      const at = convert(key, NUMBER)
      if (at.kind !== 'number') return stepped(val, DYNAMIC, step)
      const type = val.type.elements[toNumber(at.value)]
      return type === undefined ? refuse(`there is no element ${known ?? ''}`) : stepped(val, type, step)
    }
    case 'object': {
      if (known === undefined) return stepped(val, DYNAMIC, step)
      const type = val.type.attributes.get(known)
      return type === undefined
        ? refuse(`there is no element with the key ${JSON.stringify(known)}`)
        : stepped(val, type, step)
    }
    case 'dynamic':
      return stepped(val, DYNAMIC, step)
    default:
      return refuse(`a ${typeName(val.type)} has no elements`)
  }
}

/** What a splat visits: the elements of a list, none of null, else the value alone. Undefined where that is unknown. */
export function splatItems(val: Val): readonly Val[] | undefined {
  switch (val.kind) {
    case 'list':
    case 'set':
    case 'tuple':
      return val.items
    case 'null':
      return []
    case 'unknown':
      if (val.attributes !== undefined) return [val]
      if (val.type.kind === 'tuple') return val.type.elements.map((type, i) => stepped(val, type, `[${i}]`))
      if (val.notNull && val.type.kind !== 'list' && val.type.kind !== 'set' && val.type.kind !== 'dynamic')
        return [val]
      return undefined
    default:
      return [val]
  }
}
