import { filtersOf } from '../compare/nsg-packets.ts'
import { subtractPackets } from '../compare/packets.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import { azureOf } from './facts/azure-view.ts'
import { gateChangesOf, printPackets, untrusted } from './facts/gate-widening.ts'
import { isWide } from './facts/internet-admission.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { becauseOf, takesRule } from './hits/rule-object.ts'
import { defineRule } from './rule.ts'

export const nsgWidened = defineRule({
  id: 'nsg-widened',
  meta: {
    title: 'Network security group lets more through',
    severity: 'low',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'The change lets packets through that the group denied before.',
    fix: 'Check that they are meant, or narrow the rule.',
    sources: ['https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview'],
  },

  /** Yields a hit for each group and direction with packets that it certainly lets through now and certainly denied before. */
  *checkChange(change, settings) {
    const { trusted } = settings
    const { head } = change
    if (head === undefined) return
    for (const { before, after, gained } of gateChangesOf(change)) {
      if (before === undefined || after === undefined || !after.name.startsWith('nsg/')) continue
      const far = after.kind === 'ingress' ? 'from' : 'to'
      // What the internet gained inbound is told by the rules about open ports.
      const news = untrusted(gained.certain, far, settings).filter((box) => far === 'to' || !isWide(box.from, trusted))
      if (news.length === 0) continue
      const way = far === 'from' ? 'inbound' : 'outbound'
      const filter = filtersOf(azureOf(head)).find(({ object }) => object === after.object)
      const rule = filter
        ?.of(way)
        .find(
          ({ rule: one, passes }) => !one.isDefault && subtractPackets(news, passes.certain).length < news.length,
        )?.rule
      const hit = azureHit(head, {
        object: after.object,
        at: rule?.origin ?? originOf(after.object),
        detail: way,
        severity: news.some((box) => isWide(box[far], trusted)) ? 'medium' : 'low',
        say: `lets more through ${way} than before: ${printPackets(news, far)}${rule === undefined ? '' : `, by rule ${rule.name} (priority ${rule.priority})`}. Check that this is meant.`,
      })
      yield rule === undefined ? hit : takesRule({ ...hit, ...becauseOf(rule, { tells: 'difference' }) }, rule)
    }
  },

  merge: mergeAzure,
})
