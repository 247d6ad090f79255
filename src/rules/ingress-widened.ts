import { connectionSets, samplePort } from '../algebra/connections.ts'
import { revertRule } from './edit/revert-rule.ts'
import { endpointHit, mergeEndpoints } from './endpoint-hit.ts'
import { causeOf, findGrant, printGrant } from './grant.ts'
import { isOpen, isShown } from './judged-endpoints.ts'
import { capital, listNames } from './listing.ts'
import { admitsEverybody, declaredPorts, fromAnyNamespace, isTooOpen } from './open-ingress.ts'
import { proofOf } from './proof.ts'
import { defineRule, type Hit } from './rule.ts'
import { type Reached, widenings, widestPart } from './widening.ts'
import { withinRejected } from './wider-finding.ts'

export const ingressWidened = defineRule({
  id: 'ingress-widened',
  meta: {
    title: 'Change lets more sources reach a workload',
    severity: 'low',
    concepts: ['ingress'],
    layer: 'network-policy',
    why: 'Who can connect to a workload is its attack surface; a selector that loses a line or gains a dash often lets in more than was meant.',
    fix: 'Keep it if it is meant. Otherwise name the pods, namespaces or addresses more exactly.',
    sources: [
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors',
    ],
  },

  /** Yields a hit for each endpoint whose policies let in, from sources that were there before, what they kept out in the base. */
  *checkChange({ base, head }, { trusted }) {
    if (base === undefined || head === undefined) return
    const { reach } = head
    const { regions } = reach.universe
    for (const { endpoint, gained, certain } of widenings(base, head, 'ingress')) {
      const { subject, end, id, name, workload } = endpoint
      const widest = widestPart(head, gained, endpoint, trusted)
      if (widest === undefined) continue
      const region = reach.own(subject, 'ingress').certain
      const isOurs = isShown(head, endpoint, 'ingress') || isShown(base, endpoint, 'ingress')
      if (!isOurs) continue
      const grant = findGrant(reach, subject, 'ingress', (one) => !regions.isEmpty(regions.intersect(one, gained)))
      const resource = grant?.policy.resource ?? workload?.resource
      if (resource === undefined) continue
      const wider = isOpen(reach, subject, 'ingress')
        ? 'default-deny-lost'
        : admitsEverybody(head, region)
          ? 'policy-allows-all'
          : isTooOpen(fromAnyNamespace(head, region), workload) !== undefined
            ? 'cross-namespace-open'
            : undefined
      const { protocol, port } = samplePort(connectionSets.intersect(declaredPorts(workload), widest.connections)) ??
        samplePort(widest.connections) ?? { protocol: 'TCP', port: 80 }
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
          `${capital(wordsFor(names))} ${certain ? 'can' : 'may'} now connect to ${listNames(names)} on ${widest.ports}, which the policies did not allow before: ${grant === undefined ? 'no policy limits it any more' : `${printGrant(grant)} allows it`}. ${ADVICE[widest.reached]}`,
        prove: () => proofOf(reach, { from: widest.end, to: end, protocol, port }),
        decide: 'Whether these sources are meant to connect.',
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
  metadata: 'low',
  'every-namespace': 'medium',
  'other-namespace': 'low',
  'same-namespace': 'low',
  nodes: 'low',
}
const ADVICE: Record<Reached, string> = {
  internet:
    'Whether packets from the internet arrive, Services and the network decide; this policy no longer stops them. Name the ranges that must connect.',
  addresses: 'Keep it if these addresses must connect; otherwise narrow the block.',
  metadata: 'Keep it if it is meant.',
  'every-namespace':
    'One compromised container anywhere in the cluster is enough. Name the namespaces and pods that must connect.',
  'other-namespace': 'Keep it if these pods of another namespace must connect; otherwise name them more exactly.',
  'same-namespace': 'Keep it if these pods must connect; otherwise name them more exactly.',
  nodes: 'Keep it if the nodes must connect.',
}
