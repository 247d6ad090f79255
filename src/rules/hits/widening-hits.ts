import { printAddress } from '../../algebra/addresses.ts'
import { samplePort } from '../../algebra/connections.ts'
import type { Region } from '../../algebra/regions.ts'
import { writtenText } from '../../base/origin.ts'
import { type EndChange, endChange } from '../../compare/end-change.ts'
import type { StateView } from '../../compare/state-view.ts'
import { sampleAddress } from '../../reach/address-ranges.ts'
import type { PacketEnd } from '../../reach/layer.ts'
import type { PeerSet } from '../../reach/peers.ts'
import { restoreLabel } from '../edit/restore-label.ts'
import { revertRule } from '../edit/revert-rule.ts'
import { formerlyDenied } from '../facts/admin-denials.ts'
import { causeOf, findGrant, type Grant, printGrant } from '../facts/grant.ts'
import { isShown, type JudgedEndpoint } from '../facts/judged-endpoints.ts'
import { addressOf, newestOf, proofOf, type Question } from '../facts/proof.ts'
import { type Reached, type Widening, type WidestPart, widenings, widestPart } from '../facts/widening.ts'
import type { Severity } from '../finding.ts'
import { lineOf } from '../one-line.ts'
import type { ChangeView, Hit } from '../rule.ts'
import type { RuleSettings } from '../settings.ts'
import { type EndpointHit, endpointHit } from './endpoint-hit.ts'
import { capital, listNames } from './listing.ts'
import { withinRejected } from './wider-finding.ts'

/** What is particular to one of the two directions in which policies can open. */
export interface WideningRule {
  readonly direction: Widening['direction']
  readonly severity: Readonly<Record<Reached, Severity>>
  /** What to do, as the end of the message. */
  readonly advice: Readonly<Record<Reached, string>>
  /** The rule that says it of the endpoint as it now is, and what only this change makes worth a sentence. */
  readonly context: (sides: Sides, widening: Widening, widest: WidestPart) => WideningContext
  /** The packet of the proof. */
  readonly sample: (widening: Widening, widest: WidestPart) => ReturnType<typeof samplePort>
  readonly otherPort: number
  readonly decide: string
}

export interface Sides {
  readonly base: StateView
  readonly head: StateView
  readonly settings: RuleSettings
}

export interface WideningContext {
  readonly wider?: string | undefined
  readonly news?: string | undefined
}

/** A hit for each endpoint whose own policies opened, to others that were there before, what they kept closed in the base. */
export function* wideningHits(
  { base, head }: ChangeView,
  settings: RuleSettings,
  rule: WideningRule,
): Iterable<EndpointHit> {
  if (base === undefined || head === undefined) return
  const { direction } = rule
  for (const widening of widenings(base, head, direction)) {
    const { endpoint } = widening
    const widest = widestPart(head, widening.gained, endpoint, settings.trusted)
    if (widest === undefined || !(isShown(head, endpoint, direction) || isShown(base, endpoint, direction))) continue
    const hit = toHit({ base, head, settings }, widening, widest, rule)
    if (hit !== undefined) yield hit
  }
}

function toHit(sides: Sides, widening: Widening, widest: WidestPart, rule: WideningRule): EndpointHit | undefined {
  const { base, head } = sides
  const { reach } = head
  const { regions } = reach.universe
  const { endpoint, gained, certain } = widening
  const { direction } = rule
  const grant = findGrant(reach, endpoint.subject, direction, (one) => !regions.isEmpty(regions.intersect(one, gained)))
  const resource = grant?.policy.resource ?? endpoint.workload?.resource
  if (resource === undefined) return undefined
  const { wider, news } = rule.context(sides, widening, widest)
  const within: Pick<Hit, 'within'> = regions.covers(formerlyDenied(base, widening), gained)
    ? { within: { rule: 'admin-policy-weakened', subject: `${endpoint.id} ${direction}` } }
    : wider === undefined
      ? withinRejected(head, grant)
      : { within: { rule: wider, subject: endpoint.id } }
  const joined = grant && joins(sides, grant, endpoint, widest)
  const because =
    grant === undefined
      ? 'no policy limits it any more'
      : `${printGrant(grant)} allows it${joined === undefined ? '' : `, because ${joined.words}`}`
  const at = joined?.origin ?? grant?.rule.origin ?? resource.origin
  const openedFor = (names: readonly string[]) => {
    const own = listNames(names)
    // What is said of several names nobody's neighbours.
    const isShared = names.length > 1 && widest.reached === 'same-namespace'
    const others = isShared ? 'pods of the same namespace' : widest.words
    const [from, to] = direction === 'egress' ? [own, others] : [others, own]
    return `${capital(from)} ${certain ? 'can' : 'may'} now connect to ${to} on ${widest.ports}`
  }
  return endpointHit({
    resource: (joined?.resource ?? resource).address,
    at,
    subject: endpoint.id,
    severity: rule.severity[widest.reached],
    cause: `${grant === undefined ? '' : causeOf(head, grant)} ${joined?.words ?? ''} ${widest.reached} ${widest.ports} ${certain}`,
    ...within,
    name: endpoint.name,
    say: (names) =>
      `${openedFor(names)}, which the policies did not allow before: ${because}. ${news === undefined ? '' : `${news} `}${rule.advice[widest.reached]}`,
    because: {
      line: lineOf(at),
      tells: 'difference',
      // A path names the two ends of one connection itself.
      aside: (hit) => {
        const { names } = hit as EndpointHit
        const isOnePair = names.length === 1 && /^(?:same|other)-namespace$/.test(widest.reached)
        return isOnePair ? undefined : `${openedFor(names)}.`
      },
    },
    prove() {
      const packet = rule.sample(widening, widest) ?? ({ protocol: 'TCP', port: rule.otherPort } as const)
      const others = gained.flatMap((part) => packetsOfPart(part, widest.end))
      const questions = [{ end: widest.end, ...packet }, ...others].map(({ end, protocol, port }): Question => {
        const [from, to] = direction === 'egress' ? [endpoint.end, end] : [end, endpoint.end]
        return { from, to, protocol, port }
      })
      return proofOf(reach, newestOf(base, questions))
    },
    decide: rule.decide,
    fix: () => grant && (joined === undefined ? revertRule(base, head, grant) : restoreLabel(joined)),
  })
}

/** An example of what is gained by addresses, whose address and connection belong together. */
function packetsOfPart({ peers, connections }: Region<PeerSet>[number], end: PacketEnd) {
  const [address, packet] = [sampleAddress(peers.addresses), samplePort(connections)]
  if (end.kind !== 'address' || address === undefined || packet === undefined) return []
  return [{ end: addressOf(printAddress(address)), ...packet }]
}

/** What the change did to one of the two ends, where the policy is as it was: there the line is to be looked for. */
function joins(
  { base, head }: Sides,
  { policy }: Grant,
  own: JudgedEndpoint,
  { end }: WidestPart,
): EndChange | undefined {
  const old = base.network.kubernetes.policies.find(
    ({ resource }) => resource.address === head.identity(policy.resource.address),
  )
  if (old === undefined || textOf(old) !== textOf(policy)) return undefined
  for (const one of [end, own.end]) {
    const change = one.kind === 'endpoint' ? endChange(one.endpoint, one.facts, base.reach, head.reach) : undefined
    if (change !== undefined) return change
  }
  return undefined
}

function textOf({ resource: { origin } }: Grant['policy']): string {
  return writtenText(origin).trimEnd()
}
