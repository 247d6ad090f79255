import { type ConnectionSet, connectionSets, printConnections, singlePort } from '../algebra/connections.ts'
import { type Intervals, toPairs } from '../algebra/intervals.ts'
import { narrowSource } from './edit/narrow-source.ts'
import { azureOf } from './facts/azure-view.ts'
import {
  adminPorts,
  admissionsOf,
  admissionWitness,
  exampleOf,
  isAnyPort,
  isWebOnly,
  ruleFor,
  strangersOf,
} from './facts/internet-admission.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { becauseOf, ruleObject, takesRule } from './hits/rule-object.ts'
import { defineRule } from './rule.ts'

export const nsgOpenPort = defineRule({
  id: 'nsg-open-port',
  meta: {
    title: 'Network security group admits the internet to a port',
    severity: 'low',
    concepts: ['nsg-open-port'],
    layer: 'nsg',
    why: 'What listens there can be reached by everybody, as far as this group decides.',
    fix: 'Name the sources that need it, or publish through a load balancer or gateway.',
    sources: ['https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview'],
  },

  /** Yields a hit for each group that lets the internet through to ports besides those for administration and data. */
  *check(view, { trusted, trustedRanges }) {
    for (const admission of admissionsOf(view, trusted)) {
      const { filter, connections, isReached } = admission
      if (isAnyPort(connections)) {
        // A finding of its own; it is compared all the same, so that fewer ports are no news.
        yield azureHit(view, {
          object: filter.object,
          extent: countPorts(connections),
          severity: isReached ? 'medium' : 'low',
          say: '',
          hidden: true,
        })
        continue
      }
      const own = adminPorts(connections).reduce(
        (left, port) => connectionSets.subtract(left, singlePort('TCP', port)),
        connections,
      )
      if (connectionSets.isEmpty(own)) continue
      const rule = ruleFor(admission, own)
      const object = ruleObject(azureOf(view), filter, rule)
      const isWeb = isWebOnly(own)
      const hit = azureHit(view, {
        object: filter.object,
        at: rule.origin,
        severity: isWeb ? 'note' : isReached ? 'medium' : 'low',
        extent: countPorts(own),
        say: `lets ${strangersOf(admission, rule)} through to ${printConnections(own)} by rule ${rule.name} (priority ${rule.priority})${isReached ? ', and machines behind it have public addresses' : ''}. ${isWeb ? 'That is right where a web entry stands behind it.' : 'Name the sources that need it.'}`,
        witness: admissionWitness(admission, rule, own, exampleOf(own).port),
        fix: () => (isWeb || object === undefined ? undefined : narrowSource(azureOf(view), object, trustedRanges)),
      })
      const aside = () => `The same rule lets the internet through to ${printConnections(own)}.`
      yield takesRule({ ...hit, ...becauseOf(rule, { tells: 'condition', aside }) }, rule)
    }
  },

  merge: mergeAzure,

  /** The trusted ranges, or no rule. */
  patch: (hit) => hit.fix?.(),
})

function countPorts({ TCP, UDP, SCTP, ICMP, other }: ConnectionSet): number {
  const count = (ports: Intervals) => toPairs(ports).reduce((sum, [first, end]) => sum + (end - first), 0)
  return count(TCP) + count(UDP) + count(SCTP) + (ICMP.length > 0 ? 1 : 0) + (other.length > 0 ? 1 : 0)
}
