import type { AzureNetwork } from '../../src/model/azure/azure-network.ts'
import { type Cluster as ModelCluster, podAddressing } from '../../src/model/azure/cluster.ts'
import type { Cluster } from './cluster-state.ts'
import { linkName, nameOf, value, values } from './read-prop.ts'
import { NotModelled } from './yaml-selector.ts'

/** Of manifests alone. */
export const NO_CLUSTER: Cluster = {
  mode: 'overlay',
  engine: 'unknown',
  outbound: 'none',
  podCidr: '10.244.0.0/16',
  pools: [],
  api: { private: false, authorized: [] },
}

const MODES = {
  overlay: 'overlay',
  kubenet: 'kubenet',
  'node-subnet': 'node-subnet',
  'pod-subnet': 'pod-subnet',
} as const

/** The cluster with its pools. Throws {@link NotModelled}. */
export function toCluster(azure: AzureNetwork, cluster: ModelCluster): Cluster {
  const { pools, policyEngine, outboundType, podCidrs, api, ipFamilies } = cluster
  const [first] = pools
  const isDual = values(ipFamilies).some((family) => /ipv6/i.test(family))
  if (first === undefined) return { ...NO_CLUSTER, engine: value(policyEngine) }
  const addressing = podAddressing(cluster, first)
  if (addressing === 'unknown') throw new NotModelled('a plugin that is not known')
  const outbound = value(outboundType)
  if (
    outbound !== 'loadBalancer' &&
    outbound !== 'userDefinedRouting' &&
    outbound !== 'userAssignedNATGateway' &&
    outbound !== 'none'
  )
    throw new NotModelled(`outbound type ${outbound}`)
  if (value(api.vnetIntegration)) throw new NotModelled('an API server in a subnet')
  const ranges = values(podCidrs)
  const podCidr = ranges.find((range) => !range.includes(':')) ?? '10.244.0.0/16'
  const podCidr6 = ranges.find((range) => range.includes(':')) ?? 'fd12:3456:789a::/64'
  return {
    mode: MODES[addressing],
    engine: value(policyEngine),
    outbound,
    podCidr,
    ...(isDual && { podCidr6 }),
    pools: pools.map((pool) => {
      const subnet = azure.subnets.of(pool.subnet)
      if (subnet === undefined) throw new NotModelled('pools in a network that AKS makes')
      const podSubnet = azure.subnets.of(pool.podSubnet)
      return {
        name: value(pool.name),
        vnet: linkName(subnet.network),
        subnet: nameOf(subnet.object),
        ...(podSubnet !== undefined && { podSubnet: nameOf(podSubnet.object) }),
        publicIps: value(pool.publicIps),
        allowedHostPorts: pool.allowedHostPorts.map(({ first }) => value(first)),
        groups: [],
      }
    }),
    api: {
      private: value(api.private),
      authorized: api.authorizedRanges.absent
        ? []
        : api.authorizedRanges.items.map((one) => (one.known ? one.value : 'nat')),
    },
  }
}
