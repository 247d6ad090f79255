import { surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { isSpecialSubnet } from './facts/special-subnets.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const subnetDefaultOutbound = defineRule({
  id: 'subnet-default-outbound',
  meta: {
    title: 'Subnet has default outbound access',
    severity: 'low',
    concepts: ['default-outbound'],
    layer: 'nat',
    why: 'Machines without an explicit way out get an address of Microsoft’s for free: egress that nobody planned and no firewall sees.',
    fix: 'Make the subnet private, and give it an explicit way out where it needs one.',
    sources: ['https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access'],
  },

  /** Yields a hit for each subnet that is certainly open this way, and where nothing else decides: no route, no NAT gateway. */
  *check(view) {
    const azure = azureOf(view)
    for (const subnet of azure.subnets.all) {
      const { object, defaultOutboundAccess: access, natGateway, routeTable, delegations } = subnet
      if (!surely(access, true) || !access.known || natGateway.kind !== 'absent' || routeTable.kind !== 'absent')
        continue
      if (isSpecialSubnet(subnet) || delegations.items.length > 0) continue
      const pools = azure.clusters.all.filter((cluster) =>
        cluster.pools.some((pool) => pool.subnet.kind === 'found' && pool.subnet.object === object),
      )
      // Nodes leave by what the cluster builds; only where it builds nothing does the subnet decide.
      const isOpen = pools.some(({ outboundType }) => surely(outboundType, 'none'))
      if (!isOpen && (access.isDefault === true || pools.length > 0)) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(access),
        severity: isOpen ? 'medium' : 'low',
        extent: isOpen ? 2 : 1,
        say: isOpen
          ? 'has default outbound access, so the nodes of a cluster that is meant to have no way out can reach the internet. Make the subnet private.'
          : 'gives machines without an explicit way out an address of Microsoft’s: egress that no firewall sees. Make the subnet private.',
        fix: () =>
          inPlace(
            setProperty(object, access, {
              arm: 'properties.defaultOutboundAccess',
              azurerm: ['default_outbound_access_enabled'],
              value: false,
            }),
            'Makes the subnet private.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** Private. */
  patch: (hit) => hit.fix?.(),
})
