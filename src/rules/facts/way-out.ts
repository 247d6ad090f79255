import { cidr } from '../../algebra/addresses.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { type Cluster, type NodePool, podAddressing } from '../../model/azure/cluster.ts'
import type { Firewall } from '../../model/azure/firewall.ts'
import { knownValue } from '../../model/azure/prop.ts'
import { type Subnet, subnetName, type VirtualNetwork } from '../../model/azure/virtual-network.ts'
import { findFirewall } from '../../reach/azure/appliance.ts'
import { routesOf } from '../../reach/azure/host-routes.ts'
import { type Host, nodeHost, podHost } from '../../reach/azure/hosts.ts'
import { ANY_PUBLIC_HOST, atAddresses } from '../../reach/azure/places.ts'
import { type Site, workerPools } from '../../reach/azure/state.ts'
import { type EffectiveRoute, type RouteSet, routesTo } from '../../reach/layers/route.ts'
import { hasBalancers, siteOf } from './azure-site.ts'

/** How the nodes or pods of a cluster leave one of their subnets for the internet. */
export interface WayOut {
  readonly cluster: Cluster
  readonly subnet: Subnet
  readonly network: VirtualNetwork | undefined
  readonly pools: readonly NodePool[]
  readonly carries: 'nodes' | 'pods' | 'nodes and pods'
  /** One of what leaves. */
  readonly host: Host
  /** The peer as questions name it: `node/aks/system`, `subnet/vnet/snet`. */
  readonly peer: string
  readonly routes: RouteSet
  readonly exit: Exit
}

/** What the route for public IPv4 hosts leads to. */
export type Exit =
  | { readonly kind: 'internet' | 'gateway' | 'none' | 'appliance'; readonly route: EffectiveRoute }
  | { readonly kind: 'firewall'; readonly route: EffectiveRoute; readonly firewall: Firewall }
  /** Several routes may carry it, or the table is not in the tree. */
  | { readonly kind: 'unknown' }

/** Of a network, and of a state whose Services have rules at the nodes. */
const made = new WeakMap<AzureNetwork | StateView, readonly WayOut[]>()

/** Every subnet that nodes or pods of a cluster of the tree leave by, once per cluster; those of managed networks are not in the tree. */
export function waysOut(view: StateView): readonly WayOut[] {
  const site = siteOf(view)
  const key = hasBalancers(view) ? view : site.azure
  let ways = made.get(key)
  if (ways === undefined) {
    ways = site.azure.clusters.all.flatMap((cluster) => waysOfCluster(site, cluster))
    made.set(key, ways)
  }
  return ways
}

function waysOfCluster(site: Site, cluster: Cluster): readonly WayOut[] {
  const nodes = new Map<Subnet, NodePool[]>()
  const pods = new Map<Subnet, NodePool[]>()
  const add = (map: Map<Subnet, NodePool[]>, subnet: Subnet | undefined, pool: NodePool) => {
    if (subnet === undefined) return
    const same = map.get(subnet)
    if (same === undefined) map.set(subnet, [pool])
    else same.push(pool)
  }
  for (const pool of workerPools(cluster)) {
    const own = site.azure.subnets.of(pool.subnet)
    add(nodes, own, pool)
    const addressing = podAddressing(cluster, pool)
    if (addressing === 'pod-subnet') add(pods, site.azure.subnets.of(pool.podSubnet), pool)
    else if (addressing !== 'unknown') add(pods, own, pool)
  }
  return [...new Set([...nodes.keys(), ...pods.keys()])].map((subnet): WayOut => {
    const onNodes = nodes.get(subnet)
    const pools = onNodes ?? pods.get(subnet)!
    const [pool] = pools
    const host = (onNodes === undefined && podHost(site, cluster, pool!, false)) || nodeHost(site, cluster, pool!)
    const poolName = knownValue(pool!.name) ?? '?'
    const clusterName = knownValue(cluster.object.name)
    const routes = routesOf(site, subnet)
    return {
      cluster,
      subnet,
      network: site.topology.networkOf(subnet),
      pools,
      carries: onNodes === undefined ? 'pods' : pods.has(subnet) ? 'nodes and pods' : 'nodes',
      host,
      peer:
        onNodes === undefined
          ? `subnet/${knownValue(subnetName(subnet)) ?? '?'}`
          : clusterName === undefined
            ? `node/${poolName}`
            : `node/${clusterName}/${poolName}`,
      routes,
      exit: exitOf(site, routes, 'v4'),
    }
  })
}

/** Where the default route of a subnet leads, for one family of addresses. */
export function exitOf(site: Site, routes: RouteSet, family: 'v4' | 'v6'): Exit {
  if (routes.unknown !== undefined) return { kind: 'unknown' }
  const [choice, ...others] = routesTo(routes, family === 'v4' ? ANY_PUBLIC_HOST : PUBLIC_V6)
  if (choice === undefined || others.length > 0 || !choice.route.certain) return { kind: 'unknown' }
  const { route } = choice
  const { hop } = route
  switch (hop.kind) {
    case 'internet':
    case 'gateway':
    case 'none':
      return { kind: hop.kind, route }
    case 'appliance': {
      const firewall = findFirewall(site, hop)
      return firewall === undefined ? { kind: 'appliance', route } : { kind: 'firewall', route, firewall }
    }
    case 'local':
    case 'peering':
    case 'service-endpoint':
    case 'private-endpoint':
    case 'unknown':
      return { kind: 'unknown' }
  }
}

/** One of the public IPv6 addresses; only a default route holds it in practice. */
const PUBLIC_V6 = atAddresses(cidr('2606:4700::1111/128'))

/** True for a way that does not go straight to the internet, whatever stands on it. */
export function isForced({ exit }: WayOut): boolean {
  return exit.kind === 'firewall' || exit.kind === 'appliance' || exit.kind === 'gateway'
}
