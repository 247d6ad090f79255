import type { Origin } from '../../base/origin.ts'
import { unreachable } from '../../base/problem.ts'
import type { MapEntry, UnknownValue, Value } from '../../base/value.ts'
import type { Failure } from './failure.ts'
import { toNumber } from './number.ts'
import type { UnknownVal, Val } from './val.ts'

/** The value as models and outputs read it: sets are lists, and types are gone. */
export function toValue(val: Val): Value {
  const { origin } = val
  switch (val.kind) {
    case 'string':
      return val.reference === undefined
        ? { kind: 'scalar', value: val.value, origin }
        : { kind: 'scalar', value: val.value, origin, reference: val.reference }
    case 'bool':
      return { kind: 'scalar', value: val.value, origin }
    case 'number': {
      const value = toNumber(val.value)
      if (Number.isFinite(value)) return { kind: 'scalar', value, origin }
      return { kind: 'unknown', reason: 'limit-exceeded', detail: 'a number is out of range', origin }
    }
    case 'null':
      return { kind: 'scalar', value: null, origin }
    case 'list':
    case 'set':
    case 'tuple':
      return { kind: 'list', items: val.items.map(toValue), origin }
    case 'map':
    case 'object':
      return toMap(val.entries, val.keys, origin)
    case 'unknown':
      // A block of a resource is what is written of it; a resource as a whole is a reference.
      if (val.attributes !== undefined && val.reference?.attribute !== '')
        return toMap(val.attributes, val.keys, origin)
      if (val.options !== undefined) {
        const { reason, detail } = val
        return { kind: 'choice', options: val.options.map(toValue), reason, detail, origin }
      }
      return toUnknown(val)
    default:
      return unreachable(val)
  }
}

function toMap(vals: ReadonlyMap<string, Val>, keys: ReadonlyMap<string, Origin> | undefined, origin: Origin): Value {
  const entries = new Map<string, MapEntry>()
  for (const [name, item] of vals) {
    const key = keys?.get(name)
    entries.set(name, key === undefined ? { value: toValue(item) } : { value: toValue(item), key })
  }
  return { kind: 'map', entries, origin }
}

export function toUnknown(val: UnknownVal): UnknownValue {
  const { reason, detail, origin, reference, prefix, around } = val
  return {
    kind: 'unknown',
    reason,
    detail,
    origin,
    ...(reference === undefined ? {} : { reference }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(around === undefined ? {} : { parts: [around.before, toUnknown(around.hole), around.after] }),
  }
}

/** What stands at the place of a value that could not be evaluated. */
export function failedValue(failure: Failure, origin: Origin): UnknownValue {
  return { kind: 'unknown', reason: failure.reason, detail: failure.message, origin }
}
