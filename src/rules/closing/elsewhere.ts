import type { StateView } from '../../compare/state-view.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import type { Subnet } from '../../model/azure/virtual-network.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { poolsOf } from '../../reach/azure/placement.ts'
import { linkedCluster, siteOf } from '../facts/azure-site.ts'
import { type WayOut, waysOut } from '../facts/way-out.ts'
import type { ElsewhereChoice } from '../finding.ts'
import { costOf } from './layer-costs.ts'

/** Longer lists are read by nobody. */
const MOST = 3

/**
 * Layers that could close the way out of a workload and that no edit of the tree closes: a layer that is not there, or that another
 * repository holds. What they do to others is for people to weigh, so none of them is proposed as an edit. None where no cluster is
 * linked: of what stands around it nothing is known.
 */
export function closeOutElsewhere(view: StateView, workload: Workload | undefined): readonly ElsewhereChoice[] {
  const cluster = linkedCluster(view)
  if (cluster === undefined) return []
  const pools = workload === undefined ? undefined : poolsOf(cluster, workload)
  const ways = waysOut(view).filter(
    (way) => way.cluster === cluster && way.pools.some((pool) => pools?.includes(pool) !== false),
  )
  return oncePerLayer(
    ways.flatMap((way) => [
      ...atExit(view, way),
      ...atGroup(way.subnet, 'denies the tag Internet outbound, below what AKS itself needs'),
    ]),
  )
}

/** The same for the way in from the internet through a load balancer. */
export function closeInElsewhere(view: StateView, ports: string): readonly ElsewhereChoice[] {
  const cluster = linkedCluster(view)
  if (cluster === undefined) return []
  const ways = waysOut(view).filter((way) => way.cluster === cluster && way.carries !== 'pods')
  return oncePerLayer([
    ...ways.flatMap(({ subnet }) => atGroup(subnet, `denies the tag Internet on ${ports}`)),
    {
      layer: 'ingress',
      what: 'Make the load balancer internal and publish it through an application gateway or Front Door with a web application firewall.',
      cost: WAF_COST,
    },
  ])
}

/** Sources: azure.microsoft.com/pricing/details/application-gateway (WAF_v2), /frontdoor (Premium) */
const WAF_COST =
  'From about 320 USD a month and a charge for what passes. It is the only layer that reads requests; clients still get in, and attacks that it knows do not.'

function atExit(view: StateView, { exit, subnet }: WayOut): readonly ElsewhereChoice[] {
  switch (exit.kind) {
    case 'internet': {
      const firewall = siteOf(view).azure.firewalls.all[0]
      return firewall === undefined
        ? [
            choice(
              'route',
              `Set up a firewall, in a hub for example, and route 0.0.0.0/0 of ${labelOf(subnet.object)} to it; this repository has none.`,
            ),
          ]
        : [
            choice(
              'route',
              `Route 0.0.0.0/0 of ${labelOf(subnet.object)} to the firewall ${labelOf(firewall.object)}, which must then allow what AKS itself needs.`,
            ),
          ]
    }
    case 'firewall':
      return exit.firewall.policy.kind === 'outside'
        ? [
            choice(
              'firewall',
              `Deny it in the policy of the firewall ${labelOf(exit.firewall.object)}, which this repository does not hold.`,
            ),
          ]
        : []
    case 'appliance':
      return [choice('firewall', `Deny it in the appliance that ${exit.route.label} leads to, where that is set up.`)]
    case 'gateway':
    case 'none':
    case 'unknown':
      return []
  }
}

function atGroup(subnet: Subnet, rule: string): readonly ElsewhereChoice[] {
  const { securityGroup, object } = subnet
  if (securityGroup.kind === 'absent')
    return [choice('nsg', `Give ${labelOf(object)} a security group with a rule that ${rule}; it has none.`)]
  if (securityGroup.kind !== 'outside') return []
  return [
    choice(
      'nsg',
      `Add a rule that ${rule} to the security group of ${labelOf(object)}, which this repository does not hold.`,
    ),
  ]
}

function choice(layer: ElsewhereChoice['layer'], what: string): ElsewhereChoice {
  return { layer, what, cost: costOf(layer) }
}

function oncePerLayer(choices: readonly ElsewhereChoice[]): readonly ElsewhereChoice[] {
  const first = new Map<string, ElsewhereChoice>()
  for (const one of choices) if (!first.has(one.layer)) first.set(one.layer, one)
  return [...first.values()].slice(0, MOST)
}
