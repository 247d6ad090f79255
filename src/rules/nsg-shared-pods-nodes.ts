import { labelOf } from '../model/azure/azure-object.ts'
import type { Subnet } from '../model/azure/virtual-network.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const nsgSharedPodsNodes = defineRule({
  id: 'nsg-shared-pods-nodes',
  meta: {
    title: 'Pods and nodes share one security group',
    severity: 'low',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'A subnet of their own is what makes pods and nodes different to Azure. With one group on both, every rule that the nodes need is open to the pods as well.',
    fix: 'Give the subnet of the pods a security group of its own.',
    sources: [
      'https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-pod-subnet',
      'https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview',
    ],
  },

  /** Yields a hit for each subnet of pods whose security group is that of the nodes, where the group has rules of its own. */
  *check(view) {
    const azure = azureOf(view)
    const seen = new Set<Subnet>()
    for (const { object, pools } of azure.clusters.all) {
      const nodes = pools.flatMap(({ subnet }) => azure.subnets.of(subnet) ?? [])
      for (const { podSubnet } of pools) {
        const pods = azure.subnets.of(podSubnet)
        if (pods === undefined || seen.has(pods)) continue
        seen.add(pods)
        const group = azure.securityGroups.of(pods.securityGroup)
        const shared = nodes.find((one) => one !== pods && azure.securityGroups.of(one.securityGroup) === group)
        // A group without rules of its own makes no difference to anybody.
        if (group === undefined || group.rules.length === 0 || shared === undefined) continue
        yield azureHit(view, {
          object: pods.object,
          at: pods.securityGroup.origin,
          severity: 'low',
          say: `holds the pods of ${labelOf(object)} and has the security group ${labelOf(group.object)} of the nodes in ${labelOf(shared.object)}: what is open to the nodes is open to every pod. Give the pods a group of their own.`,
          decide: 'Which of the rules do pods need? They belong into a group of their own.',
        })
      }
    }
  },

  merge: mergeAzure,
})
