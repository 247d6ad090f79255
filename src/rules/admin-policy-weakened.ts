import { printAddress } from '../algebra/addresses.ts'
import { connectionSets, samplePort } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import { type Origin, writtenText } from '../base/origin.ts'
import type { StateView } from '../compare/state-view.ts'
import type { AdminPolicy } from '../model/kubernetes/admin-policy.ts'
import { DIRECTIONS, type Direction } from '../model/kubernetes/network-policy.ts'
import type { Resource } from '../parse/resource.ts'
import { sampleAddress } from '../reach/address-ranges.ts'
import type { PacketEnd } from '../reach/layer.ts'
import type { PeerSet } from '../reach/peers.ts'
import { takeBack } from './closing/take-back.ts'
import { restoreManifest } from './edit/restore-manifest.ts'
import { formerlyDenied } from './facts/admin-denials.ts'
import { isShown, type JudgedEndpoint } from './facts/judged-endpoints.ts'
import { declaredPorts } from './facts/open-ingress.ts'
import { addressOf, newestOf, proofOf, type Question } from './facts/proof.ts'
import { type WidestPart, widenings, widestPart } from './facts/widening.ts'
import { endpointHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { capital, listNames, verb } from './hits/listing.ts'
import { defineRule, type ProposedPatch } from './rule.ts'

export const adminPolicyWeakened = defineRule({
  id: 'admin-policy-weakened',
  meta: {
    title: 'Change takes the protection of a cluster-wide policy from workloads',
    severity: 'high',
    concepts: ['admin-policy'],
    layer: 'admin-policy',
    why: 'Policies of the administrator protect namespaces whose teams do not see them. What is taken out of one opens workloads that nobody in the review may know of.',
    fix: 'Restore the denial, or ask those whose workloads it protects.',
    sources: [
      'https://network-policy-api.sigs.k8s.io/api-overview/',
      'https://network-policy-api.sigs.k8s.io/reference/spec/',
    ],
  },

  /** Yields a hit for each workload of both sides and direction in which it opened, because no admin or baseline policy denies it any more. */
  *checkChange({ base, head }, { trusted }) {
    if (base === undefined || head === undefined || base.network.kubernetes.adminPolicies.length === 0) return
    for (const direction of DIRECTIONS) {
      for (const widening of widenings(base, head, direction)) {
        const { endpoint } = widening
        const lost = formerlyDenied(base, widening)
        if (lost.length === 0 || !isShown(head, endpoint, direction)) continue
        const widest = widestPart(head, lost, endpoint, trusted)
        const question = widest && questionOf(base, endpoint, direction, lost, widest)
        const loss = question && lossOf(base, head, endpoint, direction, question)
        if (widest === undefined || question === undefined || loss === undefined) continue
        yield endpointHit({
          resource: loss.resource.address,
          at: loss.at,
          ...(loss.isGone && { side: 'base' as const }),
          subject: `${endpoint.id} ${direction}`,
          severity: 'high',
          cause: `${loss.resource.address} ${loss.words} ${direction} ${widest.reached} ${widest.ports}`,
          name: endpoint.name,
          say: (names) => {
            const own = listNames(names)
            const [from, to] = direction === 'egress' ? [own, widest.words] : [widest.words, own]
            return `${capital(own)} ${verb(names, 'is', 'are')} no longer protected by ${loss.policy}: ${loss.words}. ${capital(from)} can now connect to ${to} on ${widest.ports}. Nobody sees that policy in these namespaces. Restore it, or ask their teams first.`
          },
          prove: () => proofOf(head.reach, question),
          decide: 'Do those whose workloads it protects know?',
          fix: loss.restore,
        })
      }
    }
  },

  merge: mergeEndpoints,

  /** The policy as the base has it. */
  patch: (hit) => hit.fix?.(),
})

/** A packet of what is lost, that the base kept out. */
function questionOf(
  base: StateView,
  { end, workload }: JudgedEndpoint,
  direction: Direction,
  lost: Region<PeerSet>,
  widest: WidestPart,
): Question | undefined {
  const packets = [
    { peer: widest.end, connections: widest.connections },
    ...lost.flatMap(({ peers, connections }) => {
      const address = sampleAddress(peers.addresses)
      return address === undefined ? [] : [{ peer: addressOf(printAddress(address)), connections }]
    }),
  ].flatMap(({ peer, connections }): readonly Question[] => {
    // A port that the pods serve says more than any other.
    const served =
      direction === 'ingress' ? samplePort(connectionSets.intersect(declaredPorts(workload), connections)) : undefined
    const packet = served ?? samplePort(connections)
    const [from, to] = direction === 'egress' ? [end, peer] : [peer, end]
    return packet === undefined ? [] : [{ from, to, ...packet }]
  })
  return packets.length === 0 ? undefined : newestOf(base, packets)
}

interface Loss {
  /** The policy that denied it. */
  readonly policy: string
  readonly words: string
  readonly resource: Resource
  readonly at: Origin
  readonly isGone: boolean
  readonly restore: () => ProposedPatch | undefined
}

/** The policy that denied a packet, and what the change did to it. */
function lossOf(
  base: StateView,
  head: StateView,
  { subject }: JudgedEndpoint,
  direction: Direction,
  { from, to, protocol, port }: Question,
): Loss | undefined {
  const [source, target] = [endIn(base, from), endIn(base, to)]
  if (source === undefined || target === undefined) return undefined
  const denial = base.reach
    .explain({ from: source, to: target, protocol, port })
    .verdicts.find(({ layer, allowed, resource }) => layer === 'admin-policy' && allowed === 'no' && resource)
  const old = base.network.kubernetes.adminPolicies.find(({ resource }) => resource === denial?.resource)
  if (denial === undefined || old === undefined) return undefined
  const policy = old.resource.address
  const now = head.network.kubernetes.adminPolicies.find(({ resource }) => head.identity(resource.address) === policy)
  if (now === undefined) {
    return {
      policy,
      words: 'it is gone',
      resource: old.resource,
      at: old.resource.origin,
      isGone: true,
      restore: () => restoreManifest(old.resource, old.name, head),
    }
  }
  const rule = old.rules[direction].find(({ origin }) => origin === denial.origin)
  const same = rule && now.rules[direction][rule.index]
  const isSame = writtenText(old.resource.origin).trimEnd() === writtenText(now.resource.origin).trimEnd()
  const selects = head.reach.adminPolicies[now.tier].selecting(subject, direction).some((one) => one.policy === now)
  const decided = head.reach
    .explain({ from, to, protocol, port })
    .verdicts.find(({ layer, resource }) => layer === 'admin-policy' && resource !== undefined)
  const changed = { policy, resource: now.resource, isGone: false }
  if (isSame && decided?.resource !== undefined && decided.resource !== now.resource) {
    const place = decided.origin ?? decided.resource.origin
    return {
      ...changed,
      words: `${decided.rule} now comes before it`,
      resource: decided.resource,
      at: place,
      restore: () => takeBack(head, place)[0],
    }
  }
  // A baseline policy decides only about pods that no NetworkPolicy selects.
  const [selection] = old.tier === 'baseline' && isSame ? head.reach.selecting(subject, direction) : []
  if (selection !== undefined && base.reach.selecting(subject, direction).length === 0) {
    const { resource: selecting, podSelectorOrigin } = selection.policy
    return {
      ...changed,
      words: `a baseline policy decides nothing about pods that a NetworkPolicy selects, and ${selecting.address} selects them now`,
      resource: selecting,
      at: podSelectorOrigin,
      restore: () => takeBack(head, selecting.origin)[0],
    }
  }
  const at =
    selects &&
    rule !== undefined &&
    same !== undefined &&
    writtenText(same.origin).trimEnd() !== writtenText(rule.origin).trimEnd()
      ? same.origin
      : now.resource.origin
  return {
    ...changed,
    words: wordsOf(rule, isSame, selects),
    at,
    restore: () => takeBack(head, now.resource.origin)[0],
  }
}

function wordsOf(rule: AdminPolicy['rules'][Direction][number] | undefined, isSame: boolean, selects: boolean): string {
  if (!selects)
    return isSame ? 'its subject no longer takes them in, by their labels' : 'its subject no longer takes them in'
  const denied = rule === undefined ? 'its denial' : `its rule ${rule.index + 1} (deny)`
  return isSame ? `${denied} no longer takes in the other end, by its labels` : `${denied} no longer stops it`
}

/** The same end in the base; undefined where it is new. */
function endIn({ reach }: StateView, end: PacketEnd): PacketEnd | undefined {
  if (end.kind === 'address') return end
  const subject = reach.universe.classOf.get(end.endpoint.id)
  const facts = subject === undefined ? undefined : reach.classes.facts[subject]
  const workload = reach.classes.workload(end.endpoint.id)
  return facts && { ...end, facts: workload === undefined ? facts : { ...facts, workload } }
}
