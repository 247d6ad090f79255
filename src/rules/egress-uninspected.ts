import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import type { Firewall } from '../model/azure/firewall.ts'
import { workloadName } from '../model/kubernetes/workload.ts'
import type { Outcome } from '../reach/azure/outcome.ts'
import { canReach } from '../reach/azure/peerings.ts'
import { poolsOf } from '../reach/azure/placement.ts'
import { restoreWay } from './edit/restore-way.ts'
import { askAzure, azureWitness, linkedCluster, siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { type WayOut, waysOut } from './facts/way-out.ts'
import { azureHit } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { lineOf } from './one-line.ts'
import { defineRule } from './rule.ts'

export const egressUninspected = defineRule({
  id: 'egress-uninspected',
  meta: {
    title: 'Traffic to the internet bypasses the firewall',
    severity: 'high',
    concepts: ['egress', 'route'],
    layer: 'route',
    why: 'A firewall filters only what a route leads to it. Without a default route to it nodes and pods reach any address that other layers leave open.',
    fix: 'Give the subnet a route table whose route for 0.0.0.0/0 leads to the firewall.',
    sources: [
      'https://learn.microsoft.com/azure/aks/limit-egress-traffic',
      'https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview',
    ],
  },

  /** Yields a hit for each subnet of a cluster that certainly leaves straight for the internet, with a firewall in its network or a peer of it. */
  *check(view) {
    for (const way of waysOut(view)) {
      const { exit, subnet, cluster, carries } = way
      if (exit.kind !== 'internet') continue
      const near = nearestFirewall(view, way)
      if (near === undefined) continue
      const query = { from: way.peer, to: 'internet', protocol: 'TCP', port: 443 } as const
      const outcome = askAzure(view, query)
      if (outcome.answer === 'denied') continue
      const out = view.network.kubernetes.workloads.length === 0 ? undefined : workloadOut(view, way)
      const isCertain = outcome.answer === 'allowed' && near.sure
      const by = exit.route.kind === 'user' ? `${exit.route.label} leads to the internet` : absence(view, way)
      const who = out === undefined ? '' : `, ${listNames([out.name])} among them,`
      yield {
        ...azureHit(view, {
          object: subnet.object,
          at: exit.route.kind === 'user' ? exit.route.origin : undefined,
          detail: subjectOf(view, cluster.object),
          severity: isCertain ? 'high' : 'medium',
          extent: isCertain ? 2 : 1,
          say: `lets ${carries} of ${labelOf(cluster.object)}${who} ${isCertain ? 'leave' : 'perhaps leave'} for the internet past the firewall ${labelOf(near.firewall.object)}: ${by}. What the firewall would refuse gets out. Route 0.0.0.0/0 of the subnet to the firewall.`,
          witness:
            out === undefined ? azureWitness(query, outcome) : azureWitness({ ...query, from: out.name }, out.outcome),
          decide: 'Which address has the firewall? A route of the subnet for 0.0.0.0/0 must lead to it.',
          objectsTo: ({ kind }) => kind === 'egress',
          fix: () => restoreWay(view, way),
        }),
        ...(exit.route.origin && {
          because: {
            line: lineOf(exit.route.origin),
            tells: 'path',
            aside: () => `The firewall ${labelOf(near.firewall.object)} does not see this traffic: ${by}.`,
          },
        }),
        resource:
          exit.route.kind === 'user'
            ? (exit.route.resource?.address ?? subnet.object.resource.address)
            : subnet.object.resource.address,
      }
    }
  },

  /** What the base had: its route, its association. */
  patch: (hit) => hit.fix?.(),
})

function absence(view: StateView, { subnet }: WayOut): string {
  if (subnet.routeTable.kind === 'absent') return 'it has no route table'
  const table = siteOf(view).azure.routeTables.of(subnet.routeTable)
  return `its route table ${table === undefined ? '' : `${labelOf(table.object)} `}has no route for 0.0.0.0/0`
}

/** A firewall of the subnet's network, or of a network that it is peered with. */
function nearestFirewall(
  view: StateView,
  { network }: WayOut,
): { readonly firewall: Firewall; readonly sure: boolean } | undefined {
  const site = siteOf(view)
  let maybe: Firewall | undefined
  for (const firewall of site.azure.firewalls.all) {
    const subnet = site.azure.subnets.of(firewall.subnet)
    const home = subnet && site.topology.networkOf(subnet)
    if (home === undefined || network === undefined) continue
    const near = canReach(site, network, home)
    const isThere = firewall.object.resource.maybe === undefined
    if (near === 'yes' && isThere) return { firewall, sure: true }
    if (near !== 'no') maybe ??= firewall
  }
  return maybe && { firewall: maybe, sure: false }
}

/** Workloads asked for one that gets out: the finding holds without, so the search is bounded. */
const MAX_ASKED = 50

function workloadOut(
  view: StateView,
  { cluster, carries, pools }: WayOut,
): { readonly name: string; readonly outcome: Outcome } | undefined {
  if (linkedCluster(view) !== cluster || carries === 'nodes') return undefined
  for (const workload of view.network.kubernetes.workloads.slice(0, MAX_ASKED)) {
    // On a pool of another subnet it may have to pass the firewall.
    if (!poolsOf(cluster, workload).every((pool) => pools.includes(pool))) continue
    const name = workloadName(workload)
    const outcome = askAzure(view, { from: name, to: 'internet', protocol: 'TCP', port: 443 })
    if (outcome.answer === 'allowed' && !outcome.steps.some(({ layer }) => layer === 'firewall'))
      return { name, outcome }
  }
  return undefined
}
