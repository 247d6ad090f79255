import type { Origin } from '../../../base/origin.ts'
import type { ScalarValue, Value } from '../../../base/value.ts'
import { refuse } from '../failure.ts'
import { makeBool, makeNull, makeNumber, makeObject, makeString, makeTuple } from '../make-val.ts'
import { fromNumber, type Numeric } from '../number.ts'
import { DYNAMIC } from '../type.ts'
import type { Val } from '../val.ts'

/**
 * A decoded document as a value of the language. Where `place` is given all of it has that origin, else each part its own.
 * `readNumber` says what a number is that is written in another way than the language's own.
 */
export function fromValue(
  value: Value,
  place: Origin | undefined,
  readNumber: (value: ScalarValue) => Numeric | string = ({ value }) => fromNumber(value as number),
): Val {
  const origin = place ?? value.origin
  switch (value.kind) {
    case 'scalar':
      if (typeof value.value === 'string') return makeString(value.value, origin)
      if (typeof value.value === 'number') {
        if (!Number.isFinite(value.value)) return refuse('a number is not finite')
        const read = readNumber(value)
        return typeof read === 'string' ? makeString(read, origin) : makeNumber(read, origin)
      }
      return value.value === null ? makeNull(DYNAMIC, origin) : makeBool(value.value, origin)
    case 'list':
      return makeTuple(
        value.items.map((item) => fromValue(item, place, readNumber)),
        origin,
      )
    case 'map': {
      const entries = new Map<string, Val>()
      const keys = new Map<string, Origin>()
      for (const [name, entry] of value.entries) {
        entries.set(name, fromValue(entry.value, place, readNumber))
        if (entry.key !== undefined && place === undefined) keys.set(name, entry.key)
      }
      return makeObject(entries, origin, keys)
    }
    default:
      return refuse('the document cannot be decoded')
  }
}
