import { azureOf } from './facts/azure-view.ts'
import { resourcesOfKind } from './facts/of-kind.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const nsgUnattached = defineRule({
  id: 'nsg-unattached',
  meta: {
    title: 'Network security group is attached to nothing',
    severity: 'note',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'A group filters only where it is attached to a subnet or a network card.',
    fix: 'Attach it, or take it out.',
    sources: ['https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview'],
  },

  /** Yields a note for each group that nothing in the tree names, where the tree holds subnets or cards that could. */
  *check(view) {
    const azure = azureOf(view)
    const links = [
      ...azure.subnets.all.map(({ securityGroup }) => securityGroup),
      ...azure.interfaces.map(({ securityGroup }) => securityGroup),
    ]
    // A link that cannot be told may be to any group, and modules that are not in the tree may attach one.
    if (links.length === 0 || links.some(({ kind }) => kind === 'unknown')) return
    if (resourcesOfKind(view, 'module').length > 0) return
    const attached = new Set(links.flatMap((link) => (link.kind === 'found' ? [link.object] : [])))
    for (const { object } of azure.securityGroups.all) {
      if (attached.has(object)) continue
      yield azureHit(view, {
        object,
        severity: 'note',
        say: 'is attached to no subnet and no network card of this repository, so its rules filter nothing here.',
      })
    }
  },

  merge: mergeAzure,
})
