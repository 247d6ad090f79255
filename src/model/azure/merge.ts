import type { MapEntry, MapValue, UnknownValue, Value } from '../../base/value.ts'

/** Associations add to a list, updates replace it. */
export type ListMerge = 'append' | 'replace'

/** `body` with everything that `patch` says put over it; maps are merged key by key. */
export function mergeBodies(body: MapValue, patch: MapValue, lists: ListMerge): MapValue {
  const entries = new Map<string, MapEntry>(body.entries)
  for (const [key, entry] of patch.entries) {
    const name = sameKey(body, key)
    const before = entries.get(name)
    entries.set(name, before === undefined ? entry : { ...entry, value: mergeValues(before.value, entry.value, lists) })
  }
  return { ...body, entries }
}

function mergeValues(before: Value, after: Value, lists: ListMerge): Value {
  if (before.kind === 'map' && after.kind === 'map') return mergeBodies(before, after, lists)
  if (lists === 'append' && before.kind === 'list' && after.kind === 'list') {
    return { ...before, items: [...before.items, ...after.items] }
  }
  return after
}

/** The key as the body writes it, which may differ in case. */
function sameKey(body: MapValue, key: string): string {
  if (body.entries.has(key)) return key
  const lower = key.toLowerCase()
  for (const name of body.entries.keys()) if (name.toLowerCase() === lower) return name
  return key
}

/** What a resource sets that may not be there: nobody can tell whether it is set. */
export function uncertain(value: Value, { reason, detail }: UnknownValue): Value {
  if (value.kind !== 'map') return { kind: 'unknown', reason, detail, origin: value.origin }
  const entries = new Map<string, MapEntry>()
  for (const [key, entry] of value.entries) {
    entries.set(key, {
      ...entry,
      value: uncertain(entry.value, { kind: 'unknown', reason, detail, origin: value.origin }),
    })
  }
  return { ...value, entries }
}
