import { surely } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const allowedHostPorts = defineRule({
  id: 'allowed-host-ports',
  meta: {
    title: 'Ports of nodes are opened to the internet',
    severity: 'high',
    concepts: ['aks-public-node-ip'],
    layer: 'nsg',
    why: 'AKS opens the ports in the network security group of the nodes to any source, and nodes with public addresses answer on them.',
    fix: 'Publish through a load balancer or an ingress, which hide the nodes.',
    sources: [
      'https://learn.microsoft.com/azure/aks/use-node-public-ips#allow-host-port-connections-and-add-node-pools-to-application-security-groups',
    ],
  },

  /** Yields a hit for each pool with allowed host ports: urgent where its nodes have public addresses. */
  *check(view) {
    for (const { pools } of azureOf(view).clusters.all) {
      for (const { object, publicIps, allowedHostPorts } of pools) {
        const ranges = allowedHostPorts.flatMap(({ first, last, protocol }) =>
          first.known && last.known
            ? [
                `${protocol.known ? protocol.value : 'TCP or UDP'} ${first.value === last.value ? first.value : `${first.value}-${last.value}`}`,
              ]
            : [],
        )
        const [start] = allowedHostPorts
        if (start === undefined || ranges.length === 0) continue
        const isPublic = surely(publicIps, true)
        yield azureHit(view, {
          object,
          at: writtenOrigin(start.first),
          severity: isPublic ? 'high' : 'low',
          extent: ranges.length,
          say: `opens ${ranges.join(', ')} of its nodes to any source in the network security group that AKS manages${isPublic ? ', and its nodes have public addresses: the internet reaches whatever listens there' : '. Its nodes get no public addresses here, so only connected networks and what forwards to nodes can use them'}.`,
        })
      }
    }
  },

  merge: mergeAzure,
})
