import { azureOf } from './facts/azure-view.ts'
import { refusesGroup } from './facts/special-subnets.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const nsgWhereNotAllowed = defineRule({
  id: 'nsg-where-not-allowed',
  meta: {
    title: 'Network security group on a subnet that must not have one',
    severity: 'medium',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'Gateways and firewalls stop working with a group on their subnet, or Azure refuses the deployment.',
    fix: 'Take the association out.',
    sources: ['https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub'],
  },

  /** Yields a hit for each gateway or firewall subnet with a group. */
  *check(view) {
    for (const subnet of azureOf(view).subnets.all) {
      const { object, securityGroup } = subnet
      if (!refusesGroup(subnet) || (securityGroup.kind !== 'found' && securityGroup.kind !== 'outside')) continue
      yield azureHit(view, {
        object,
        at: securityGroup.origin,
        severity: 'medium',
        say: 'has a network security group, and the service in it must not have one: it stops working, or the deployment is refused. Take the association out.',
      })
    }
  },

  merge: mergeAzure,
})
