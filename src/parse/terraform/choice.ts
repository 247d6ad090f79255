import type { Origin } from '../../base/origin.ts'
import { identityOf } from './equality.ts'
import { totalSize } from './make-val.ts'
import { DYNAMIC, sameType, type Type } from './type.ts'
import { derived, typeOf, type UnknownVal, type Val } from './val.ts'

/** A choice between more values than these is of no use to anybody, and choices multiply. */
const MAX_OPTIONS = 8
/** Nor is one whose values have more parts than these, all together: choices inside choices multiply them. */
const MAX_PARTS = 20_000

/** One of several values, which one depends on `cause`. One value where all are the same, an unknown where they are too many. */
export function makeChoice(options: readonly Val[], type: Type, cause: UnknownVal, origin: Origin): Val {
  const distinct: Val[] = []
  const seen = new Set<string>()
  for (const option of options) {
    for (const single of (option.kind === 'unknown' && option.options) || [option]) {
      const identity = identityOf(single)
      if (identity !== undefined) {
        if (seen.has(identity)) continue
        seen.add(identity)
      }
      distinct.push(single)
    }
  }
  const [only] = distinct
  if (only !== undefined && distinct.length === 1 && seen.size === 1)
    return { ...only, origin: { ...origin, from: only.origin } }
  const notNull = distinct.every((option) =>
    option.kind === 'unknown' ? option.notNull === true : option.kind !== 'null',
  )
  const unknown = derived(cause, type, origin, notNull ? { notNull } : {})
  // Without a single known part a choice says no more than an unknown.
  const telling = distinct.some((option) => option.kind !== 'unknown' || option.reference !== undefined)
  if (!telling || distinct.length < 2 || distinct.length > MAX_OPTIONS) return unknown
  const size = totalSize(distinct)
  return size > MAX_PARTS ? unknown : { ...unknown, options: distinct, size }
}

/** Applies a step to a value, or to each of the values that a choice is between. */
export function overOptions(val: Val, step: (option: Val) => Val): Val {
  if (val.kind !== 'unknown' || val.options === undefined) return step(val)
  const results = val.options.map(step)
  const first = typeOf(results[0]!)
  const type = results.every((result) => sameType(typeOf(result), first)) ? first : DYNAMIC
  return makeChoice(results, type, val, val.origin)
}
