import { type Truth, toTruth } from '../../algebra/truth.ts'
import type { Value } from '../../base/value.ts'
import { isUnknown, scalarText } from './fields.ts'
import type { Requirement, Selector } from './selector.ts'

/** The labels of a pod or a namespace, as far as they are known. */
export interface Labels {
  /** A value that is not known is `undefined`; one of several is a list. */
  readonly known: ReadonlyMap<string, string | readonly string[] | undefined>
  /** Keys that controllers add with values of their own, so that a selector on them holds for some of the pods. */
  readonly added: ReadonlySet<string>
  /** True where there may be any further label: the object is not in the tree, or its labels are unknown. */
  readonly open: boolean
}

const NOTHING: ReadonlySet<string> = new Set()

/** Labels that are all known. */
export function knownLabels(entries: Iterable<readonly [string, string]>): Labels {
  return { known: new Map(entries), added: NOTHING, open: false }
}

/** Reads a map of labels. */
export function readLabels(value: Value | undefined, added: ReadonlySet<string> = NOTHING): Labels {
  const known = new Map<string, string | undefined>()
  if (value?.kind === 'map') for (const [key, entry] of value.entries) known.set(key, scalarText(entry.value))
  return { known, added, open: isUnknown(value) }
}

/** Whether the labels satisfy the selector. */
export function matches(selector: Selector, labels: Labels): Truth {
  let result: Truth = selector.unknown ? 'maybe' : 'yes'
  for (const requirement of selector.requirements) {
    const truth = satisfies(requirement, labels)
    if (truth === 'no') return 'no'
    if (truth === 'maybe') result = 'maybe'
  }
  return result
}

/** One requirement. `NotIn` and `DoesNotExist` hold when the key is absent (apimachinery `labels.Requirement.Matches`). */
function satisfies(requirement: Requirement, labels: Labels): Truth {
  const { key, operator } = requirement
  if (!labels.known.has(key)) {
    if (labels.open || labels.added.has(key)) return 'maybe'
    return toTruth(operator === 'NotIn' || operator === 'DoesNotExist')
  }
  if (operator === 'Exists') return 'yes'
  if (operator === 'DoesNotExist') return 'no'
  const value = labels.known.get(key)
  if (value === undefined || requirement.values === undefined) return 'maybe'
  const wanted = operator === 'In'
  if (typeof value === 'string') return toTruth(requirement.values.includes(value) === wanted)
  const hits = value.filter((option) => requirement.values?.includes(option)).length
  if (hits > 0 && hits < value.length) return 'maybe'
  return toTruth(hits > 0 === wanted)
}

/** A text that is equal for labels that no selector can tell apart. */
export function labelsKey({ known, added, open }: Labels): string {
  const entries: string[] = []
  // A NUL is in no key and in no value.
  for (const [key, value] of known) {
    entries.push(
      typeof value === 'string' ? `${key}=${value}` : `${key}\0${value === undefined ? '' : value.join('\0')}`,
    )
  }
  if (entries.length > 1) entries.sort()
  for (const key of added) entries.push(key)
  return `${open ? '\0' : ''}${entries.length - added.size};${entries.join(',')}`
}
