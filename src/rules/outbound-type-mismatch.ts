import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import type { RouteTable } from '../model/azure/route-table.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { restoreWay } from './edit/restore-way.ts'
import { siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { isForced, type WayOut, waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const outboundTypeMismatch = defineRule({
  id: 'outbound-type-mismatch',
  meta: {
    title: 'Outbound type of the cluster and its subnet disagree',
    severity: 'high',
    concepts: ['route'],
    layer: 'route',
    why: 'AKS builds, or leaves out, the way to the internet by the outbound type. A subnet that does not fit makes the deployment fail or cuts the nodes off.',
    fix: 'Give the subnet the route or NAT gateway that the outbound type needs, or choose the outbound type that fits the subnet.',
    sources: [
      'https://learn.microsoft.com/azure/aks/egress-outboundtype',
      'https://learn.microsoft.com/azure/aks/egress-udr',
    ],
  },

  /** Yields a hit for each subnet of nodes that certainly has not what the outbound type of its cluster needs. */
  *check(view) {
    for (const way of waysOut(view)) {
      const { cluster, subnet } = way
      const { outboundType, object } = cluster
      if (way.carries === 'pods' || !outboundType.known) continue
      const wrong = mismatchOf(view, way)
      if (wrong === undefined) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(outboundType),
        detail: subjectOf(view, subnet.object),
        severity: wrong.severity,
        extent: wrong.severity === 'high' ? 2 : 1,
        // One route that leads past the firewall is one finding.
        ...(outboundType.value === 'userDefinedRouting' && {
          within: {
            rule: 'egress-uninspected',
            subject: `${subjectOf(view, subnet.object)} ${subjectOf(view, object)}`,
          },
        }),
        say: wrong.say,
        ...(wrong.severity === 'high' && outboundType.value === 'userDefinedRouting'
          ? { fix: () => restoreWay(view, way) }
          : {}),
        ...(wrong.severity === 'low'
          ? {
              fix: () =>
                inPlace(
                  setProperty(object, outboundType, {
                    arm: 'properties.networkProfile.outboundType',
                    azurerm: ['network_profile', 'outbound_type'],
                    value: 'userDefinedRouting',
                  }),
                  'Tells AKS that routes lead out, so it builds no outbound address.',
                ),
            }
          : {}),
      })
    }
  },

  merge: mergeAzure,

  /** The route that was there, or the outbound type that fits the route. */
  patch: (hit) => hit.fix?.(),
})

function mismatchOf(
  view: StateView,
  way: WayOut,
): { readonly severity: 'high' | 'low'; readonly say: string } | undefined {
  const { cluster, subnet, exit } = way
  const type = cluster.outboundType
  if (!type.known) return undefined
  const where = labelOf(subnet.object)
  switch (type.value) {
    case 'userDefinedRouting': {
      if (exit.kind !== 'internet' && exit.kind !== 'none') return undefined
      const idle = idleTable(view, way)
      const hint = idle === undefined ? '' : ` The route table ${labelOf(idle.object)} has one and no subnet uses it.`
      const what =
        exit.kind === 'none'
          ? `${exit.route.label} drops what the nodes send`
          : exit.route.kind === 'user'
            ? `${exit.route.label} leads to the internet`
            : `${subnet.routeTable.kind === 'absent' ? 'it has no route table' : 'its route table has no route for 0.0.0.0/0'}`
      return {
        severity: 'high',
        say: `has the outbound type userDefinedRouting, but its subnet ${where} has no default route to a firewall, an appliance or a gateway: ${what}.${hint} AKS refuses to create such a cluster, and the nodes of one that exists get no outbound address from it. Route 0.0.0.0/0 to the firewall, or choose another outbound type.`,
      }
    }
    case 'userAssignedNATGateway':
      if (subnet.natGateway.kind !== 'absent') return undefined
      return {
        severity: 'high',
        say: `has the outbound type userAssignedNATGateway, but its subnet ${where} has no NAT gateway: AKS refuses to create such a cluster. Associate a NAT gateway with the subnet, or choose another outbound type.`,
      }
    case 'managedNATGateway':
    case 'managedNATGatewayV2':
      // Only for networks that AKS manages; of a default nobody said that it is wanted.
      if (type.isDefault === true) return undefined
      return {
        severity: 'high',
        say: `has the outbound type ${type.value}, which needs a network that AKS manages, but its nodes are in the subnet ${where}: AKS refuses to create such a cluster. Use userAssignedNATGateway with a NAT gateway on the subnet.`,
      }
    case 'block':
      return {
        severity: 'high',
        say: `has the outbound type block, which needs a network that AKS manages, but its nodes are in the subnet ${where}: AKS refuses to create such a cluster. Use none, and a subnet without a way out.`,
      }
    case 'loadBalancer':
      if (!isForced(way) || exit.kind === 'unknown') return undefined
      return {
        severity: 'low',
        say: `has the outbound type loadBalancer, but ${exit.route.label} of its subnet ${where} takes what leaves: the public outbound address that AKS makes is idle. Use userDefinedRouting.`,
      }
    case 'none':
      return undefined
    default:
      return undefined
  }
}

/** A table with a default route to an appliance that no subnet uses: most likely it was meant for this one. */
function idleTable(view: StateView, { subnet }: WayOut): RouteTable | undefined {
  if (subnet.routeTable.kind !== 'absent') return undefined
  const { azure } = siteOf(view)
  const used = new Set(azure.subnets.all.flatMap((one) => azure.routeTables.of(one.routeTable) ?? []))
  return azure.routeTables.all.find(
    (table) =>
      !used.has(table) &&
      table.routes.some(
        ({ prefix, nextHop }) =>
          prefix.known && prefix.value === '0.0.0.0/0' && nextHop.known && nextHop.value === 'VirtualAppliance',
      ),
  )
}
