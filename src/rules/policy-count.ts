import { DIRECTIONS } from '../model/kubernetes/network-policy.ts'
import { eachEndpoint } from './each.ts'
import { endpointHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { capital, listNames, verb } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const policyCount = defineRule({
  id: 'policy-count',
  meta: {
    title: 'Hundreds of policy rules select the same pods',
    severity: 'note',
    concepts: ['network-policy'],
    layer: 'network-policy',
    why: 'Nobody can tell any more what so many rules allow together. Engines that write them into iptables on every node, as Azure’s and Calico’s do, start pods later for each of them.',
    fix: 'Put peers of one kind under one label or one block of addresses, and rules for the same peers together.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/'],
  },

  /** Yields a note for each workload that policies with hundreds of rules select. */
  check: eachEndpoint(function* ({ subject, id, name, workload }, { reach }) {
    if (workload === undefined) return
    const policies = new Set(
      DIRECTIONS.flatMap((direction) =>
        reach.selecting(subject, direction).flatMap(({ policy, selects }) => (selects === 'yes' ? [policy] : [])),
      ),
    )
    const rules = [...policies].reduce(
      (sum, policy) => sum + policy.rules.ingress.length + policy.rules.egress.length,
      0,
    )
    if (rules < MANY_RULES) return
    const [largest] = [...policies].sort(
      (a, b) => b.rules.ingress.length + b.rules.egress.length - a.rules.ingress.length - a.rules.egress.length,
    )
    yield endpointHit({
      resource: largest!.resource.address,
      at: largest!.resource.origin,
      subject: id,
      severity: 'note',
      // One rule more is no news.
      extent: Math.floor(Math.log2(rules / MANY_RULES)),
      cause: [...policies].map(({ resource }) => resource.address).join(' '),
      name,
      say: (names) =>
        `${capital(listNames(names))} ${verb(names, 'is', 'are')} selected by ${policies.size === 1 ? `one policy, ${largest!.resource.address}, with` : `${policies.size} policies with together`} ${rules} rules${policies.size === 1 ? '' : ` (${largest!.resource.address} has the most)`}: nobody can tell what they allow together, and engines that work with iptables start pods later for each. Put peers of one kind under one label or block of addresses, and rules for the same peers together.`,
      decide: 'Which rules are for peers of one kind, or for what is gone?',
    })
  }),

  merge: mergeEndpoints,
})

/** From here on "hundreds": no measured limit, a number that no policy written by hand has. */
const MANY_RULES = 200
