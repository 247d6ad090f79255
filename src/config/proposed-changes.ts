import { toPlace } from '../base/origin.ts'
import { itemsOf, type MapEntry, toJson, type Value } from '../base/value.ts'
import type { Config } from './config.ts'

/** One thing that the head's configuration says and the base's does not, or the other way round. It is not in force yet. */
export interface ProposedChange {
  /** `suppressions`, `rules.egress-internet`, `fail-on` … */
  readonly key: string
  readonly change: 'added' | 'removed' | 'changed'
  /** The base's and the head's text as JSON, shortened; undefined on the side that lacks it. Escape before printing. */
  readonly before: string | undefined
  readonly after: string | undefined
  /** Place in the head's file, in the base's for what is removed. Lines are 1-based. */
  readonly file: string
  readonly line: number
}

/** What the head would change of the configuration. Order, comments and formatting are no change. */
export function proposedChanges(base: Config, head: Config): readonly ProposedChange[] {
  return compareMaps('', base.value, head.value)
}

/** Keys whose values are maps of independent settings. */
const MAPS = new Set(['rules', 'limits'])

function compareMaps(prefix: string, base: Value | undefined, head: Value | undefined): readonly ProposedChange[] {
  const before = entriesOf(base)
  const after = entriesOf(head)
  const keys = new Set([...after.keys(), ...before.keys()])
  return [...keys].flatMap((key): readonly ProposedChange[] => {
    const [old, fresh] = [before.get(key)?.value, after.get(key)?.value]
    const name = `${prefix}${key}`
    if (canonical(old) === canonical(fresh)) return []
    if (MAPS.has(name)) return compareMaps(`${name}.`, old, fresh)
    if (old?.kind === 'list' || fresh?.kind === 'list') return compareLists(name, old, fresh)
    return [toChange(name, old, fresh)]
  })
}

/** Items are compared as wholes: an edited one is removed and added. */
function compareLists(name: string, base: Value | undefined, head: Value | undefined): readonly ProposedChange[] {
  const left = new Map<string, Value[]>()
  for (const item of itemsOf(base)) left.set(canonical(item), [...(left.get(canonical(item)) ?? []), item])
  const added = itemsOf(head).filter((item) => left.get(canonical(item))?.pop() === undefined)
  const removed = [...left.values()].flat()
  return [
    ...added.map((item) => toChange(name, undefined, item)),
    ...removed.map((item) => toChange(name, item, undefined)),
  ]
}

function toChange(key: string, before: Value | undefined, after: Value | undefined): ProposedChange {
  const { file, line } = toPlace((after ?? before)!.origin)
  const change = before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'
  return { key, change, before: print(before), after: print(after), file, line }
}

function entriesOf(value: Value | undefined): ReadonlyMap<string, MapEntry> {
  return value?.kind === 'map' ? value.entries : new Map()
}

const LONGEST_TEXT = 300

function print(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined
  const text = JSON.stringify(toJson(value))
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}…`
}

/** Equal for equal values, whatever the order of their keys. */
function canonical(value: Value | undefined): string {
  if (value === undefined) return ''
  if (value.kind === 'list') return `[${value.items.map(canonical).join()}]`
  if (value.kind !== 'map') return JSON.stringify(toJson(value))
  const entries = [...value.entries].map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry.value)}`)
  return `{${entries.sort().join()}}`
}
