import type { Origin } from '../../../base/origin.ts'
import type { Value } from '../../../base/value.ts'
import { refuse } from '../failure.ts'
import { fromNumber } from '../number.ts'
import { DYNAMIC } from '../type.ts'
import { makeBool, makeNull, makeNumber, makeObject, makeString, makeTuple, type Val } from '../val.ts'

/** A decoded document as a value of the language. Where `place` is given all of it has that origin, else each part its own. */
export function fromValue(value: Value, place: Origin | undefined): Val {
  const origin = place ?? value.origin
  switch (value.kind) {
    case 'scalar':
      if (typeof value.value === 'string') return makeString(value.value, origin)
      if (typeof value.value === 'number') {
        return Number.isFinite(value.value)
          ? makeNumber(fromNumber(value.value), origin)
          : refuse('a number is not finite')
      }
      return value.value === null ? makeNull(DYNAMIC, origin) : makeBool(value.value, origin)
    case 'list':
      return makeTuple(
        value.items.map((item) => fromValue(item, place)),
        origin,
      )
    case 'map': {
      const entries = new Map<string, Val>()
      const keys = new Map<string, Origin>()
      for (const [name, entry] of value.entries) {
        entries.set(name, fromValue(entry.value, place))
        if (entry.key !== undefined && place === undefined) keys.set(name, entry.key)
      }
      return makeObject(entries, origin, keys)
    }
    default:
      return refuse('the document cannot be decoded')
  }
}
