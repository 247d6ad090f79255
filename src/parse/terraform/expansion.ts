import type { Origin } from '../../base/origin.ts'
import { convert, explain, truthOf } from './convert.ts'
import { sortedEntries } from './equality.ts'
import { Failure, refuse } from './failure.ts'
import { makeNumber, makeString } from './make-val.ts'
import { isInteger, toNumber } from './number.ts'
import { NUMBER } from './type.ts'
import { findUnknown, type UnknownVal, type Val } from './val.ts'

/** How many instances a resource or module has, from `count`, `for_each` or `lifecycle { enabled }`. */
export interface Expansion {
  readonly by: 'none' | 'count' | 'for_each'
  readonly instances: readonly InstanceKey[]
  /** Set where the instances are not known: there is one, under the key `*`, that stands for all of them. */
  readonly unknown?: UnknownVal
  readonly failure?: Failure
}

export interface InstanceKey {
  readonly key: number | string | undefined
  /** What stands behind the address: `[0]`, `["a"]`, `[*]` or nothing. */
  readonly suffix: string
  /** `count.index`, or `each.key` and `each.value`. */
  readonly index?: Val
  readonly eachKey?: Val
  readonly eachValue?: Val
  /** Why it is not certain that the instance is there. */
  readonly maybe?: UnknownVal
}

/** More instances than this are not read one by one. */
const MAX_INSTANCES = 50_000

export const SINGLE: Expansion = { by: 'none', instances: [{ key: undefined, suffix: '' }] }

/** The instance that stands for all where they cannot be told. */
function unknownInstance(by: 'count' | 'for_each', cause: UnknownVal): Expansion {
  const part = { ...cause, notNull: true } as UnknownVal
  const instance: InstanceKey =
    by === 'count'
      ? { key: '*', suffix: '[*]', index: { ...bare(cause), type: NUMBER, notNull: true }, maybe: part }
      : {
          key: '*',
          suffix: '[*]',
          eachKey: { ...bare(cause), type: { kind: 'string' }, notNull: true },
          eachValue: { ...bare(cause), type: elementType(cause) },
          maybe: part,
        }
  return { by, instances: [instance], unknown: cause }
}

function bare({ reason, detail, origin }: UnknownVal): UnknownVal {
  return { kind: 'unknown', type: { kind: 'dynamic' }, reason, detail, origin }
}

function elementType({ type }: UnknownVal): UnknownVal['type'] {
  return type.kind === 'map' || type.kind === 'set' ? type.element : { kind: 'dynamic' }
}

export function failedExpansion(by: 'none' | 'count' | 'for_each', failure: Failure, origin: Origin): Expansion {
  const maybe: UnknownVal = {
    kind: 'unknown',
    type: { kind: 'dynamic' },
    reason: failure.reason,
    detail: failure.message,
    origin,
  }
  return { by, instances: [{ key: '*', suffix: by === 'none' ? '' : '[*]', maybe }], failure }
}

/** The instances that a plan has, in place of the one that stands for all: `suffixes` are their keys as addresses show them. */
export function expandAsPlanned(expansion: Expansion, suffixes: readonly string[]): Expansion {
  const { by, unknown } = expansion
  if (unknown === undefined || by === 'none') return expansion
  const instances = suffixes.flatMap((suffix): InstanceKey[] => {
    const key = keyOf(suffix)
    if (typeof key === 'number') {
      return by === 'count' ? [{ key, suffix, index: makeNumber(key, unknown.origin) }] : []
    }
    if (by === 'count') return []
    const eachKey = makeString(key, unknown.origin)
    return [{ key, suffix, eachKey, eachValue: { ...bare(unknown), type: elementType(unknown) } }]
  })
  return instances.length === 0 ? expansion : { by, instances }
}

function keyOf(suffix: string): number | string {
  const written = suffix.slice(1, -1)
  return written.startsWith('"') ? String(JSON.parse(written)).replace(/([$%])\1\{/g, '$1{') : Number(written)
}

export function expandEnabled(val: Val): Expansion {
  const truth = explain('enabled', () => truthOf(val))
  if (truth === true) return SINGLE
  if (truth === false) return { by: 'none', instances: [] }
  return { by: 'none', instances: [{ key: undefined, suffix: '', maybe: findUnknown(val)! }] }
}

export function expandCount(val: Val): Expansion {
  const counts = (val.kind === 'unknown' && val.options ? val.options : [val]).map((option) => countOf(option))
  if (val.kind === 'unknown' && counts.includes(undefined)) return unknownInstance('count', val)
  const known = counts as number[]
  const most = Math.max(...known)
  const least = Math.min(...known)
  if (most > MAX_INSTANCES) {
    throw new Failure('limit-exceeded', `count gives ${most} instances, more than ${MAX_INSTANCES}`)
  }
  const instances: InstanceKey[] = []
  for (let i = 0; i < most; i++) {
    const instance = { key: i, suffix: `[${i}]`, index: makeNumber(i, val.origin) }
    instances.push(i < least ? instance : { ...instance, maybe: val as UnknownVal })
  }
  return { by: 'count', instances }
}

function countOf(val: Val): number | undefined {
  const number = explain('count', () => convert(val, NUMBER))
  if (number.kind === 'unknown') return undefined
  if (number.kind !== 'number') return refuse('count is null')
  if (!isInteger(number.value) || toNumber(number.value) < 0) return refuse('count must be a whole number from 0')
  return toNumber(number.value)
}

export function expandForEach(val: Val): Expansion {
  if (val.kind !== 'unknown')
    return { by: 'for_each', instances: instancesOf(val) ?? refuse('for_each has unknown keys') }
  const options = val.options?.map((option) => instancesOf(option))
  if (options === undefined || options.includes(undefined)) return unknownInstance('for_each', val)
  const counts = new Map<string, { readonly instance: InstanceKey; count: number }>()
  for (const option of options as InstanceKey[][]) {
    for (const instance of option) {
      const before = counts.get(instance.suffix)
      if (before === undefined) counts.set(instance.suffix, { instance, count: 1 })
      else before.count++
    }
  }
  const instances = [...counts.values()].map(({ instance, count }) =>
    count === options.length ? instance : { ...instance, maybe: val },
  )
  return { by: 'for_each', instances }
}

/** Undefined where a key is unknown. */
function instancesOf(val: Val): InstanceKey[] | undefined {
  switch (val.kind) {
    case 'map':
    case 'object':
      if (val.entries.size > MAX_INSTANCES) break
      return sortedEntries(val).map(([key, value]) =>
        forEachInstance(key, makeString(key, val.keys?.get(key) ?? value.origin), value),
      )
    case 'set': {
      if (val.items.length > MAX_INSTANCES) break
      const instances: InstanceKey[] = []
      for (const item of val.items) {
        if (item.kind === 'unknown') return undefined
        if (item.kind !== 'string') return refuse('for_each takes a set of strings or a map')
        instances.push(forEachInstance(item.value, item, item))
      }
      return instances
    }
    case 'unknown':
      return undefined
    case 'null':
      return refuse('for_each is null')
    default:
      return refuse(`for_each takes a map or a set of strings, not a ${val.kind}`)
  }
  throw new Failure('limit-exceeded', `for_each gives more than ${MAX_INSTANCES} instances`)
}

function forEachInstance(key: string, eachKey: Val, eachValue: Val): InstanceKey {
  return { key, suffix: `[${quoteKey(key)}]`, eachKey, eachValue }
}

/** A key as addresses show it. */
export function quoteKey(key: string): string {
  return JSON.stringify(key).replaceAll('${', '$${').replaceAll('%{', '%%{')
}
