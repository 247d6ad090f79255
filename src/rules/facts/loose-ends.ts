import { type AddressSet, addressSets, printAddress } from '../../algebra/addresses.ts'
import { hasClass } from '../../algebra/classes.ts'
import { connectionSets, samplePort } from '../../algebra/connections.ts'
import type { Origin } from '../../base/origin.ts'
import type { StateView } from '../../compare/state-view.ts'
import { METADATA_ADDRESS, sampleAddress } from '../../reach/address-ranges.ts'
import { connectionsWith } from '../../reach/reachability.ts'
import { exceptFromRule } from '../edit/except.ts'
import { narrowRule } from '../edit/narrow-rule.ts'
import type { Witness } from '../finding.ts'
import type { ProposedPatch } from '../rule.ts'
import { askAzure, linkedCluster } from './azure-site.ts'
import { isNeeded } from './evidence.ts'
import { findGrant, type Grant, printGrant } from './grant.ts'
import { internetWay } from './internet-way.ts'
import type { JudgedEndpoint } from './judged-endpoints.ts'
import { isKeptFromMetadata } from './metadata-way.ts'
import { isWide, openEgress, publicPart, reachesMetadata, reachesSsh } from './open-egress.ts'
import { addressOf, nodesEnd, proofOf } from './proof.ts'
import { sensitiveWorkloads } from './sensitive-workloads.ts'

/** Somewhere that whoever takes over a workload gets to next, for certain. */
export interface LooseEnd {
  /** Equal for the same place in base and head. */
  readonly key: string
  /** `the instance metadata service`. */
  readonly words: string
  /** The rule that lets it out; undefined where none limits it. */
  readonly grant: Grant | undefined
  /** Where somebody edits it: the rule, or what the change made of the way behind it. */
  readonly at: Origin | undefined
  readonly prove: () => Witness | undefined
  /** Takes the place out of the rule. */
  readonly close: () => ProposedPatch | undefined
}

const METADATA = '169.254.169.254'
/** Data stores that are asked about for one workload; more than these are named by no message. */
const MOST_STORES = 200
/** More are not counted either: what matters is that there is one. */
const MOST_NAMED = 3

/**
 * Where a workload gets to that serves no request: the metadata service, SSH of the nodes, the internet on any port, and data stores of
 * other namespaces that no manifest says it needs.
 */
export function looseEnds(view: StateView, endpoint: JudgedEndpoint, trusted: AddressSet): readonly LooseEnd[] {
  let ends = known.get(view)
  if (ends === undefined || !addressSets.equal(ends.trusted, trusted)) {
    ends = { trusted, byId: new Map() }
    known.set(view, ends)
  }
  const made = ends.byId.get(endpoint.id) ?? [...outside(view, endpoint, trusted), ...dataStores(view, endpoint)]
  ends.byId.set(endpoint.id, made)
  return made
}

interface KnownEnds {
  readonly trusted: AddressSet
  readonly byId: Map<string, readonly LooseEnd[]>
}

/** A head asks its base once more what that found. */
const known = new WeakMap<StateView, KnownEnds>()

function* outside(view: StateView, endpoint: JudgedEndpoint, trusted: AddressSet): Iterable<LooseEnd> {
  const { reach } = view
  const { subject, end, workload } = endpoint
  const { internet, metadata, nodeSsh } = openEgress(view, subject, trusted)
  if (metadata && !isKeptFromMetadata(view, workload)) {
    const grant = findGrant(reach, subject, 'egress', reachesMetadata)
    yield {
      key: 'metadata',
      words: 'the instance metadata service',
      grant,
      at: grant?.rule.origin,
      prove: () => proofOf(reach, { from: end, to: addressOf(METADATA), protocol: 'TCP', port: 80 }),
      close: () => grant && exceptFromRule(view, grant, METADATA_ADDRESS, `${METADATA}/32`),
    }
  }
  if (nodeSsh === 'yes') {
    const grant = findGrant(reach, subject, 'egress', (region) => reachesSsh(region, reach))
    yield {
      key: 'nodes',
      words: 'SSH of the nodes',
      grant,
      at: grant?.rule.origin,
      prove: () => proofOf(reach, { from: end, to: nodesEnd(reach), protocol: 'TCP', port: 22 }),
      close: () => undefined,
    }
  }
  if (internet?.breadth !== 'any') return
  const way = internetWay(view, endpoint, trusted)
  if (way.kind !== 'unseen' && (way.kind !== 'open' || way.breadth !== 'any')) return
  const grant = findGrant(reach, subject, 'egress', (region) =>
    region.some(({ peers }) => isWide(publicPart(peers.addresses, trusted))),
  )
  const cause = way.kind === 'open' ? way.cause : undefined
  yield {
    key: 'internet',
    words: 'the whole internet',
    grant,
    at: cause?.origin ?? cause?.resource?.origin ?? grant?.rule.origin,
    prove: () => {
      if (way.kind === 'open') return way.witness
      const address = sampleAddress(internet.addresses)
      return address && proofOf(reach, { from: end, to: addressOf(printAddress(address)), protocol: 'TCP', port: 443 })
    },
    close: () => grant && narrowRule(view, grant, false, (block) => isWide(publicPart(block, trusted))),
  }
}

function* dataStores(view: StateView, { subject, end, workload }: JudgedEndpoint): Iterable<LooseEnd> {
  const stores = sensitiveWorkloads(view)
  if (workload === undefined || stores.length > MOST_STORES) return
  const { reach } = view
  const { namespace } = workload
  const out = reach.own(subject, 'egress').certain
  let found = 0
  for (const { endpoint: store, connections, words } of stores) {
    if (found === MOST_NAMED) return
    if (store.workload!.namespace === namespace) continue
    if (!out.some(({ peers }) => hasClass(peers.classes, store.subject))) continue
    const open = connectionSets.intersect(reach.between(subject, store.subject).certain, connections)
    const packet = samplePort(open)
    if (packet === undefined || isNeeded(view, workload.id, store.id)) continue
    // Security groups of the subnets may stand between two pods as well.
    const isLinked = linkedCluster(view) !== undefined
    if (isLinked && askAzure(view, { from: workload.id, to: store.id, ...packet }).answer !== 'allowed') continue
    const grant = findGrant(
      reach,
      subject,
      'egress',
      (region) => !connectionSets.isEmpty(connectionSets.intersect(connectionsWith(region, store.subject), open)),
    )
    found++
    yield {
      key: store.id,
      words: `${store.name}, ${words},`,
      grant,
      at: grant?.rule.origin,
      prove: () => proofOf(reach, { from: end, to: store.end, ...packet }),
      close: () => undefined,
    }
  }
}

/** Why the places are open, in words. */
export function looseBecause(ends: readonly LooseEnd[]): string {
  const [first] = ends
  return first?.grant === undefined ? 'no policy limits it' : `${printGrant(first.grant)} allows it`
}
