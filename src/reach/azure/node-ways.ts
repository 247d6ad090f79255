import { type ConnectionSet, connectionSet, type PortProtocol, singlePort } from '../../algebra/connections.ts'
import { judgeBehindService, leadsTo } from './frontend-ways.ts'
import { type Host, nodeHost } from './hosts.ts'
import type { Demand } from './leg.ts'
import { anyWay, denied, inSeriesLazily, NOTHING_IN_THE_WAY, type Outcome, whichever } from './outcome.ts'
import { poolsOf } from './placement.ts'
import { workerPools } from './state.ts'
import { arriveAndAnswer, isMeant, type Visit } from './visit.ts'

/** By node ports, which answer on every node of the network. */
export function viaNodePorts(visit: Visit): readonly Outcome[] {
  const { site, cluster, outsider, workload, demand } = visit
  const services = (site.state.kubernetes?.services ?? []).filter(
    ({ type, resource }) => type === 'NodePort' && isMeant(visit, resource),
  )
  const nodes = workerPools(cluster)
    .map((pool) => nodeHost(site, cluster, pool))
    .filter(({ publicIps }) => outsider.host !== undefined || publicIps.length > 0)
  return services.flatMap((service) => {
    const port = leadsTo(service, workload, demand)
    if (port === undefined) return []
    const incoming: Demand = { ...demand, port: port.nodePort ?? FIRST_NODE_PORT }
    const arrival = anyWay(nodes.map((node) => arriveAndAnswer(visit, node, incoming)))
    if (arrival === undefined) return []
    return [
      inSeriesLazily(
        () => arrival,
        () => judgeBehindService(visit, service),
      ),
    ]
  })
}

/** Source: kubernetes.io/docs/concepts/services-networking/service/#type-nodeport */
const FIRST_NODE_PORT = 30000

const LAST_NODE_PORT = 32767

/** The port that a node answers on; any of the range where the cluster picks it. */
export function nodePortsOf(protocol: PortProtocol, port: number | undefined): ConnectionSet {
  return port === undefined ? connectionSet(protocol, FIRST_NODE_PORT, LAST_NODE_PORT) : singlePort(protocol, port)
}

/** By host ports and the host network of nodes with an address that the outsider can use. */
export function viaHostPorts(visit: Visit): readonly Outcome[] {
  const { site, cluster, outsider, workload, demand, judge } = visit
  const onHost = workload.hostNetwork !== 'no'
  const bound = workload.ports.find(
    ({ hostPort, port }) => hostPort !== undefined && (port === demand.port || hostPort === demand.port),
  )
  if (!onHost && bound === undefined) return []
  const incoming: Demand = { ...demand, port: onHost ? demand.port : (bound?.hostPort ?? demand.port) }
  const policy = () =>
    onHost ? NOTHING_IN_THE_WAY : judge(outsider.end, workload, { ...demand, port: bound?.port ?? demand.port })
  const nodes = poolsOf(cluster, workload).map((pool) => nodeHost(site, cluster, pool))
  const isUsable = ({ publicIps }: Host) => outsider.host !== undefined || publicIps.length > 0
  if (!nodes.some(isUsable)) return []
  return [
    whichever(
      nodes.map((node) =>
        isUsable(node)
          ? inSeriesLazily(() => arriveAndAnswer(visit, node, incoming), policy)
          : denied('nat', 'the node has no public address'),
      ),
    ),
  ]
}
