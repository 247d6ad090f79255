import type { Bounds } from '../../algebra/bounds.ts'
import { type ConnectionSet, samplePort } from '../../algebra/connections.ts'
import type { NodePool } from '../../model/azure/cluster.ts'
import { knownValue } from '../../model/azure/prop.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { PlainDoor } from '../door.ts'
import {
  type Arrivals,
  type DoorContext,
  fromInside,
  fromOutside,
  NO_ARRIVALS,
  NOBODY,
  oneOf,
  perhaps,
  withArrivals,
} from './arrivals.ts'
import { type Host, nodeHost } from './hosts.ts'
import { nodePortsOf } from './node-ways.ts'
import { poolsOf } from './placement.ts'
import type { Places } from './places.ts'
import { placeBounds } from './prefixes.ts'
import { type Site, workerPools } from './state.ts'

/** A node port answers on every node: one that lets the client in is enough. */
export function throughNodePort(context: DoorContext, door: PlainDoor): PlainDoor {
  const { site, cluster } = context
  const { protocol } = samplePort(door.target.possible) ?? { protocol: 'TCP' as const }
  const port = samplePort(door.frontend)?.port
  const arrivals = context.remember(`node port ${protocol} ${port} ${door.public}`, () =>
    workerPools(cluster)
      .map((pool) =>
        toNode(site, nodeHost(site, cluster, pool), pool, nodePortsOf(protocol, port), door.public !== 'no'),
      )
      .reduce(
        (a, b) => ({
          outside: placeBounds.union(a.outside, b.outside),
          inside: placeBounds.union(a.inside, b.inside),
        }),
        NO_ARRIVALS,
      ),
  )
  return withArrivals(door, arrivals)
}

/** The pod runs on one of the pools that take it. */
export function throughHost(context: DoorContext, door: PlainDoor, behind: readonly Workload[]): PlainDoor {
  const { site, cluster } = context
  const own = behind.find(({ resource }) => resource === door.resource)
  const pools = own === undefined ? workerPools(cluster) : poolsOf(cluster, own)
  const key = `host ${pools.map((pool) => cluster.pools.indexOf(pool)).join()} ${JSON.stringify(door.frontend)}`
  const arrivals = context.remember(key, () =>
    oneOf(pools.map((pool) => toNode(site, nodeHost(site, cluster, pool), pool, door.frontend, true))),
  )
  return withArrivals(door, arrivals)
}

function toNode(
  site: Site,
  node: Host,
  { publicIps }: NodePool,
  connections: ConnectionSet,
  fromInternet: boolean,
): Arrivals {
  const outside = (): Bounds<Places> => {
    const isPublic = knownValue(publicIps)
    if (!fromInternet || isPublic === false) return NOBODY
    const all = fromOutside(site, node, connections)
    return isPublic === true ? all : perhaps(all)
  }
  return { outside: outside(), inside: fromInside(site, node, connections) }
}
