import { read } from '../model/azure/azure-object.ts'
import { flagProp, knownValue, numberProp } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const flowLogs = defineRule({
  id: 'flow-logs',
  meta: {
    title: 'Flow log is off or kept too short',
    severity: 'note',
    concepts: ['flow-log-retention'],
    layer: 'nsg',
    why: 'Flow logs are what shows afterwards who talked to whom. Logs of security groups end on 30 September 2027; those of virtual networks follow them.',
    fix: 'Keep flow logs on, for at least 90 days.',
    sources: ['https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview'],
  },

  /** Yields a note for each flow log that is off or deleted before 90 days; 0 days keeps it for ever. */
  *check(view) {
    for (const object of azureOf(view).objects.objects) {
      if (!/^microsoft\.network\/networkwatchers\/flowlogs\/?$/.test(object.type) || object.existing) continue
      const { origin } = object.resource
      const enabled = flagProp(read(object, 'properties.enabled'), true, origin)
      const retains = flagProp(read(object, 'properties.retentionPolicy.enabled'), false, origin)
      const days = numberProp(read(object, 'properties.retentionPolicy.days'), 0, origin)
      if (!enabled.known || !retains.known || !days.known) continue
      const written = read(object, 'properties.retentionPolicy.days') !== undefined
      const isKept = knownValue(retains) === true && written && (days.value === 0 || days.value >= 90)
      if (enabled.value && isKept) continue
      yield azureHit(view, {
        object,
        at: enabled.value ? days.origin : enabled.origin,
        severity: 'note',
        say: enabled.value
          ? 'is not kept for 90 days by a retention policy, so older connections cannot be traced.'
          : 'is a flow log that is switched off.',
      })
    }
  },

  merge: mergeAzure,
})
