import { type AzureObject, read } from '../model/azure/azure-object.ts'
import type { AzureObjects } from '../model/azure/azure-objects.ts'
import { linksAt } from '../model/azure/link.ts'
import { at, blocksOf, flagProp, surely } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const nicPublicIp = defineRule({
  id: 'nic-public-ip',
  meta: {
    title: 'Machine has a public address',
    severity: 'medium',
    concepts: ['nic-public-ip'],
    layer: 'nsg',
    why: 'A machine with a public address is one network rule away from the internet.',
    fix: 'Reach machines through Azure Bastion or a VPN, and publish services through a load balancer or gateway.',
    sources: ['https://learn.microsoft.com/azure/bastion/bastion-overview'],
  },

  /** Yields a hit for each network card with a public address. */
  *check(view) {
    const azure = azureOf(view)
    for (const { object, configurations, many } of azure.interfaces) {
      const open = configurations.find(({ publicIp }) => publicIp.kind === 'found' || publicIp.kind === 'outside')
      if (open === undefined) continue
      yield azureHit(view, {
        object,
        at: open.publicIp.origin,
        concepts: hasConsole(azure.objects, object) ? ['nic-public-ip', 'vm-public-ip'] : ['nic-public-ip'],
        severity: 'medium',
        say: `gives ${many ? 'each of its machines' : 'its machine'} a public address, one network rule away from the internet. Use Azure Bastion or a VPN for administration, and a load balancer for services.`,
      })
    }
  },

  merge: mergeAzure,
})

/** Whether a machine with the card has boot diagnostics, which its serial console needs. */
function hasConsole(objects: AzureObjects, card: AzureObject): boolean {
  return objects.ofType('microsoft.compute/virtualmachines').some((machine) => {
    const cards = linksAt(objects, machine, 'properties.networkProfile.networkInterfaces', 'id')
    if (!cards.some((link) => link.kind === 'found' && link.object === card)) return false
    return blocksOf(read(machine, 'properties.diagnosticsProfile.bootDiagnostics')).blocks.some((block) =>
      surely(flagProp(at(block, 'enabled'), true, block.origin), true),
    )
  })
}
