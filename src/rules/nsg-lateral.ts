import { hasPort } from '../algebra/connections.ts'
import { type FilterPackets, filtersOf } from '../compare/nsg-packets.ts'
import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import { knownItems, knownValue } from '../model/azure/prop.ts'
import { type Subnet, subnetName } from '../model/azure/virtual-network.ts'
import type { AzureQuery } from '../reach/azure/explain-azure.ts'
import type { Outcome } from '../reach/azure/outcome.ts'
import { canReach } from '../reach/azure/peerings.ts'
import { eachNetwork } from './each.ts'
import { addDenial, freePriority } from './edit/add-nsg-rule.ts'
import { inPlace } from './edit/one-patch.ts'
import { askAzure, azureWitness, siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { azureOf } from './facts/azure-view.ts'
import { ADMIN_PORTS } from './facts/internet-admission.ts'
import { isSpecialSubnet } from './facts/special-subnets.ts'
import { type WayOut, waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule, type Hit, type ProposedPatch } from './rule.ts'

export const nsgLateral = defineRule({
  id: 'nsg-lateral',
  meta: {
    title: 'Nodes can administer other machines of the network',
    severity: 'low',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'Nobody administers machines from the nodes of a cluster. Where the way is open, whoever gets into a pod tries the machines next to it.',
    fix: 'Deny SSH and remote desktop from the subnet of the nodes to the subnets of other machines.',
    sources: ['https://azure.github.io/PSRule.Rules.Azure/en/rules/Azure.NSG.LateralTraversal/'],
  },

  /** Yields a hit for each group on a subnet of nodes, where these certainly reach SSH or remote desktop of machines in other subnets. */
  check: eachNetwork(function* (view) {
    const azure = azureOf(view)
    const targets = machineSubnets(view)
    if (targets.length === 0) return
    for (const way of waysOut(view)) {
      const { securityGroup } = way.subnet
      const filter =
        securityGroup.kind === 'found'
          ? filtersOf(azure).find(({ object }) => object === securityGroup.object)
          : undefined
      if (filter === undefined || way.carries === 'pods') continue
      const open = targets.flatMap((target) => openTo(view, way, target))
      if (open.length > 0) yield toHit(view, way, filter, open)
    }
  }),

  merge: mergeAzure,

  /** A denial for the ports and the subnets that are open. */
  patch: (hit) => hit.fix?.(),
})

/** SSH and remote desktop. */
const PORTS = [22, 3389]

/** Subnets of machines that are no nodes, as far as the subnet alone filters what comes in to one of them. */
function machineSubnets(view: StateView): readonly Subnet[] {
  const { azure } = siteOf(view)
  const ofNodes = new Set(
    azure.clusters.all.flatMap(({ pools }) => pools.map(({ subnet }) => azure.subnets.of(subnet))),
  )
  const found = azure.interfaces
    .filter(({ securityGroup }) => securityGroup.kind === 'absent')
    .flatMap(({ configurations }) => configurations.flatMap(({ subnet }) => azure.subnets.of(subnet) ?? []))
  return [...new Set(found)].filter((subnet) => !ofNodes.has(subnet) && !isSpecialSubnet(subnet))
}

interface Opening {
  readonly target: Subnet
  readonly query: AzureQuery & { readonly port: number }
  readonly outcome: Outcome
}

function openTo(view: StateView, { peer, network }: WayOut, target: Subnet): readonly Opening[] {
  const site = siteOf(view)
  const name = knownValue(subnetName(target))
  if (name === undefined || name.startsWith('?')) return []
  if (canReach(site, network, site.topology.networkOf(target)) !== 'yes') return []
  return PORTS.flatMap((port): readonly Opening[] => {
    const query = { from: peer, to: `subnet/${name}`, protocol: 'TCP', port } as const
    const outcome = askAzure(view, query)
    // Behind a firewall its rules decide, and tell of themselves.
    return outcome.answer === 'allowed' && !outcome.steps.some(({ layer }) => layer === 'firewall')
      ? [{ target, query, outcome }]
      : []
  })
}

function toHit(view: StateView, way: WayOut, filter: FilterPackets, open: readonly Opening[]): Hit {
  const [first] = open
  const ports = PORTS.filter((port) => open.some(({ query }) => query.port === port))
  const targets = [...new Set(open.map(({ target }) => target))]
  return azureHit(view, {
    object: filter.object,
    detail: `lateral ${subjectOf(view, way.cluster.object)}`,
    severity: 'low',
    extent: open.length,
    say: `lets nodes of ${labelOf(way.cluster.object)} through to ${listNames(ports.map((port) => `${ADMIN_PORTS.get(port)} (TCP ${port})`))} of the machines in ${listNames(targets.map(({ object }) => labelOf(object)))}, and with them every pod that no policy keeps from it. Deny that from the subnet of the nodes.`,
    witness: azureWitness(first!.query, first!.outcome),
    decide: 'Does anything in the cluster have to administer these machines?',
    objectsTo: ({ before }) => ports.some((port) => hasPort(before.possible, 'TCP', port)),
    fix: () => deny(view, filter, ports, targets),
  })
}

function deny(
  view: StateView,
  filter: FilterPackets,
  ports: readonly number[],
  targets: readonly Subnet[],
): ProposedPatch | undefined {
  const prefixes = targets.flatMap((target) => (target.prefixes.complete ? knownItems(target.prefixes) : []))
  // Above every rule that lets something out.
  const first = Math.min(
    ...filter.of('outbound').map(({ rule }) => (rule.isDefault ? Number.POSITIVE_INFINITY : rule.priority)),
  )
  const priority = freePriority(filter, 'outbound', first)
  if (priority === undefined || prefixes.length < targets.length) return undefined
  return inPlace(
    addDenial(azureOf(view), filter.object, {
      name: 'deny-lateral',
      priority,
      direction: 'Outbound',
      protocol: 'Tcp',
      ports: ports.map(String),
      destinations: prefixes,
    }),
    `Denies SSH and remote desktop from the nodes to ${listNames(prefixes)}.`,
  )
}
