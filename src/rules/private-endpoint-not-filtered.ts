import { labelOf } from '../model/azure/azure-object.ts'
import { surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const privateEndpointNotFiltered = defineRule({
  id: 'private-endpoint-not-filtered',
  meta: {
    title: 'Security group does not filter private endpoints',
    severity: 'low',
    concepts: ['private-endpoint'],
    layer: 'private-endpoint',
    why: 'Security groups and routes do not apply to private endpoints until the subnet switches its network policies on.',
    fix: 'Switch the private endpoint network policies of the subnet on.',
    sources: ['https://learn.microsoft.com/azure/private-link/disable-private-endpoint-network-policy'],
  },

  /** Yields a hit for each subnet of private endpoints alone, whose group has denials of its own that do not apply. */
  *check(view) {
    const azure = azureOf(view)
    const machines = new Set([
      ...azure.interfaces.flatMap(({ configurations }) => configurations.map(({ subnet }) => azure.subnets.of(subnet))),
      ...azure.clusters.all.flatMap(({ pools }) =>
        pools.flatMap(({ subnet, podSubnet }) => [azure.subnets.of(subnet), azure.subnets.of(podSubnet)]),
      ),
    ])
    for (const subnet of azure.subnets.all) {
      const { object, privateEndpointPolicies, securityGroup } = subnet
      const group = azure.securityGroups.of(securityGroup)
      if (group === undefined || machines.has(subnet) || !surely(privateEndpointPolicies, 'Disabled')) continue
      if (!azure.privateEndpoints.all.some((endpoint) => azure.subnets.of(endpoint.subnet) === subnet)) continue
      const denies = group.rules.some(({ access, direction }) => surely(access, 'Deny') && surely(direction, 'Inbound'))
      if (!denies) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(privateEndpointPolicies),
        severity: 'low',
        say: `holds private endpoints and has the security group ${labelOf(group.object)}, but its network policies for private endpoints are off: the rules of the group do not apply to them. Switch them on.`,
        fix: () =>
          inPlace(
            setProperty(object, privateEndpointPolicies, {
              arm: 'properties.privateEndpointNetworkPolicies',
              azurerm: ['private_endpoint_network_policies'],
              value: 'NetworkSecurityGroupEnabled',
            }),
            'Lets the security group filter the private endpoints of the subnet.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** Network policies for the group. */
  patch: (hit) => hit.fix?.(),
})
