import type { Origin } from '../base/origin.ts'
import type { GateChange } from '../compare/gates.ts'
import { type Packets, subtractPackets } from '../compare/packets.ts'
import type { StateView } from '../compare/state-view.ts'
import type { AzureObject } from '../model/azure/azure-object.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import { surely } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { firewallRules } from './facts/firewall-rules.ts'
import { gateChangesOf, printPackets, untrusted } from './facts/gate-widening.ts'
import { isWide } from './facts/internet-admission.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { lineOf } from './one-line.ts'
import { defineRule } from './rule.ts'
import type { RuleSettings } from './settings.ts'

export const firewallWidened = defineRule({
  id: 'firewall-widened',
  meta: {
    title: 'Firewall lets more out',
    severity: 'medium',
    concepts: ['firewall'],
    layer: 'firewall',
    why: 'The change lets traffic out that the firewall denied before.',
    fix: 'Check that the destinations are meant; name hosts instead of addresses and tags where you can.',
    sources: ['https://learn.microsoft.com/azure/firewall/rule-processing'],
  },

  /** Yields a hit for each policy or classic firewall with packets that it lets out now and denied before. */
  *checkChange(change, settings) {
    const { trusted } = settings
    const { head } = change
    if (head === undefined) return
    for (const gate of gateChangesOf(change)) {
      const { before, after, gained } = gate
      if (before === undefined || after?.kind !== 'egress' || !after.name.startsWith('firewall/')) continue
      const isSure = gained.certain.length > 0
      const news = untrusted(isSure ? gained.certain : gained.perhaps, 'to', settings)
      if (news.length === 0) continue
      const isOpen = news.some((box) => isWide(box.to, trusted))
      const known = PLACES.get(gate)
      const place = known?.settings === settings ? known.place : placeOfGain(head, after.object, news)
      PLACES.set(gate, { settings, place })
      const { object, at } = place
      yield {
        ...azureHit(head, {
          object: after.object,
          at,
          severity: isOpen ? 'high' : isSure ? 'medium' : 'low',
          say: `${isSure ? 'lets' : 'may let'} more out than before: ${printPackets(news, 'to')}. ${isOpen ? 'That is much of the internet: no name rule beside it has an effect.' : 'Check that these destinations are meant.'}`,
        }),
        resource: object.resource.address,
        because: { line: lineOf(at), tells: 'difference' },
      }
    }
  },

  merge: mergeAzure,
})

interface Place {
  readonly object: AzureObject
  readonly at: Origin
}

/** States that share a firewall share its changes. */
const PLACES = new WeakMap<GateChange, { readonly settings: RuleSettings; readonly place: Place }>()

/** The rule because of which something is let out: one that lets some of it out, and of several the first that is new or written anew. */
function placeOfGain(view: StateView, object: AzureObject, news: Packets): Place {
  const was = view.before === undefined ? [] : firewallRules(azureOf(view.before))
  const telling = firewallRules(azureOf(view)).filter(({ owner, collection, packets: { certain, possible } }) => {
    if (owner !== object || !surely(collection.action, 'Allow')) return false
    return subtractPackets(news, [certain.from === possible.from ? certain : possible]).length < news.length
  })
  const found = telling.find((one) => !was.some(({ text }) => text === one.text)) ?? telling[0]
  return found === undefined
    ? { object, at: originOf(object) }
    : { object: found.collection.object, at: found.rule.value.origin }
}
