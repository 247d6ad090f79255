import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { read } from '../model/azure/azure-object.ts'
import type { Cluster } from '../model/azure/cluster.ts'
import type { Link } from '../model/azure/link.ts'
import { knownValue, numberProp, surely } from '../model/azure/prop.ts'
import { workerPools } from '../reach/azure/state.ts'
import { eachNetwork } from './each.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { mostNodes } from './facts/node-counts.ts'
import { waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const snatPortsLow = defineRule({
  id: 'snat-ports-low',
  meta: {
    title: 'Outbound ports of the nodes do not fit their number',
    severity: 'note',
    concepts: ['nat'],
    layer: 'nat',
    why: 'Connections to one public address need a port each. A node that has used its own up cannot open another, and nodes for which the addresses have no ports left are not added.',
    fix: 'Set the outbound ports of a node so that all nodes, with those that an upgrade adds, fit into 64,000 ports for each outbound address, or add addresses.',
    sources: [
      'https://learn.microsoft.com/azure/aks/configure-load-balancer-standard#configure-the-allocated-outbound-ports',
    ],
  },

  /** Yields a hit for each cluster behind its own load balancer whose pools, at their largest, outgrow the outbound ports. */
  check: eachNetwork(function* (view) {
    const azure = azureOf(view)
    for (const cluster of azure.clusters.all) {
      const { object, outboundType } = cluster
      if (!surely(outboundType, 'loadBalancer') || !surely(cluster.loadBalancerSku, 'standard')) continue
      // Behind a route to an appliance or a NAT gateway the load balancer carries nothing.
      const ways = waysOut(view).filter((way) => way.cluster === cluster)
      if (ways.some(({ exit, subnet }) => exit.kind !== 'internet' || subnet.natGateway.kind !== 'absent')) continue
      const nodes = nodesOf(cluster)
      const ports = numberProp(read(object, ALLOCATED), 0, object.resource.origin)
      const addresses = addressesOf(azure, cluster)
      if (nodes === 0 || !ports.known || Number.isNaN(ports.value) || addresses === undefined || addresses === 0)
        continue
      const room = addresses * PORTS_OF_ADDRESS
      const fitting = Math.floor(room / nodes / 8) * 8
      const fix = () =>
        fitting < LEAST_PORTS
          ? undefined
          : inPlace(
              setProperty(object, ports, {
                arm: ALLOCATED,
                azurerm: ['network_profile', 'load_balancer_profile', 'outbound_ports_allocated'],
                value: fitting,
              }),
              `Gives each node ${fitting} outbound ports, so that ${nodes} nodes fit into ${say(addresses)}.`,
            )
      const decide = 'Fewer nodes, or more outbound addresses?'
      if (ports.value > 0) {
        if (ports.value * nodes <= room) continue
        yield azureHit(view, {
          object,
          at: writtenOrigin(ports),
          severity: 'medium',
          extent: 10,
          say: `gives each node ${ports.value} outbound ports, and ${say(addresses)} ${addresses === 1 ? 'has' : 'have'} room for ${Math.floor(room / ports.value)} nodes of that kind. Its pools grow to ${nodes}, with those that an upgrade adds: nodes beyond the room cannot be added. Give each node fewer ports, or add outbound addresses.`,
          decide,
          fix,
        })
        continue
      }
      const step = STEPS.findLast(({ above }) => steadyNodes(cluster) > above)
      if (step === undefined) continue
      yield azureHit(view, {
        object,
        severity: 'note',
        extent: STEPS.indexOf(step) + 1,
        say: `leaves the outbound ports of a node to its load balancer, and its pools can grow to ${steadyNodes(cluster)} nodes: above ${step.above} each node has ${step.ports} instead of 1,024, and loses connections at the moment when the number is crossed. Set the ports of a node, with as many outbound addresses as that takes.`,
        decide,
        fix,
      })
    }
  }),

  merge: mergeAzure,

  /** As many ports for each node as fit. */
  patch: (hit) => hit.fix?.(),
})

const ALLOCATED = 'properties.networkProfile.loadBalancerProfile.allocatedOutboundPorts'

/** Ports of one outbound address. Source: AKS, configure-load-balancer-standard, "Calculate and verify outbound ports and IPs needed" */
const PORTS_OF_ADDRESS = 64_000

/** Fewer are no better than what the load balancer gives by itself to a pool of 800 nodes. */
const LEAST_PORTS = 64

/** What the load balancer gives each node of a pool by itself. Source: learn.microsoft.com/azure/load-balancer/load-balancer-outbound-connections#preallocatedports */
const STEPS = [
  { above: 50, ports: 512 },
  { above: 100, ports: 256 },
  { above: 200, ports: 128 },
  { above: 400, ports: 64 },
  { above: 800, ports: 32 },
] as const

function say(addresses: number): string {
  return addresses === 1 ? 'its one outbound address' : `its ${addresses} outbound addresses`
}

/** Pools that count for certain: nodes with an address of their own leave by that. */
function poolsOf(cluster: Cluster): Cluster['pools'] {
  return workerPools(cluster).filter(
    ({ object, publicIps }) => object.resource.maybe === undefined && surely(publicIps, false),
  )
}

/** Most nodes, with those that an upgrade adds; pools of which that is not known count nothing. */
function nodesOf(cluster: Cluster): number {
  return poolsOf(cluster).reduce((sum, pool) => sum + (mostNodes(pool) ?? 0), 0)
}

/** Most nodes between upgrades. */
function steadyNodes(cluster: Cluster): number {
  return poolsOf(cluster).reduce((sum, { count, maxCount }) => sum + (knownValue(maxCount ?? count) ?? 0), 0)
}

/** Number of outbound addresses; undefined where that is not known. */
function addressesOf(azure: AzureNetwork, cluster: Cluster): number | undefined {
  const { outboundIps, outboundIpPrefixes, managedOutboundCount } = cluster
  if (outboundIps.length + outboundIpPrefixes.length === 0) return knownValue(managedOutboundCount)
  const counts = [...outboundIps.map(countOf), ...outboundIpPrefixes.map((link) => addressesIn(azure, link))]
  return counts.reduce((a, b) => (a === undefined || b === undefined ? undefined : a + b), 0)
}

function countOf({ kind }: Link): number | undefined {
  return kind === 'unknown' ? undefined : 1
}

function addressesIn({ publicIps }: AzureNetwork, link: Link): number | undefined {
  const prefix = publicIps.of(link)
  if (prefix === undefined) return undefined
  // Source: learn.microsoft.com/azure/templates/microsoft.network/publicipprefixes; azurerm's own default is 28.
  const fallback = prefix.object.azurerm === undefined ? Number.NaN : 28
  const length = knownValue(numberProp(read(prefix.object, 'properties.prefixLength'), fallback, link.origin))
  return length === undefined || Number.isNaN(length) ? undefined : 2 ** (32 - length)
}
