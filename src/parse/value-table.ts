import type { Origin } from '../base/origin.ts'
import type { SourceText } from '../base/text.ts'
import type { ListValue, MapEntry, MapValue, ScalarValue, Value } from '../base/value.ts'
import { resolvePlain } from './yaml-scalar.ts'

/** What stands at a row. `PLAIN` has a meaning to be found, `QUOTED` is the text between its first and last character. */
export const ROW = { ABSENT: 0, PLAIN: 1, QUOTED: 2, MAP: 3, LIST: 4 } as const
export type RowKind = (typeof ROW)[keyof typeof ROW]

/** Columns of a row: the value's offsets, where it would stand if it is absent, the end exclusive. */
export const START = 0
export const END = 1
/** The row behind the last one inside this one: what is inside a collection follows its row. */
export const NEXT = 2
/** Offset of the key, whose text is its meaning, and its length above {@link KEY_BITS} bits of the {@link RowKind}. */
export const KEY = 3
export const SHAPE = 4
export const KEY_BITS = 3
export const COLUMNS = 5

const KIND_MASK = (1 << KEY_BITS) - 1

/**
 * The values of a file as numbers, five for each value in the order of the text, from which objects are made when somebody asks.
 * Of most manifests most is never asked for.
 */
export interface ValueTable {
  readonly source: SourceText
  readonly rows: Int32Array
}

/** The value of a row, which must be asked for once: another call makes another object. */
export function valueAt(table: ValueTable, row: number): Value {
  const { rows, source } = table
  const at = row * COLUMNS
  const kind = (rows[at + SHAPE]! & KIND_MASK) as RowKind
  switch (kind) {
    case ROW.MAP:
      return new TableMap(table, row)
    case ROW.LIST:
      return new TableList(table, row)
    case ROW.ABSENT:
      return new TableScalar(table, row, null)
    case ROW.PLAIN:
      return new TableScalar(table, row, resolvePlain(source.text.slice(rows[at + START], rows[at + END])))
    case ROW.QUOTED:
      return new TableScalar(table, row, source.text.slice(rows[at + START]! + 1, rows[at + END]! - 1))
  }
}

function originOf({ source, rows }: ValueTable, row: number): Origin {
  return { source, start: rows[row * COLUMNS + START]!, end: rows[row * COLUMNS + END]! }
}

class TableScalar implements ScalarValue {
  readonly kind = 'scalar'
  readonly value: ScalarValue['value']
  readonly #table: ValueTable
  readonly #row: number

  constructor(table: ValueTable, row: number, value: ScalarValue['value']) {
    this.value = value
    this.#table = table
    this.#row = row
  }

  get origin(): Origin {
    return originOf(this.#table, this.#row)
  }
}

class TableList implements ListValue {
  readonly kind = 'list'
  readonly #table: ValueTable
  readonly #row: number
  #items: readonly Value[] | undefined

  constructor(table: ValueTable, row: number) {
    this.#table = table
    this.#row = row
  }

  get items(): readonly Value[] {
    if (this.#items !== undefined) return this.#items
    const items: Value[] = []
    const { rows } = this.#table
    const end = rows[this.#row * COLUMNS + NEXT]!
    for (let row = this.#row + 1; row < end; row = rows[row * COLUMNS + NEXT]!) items.push(valueAt(this.#table, row))
    this.#items = items
    return items
  }

  get origin(): Origin {
    return originOf(this.#table, this.#row)
  }
}

class TableMap implements MapValue {
  readonly kind = 'map'
  readonly #table: ValueTable
  readonly #row: number
  #entries: ReadonlyMap<string, MapEntry> | undefined
  /** The keys that were looked up one by one, the last first; few of a map's keys are asked for. */
  #found: Found | undefined

  constructor(table: ValueTable, row: number) {
    this.#table = table
    this.#row = row
  }

  find(key: string): Value | undefined {
    if (this.#entries !== undefined) return this.#entries.get(key)?.value
    const { rows, source } = this.#table
    const end = rows[this.#row * COLUMNS + NEXT]!
    const { text } = source
    const first = key.charCodeAt(0)
    for (let row = this.#row + 1; row < end; row = rows[row * COLUMNS + NEXT]!) {
      if (keyLength(rows, row) !== key.length) continue
      const start = rows[row * COLUMNS + KEY]!
      if (text.charCodeAt(start) === first && text.startsWith(key, start)) return this.#valueOf(row)
    }
    return undefined
  }

  #valueOf(row: number): Value {
    const known = this.#known(row)
    if (known !== undefined) return known
    const value = valueAt(this.#table, row)
    this.#found = { row, value, next: this.#found }
    return value
  }

  #known(row: number): Value | undefined {
    for (let found = this.#found; found !== undefined; found = found.next) if (found.row === row) return found.value
    return undefined
  }

  get entries(): ReadonlyMap<string, MapEntry> {
    if (this.#entries !== undefined) return this.#entries
    const entries = new Map<string, MapEntry>()
    const { rows, source } = this.#table
    const end = rows[this.#row * COLUMNS + NEXT]!
    for (let row = this.#row + 1; row < end; row = rows[row * COLUMNS + NEXT]!) {
      const key = rows[row * COLUMNS + KEY]!
      entries.set(
        source.text.slice(key, key + keyLength(rows, row)),
        new TableEntry(this.#table, row, this.#known(row)),
      )
    }
    this.#entries = entries
    this.#found = undefined
    return entries
  }

  get origin(): Origin {
    return originOf(this.#table, this.#row)
  }
}

/** A list with one link for each value: half the memory of an array that grows. */
interface Found {
  readonly row: number
  readonly value: Value
  readonly next: Found | undefined
}

class TableEntry implements MapEntry {
  readonly #table: ValueTable
  readonly #row: number
  #value: Value | undefined

  constructor(table: ValueTable, row: number, value: Value | undefined) {
    this.#table = table
    this.#row = row
    this.#value = value
  }

  get value(): Value {
    this.#value ??= valueAt(this.#table, this.#row)
    return this.#value
  }

  get key(): Origin {
    return keyOf(this.#table, this.#row)
  }
}

function keyOf({ source, rows }: ValueTable, row: number): Origin {
  const start = rows[row * COLUMNS + KEY]!
  return { source, start, end: start + keyLength(rows, row) }
}

function keyLength(rows: Int32Array, row: number): number {
  return rows[row * COLUMNS + SHAPE]! >>> KEY_BITS
}
