import { read } from '../model/azure/azure-object.ts'
import { flagProp, surely, textProp } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const openaiOutbound = defineRule({
  id: 'openai-outbound',
  meta: {
    title: 'AI account may call any address',
    severity: 'note',
    concepts: ['openai-outbound'],
    layer: 'paas-firewall',
    why: 'An account that may call any address can be made to fetch from and send to strangers.',
    fix: 'Restrict its outbound access to the names it needs.',
    sources: ['https://learn.microsoft.com/azure/ai-services/cognitive-services-data-loss-prevention'],
  },

  /** Yields a note for each OpenAI or AI services account without a limit. */
  *check(view) {
    for (const object of azureOf(view).objects.ofType('microsoft.cognitiveservices/accounts')) {
      const kind = textProp(read(object, 'kind'), '', object.resource.origin)
      if (object.existing || !kind.known || !/^(?:openai|aiservices)$/i.test(kind.value)) continue
      const restricted = flagProp(
        read(object, 'properties.restrictOutboundNetworkAccess'),
        false,
        object.resource.origin,
      )
      if (!surely(restricted, false) || !restricted.known) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(restricted),
        severity: 'note',
        say: 'may call any address. Restrict its outbound access to the names that it needs.',
      })
    }
  },

  merge: mergeAzure,
})
