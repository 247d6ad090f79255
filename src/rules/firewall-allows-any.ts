import { printConnections } from '../algebra/connections.ts'
import { knownItems, surely } from '../model/azure/prop.ts'
import { eachNetwork } from './each.ts'
import { azureOf } from './facts/azure-view.ts'
import { contentSubjects, destinationWords, firewallRules } from './facts/firewall-rules.ts'
import { isWide } from './facts/internet-admission.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { lineOf } from './one-line.ts'
import { defineRule } from './rule.ts'

export const firewallAllowsAny = defineRule({
  id: 'firewall-allows-any',
  meta: {
    title: 'Firewall rule lets traffic out to anywhere',
    severity: 'high',
    concepts: ['firewall'],
    layer: 'firewall',
    why: 'A network rule for any address, or a name rule for *, makes every other rule pointless: data can leave to any host.',
    fix: 'Name the hosts that are needed, with the tag AzureKubernetesService for the cluster itself.',
    sources: [
      'https://learn.microsoft.com/azure/firewall/rule-processing',
      'https://learn.microsoft.com/azure/aks/limit-egress-traffic',
    ],
  },

  /** Yields a hit for each Allow rule that certainly leads to a good part of the internet, to any machine in Azure, or to any name. */
  check: eachNetwork(function* (view, { trusted }) {
    const subject = contentSubjects()
    for (const one of firewallRules(azureOf(view))) {
      const { rule, collection, packets, label, owner } = one
      if (rule.kind === 'nat' || !surely(collection.action, 'Allow')) continue
      const { to, connections } = packets.certain
      const words = [...destinationWords(rule), ...knownItems(rule.targetNames)]
      const isAnyone = rule.kind === 'network' && words.some((word) => /^azurecloud(?:\.|$)/i.test(word))
      if (!isWide(to, trusted) && !isAnyone) continue
      const isTime = rule.kind === 'network' && printConnections(connections) === 'UDP 123'
      yield {
        ...azureHit(view, {
          object: owner,
          at: rule.value.origin,
          detail: label,
          severity: isTime ? 'medium' : 'high',
          say: `lets traffic out to ${isAnyone && !isWide(to, trusted) ? `every machine and account of anybody in ${words.find((word) => /^azurecloud/i.test(word))}` : 'anywhere'} on ${printConnections(connections)} by ${rule.kind} rule ${label}${rule.kind === 'network' && !isTime ? ', past every rule for names' : ''}. Name the hosts that are needed.`,
          decide: 'Which hosts are needed?',
        }),
        subject: subject(one),
        resource: collection.object.resource.address,
        because: { line: lineOf(rule.value.origin), tells: 'condition' },
      }
    }
  }),

  merge: mergeAzure,
})
