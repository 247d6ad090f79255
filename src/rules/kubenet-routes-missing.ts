import { addressSets, parseCidr } from '../algebra/addresses.ts'
import type { StateView } from '../compare/state-view.ts'
import { type AzureObject, labelOf, read } from '../model/azure/azure-object.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import type { Cluster } from '../model/azure/cluster.ts'
import { surely } from '../model/azure/prop.ts'
import type { RouteTable } from '../model/azure/route-table.ts'
import type { Subnet } from '../model/azure/virtual-network.ts'
import { ignoredChanges } from '../parse/terraform/ignored-changes.ts'
import { workerPools } from '../reach/azure/state.ts'
import { eachNetwork } from './each.ts'
import { findBlock } from './edit/hcl-block.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { azureOf } from './facts/azure-view.ts'
import { overlaps, podRangesOf } from './facts/cluster-ranges.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule, type Hit } from './rule.ts'

export const kubenetRoutesMissing = defineRule({
  id: 'kubenet-routes-missing',
  meta: {
    title: 'Routes of a kubenet cluster to its pods get lost',
    severity: 'high',
    concepts: ['route'],
    layer: 'route',
    why: 'With kubenet a pod on another node is found by a route that AKS writes into the route table of the subnet. Without these routes pods on different nodes, and DNS among them, do not reach each other.',
    fix: 'Give all subnets of the cluster one route table of its own, write its routes as resources of their own, and none for the range of the pods.',
    sources: [
      'https://learn.microsoft.com/azure/aks/configure-kubenet#bring-your-own-subnet-and-route-table-with-kubenet',
      'https://learn.microsoft.com/azure/azure-resource-manager/templates/deployment-modes#incremental-mode',
      'https://github.com/Azure/AKS/issues/400',
    ],
  },

  /** Yields a hit for each subnet and route table of a kubenet cluster that certainly loses, hides or mixes up the routes to its pods. */
  check: eachNetwork(function* (view) {
    const azure = azureOf(view)
    const kubenet = azure.clusters.all.filter(({ plugin }) => surely(plugin, 'kubenet'))
    for (const cluster of kubenet) {
      const subnets = subnetsOf(view, cluster)
      for (const subnet of subnets) if (isDetached(subnet)) yield detached(view, cluster, subnet)
      const tables = tablesOf(view, subnets)
      if (tables.length > 1) yield divided(view, cluster, tables)
      for (const table of tables) {
        yield* overridden(view, cluster, table)
        if (rewritesRoutes(table)) yield rewritten(view, cluster, table)
        const others = kubenet.filter(
          (other) => other !== cluster && tablesOf(view, subnetsOf(view, other)).includes(table),
        )
        if (others.length > 0) yield shared(view, cluster, table, others[0]!)
      }
    }
  }),

  merge: mergeAzure,
})

function subnetsOf(view: StateView, cluster: Cluster): readonly Subnet[] {
  const { subnets } = azureOf(view)
  return [...new Set(workerPools(cluster).flatMap(({ subnet }) => subnets.of(subnet) ?? []))]
}

function tablesOf(view: StateView, subnets: readonly Subnet[]): readonly RouteTable[] {
  const { routeTables } = azureOf(view)
  return [...new Set(subnets.flatMap(({ routeTable }) => routeTables.of(routeTable) ?? []))]
}

/** A template says what the whole subnet is, and a table that it does not name goes with the next deployment. */
function isDetached({ object, routeTable }: Subnet): boolean {
  return routeTable.kind === 'absent' && isTemplate(object)
}

/** Whether each deployment says anew what the resource is: all of a template but what it creates once and leaves alone from then on. */
function isTemplate({ resource }: AzureObject): boolean {
  const { source, start, end } = resource.origin
  if (resource.unit.kind === 'arm') return !/"onlyIfNotExists"\s*:\s*true/i.test(source.text.slice(start, end))
  return resource.unit.kind === 'bicep' && !ONCE.test(source.text.slice(Math.max(0, start - 300), start))
}

/** The decorator above a resource, with others below it. */
const ONCE = /@onlyIfNotExists\(\s*\)(?:\s*@[^\n]*\n)*\s*$/

function detached(view: StateView, cluster: Cluster, { object }: Subnet): Hit {
  return azureHit(view, {
    object,
    detail: subjectOf(view, cluster.object),
    severity: 'high',
    say: `holds nodes of the kubenet cluster ${labelOf(cluster.object)} and names no route table: AKS puts one on the subnet, and the next deployment of this template takes it off again, and with it the routes to the pods. Write a route table into the template and give it to the subnet.`,
    decide: 'Which route table is the one of the cluster? The subnet must name it.',
  })
}

function divided(view: StateView, cluster: Cluster, tables: readonly RouteTable[]): Hit {
  return azureHit(view, {
    object: cluster.object,
    detail: 'tables',
    severity: 'high',
    say: `is a kubenet cluster whose subnets have different route tables (${tables.map(({ object }) => labelOf(object)).join(', ')}): the routes to its pods have to stand in one table that all of its subnets use. Give them the same one.`,
    decide: 'Which of the route tables is the one of the cluster?',
  })
}

function shared(view: StateView, cluster: Cluster, { object }: RouteTable, other: Cluster): Hit {
  const isMixed = podRangesOf(cluster).some((own) =>
    podRangesOf(other).some(({ addresses }) => overlaps(own.addresses, addresses)),
  )
  const [first, second] = [cluster, other].map((one) => labelOf(one.object)).sort()
  return azureHit(view, {
    object,
    detail: `shared ${first} ${second}`,
    severity: isMixed ? 'high' : 'medium',
    say: `is the route table of two kubenet clusters, ${first} and ${second}, which AKS does not support${isMixed ? ': their pods have the same range, so packets for pods of one go to nodes of the other' : ''}. Give each cluster a table of its own.`,
    decide: 'Which cluster gets a route table of its own?',
  })
}

/** Blocks of pods are /24 for each node: what is as long or longer wins over the route of a node, what is shorter does not. */
const NODE_BLOCK = 24

function* overridden(view: StateView, cluster: Cluster, { routes }: RouteTable): Iterable<Hit> {
  const pods = podRangesOf(cluster)
  for (const { object, prefix } of routes) {
    const block = prefix.known ? parseCidr(prefix.value) : undefined
    if (block === undefined || !prefix.known) continue
    const length = Number(prefix.value.split('/')[1] ?? 32)
    if (block.family !== 'v4' || length < NODE_BLOCK) continue
    const range = pods.find(({ addresses }) => addressSets.covers(addresses, block.addresses))
    if (range === undefined) continue
    yield azureHit(view, {
      object,
      at: prefix.origin,
      detail: subjectOf(view, cluster.object),
      severity: 'high',
      say: `leads ${prefix.value} elsewhere, which lies in the range of the pods of ${labelOf(cluster.object)} (${range.text}): AKS gives each node a /24 of it and routes that to the node, and this route stands in its place. Take it out.`,
      decide: 'What is the route for? Pods of the cluster get addresses of it.',
    })
  }
}

/**
 * Whether the code says what all routes of the table are, so that those of AKS go whenever it is applied: templates do, Terraform where it
 * writes routes inside the table and does not leave their changes alone.
 */
function rewritesRoutes({ object }: RouteTable): boolean {
  if (isTemplate(object)) return true
  const routes = read(object, 'properties.routes')
  if (object.azurerm === undefined || (routes?.kind !== 'list' && routes?.kind !== 'map')) return false
  const block = findBlock(originOf(object))
  return block !== undefined && !ignoredChanges(block.body)('route')
}

function rewritten(view: StateView, cluster: Cluster, { object, routes }: RouteTable): Hit {
  const inside = routes.find((route) => route.object.inline)
  const advice = isTemplate(object)
    ? 'Deploy the table apart from the rest and not again, or let AKS make it.'
    : 'Write its routes as azurerm_route, or let Terraform ignore changes of route.'
  return azureHit(view, {
    object,
    ...(inside !== undefined && { at: originOf(inside.object) }),
    detail: `rewritten ${subjectOf(view, cluster.object)}`,
    severity: 'medium',
    say: `is the route table of the kubenet cluster ${labelOf(cluster.object)} and says what all of its routes are: whenever ${isTemplate(object) ? 'the template is deployed' : 'Terraform is applied'} the routes go that AKS added for the pods, and pods on different nodes lose each other until AKS writes them again. ${advice}`,
    decide: 'Who writes the routes of the table, this code or AKS?',
  })
}
