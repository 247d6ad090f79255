import { byCodeUnit } from '../../base/order.ts'
import { compare, numberToString, numericEquals } from './number.ts'
import { findUnknown, type MapVal, type ObjectVal, type SetVal, type UnknownVal, type Val } from './val.ts'

/** Entries in the order in which the language visits them. */
export function sortedEntries(val: MapVal | ObjectVal): [string, Val][] {
  return [...val.entries].sort((a, b) => byUtf8(a[0], b[0]))
}

/** Strings in the order of their bytes in UTF-8, as the language sorts them. Differs from UTF-16 order behind U+D7FF only. */
export function byUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const xSurrogate = x >= 0xd800 && x <= 0xdfff
    const ySurrogate = y >= 0xd800 && y <= 0xdfff
    if (xSurrogate !== ySurrogate) return xSurrogate ? 1 : -1
    return x - y
  }
  return a.length - b.length
}

/** True or false where it is decided; undefined where an unknown decides. Both must be of one type, or the answer is false. */
export function equals(a: Val, b: Val): boolean | undefined {
  if (a === b && findUnknown(a) === undefined) return true
  if (b.kind === 'unknown') return unknownEquals(b, a)
  switch (a.kind) {
    case 'unknown':
      return unknownEquals(a, b)
    case 'null':
      return b.kind === 'null'
    case 'string':
    case 'bool':
      return a.kind === b.kind && a.value === b.value
    case 'number':
      return b.kind === 'number' && numericEquals(a.value, b.value)
    case 'list':
    case 'tuple':
      return a.kind === b.kind && allEqual(a.items, b.items)
    case 'set':
      return b.kind === 'set' && setEquals(a, b)
    case 'map':
    case 'object': {
      if (a.kind !== b.kind || a.entries.size !== b.entries.size) return false
      const left: Val[] = []
      const right: Val[] = []
      for (const [key, item] of a.entries) {
        const other = b.entries.get(key)
        if (other === undefined) return false
        left.push(item)
        right.push(other)
      }
      return allEqual(left, right)
    }
  }
}

function unknownEquals(unknown: UnknownVal, other: Val): boolean | undefined {
  if (unknown.options !== undefined) {
    const answers = unknown.options.map((option) => equals(option, other))
    if (answers.every((answer) => answer === answers[0])) return answers[0]
    return undefined
  }
  if (other.kind === 'null' && unknown.notNull) return false
  if (other.kind === 'string' && unknown.prefix !== undefined && !other.value.startsWith(unknown.prefix)) return false
  return undefined
}

function allEqual(a: readonly Val[], b: readonly Val[]): boolean | undefined {
  if (a.length !== b.length) return false
  let decided: boolean | undefined = true
  for (let i = 0; i < a.length; i++) {
    const same = equals(a[i]!, b[i]!)
    if (same === false) return false
    if (same === undefined) decided = undefined
  }
  return decided
}

function setEquals(a: SetVal, b: SetVal): boolean | undefined {
  if (findUnknown(a) !== undefined || findUnknown(b) !== undefined) return undefined
  return allEqual(a.items, b.items)
}

/** A text that two known values share exactly if they are equal; undefined where a part is unknown. */
export function identityOf(val: Val): string | undefined {
  switch (val.kind) {
    case 'string':
      return `s${val.value.length}:${val.value}`
    case 'number':
      return `n${numberToString(val.value)}`
    case 'bool':
      return val.value ? 't' : 'f'
    case 'null':
      return '0'
    case 'unknown':
      return undefined
    case 'list':
    case 'tuple':
    case 'set': {
      const parts: string[] = []
      for (const item of val.items) {
        const part = identityOf(item)
        if (part === undefined) return undefined
        parts.push(part)
      }
      return `${val.kind}(${parts.join(',')})`
    }
    case 'map':
    case 'object': {
      const parts: string[] = []
      for (const [key, item] of sortedEntries(val)) {
        const part = identityOf(item)
        if (part === undefined) return undefined
        parts.push(`${key.length}:${key}=${part}`)
      }
      return `${val.kind}(${parts.join(',')})`
    }
  }
}

/** Strings by bytes, numbers by size, false before true; the language leaves the order of all else open. */
export function sortedDistinct(items: readonly Val[]): readonly Val[] {
  const seen = new Set<string>()
  const distinct: { readonly item: Val; readonly identity: string | undefined }[] = []
  for (const item of items) {
    const identity = identityOf(item)
    if (identity !== undefined) {
      if (seen.has(identity)) continue
      seen.add(identity)
    }
    distinct.push({ item, identity })
  }
  distinct.sort((a, b) => {
    const x = a.item
    const y = b.item
    if (x.kind === 'string' && y.kind === 'string') return byUtf8(x.value, y.value)
    if (x.kind === 'number' && y.kind === 'number') return compare(x.value, y.value)
    if (x.kind === 'bool' && y.kind === 'bool') return Number(x.value) - Number(y.value)
    if (a.identity === undefined || b.identity === undefined) {
      return Number(a.identity === undefined) - Number(b.identity === undefined)
    }
    return byCodeUnit(a.identity, b.identity)
  })
  return distinct.map((entry) => entry.item)
}
