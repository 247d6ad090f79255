import type { Origin } from '../base/origin.ts'
import { stringOf } from '../base/value.ts'
import { type AzureObject, labelOf, read } from '../model/azure/azure-object.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import { knownValue } from '../model/azure/prop.ts'
import { eachNetwork } from './each.ts'
import { azureOf } from './facts/azure-view.ts'
import { contentSubjects, firewallRules } from './facts/firewall-rules.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const temporaryRule = defineRule({
  id: 'temporary-rule',
  meta: {
    title: 'Rule calls itself temporary',
    severity: 'note',
    concepts: ['nsg', 'firewall'],
    layer: 'nsg',
    why: 'What was opened for a test stays open when nobody remembers it.',
    fix: 'Remove it, or write down until when it is needed.',
    sources: ['https://learn.microsoft.com/azure/firewall/firewall-best-practices'],
  },

  /** Yields a note for each rule of a security group or a firewall whose name or description says that it is not to stay. */
  check: eachNetwork(function* (view) {
    const azure = azureOf(view)
    for (const object of azure.objects.ofType('microsoft.network/networksecuritygroups/securityrules')) {
      const told = wordIn(knownValue(object.name), stringOf(read(object, 'properties.description')))
      if (told !== undefined) yield hit(object, originOf(object), told, `rule ${knownValue(object.name) ?? ''}`)
    }
    const subject = contentSubjects()
    for (const one of firewallRules(azure)) {
      const detail = subject(one)
      const told = wordIn(knownValue(one.rule.name), knownValue(one.collection.name))
      if (told === undefined) continue
      yield { ...hit(one.owner, one.rule.value.origin, told, `rule ${one.label}`, detail), layer: 'firewall' as const }
    }

    function hit(object: AzureObject, at: Origin, told: string, what: string, detail?: string) {
      return azureHit(view, {
        object,
        at,
        ...(detail === undefined ? {} : { detail }),
        severity: 'note',
        say: `${object.inline || detail === undefined ? '' : `has ${what}, which `}calls itself temporary (“${told}”): what was opened for a while stays open when nobody remembers it. Remove it, or write down until when ${labelOf(object)} needs it.`,
      })
    }
  }),

  merge: mergeAzure,
})

/** Words that say it, as parts of a name; `test` is the name of environments as well. */
const WORDS =
  /(?:^|[^a-z])(temp|tmp|temporary|temporarily|todo|fixme|removeme|remove[-_ ]?(?:me|later|after)|delete[-_ ]?me|hotfix|quickfix|hack)(?:[^a-z]|$)/i

function wordIn(...texts: readonly (string | undefined)[]): string | undefined {
  for (const text of texts) {
    const word = text === undefined ? undefined : WORDS.exec(text.slice(0, 1000))?.[1]
    if (word !== undefined) return word
  }
  return undefined
}
