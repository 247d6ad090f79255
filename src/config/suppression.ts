import { type ConnectionSet, connectionSets } from '../algebra/connections.ts'
import type { Origin } from '../base/origin.ts'
import { toPlace } from '../base/origin.ts'
import { get, stringOf, type Value } from '../base/value.ts'
import { type Day, daysBetween } from './day.ts'
import { type Glob, toGlob } from './glob.ts'
import { coversPeer, type PeerPattern, parsePeer } from './peer-pattern.ts'
import { toConnections } from './port.ts'
import { nearest } from './spelling.ts'

/** A finding that is accepted for a time. It covers what it names and nothing else. */
export interface Suppression {
  readonly rule: string
  readonly from: PeerPattern | undefined
  readonly to: PeerPattern | undefined
  /** The connections that it covers; undefined for every one. */
  readonly connections: ConnectionSet | undefined
  readonly resource: Glob | undefined
  readonly reason: string
  readonly owner: string
  /** The last day on which it holds. */
  readonly expires: Day
  readonly origin: Origin
}

/** What of a finding decides whether a suppression covers it. */
export interface SuppressionTarget {
  readonly rule: string
  /** Address of the resource. */
  readonly resource: string
  /** Peers as reports name them; absent where the finding is not about a connection. */
  readonly from?: string
  readonly to?: string
  /** What flows between them; absent where that is not known, or the finding is not about a connection. */
  readonly connections?: ConnectionSet
}

/** Days that a suppression may reach ahead. */
const LONGEST_DAYS = 366
/** Days before the end on which it is announced. */
const NOTICE_DAYS = 14

/** The first suppression that covers the target on that day, or undefined. */
export function matchSuppression(
  suppressions: readonly Suppression[],
  target: SuppressionTarget,
  today: Day,
): Suppression | undefined {
  return suppressions.find((suppression) => isInForce(suppression, today) && covers(suppression, target))
}

/** The first suppression that covered the target and has ended, or undefined. */
export function matchEnded(
  suppressions: readonly Suppression[],
  target: SuppressionTarget,
  today: Day,
): Suppression | undefined {
  return suppressions.find((suppression) => hasEnded(suppression, today) && covers(suppression, target))
}

/** True after its last day. */
export function hasEnded(suppression: { readonly expires: Day }, today: Day): boolean {
  return daysBetween(today, suppression.expires) < 0
}

/** True on the days on which it counts: up to its last day, and only when that is no more than a year ahead. */
export function isInForce(suppression: { readonly expires: Day }, today: Day): boolean {
  const left = daysBetween(today, suppression.expires)
  return left >= 0 && left <= LONGEST_DAYS
}

function covers({ rule, from, to, connections, resource }: Suppression, target: SuppressionTarget): boolean {
  return (
    rule === target.rule &&
    coversEnd(from, target.from) &&
    coversEnd(to, target.to) &&
    (resource === undefined || resource.matches(target.resource)) &&
    (connections === undefined ||
      (target.connections !== undefined && connectionSets.covers(connections, target.connections)))
  )
}

function coversEnd(pattern: PeerPattern | undefined, peer: string | undefined): boolean {
  return pattern === undefined || (peer !== undefined && coversPeer(pattern, peer))
}

/** Something to say of a suppression itself. */
export interface SuppressionNotice {
  readonly kind: 'expired' | 'expires-soon' | 'too-long' | 'unused' | 'unknown-rule'
  /** One sentence. It holds text of the configuration: escape before printing. */
  readonly message: string
  readonly at: Origin
  readonly file: string
  /** 1-based. */
  readonly line: number
}

/**
 * What is wrong with the suppressions of a configuration: at most one notice each, the gravest.
 *
 * `used` are those that covered a finding. Only where everything was judged can one be said to cover nothing: leave `used` out
 * elsewhere.
 */
export function checkSuppressions(
  suppressions: readonly Suppression[],
  today: Day,
  facts: { readonly rules: ReadonlySet<string>; readonly used?: ReadonlySet<Suppression> },
): readonly SuppressionNotice[] {
  return suppressions.flatMap((suppression) => {
    const notice = judge(suppression, today, facts)
    if (notice === undefined) return []
    const { file, line } = toPlace(suppression.origin)
    return [{ ...notice, at: suppression.origin, file, line }]
  })
}

function judge(
  suppression: Suppression,
  today: Day,
  { rules, used }: { readonly rules: ReadonlySet<string>; readonly used?: ReadonlySet<Suppression> },
): Pick<SuppressionNotice, 'kind' | 'message'> | undefined {
  const name = describeSuppression(suppression)
  const left = daysBetween(today, suppression.expires)
  if (!rules.has(suppression.rule)) {
    const near = nearest(suppression.rule, [...rules])
    const hint = near === undefined ? '' : `; did you mean ${near}?`
    return { kind: 'unknown-rule', message: `${name} names no rule of the catalogue${hint}` }
  }
  if (left < 0) {
    return { kind: 'expired', message: `${name} ended on ${suppression.expires}; what it covered is a finding again` }
  }
  if (left > LONGEST_DAYS) {
    const message = `${name} reaches ${left} days ahead and does not count; ${LONGEST_DAYS} are the most`
    return { kind: 'too-long', message }
  }
  if (used?.has(suppression) === false)
    return { kind: 'unused', message: `${name} covers no finding and can be removed` }
  if (left <= NOTICE_DAYS) return { kind: 'expires-soon', message: `${name} ends on ${suppression.expires}` }
  return undefined
}

/** `the suppression of egress-internet from payments/checkout to 0.0.0.0/0`. */
export function describeSuppression({ rule, from, to, resource }: Suppression): string {
  const parts = [`the suppression of ${rule}`]
  if (from !== undefined) parts.push(`from ${from.text}`)
  if (to !== undefined) parts.push(`to ${to.text}`)
  if (resource !== undefined) parts.push(`at ${resource.pattern}`)
  return parts.join(' ')
}

/** The typed form of an item of `suppressions`, for which the schema holds. */
export function toSuppression(value: Value): Suppression {
  const text = (key: string): string => stringOf(get(value, key)) ?? ''
  const peer = (key: string): PeerPattern | undefined => {
    const pattern = parsePeer(text(key))
    return get(value, key) === undefined || 'error' in pattern ? undefined : pattern
  }
  const resource = stringOf(get(value, 'resource'))
  return {
    rule: text('rule'),
    from: peer('from'),
    to: peer('to'),
    connections: toConnections(get(value, 'ports')),
    resource: resource === undefined ? undefined : toGlob(resource),
    reason: text('reason'),
    owner: text('owner'),
    expires: text('expires'),
    origin: value.origin,
  }
}
