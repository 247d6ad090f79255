import { azureOf } from './facts/azure-view.ts'
import { canHaveGroup, isSpecialSubnet } from './facts/special-subnets.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const subnetNoNsg = defineRule({
  id: 'subnet-no-nsg',
  meta: {
    title: 'Subnet has no network security group',
    severity: 'low',
    concepts: ['subnet-no-nsg'],
    layer: 'nsg',
    why: 'Without a group nothing filters what comes into or leaves the subnet, from peered networks included.',
    fix: 'Associate a network security group.',
    sources: ['https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview'],
  },

  /** Yields a hit for each subnet that can have a group and, for certain, has none; more urgent with public addresses in it. */
  *check(view) {
    const azure = azureOf(view)
    for (const subnet of azure.subnets.all) {
      const { object, securityGroup } = subnet
      if (securityGroup.kind !== 'absent' || canHaveGroup(subnet) !== 'yes') continue
      const isExposed = azure.interfaces.some(
        ({ configurations, securityGroup: own }) =>
          own.kind === 'absent' &&
          configurations.some(
            ({ subnet: home, publicIp }) =>
              home.kind === 'found' &&
              home.object === object &&
              (publicIp.kind === 'found' || publicIp.kind === 'outside'),
          ),
      )
      yield azureHit(view, {
        object,
        severity: isExposed ? 'medium' : isSpecialSubnet(subnet) ? 'note' : 'low',
        extent: isExposed ? 2 : 1,
        say: `has no network security group${isExposed ? ', and machines in it have public addresses' : ''}: nothing filters what comes in from connected networks or goes out. Associate one.`,
      })
    }
  },

  merge: mergeAzure,
})
