import { labelOf } from '../model/azure/azure-object.ts'
import { siteOf } from './facts/azure-site.ts'
import { isForced, waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const natGatewayIdle = defineRule({
  id: 'nat-gateway-idle',
  meta: {
    title: 'NAT gateway carries nothing',
    severity: 'note',
    concepts: ['route'],
    layer: 'nat',
    why: 'A default route to an appliance or gateway wins over the NAT gateway of the subnet: its address is paid for, and allow lists that name it do not match.',
    fix: 'Remove the NAT gateway from the subnet, or the route.',
    sources: ['https://learn.microsoft.com/azure/nat-gateway/nat-overview'],
  },

  /** Yields a note for each subnet of a cluster with a NAT gateway and a default route that takes everything. */
  *check(view) {
    for (const way of waysOut(view)) {
      const gateway = siteOf(view).azure.natGateways.of(way.subnet.natGateway)
      if (gateway === undefined || !isForced(way) || way.exit.kind === 'unknown') continue
      yield azureHit(view, {
        object: way.subnet.object,
        at: way.subnet.natGateway.origin,
        severity: 'note',
        say: `has the NAT gateway ${labelOf(gateway.object)}, but ${way.exit.route.label} takes all that leaves for the internet: the gateway carries nothing. Remove one of both.`,
      })
    }
  },

  merge: mergeAzure,
})
