import type { Origin } from '../../base/origin.ts'
import type { UnknownValue, Value } from '../../base/value.ts'
import {
  asAttribute,
  choose,
  derive,
  entryOf,
  failure,
  isLazy,
  isOpen,
  type OpenMap,
  scalar,
  unknown,
  usedAt,
} from './values.ts'

export interface Access {
  /** `.?` and `[?]`: null for what is not there. */
  readonly safe: boolean
  /** An earlier link of the chain is safe: a null base stays null. */
  readonly chained: boolean
}

/** `base.name`, with names compared without case where none is exactly the same. */
export function accessMember(base: Value, name: string, access: Access, origin: Origin): Value {
  switch (base.kind) {
    case 'map': {
      const entry = entryOf(base, name)
      if (isOpen(base)) return openMember(base, entry?.value, name, origin)
      if (entry !== undefined) return usedAt(entry.value, origin)
      return access.safe ? scalar(null, origin) : failure(`the object has no property "${name}"`, origin)
    }
    case 'unknown': {
      if (!isLazy(base)) return attribute(base, name, origin)
      const member = base.member(name, origin, access.safe)
      if (member !== undefined) return member
      return access.safe ? scalar(null, origin) : failure(`nothing is known as "${name}" here`, origin)
    }
    case 'choice':
      return choose(
        base.options.map((option) => accessMember(option, name, access, origin)),
        base,
        origin,
      )
    case 'scalar':
      if (base.value === null && (access.safe || access.chained)) return scalar(null, origin)
      return failure(`property "${name}" of something that is no object`, origin)
    default:
      return access.safe ? scalar(null, origin) : failure(`property "${name}" of something that is no object`, origin)
  }
}

/** `base[index]`: a key of an object or a position in an array. */
export function accessIndex(
  base: Value,
  index: Value,
  access: Access & { readonly fromEnd: boolean },
  origin: Origin,
): Value {
  if (index.kind === 'choice') {
    return choose(
      index.options.map((option) => accessIndex(base, option, access, origin)),
      index,
      origin,
    )
  }
  if (base.kind === 'choice') {
    return choose(
      base.options.map((option) => accessIndex(option, index, access, origin)),
      base,
      origin,
    )
  }
  if (base.kind === 'scalar' && base.value === null && (access.safe || access.chained)) return scalar(null, origin)
  if (index.kind === 'scalar' && typeof index.value === 'string') return accessMember(base, index.value, access, origin)
  if (index.kind === 'unknown') return anyOf(base, index, origin)
  if (base.kind === 'unknown') return isLazy(base) ? elementOf(base, index, origin) : derive(base, origin)
  if (index.kind !== 'scalar' || typeof index.value !== 'number') {
    return failure('an index must be an integer or a string', origin)
  }
  if (base.kind !== 'list') {
    return access.safe ? scalar(null, origin) : failure('an index of something that is no array', origin)
  }
  const position = access.fromEnd ? base.items.length - index.value : index.value
  const item = base.items[position]
  if (item !== undefined) {
    const used = usedAt(item, origin)
    if (!isOpen(base)) return used
    const { address, attribute: path } = base.open
    return asAttribute(used, { address, attribute: `${path}[${position}]` })
  }
  return access.safe
    ? scalar(null, origin)
    : failure(`index ${position} is outside of an array of ${base.items.length}`, origin)
}

/** A property of a deployed resource's object: what is declared, or what Azure computes, also of what is declared as null. */
function openMember(base: OpenMap, declared: Value | undefined, name: string, origin: Origin): Value {
  const reference = { address: base.open.address, attribute: `${base.open.attribute}.${name}` }
  const isLeftOut = declared === undefined || (declared.kind === 'scalar' && declared.value === null)
  if (!isLeftOut) return asAttribute(usedAt(declared, origin), reference)
  const detail = `${reference.address}.${reference.attribute} is set by Azure`
  return { ...unknown('provider-computed', detail, origin), reference }
}

/** An element at an unknown place: one of all, where they are few. */
function anyOf(base: Value, index: UnknownValue, origin: Origin): Value {
  if (base.kind === 'list' && base.items.length > 0 && base.items.length <= 8) return choose(base.items, index, origin)
  if (base.kind === 'map' && base.entries.size > 0 && base.entries.size <= 8) {
    return choose(
      [...base.entries.values()].map((entry) => entry.value),
      index,
      origin,
    )
  }
  return derive(base.kind === 'unknown' ? base : index, origin)
}

function elementOf(base: UnknownValue, index: Value, origin: Origin): Value {
  const member =
    isLazy(base) && index.kind === 'scalar' ? base.member(`[${String(index.value)}]`, origin, false) : undefined
  return member ?? derive(base, origin)
}

/** A property of something unknown: unknown as well, and still a reference where that was one. */
function attribute(base: UnknownValue, name: string, origin: Origin): UnknownValue {
  const value = derive(base, origin)
  if (base.reference === undefined) return value
  const { address, attribute: path } = base.reference
  return { ...value, reference: { address, attribute: path === '' ? name : `${path}.${name}` } }
}
