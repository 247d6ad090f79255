import { type Declared, type Properties, ref, symbolOf } from './arm-resources.ts'
import type { Pool } from './cluster-state.ts'
import type { State } from './state.ts'

/** The cluster with its pools. */
export function clusterResources({ cluster, ingresses }: State): readonly Declared[] {
  const { mode, engine, outbound, podCidr, podCidr6, pools, api } = cluster
  const properties: Properties = {
    kubernetesVersion: '1.33',
    dnsPrefix: 'aks',
    agentPoolProfiles: pools.map(poolOf),
    networkProfile: {
      networkPlugin: mode === 'kubenet' ? 'kubenet' : 'azure',
      ...(mode === 'overlay' && { networkPluginMode: 'overlay' }),
      ...((mode === 'overlay' || mode === 'kubenet') &&
        (podCidr6 === undefined ? { podCidr } : { podCidrs: [podCidr, podCidr6], ipFamilies: ['IPv4', 'IPv6'] })),
      ...(engine !== 'none' && { networkPolicy: engine }),
      ...(engine === 'cilium' && { networkDataplane: 'cilium' }),
      serviceCidr: '172.20.0.0/16',
      dnsServiceIP: '172.20.0.10',
      outboundType: outbound,
    },
    ...(api.private
      ? { apiServerAccessProfile: { enablePrivateCluster: true, enablePrivateClusterPublicFQDN: false } }
      : api.authorized.length > 0
        ? { apiServerAccessProfile: { authorizedIPRanges: api.authorized } }
        : {}),
    ...(ingresses.length > 0 && {
      addonProfiles: {
        ingressApplicationGateway: { enabled: true, config: { applicationGatewayId: ref('agw') } },
      },
    }),
  }
  return [
    {
      symbol: 'aks',
      type: 'Microsoft.ContainerService/managedClusters',
      api: '2025-05-01',
      names: ['aks'],
      body: { location: 'westeurope', identity: { type: 'SystemAssigned' }, properties },
    },
  ]
}

function poolOf(pool: Pool): Properties {
  const hostPorts = pool.allowedHostPorts.map((port) => ({ portStart: port, portEnd: port, protocol: 'TCP' }))
  const members = pool.groups.map((group) => ref(symbolOf(group)))
  return {
    name: pool.name,
    mode: 'System',
    count: 3,
    vmSize: 'Standard_D4s_v5',
    vnetSubnetID: ref(symbolOf(pool.subnet)),
    ...(pool.podSubnet !== undefined && { podSubnetID: ref(symbolOf(pool.podSubnet)) }),
    ...(pool.publicIps && { enableNodePublicIP: true }),
    ...(hostPorts.length + members.length > 0 && {
      networkProfile: {
        ...(members.length > 0 && { applicationSecurityGroups: members }),
        ...(hostPorts.length > 0 && { allowedHostPorts: hostPorts }),
      },
    }),
  }
}
