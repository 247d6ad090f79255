import { samplePort } from '../algebra/connections.ts'
import { isOpen } from './facts/judged-endpoints.ts'
import { openEgress } from './facts/open-egress.ts'
import { mergeEndpoints } from './hits/endpoint-hit.ts'
import { type WideningRule, wideningHits } from './hits/widening-hits.ts'
import { defineRule } from './rule.ts'

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
  checkChange: (change, settings) => wideningHits(change, settings, WIDENED),

  merge: mergeEndpoints,

  /** The one rule as the base has it. */
  patch: (hit) => hit.fix?.(),
})

const WIDENED: WideningRule = {
  direction: 'egress',
  severity: {
    internet: 'medium',
    addresses: 'low',
    metadata: 'medium',
    'every-namespace': 'low',
    'other-namespace': 'low',
    'same-namespace': 'low',
    nodes: 'low',
  },
  advice: {
    internet: 'Name the addresses that it needs.',
    addresses: 'Keep it if these addresses are needed; otherwise narrow the block.',
    metadata: "The service hands out tokens of the node's identities. Except 169.254.169.254/32.",
    'every-namespace':
      'A compromised container could look for weak spots in every namespace. Name the pods that it needs.',
    'other-namespace': 'Keep it if these pods of another namespace are needed; otherwise name them more exactly.',
    'same-namespace': 'Keep it if these pods are needed; otherwise name them more exactly.',
    nodes: 'Keep it if the nodes are needed.',
  },
  context({ base, head, settings: { trusted } }, { endpoint: { subject } }, { reached }) {
    const { internet, metadata, nodeSsh } = openEgress(head, subject, trusted)
    const isSshNews = nodeSsh !== 'no' && openEgress(base, subject, trusted).nodeSsh === 'no'
    return {
      wider: isOpen(head.reach, subject, 'egress')
        ? 'default-deny-lost'
        : internet !== undefined
          ? 'egress-internet'
          : metadata && reached !== 'every-namespace'
            ? 'imds-reachable'
            : undefined,
      news: isSshNews ? `SSH on the nodes ${nodeSsh === 'yes' ? 'is' : 'may be'} among it.` : undefined,
    }
  },
  sample: (_, { connections }) => samplePort(connections),
  otherPort: 443,
  decide: 'Whether these destinations are meant to be reached.',
}
