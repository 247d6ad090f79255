import { connectionSets, samplePort } from '../algebra/connections.ts'
import { isOpen } from './facts/judged-endpoints.ts'
import { admitsEverybody, declaredPorts, fromAnyNamespace, isTooOpen } from './facts/open-ingress.ts'
import { mergeEndpoints } from './hits/endpoint-hit.ts'
import { type WideningRule, wideningHits } from './hits/widening-hits.ts'
import { defineRule } from './rule.ts'

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
  checkChange: (change, settings) => wideningHits(change, settings, WIDENED),

  merge: mergeEndpoints,

  /** The one rule as the base has it. */
  patch: (hit) => hit.fix?.(),
})

const WIDENED: WideningRule = {
  direction: 'ingress',
  severity: {
    internet: 'medium',
    addresses: 'low',
    metadata: 'low',
    'every-namespace': 'medium',
    'other-namespace': 'low',
    'same-namespace': 'low',
    nodes: 'low',
  },
  advice: {
    internet:
      'Whether packets from the internet arrive, Services and the network decide; this policy no longer stops them. Name the ranges that must connect.',
    addresses: 'Keep it if these addresses must connect; otherwise narrow the block.',
    metadata: 'Keep it if it is meant.',
    'every-namespace':
      'One compromised container anywhere in the cluster is enough. Name the namespaces and pods that must connect.',
    'other-namespace': 'Keep it if these pods of another namespace must connect; otherwise name them more exactly.',
    'same-namespace': 'Keep it if these pods must connect; otherwise name them more exactly.',
    nodes: 'Keep it if the nodes must connect.',
  },
  context({ head }, { endpoint: { subject, workload } }) {
    const region = head.reach.own(subject, 'ingress').certain
    return {
      wider: isOpen(head.reach, subject, 'ingress')
        ? 'default-deny-lost'
        : admitsEverybody(head, region)
          ? 'policy-allows-all'
          : isTooOpen(fromAnyNamespace(head, region), workload) !== undefined
            ? 'cross-namespace-open'
            : undefined,
    }
  },
  sample: ({ endpoint: { workload } }, { connections }) =>
    samplePort(connectionSets.intersect(declaredPorts(workload), connections)) ?? samplePort(connections),
  otherPort: 80,
  decide: 'Whether these sources are meant to connect.',
}
