import { samplePort } from '../algebra/connections.ts'
import { revertRule } from './edit/revert-rule.ts'
import { endpointHit, mergeEndpoints } from './endpoint-hit.ts'
import { causeOf, findGrant, printGrant } from './grant.ts'
import { isOpen, isShown } from './judged-endpoints.ts'
import { capital, listNames } from './listing.ts'
import { openEgress } from './open-egress.ts'
import { proofOf } from './proof.ts'
import { defineRule, type Hit } from './rule.ts'
import { type Reached, widenings, widestPart } from './widening.ts'
import { withinRejected } from './wider-finding.ts'

export const egressWidened = defineRule({
  id: 'egress-widened',
  meta: {
    title: 'Change lets a workload reach more',
    severity: 'low',
    concepts: ['egress'],
    layer: 'network-policy',
    why: 'What a workload can reach is what an attacker in it can reach.',
    fix: 'Keep it if it is meant. Otherwise name the destinations and ports more exactly.',
    sources: [
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
    ],
  },

  /** Yields a hit for each endpoint whose policies let out, to destinations that were there before, what they kept in in the base. */
  *checkChange({ base, head }, { trusted }) {
    if (base === undefined || head === undefined) return
    const { reach } = head
    const { regions } = reach.universe
    for (const { endpoint, gained, certain } of widenings(base, head, 'egress')) {
      const { subject, end, id, name, workload } = endpoint
      const widest = widestPart(head, gained, endpoint, trusted)
      if (widest === undefined || !(isShown(head, endpoint, 'egress') || isShown(base, endpoint, 'egress'))) continue
      const grant = findGrant(reach, subject, 'egress', (one) => !regions.isEmpty(regions.intersect(one, gained)))
      const resource = grant?.policy.resource ?? workload?.resource
      if (resource === undefined) continue
      const { internet, metadata, nodeSsh } = openEgress(head, subject, trusted)
      const isSshNews = nodeSsh !== 'no' && openEgress(base, subject, trusted).nodeSsh === 'no'
      const wider = isOpen(reach, subject, 'egress')
        ? 'default-deny-lost'
        : internet !== undefined
          ? 'egress-internet'
          : metadata && widest.reached !== 'every-namespace'
            ? 'imds-reachable'
            : undefined
      const { protocol, port } = samplePort(widest.connections) ?? { protocol: 'TCP', port: 443 }
      // What is said of several names nobody's neighbours.
      const wordsFor = (names: readonly string[]) =>
        names.length > 1 && widest.reached === 'same-namespace' ? 'pods of the same namespace' : widest.words
      const within: Pick<Hit, 'within'> =
        wider === undefined ? withinRejected(head, grant) : { within: { rule: wider, subject: id } }
      yield endpointHit({
        resource: resource.address,
        at: grant?.rule.origin ?? resource.origin,
        subject: id,
        severity: SEVERITY[widest.reached],
        cause: `${grant === undefined ? '' : causeOf(head, grant)} ${widest.reached} ${widest.ports} ${certain}`,
        ...within,
        name,
        say: (names) =>
          `${capital(listNames(names))} ${certain ? 'can' : 'may'} now connect to ${wordsFor(names)} on ${widest.ports}, which the policies did not allow before: ${grant === undefined ? 'no policy limits it any more' : `${printGrant(grant)} allows it`}. ${isSshNews ? `SSH on the nodes ${nodeSsh === 'yes' ? 'is' : 'may be'} among it. ` : ''}${ADVICE[widest.reached]}`,
        prove: () => proofOf(reach, { from: end, to: widest.end, protocol, port }),
        decide: 'Whether these destinations are meant to be reached.',
        fix: () => grant && revertRule(base, head, grant),
      })
    }
  },

  merge: mergeEndpoints,

  /** The one rule as the base has it. */
  patch: (hit) => hit.fix?.(),
})

const SEVERITY: Record<Reached, 'medium' | 'low'> = {
  internet: 'medium',
  addresses: 'low',
  metadata: 'medium',
  'every-namespace': 'low',
  'other-namespace': 'low',
  'same-namespace': 'low',
  nodes: 'low',
}
const ADVICE: Record<Reached, string> = {
  internet: 'Name the addresses that it needs.',
  addresses: 'Keep it if these addresses are needed; otherwise narrow the block.',
  metadata: "The service hands out tokens of the node's identities. Except 169.254.169.254/32.",
  'every-namespace':
    'A compromised container could look for weak spots in every namespace. Name the pods that it needs.',
  'other-namespace': 'Keep it if these pods of another namespace are needed; otherwise name them more exactly.',
  'same-namespace': 'Keep it if these pods are needed; otherwise name them more exactly.',
  nodes: 'Keep it if the nodes are needed.',
}
