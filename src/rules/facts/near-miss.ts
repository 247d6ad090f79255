import { dig, get } from '../../base/value.ts'
import type { Selector } from '../../model/kubernetes/selector.ts'
import { type Workload, workloadName } from '../../model/kubernetes/workload.ts'
import type { Resource } from '../../parse/resource.ts'
import { replaceScalar } from '../edit/collection-edit.ts'
import { inPlace } from '../edit/one-patch.ts'
import type { ProposedPatch } from '../rule.ts'

/** A label that a selector asks for, and what it is on the only workload that is one label away. */
export interface NearMiss {
  readonly key: string
  readonly asked: string
  readonly is: string
  /** `shop/web has app=web`. */
  readonly words: string
}

/** The one value with which the selector would hold for a workload. Undefined where none or several would do. */
export function nearMiss(selector: Selector, workloads: readonly Workload[]): NearMiss | undefined {
  const found = new Map<string, NearMiss>()
  for (const workload of workloads) {
    let miss: NearMiss | undefined
    let count = 0
    for (const { key, operator, values } of selector.requirements) {
      const is = workload.labels.known.get(key)
      if (operator === 'In' && typeof is === 'string' && values?.includes(is)) continue
      count++
      const asked = values?.length === 1 ? values[0] : undefined
      if (operator !== 'In' || asked === undefined || typeof is !== 'string') continue
      miss = { key, asked, is, words: `${workloadName(workload)} has ${key}=${is}` }
    }
    // A selector of one label differs from every workload in one label: then the values must be alike as well.
    if (count !== 1 || miss === undefined) continue
    if (selector.requirements.length > 1 || isAlike(miss.asked, miss.is)) found.set(`${miss.key}=${miss.is}`, miss)
  }
  return found.size === 1 ? [...found.values()][0] : undefined
}

/** Writes the workload's value where the selector asks for another. */
export function replaceLabel(
  resource: Resource,
  path: readonly string[],
  { key, is }: NearMiss,
): ProposedPatch | undefined {
  const value = get(dig(resource.value, ...path), key)
  return value && inPlace(replaceScalar(value, is), `Selects ${key}=${is} in ${resource.address}.`)
}

/** True for names that a slip tells apart: one letter more, less, other or moved, or another case. Bounded by the length of labels (63). */
function isAlike(a: string, b: string): boolean {
  const [x, y] = [a.toLowerCase(), b.toLowerCase()]
  if (x === y) return true
  if (Math.abs(x.length - y.length) > 1 || Math.min(x.length, y.length) < 3) return false
  let start = 0
  while (start < x.length && x[start] === y[start]) start++
  let end = 0
  while (end < Math.min(x.length, y.length) - start && x[x.length - 1 - end] === y[y.length - 1 - end]) end++
  const [restX, restY] = [x.slice(start, x.length - end), y.slice(start, y.length - end)]
  const isSwapped = restX.length === 2 && restX[0] === restY[1] && restX[1] === restY[0]
  return Math.max(restX.length, restY.length) < 2 || isSwapped
}
