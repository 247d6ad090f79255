import type { AnalysedPair } from './analyse.ts'
import { missingFrom } from './base/identity.ts'
import type { Value } from './base/value.ts'
import { expandModule } from './model/azure/modules.ts'
import type { Resource } from './parse/resource.ts'
import { indexHits } from './rules/hit-index.ts'
import type { RuleHit } from './rules/rule.ts'

export interface SeenHits {
  /** The hits of the base without those of which the head does not tell whether they still hold. */
  readonly hits: readonly RuleHit[]
  /** Of those that were left out, for coverage. */
  readonly notes: readonly string[]
}

/**
 * What a change hides is not mended. A hit that the head does not have is left out where the head does not tell what decided it: a value
 * of the resource that was known is not any more, or the module that makes the resource has a version that nobody has read.
 */
export function withoutLostSight(
  base: readonly RuleHit[],
  head: readonly RuleHit[],
  pairs: readonly AnalysedPair[],
): SeenHits {
  const lost = new Map(pairs.map((pair) => [pair.name, lostResources(pair)]))
  if ([...lost.values()].every(({ size }) => size === 0)) return { hits: base, notes: [] }
  const found = indexHits(head)
  const isLost = ({ rule, hit, state }: RuleHit): boolean =>
    found.get(state, rule.id, hit.subject) === undefined && isOf(hit.resource, lost.get(state) ?? NOTHING)
  const notes = base
    .filter(isLost)
    .map(
      ({ rule, hit }) =>
        `Whether ${rule.id} still holds of ${hit.resource} is not known: the change hides what decided it.`,
    )
  return { hits: base.filter((hit) => !isLost(hit)), notes: [...new Set(notes)].sort() }
}

const NOTHING: ReadonlySet<string> = new Set()

/** A module makes what its address begins. */
function isOf(address: string, lost: ReadonlySet<string>): boolean {
  for (let end = address.length; end > 0; end = address.lastIndexOf('.', end - 1)) {
    if (lost.has(address.slice(0, end))) return true
  }
  return false
}

/** Addresses, as the base has them, of resources of which the head tells less. */
function lostResources({ base, head }: AnalysedPair): ReadonlySet<string> {
  const changed = missingFrom(head.resources, base.resources)
  if (changed.length === 0) return NOTHING
  const before = new Map(missingFrom(base.resources, head.resources).map((resource) => [resource.address, resource]))
  const lost = new Set<string>()
  for (const after of changed) {
    const name = head.identity(after.address)
    const was = before.get(name)
    if (was !== undefined && tellsLess(was, after)) lost.add(name)
  }
  return lost
}

function tellsLess(before: Resource, after: Resource): boolean {
  if (before.maybe === undefined && after.maybe !== undefined) return true
  if (isRead(before) && !isRead(after)) return true
  return becameUnknown(before.value, after.value)
}

function isRead(resource: Resource): boolean {
  return resource.kind !== 'module' || expandModule(resource)[0] !== resource
}

/**
 * Whether something that is not known has taken the place of a part that was, or of one that is gone. What refers to another resource is
 * as known as that; what is only added decides nothing of what was there.
 */
function becameUnknown(before: Value, after: Value): boolean {
  const left: (readonly [Value, Value])[] = [[before, after]]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [was, is] = next
    if (isHidden(is)) {
      if (!isHidden(was)) return true
      continue
    }
    const [old, now] = [partsOf(was), partsOf(is)]
    const isOneGone = [...old.keys()].some((key) => !now.has(key))
    for (const [key, part] of now) {
      const same = old.get(key)
      if (same !== undefined) left.push([same, part])
      else if (isOneGone && isHidden(part)) return true
    }
  }
  return false
}

/** What stands at the keys of a map or the places of a list. Tags decide nothing. */
function partsOf(value: Value): ReadonlyMap<string | number, Value> {
  if (value.kind === 'list') return new Map(value.items.entries())
  if (value.kind !== 'map') return new Map()
  return new Map([...value.entries].flatMap(([key, entry]) => (key === 'tags' ? [] : [[key, entry.value] as const])))
}

function isHidden(value: Value): boolean {
  return (value.kind === 'unknown' && value.reference === undefined) || value.kind === 'choice'
}
