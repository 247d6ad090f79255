import type { ConnectionSet } from '../algebra/connections.ts'
import type { Origin } from '../base/origin.ts'
import { invariant } from '../base/problem.ts'
import type { Severity } from '../base/severity.ts'
import { get, itemsOf, stringOf, type Value } from '../base/value.ts'
import { type Glob, toGlob } from './glob.ts'
import { type Destination, type PeerPattern, parseDestination, parsePeer } from './peer-pattern.ts'
import { toConnections } from './port.ts'

/**
 * What must hold on the network in every version.
 *
 * It is about connections from what `from` selects to what `to` selects, on `connections` or on every port where that is undefined.
 */
export interface Intent {
  readonly name: string
  readonly from: Selection
  readonly to: Selection
  readonly connections: ConnectionSet | undefined
  readonly expect: Expectation
  readonly severity: Severity
  readonly reason: string | undefined
  readonly origin: Origin
}

export type Expectation =
  | { readonly kind: 'deny' }
  /** Nothing but these destinations. */
  | { readonly kind: 'allow-only'; readonly destinations: readonly Destination[] }
  /** From nothing but these sources. */
  | { readonly kind: 'allow-only-from'; readonly sources: readonly Selection[] }
  /** The path holds this layer. */
  | { readonly kind: 'via'; readonly layer: 'firewall' }

/** Peers by what they are called; workloads also by labels, and everything by the state it is in. All conditions must hold. */
export interface Selection {
  readonly peer: PeerPattern
  /** Of the pods. */
  readonly labels: ReadonlyMap<string, string>
  readonly state: Glob | undefined
}

/** The typed form of an item of `intents`, for which the schema holds. */
export function toIntent(value: Value): Intent {
  return {
    name: stringOf(get(value, 'name')) ?? '',
    from: toSelection(get(value, 'from')),
    to: toSelection(get(value, 'to')),
    connections: toConnections(get(value, 'ports')),
    expect: toExpectation(value),
    severity: (stringOf(get(value, 'severity')) as Severity | undefined) ?? 'high',
    reason: stringOf(get(value, 'reason')),
    origin: value.origin,
  }
}

function toExpectation(value: Value): Expectation {
  const only = get(value, 'allow-only')
  if (only !== undefined) return { kind: 'allow-only', destinations: itemsOf(only).map(toDestination) }
  const from = get(value, 'allow-only-from')
  if (from !== undefined) return { kind: 'allow-only-from', sources: itemsOf(from).map(toSelection) }
  return get(value, 'via') === undefined ? { kind: 'deny' } : { kind: 'via', layer: 'firewall' }
}

function toDestination(value: Value): Destination {
  const destination = parseDestination(stringOf(value) ?? '')
  invariant(!('error' in destination), 'the schema holds')
  return destination
}

function toSelection(value: Value | undefined): Selection {
  if (value?.kind !== 'map') return { peer: toPeer(stringOf(value) ?? 'any'), labels: new Map(), state: undefined }
  const namespace = stringOf(get(value, 'namespace'))
  const workload = stringOf(get(value, 'workload'))
  const labels = get(value, 'labels')
  const state = stringOf(get(value, 'state'))
  const byName = namespace !== undefined || workload !== undefined || labels !== undefined
  return {
    peer: toPeer(byName ? `${namespace ?? '*'}/${workload ?? '*'}` : 'any'),
    labels: new Map(
      labels?.kind === 'map' ? [...labels.entries].map(([key, entry]) => [key, stringOf(entry.value) ?? '']) : [],
    ),
    state: state === undefined ? undefined : toGlob(state),
  }
}

function toPeer(text: string): PeerPattern {
  const peer = parsePeer(text)
  invariant(!('error' in peer), 'the schema holds')
  return peer
}
