import { read } from '../model/azure/azure-object.ts'
import { textProp } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const containerGroupPublic = defineRule({
  id: 'container-group-public',
  meta: {
    title: 'Container group has a public address',
    severity: 'low',
    concepts: ['container-group-public-ip'],
    layer: 'nsg',
    why: 'The ports of its containers are on the internet, without a load balancer or a firewall before them.',
    fix: 'Place the group into a subnet with a private address.',
    sources: ['https://learn.microsoft.com/azure/container-instances/container-instances-vnet'],
  },

  /** Yields a hit for each group with a public address, written out or by azurerm's default. */
  *check(view) {
    for (const object of azureOf(view).objects.ofType('microsoft.containerinstance/containergroups')) {
      const type = textProp(
        read(object, 'properties.ipAddress.type'),
        object.azurerm === undefined ? 'None' : 'Public',
        object.resource.origin,
      )
      if (object.existing || !type.known || type.value.toLowerCase() !== 'public') continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(type),
        severity: 'low',
        say: `has a public address${type.isDefault === true ? ' (the default of this provider)' : ''}, so the ports of its containers are on the internet. Place it into a subnet.`,
      })
    }
  },

  merge: mergeAzure,
})
