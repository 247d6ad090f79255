import { editableOrigin, type Origin } from '../base/origin.ts'
import { type FindingStatus, SEVERITIES, type Severity } from './finding.ts'
import type { Hit, ProposedPatch, Rule } from './rule.ts'

/** What makes one finding of several that follow from one line. */
export interface Because {
  /** {@link lineOf} the cause. */
  readonly line: string
  /** The first tells most where several are equally bad; see {@link TELLING}. */
  readonly tells: Telling
  /** One sentence that a finding shown instead of this one takes over; undefined where that says it all. */
  readonly aside?: (hit: Hit) => string | undefined
}

/**
 * `path`: what the line does to the way of packets, with both ends. `effect`: what one workload or Service gets from it. `condition`: what
 * the line itself says. `difference`: only that more gets through than before.
 */
const TELLING = ['path', 'effect', 'condition', 'difference'] as const
type Telling = (typeof TELLING)[number]

interface Judged {
  readonly hit: { readonly rule: Rule; readonly hit: Hit; readonly state: string }
  readonly status: FindingStatus
  readonly severity: Severity
  /** What accepts it. */
  readonly accepted?: string
}

/** What a person edits, as findings of several rules about it share it: a rule, a route, a setting. Files may have one line only. */
export function lineOf(origin: Origin): string {
  const { source, start } = editableOrigin(origin)
  return `${source.path}:${start}`
}

/**
 * One line, one finding: of the findings of several rules that one line causes the worst stays, of equally bad ones the one that tells
 * most, with the patches of the others beside its own, and what the others add in a sentence. News, what was there, what is gone, and
 * what is accepted stay apart.
 */
export function oneForEachLine<T extends Judged>(judged: readonly T[]): readonly T[] {
  const groups = new Map<string, T[]>()
  for (const one of judged) {
    const { because } = one.hit.hit
    if (because === undefined) continue
    const key = `${one.hit.state}\0${newsOf(one.status)}\0${one.accepted ?? ''}\0${because.line}`
    const same = groups.get(key)
    if (same === undefined) groups.set(key, [one])
    else same.push(one)
  }
  const shown = new Map<T, T | undefined>()
  for (const group of groups.values()) {
    const best = group.reduce((a, b) => (compare(a, b) <= 0 ? a : b))
    const others = group.filter(({ hit }) => hit.rule !== best.hit.rule)
    for (const other of others) shown.set(other, undefined)
    if (others.length > 0) shown.set(best, speakFor(best, others))
  }
  return judged.flatMap((one) => {
    const instead = shown.has(one) ? shown.get(one) : one
    return instead === undefined ? [] : [instead]
  })
}

function newsOf(status: FindingStatus): string {
  if (status === 'introduced' || status === 'worsened') return 'new'
  return status === 'fixed' ? 'gone' : 'there'
}

function compare(a: Judged, b: Judged): number {
  const told = ({ hit }: Judged) => TELLING.indexOf(hit.hit.because!.tells)
  return SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || told(a) - told(b)
}

/** More sentences of others than this bury the first. */
const MOST_ASIDES = 3

function speakFor<T extends Judged>(best: T, others: readonly T[]): T {
  const { hit } = best.hit
  const asides = new Set(others.flatMap(({ hit: other }) => other.hit.because?.aside?.(other.hit) ?? []))
  const concepts = [best, ...others].flatMap(({ hit: one }) => one.hit.concepts ?? one.rule.meta.concepts)
  // What closes one of the consequences may close all of them.
  const otherwise = (): readonly ProposedPatch[] =>
    [best, ...others].flatMap(({ hit: one }) => [
      ...(one === best.hit ? [] : proposedBy(one)),
      ...(one.hit.otherwise?.() ?? []),
    ])
  // Messages and witnesses are made when somebody reads them.
  const spoken = Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(hit),
      message: { get: () => [hit.message, ...[...asides].slice(0, MOST_ASIDES)].join(' '), enumerable: true },
      concepts: { value: [...new Set(concepts)], enumerable: true },
      otherwise: { value: otherwise, enumerable: true },
    },
  ) as Hit
  return { ...best, hit: { ...best.hit, hit: spoken } }
}

/** The patch of a finding that another one speaks for, at the layer of its own rule. */
function proposedBy({ hit, rule }: Judged['hit']): readonly ProposedPatch[] {
  const patch = hit.fix?.()
  return patch === undefined ? [] : [{ layer: hit.layer ?? rule.meta.layer, ...patch }]
}
