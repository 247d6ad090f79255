import type { Layer } from '../finding.ts'

/**
 * What it costs to close a way at a layer, for people who choose between layers: money first, then what one gets and what one gives up.
 *
 * Sources: azure.microsoft.com/pricing/details/azure-firewall (a deployment of the Standard tier is about 900 USD a month, and each GB is
 * charged), /azure-nat-gateway, /private-link and /virtual-network-manager; learn.microsoft.com/azure/aks/limit-egress-traffic,
 * learn.microsoft.com/azure/virtual-network/network-security-groups-overview, kubernetes.io/docs/concepts/services-networking/network-policies.
 */
const COSTS: Readonly<Partial<Record<Layer, string>>> = {
  'network-policy':
    'No charge. It holds for the pods that it selects and for nobody else on the subnet, and somebody must keep it up in each namespace; it knows addresses and ports, and no host names.',
  'admin-policy':
    'No charge. It holds for every namespace that it selects, so a team cannot open it again; it knows addresses and ports, and no host names.',
  cilium:
    'Rules for addresses have no charge; rules for host names need Advanced Container Networking Services, which is charged by the node. Azure does not log what it denies.',
  calico: 'No charge. It may hold for the whole cluster; it knows addresses and ports, and no host names.',
  mesh: 'No charge, but each pod runs a proxy. Pods without one get around it, so it needs a network policy beside it.',
  service:
    'No charge. It takes the public address away from everybody: clients must be in the network or reach it privately.',
  ingress: 'No charge. It holds for this host and path alone; other ways to the same pods stay as they are.',
  nsg: 'No charge. It holds for every node and pod of the subnet; it knows addresses, ports and service tags, no host names and no pods, and sees nothing between pods of one node.',
  'security-admin':
    'Charged by the virtual network that it is deployed to. It holds for all of them before their own groups.',
  route:
    'The route has no charge. All that the subnet sends goes to the firewall, which charges each GB, from about 900 USD a month for the firewall itself; while it is down the cluster has no way out.',
  firewall:
    'Nothing more where the firewall is there: about 900 USD a month and a charge for each GB are paid already. It is the only layer that knows host names and logs each connection; it holds for every network behind it.',
  nat: 'A NAT gateway is about 45 USD a month with its traffic. It filters nothing: without it the way is closed only where nothing else leads out.',
  'private-endpoint':
    'Each endpoint is charged by the month and by the GB, and needs a private DNS zone that is linked to the network. It leads to one instance and to no other.',
  'paas-firewall': 'No charge. It holds for this instance and whoever calls it, from this cluster or not.',
  'api-server': 'No charge. Everybody who works on the cluster must come from the listed ranges, pipelines included.',
  host: 'No charge. It holds for every pod of the node pool, and takes effect when the nodes get a new image.',
}

/** What it costs to close something there. */
export function costOf(layer: Layer): string {
  return COSTS[layer] ?? 'No charge.'
}
