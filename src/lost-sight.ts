import type { AnalysedPair } from './analyse.ts'
import { missingFrom } from './base/identity.ts'
import { lazily } from './base/lazily.ts'
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
  const found = indexHits(head)
  const gone = base.filter(
    ({ rule, hit, state }) => !hit.hidden && found.get(state, rule.id, hit.subject) === undefined,
  )
  if (gone.length === 0) return { hits: base, notes: [] }
  const sights = new Map(pairs.map((pair) => [pair.name, lostIn(pair)]))
  const lost = new Set(gone.filter(({ hit, state }) => sights.get(state)?.(hit.resource) === true))
  const notes = [...lost].map(
    ({ rule, hit }) =>
      `Whether ${rule.id} still holds of ${hit.resource} is not known: the change hides what decided it.`,
  )
  return { hits: base.filter((hit) => !lost.has(hit)), notes: [...new Set(notes)].sort() }
}

/** Whether the head tells less of a resource, by its address in the base. Only resources that somebody asks about are compared. */
function lostIn({ base, head }: AnalysedPair): (address: string) => boolean {
  const sides = lazily(() => ({
    before: new Map(missingFrom(base.resources, head.resources).map((resource) => [resource.address, resource])),
    after: new Map(
      missingFrom(head.resources, base.resources).map((resource) => [head.identity(resource.address), resource]),
    ),
  }))
  const known = new Map<string, boolean>()
  const isLost = (address: string): boolean => {
    const { before, after } = sides()
    const [was, is] = [before.get(address), after.get(address)]
    return was !== undefined && is !== undefined && tellsLess(was, is)
  }
  return (address) => {
    let lost = known.get(address)
    if (lost === undefined) {
      lost =
        isLost(address) ||
        modulesOf(address).some((module) => sides().after.get(module)?.kind === 'module' && isLost(module))
      known.set(address, lost)
    }
    return lost
  }
}

/** What the address of a thing that a module makes begins with. */
function modulesOf(address: string): readonly string[] {
  const parts = address.split('.')
  return parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('.'))
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
