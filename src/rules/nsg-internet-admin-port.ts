import { singlePort } from '../algebra/connections.ts'
import { narrowSource } from './edit/narrow-source.ts'
import { azureOf } from './facts/azure-view.ts'
import {
  ADMIN_PORTS,
  adminPorts,
  admissionsOf,
  admissionWitness,
  isAnyPort,
  ruleFor,
  strangersOf,
} from './facts/internet-admission.ts'
import { azureHit } from './hits/azure-hit.ts'
import { becauseOf, mergePorts, ruleObject, takesRule } from './hits/rule-object.ts'
import { defineRule } from './rule.ts'

export const nsgInternetAdminPort = defineRule({
  id: 'nsg-internet-admin-port',
  meta: {
    title: 'Network security group admits the internet to an administration or data port',
    severity: 'high',
    concepts: ['nsg-open-port'],
    layer: 'nsg',
    why: 'Ports such as SSH and remote desktop are tried by strangers within minutes of being open.',
    fix: 'Let trusted addresses through, or use Azure Bastion and no rule at all.',
    sources: [
      'https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview',
      'https://learn.microsoft.com/azure/security/fundamentals/network-best-practices#disable-rdpssh-access-to-virtual-machines',
    ],
  },

  /** Yields a hit for each such port that a group certainly lets the internet through to, after its denials. */
  *check(view, { trusted, trustedRanges }) {
    for (const admission of admissionsOf(view, trusted)) {
      const { filter, connections, isReached } = admission
      // All ports are one finding of their own; each is compared all the same, so that fewer ports are no news.
      const hidden = isAnyPort(connections)
      const weight = { severity: isReached ? 'high' : 'medium', extent: isReached ? 2 : 1 } as const
      for (const port of adminPorts(connections)) {
        if (hidden) {
          yield azureHit(view, { object: filter.object, detail: `TCP ${port}`, ...weight, say: '', hidden })
          continue
        }
        const rule = ruleFor(admission, singlePort('TCP', port))
        const object = ruleObject(azureOf(view), filter, rule)
        const hit = azureHit(view, {
          object: filter.object,
          at: rule.origin,
          detail: `TCP ${port}`,
          ...weight,
          say: `lets ${strangersOf(admission, rule)} through to ${ADMIN_PORTS.get(port)} (TCP ${port}) by rule ${rule.name} (priority ${rule.priority})${isReached ? ', and machines behind it have public addresses' : ''}. Let trusted addresses through, or use Azure Bastion and no such rule.`,
          witness: admissionWitness(admission, rule, singlePort('TCP', port), port),
          decide: 'Which addresses administer these machines? Name them as trusted in ringfence.yml.',
          fix: () => object && narrowSource(azureOf(view), object, trustedRanges),
        })
        yield takesRule({ ...hit, ...becauseOf(rule, { tells: 'condition' }) }, rule)
      }
    }
  },

  merge: mergePorts,

  /** The trusted ranges, or no rule. */
  patch: (hit) => hit.fix?.(),
})
