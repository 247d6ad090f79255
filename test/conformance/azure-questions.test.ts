import { describe } from 'vitest'
import { asks } from '../azure/ask.ts'
import {
  applicationRules,
  cluster,
  firewall,
  group,
  NODE_SUBNET,
  network,
  OVERLAY,
  peering,
  pool,
  routes,
  subnet,
  workload,
} from '../azure/terraform-text.ts'

/** Which layers must all allow: one block for each row, first with nothing configured, then with each layer closed alone. */

const BASE = network('hub', '10.1.0.0/16') + subnet('hub', 'nodes', '10.1.0.0/22') + subnet('hub', 'vms', '10.1.8.0/24')
const INTERNAL = 'annotations: { service.beta.kubernetes.io/azure-load-balancer-internal: "true" }'
const WITH_ENGINE = `${OVERLAY}\n    network_policy = "azure"`

function deny(namespace: string, direction: 'Ingress' | 'Egress', allow = ''): string {
  return `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: deny-${direction.toLowerCase()}, namespace: ${namespace} }
spec:
  podSelector: {}
  policyTypes: [${direction}]
  ${allow}
---
`
}

describe('pod → pod, same node: "egress policy, ingress policy, mesh"; allowed, no Azure layer', () => {
  const pods = workload('a/web', 8080) + workload('b/db', 5432)
  describe('with nothing configured', () => {
    asks({ 'main.tf': BASE + cluster({ pool: 'system nodes' }), 'app.yaml': pods }, [
      ['a/web -> b/db TCP 5432', 'allowed'],
    ])
  })
  describe('each policy is enough to deny', () => {
    const azure = BASE + cluster({ pool: 'system nodes', profile: WITH_ENGINE })
    asks({ 'main.tf': azure, 'app.yaml': pods + deny('a', 'Egress') }, [
      ['a/web -> b/db TCP 5432', 'denied by network-policy'],
    ])
    asks({ 'main.tf': azure, 'app.yaml': pods + deny('b', 'Ingress') }, [
      ['a/web -> b/db TCP 5432', 'denied by network-policy'],
    ])
  })
  describe('an NSG can never prove that two workloads that may share a node are apart (§0.5)', () => {
    const closed = group('g', ['100 in deny * * -> * *', '100 out deny * * -> * *'], ['nodes'])
    asks({ 'main.tf': BASE + cluster({ pool: 'system nodes' }) + closed, 'app.yaml': pods }, [
      ['a/web -> b/db TCP 5432', 'unknown by nsg'],
    ])
  })
})

describe('pod → pod, other node: "egress policy → NSG out → NSG in (pod IPs) → ingress policy, mesh"; allowed', () => {
  const pinned = (name: string, port: number, poolName: string) =>
    workload(name, port, '', `nodeSelector: { kubernetes.azure.com/agentpool: ${poolName} }`)
  const pods = pinned('a/web', 8080, 'system') + pinned('b/db', 5432, 'data')
  const azure = BASE + subnet('hub', 'more', '10.1.4.0/24') + cluster({ pool: 'system nodes' }) + pool('data', 'more')
  asks({ 'main.tf': azure, 'app.yaml': pods }, [['a/web -> b/db TCP 5432', 'allowed']])
  describe('the NSG sees pod addresses', () => {
    asks({ 'main.tf': azure + group('g', ['100 out deny * 10.244.0.0/16 -> * 5432'], ['nodes']), 'app.yaml': pods }, [
      ['a/web -> b/db TCP 5432', 'denied by nsg'],
      ['a/web -> b/db TCP 5433', 'allowed'],
    ])
    asks({ 'main.tf': azure + group('g', ['100 in deny * 10.244.0.0/16 -> * 5432'], ['more']), 'app.yaml': pods }, [
      ['a/web -> b/db TCP 5432', 'denied by nsg'],
    ])
    asks({ 'main.tf': azure + group('g', ['100 in deny * 10.1.0.0/16 -> * 5432'], ['more']), 'app.yaml': pods }, [
      ['a/web -> b/db TCP 5432', 'allowed'],
    ])
  })
})

describe('pod → internet: "policy → NSG out of the governing subnet → route → firewall or NAT"; allowed (LB SNAT)', () => {
  const pods = workload('a/web', 8080)
  const plain = BASE + cluster({ pool: 'system nodes' })
  asks({ 'main.tf': plain, 'app.yaml': pods }, [['a/web -> internet TCP 443', 'allowed']])
  describe('policy', () => {
    const files = {
      'main.tf': BASE + cluster({ pool: 'system nodes', profile: WITH_ENGINE }),
      'app.yaml': pods + deny('a', 'Egress', 'egress: [{ to: [{ ipBlock: { cidr: 10.0.0.0/8 } }] }]'),
    }
    asks(files, [
      ['a/web -> internet TCP 443', 'denied by network-policy'],
      ['a/web -> 10.1.8.9 TCP 443', 'allowed'],
    ])
  })
  describe('NSG', () => {
    asks({ 'main.tf': plain + group('g', ['100 out deny * * -> Internet *'], ['nodes']), 'app.yaml': pods }, [
      ['a/web -> internet TCP 443', 'denied by nsg'],
      ['a/web -> tag/Storage TCP 443', 'denied by nsg'],
      ['a/web -> 10.1.8.9 TCP 443', 'allowed'],
    ])
  })
  describe('route', () => {
    asks({ 'main.tf': plain + routes('r', ['0.0.0.0/0 None'], ['nodes']), 'app.yaml': pods }, [
      ['a/web -> internet TCP 443', 'denied by route'],
    ])
  })
  describe('firewall', () => {
    const walled =
      plain +
      firewall('hub', '10.1.250.0/26', applicationRules('Allow', 200, ['Https * -> *.example.com 443'])) +
      routes('r', ['0.0.0.0/0 VirtualAppliance 10.1.250.4'], ['nodes'])
    asks({ 'main.tf': walled, 'app.yaml': pods }, [
      ['a/web -> internet TCP 443', 'denied by firewall'],
      ['a/web -> api.example.com TCP 443', 'allowed'],
      ['a/web -> api.example.com TCP 80', 'denied by firewall'],
    ])
  })
})

describe('pod → IMDS: "policy, podLinkLocalAccess, hostNetwork; NSG only via AzurePlatformIMDS"; allowed', () => {
  const pods = workload('a/web', 8080) + workload('a/agent', 9100, '', 'hostNetwork: true')
  const plain = BASE + cluster({ pool: 'system nodes', profile: WITH_ENGINE })
  asks({ 'main.tf': plain, 'app.yaml': pods }, [['a/web -> metadata TCP 80', 'allowed']])
  describe('a policy that leaves out the address closes it, but not for the host network', () => {
    asks({ 'main.tf': plain, 'app.yaml': pods + deny('a', 'Egress') }, [
      ['a/web -> metadata TCP 80', 'denied by network-policy'],
      ['a/agent -> metadata TCP 80', 'allowed'],
    ])
  })
  describe('NSG rules with prefixes do not (§2.6)', () => {
    const rules = [
      '100 out deny * * -> 169.254.169.254/32 *',
      '110 out deny * * -> Internet *',
      '120 out deny * * -> * *',
    ]
    asks({ 'main.tf': plain + group('g', rules, ['nodes']), 'app.yaml': pods }, [
      ['a/web -> metadata TCP 80', 'allowed'],
    ])
    asks({ 'main.tf': plain + group('g', ['100 out deny * * -> AzurePlatformIMDS *'], ['nodes']), 'app.yaml': pods }, [
      ['a/web -> metadata TCP 80', 'denied by nsg'],
      ['a/agent -> metadata TCP 80', 'denied by nsg'],
    ])
  })
})

describe('pod → API server: "policy → public: as pod → internet and egress IP ∈ authorizedIPRanges; private: NSG → PE"; allowed', () => {
  const pods = workload('a/web', 8080)
  const ranges = (list: string) => `api_server_access_profile {\n authorized_ip_ranges = [${list}]\n }`
  asks({ 'main.tf': BASE + cluster({ pool: 'system nodes' }), 'app.yaml': pods }, [
    ['a/web -> api-server TCP 443', 'allowed'],
    ['internet -> api-server TCP 443', 'allowed'],
  ])
  describe('the load balancer of the cluster is always authorized, a firewall must be listed', () => {
    const listed = cluster({ pool: 'system nodes', more: ranges('"203.0.113.0/24"') })
    asks({ 'main.tf': BASE + listed, 'app.yaml': pods }, [
      ['a/web -> api-server TCP 443', 'allowed'],
      ['203.0.113.9 -> api-server TCP 443', 'allowed'],
      ['198.51.100.9 -> api-server TCP 443', 'denied by api-server'],
    ])
    const walled =
      firewall('hub', '10.1.250.0/26', applicationRules('Allow', 200, ['Https * -> *.azmk8s.io 443'])) +
      routes('r', ['0.0.0.0/0 VirtualAppliance 10.1.250.4'], ['nodes'])
    asks({ 'main.tf': BASE + listed + walled, 'app.yaml': pods }, [
      ['a/web -> api-server TCP 443', 'denied by api-server'],
    ])
  })
  describe('"absent or empty = any source" (§5.4)', () => {
    asks({ 'main.tf': BASE + cluster({ pool: 'system nodes', more: ranges('') }), 'app.yaml': pods }, [
      ['198.51.100.9 -> api-server TCP 443', 'allowed'],
    ])
  })
  describe('private: "internet → not private", "on-premises and peers need links"', () => {
    const closed =
      BASE +
      cluster({ pool: 'system nodes', more: 'private_cluster_enabled = true' }) +
      network('far', '10.2.0.0/16') +
      subnet('far', 'desk', '10.2.0.0/24') +
      peering('hub', 'far') +
      peering('far', 'hub')
    asks({ 'main.tf': closed, 'app.yaml': pods }, [
      ['a/web -> api-server TCP 443', 'allowed'],
      ['10.1.8.9 -> api-server TCP 443', 'allowed'],
      ['10.2.0.9 -> api-server TCP 443', 'denied by dns'],
      ['internet -> api-server TCP 443', 'denied by api-server'],
    ])
  })
})

describe('pod → node SSH (22): "same node: none; other node: NSG out/in with src node IP (overlay) or pod IP (flat)"; reachable', () => {
  const pods = workload('a/web', 8080, '', 'nodeSelector: { kubernetes.azure.com/agentpool: apps }')
  const twoPools = (profile: string) =>
    BASE + subnet('hub', 'apps', '10.1.4.0/24') + cluster({ pool: 'system nodes', profile }) + pool('apps', 'apps')
  asks({ 'main.tf': twoPools(OVERLAY), 'app.yaml': pods }, [
    ['a/web -> node/system TCP 22', 'allowed'],
    ['a/web -> node/apps TCP 22', 'allowed'],
  ])
  describe('the NSG sees the node of an overlay pod, and the pod of a flat one', () => {
    const rule = group('g', ['100 in deny Tcp 10.1.4.0/24 -> * 22'], ['nodes', 'apps'])
    asks({ 'main.tf': twoPools(OVERLAY) + rule, 'app.yaml': pods }, [
      ['a/web -> node/system TCP 22', 'denied by nsg'],
      ['a/web -> node/apps TCP 22', 'unknown by nsg'],
    ])
    const byRange = group('g', ['100 in deny Tcp 10.244.0.0/16 -> * 22'], ['nodes'])
    asks({ 'main.tf': twoPools(OVERLAY) + byRange, 'app.yaml': pods }, [['a/web -> node/system TCP 22', 'allowed']])
    asks({ 'main.tf': twoPools(NODE_SUBNET) + rule, 'app.yaml': pods }, [
      ['a/web -> node/system TCP 22', 'denied by nsg'],
    ])
  })
})

describe('internet → Service LB: "LB public → not forced-tunnelled → subnet NSG and AKS NSG → kube-proxy ranges → ingress policy"', () => {
  const open = workload('a/web', 8080, ' ')
  const plain = BASE + cluster({ pool: 'system nodes' })
  asks({ 'main.tf': plain, 'app.yaml': open + workload('a/inner', 8081, INTERNAL) }, [
    ['internet -> a/web TCP 8080', 'allowed'],
    ['internet -> a/inner TCP 8081', 'denied'],
  ])
  describe('forced tunnel: "the reply leaves through the firewall, which has no state for it, and is dropped" (§3.3)', () => {
    const tunnel =
      firewall('hub', '10.1.250.0/26', '') +
      routes('r', ['0.0.0.0/0 VirtualAppliance 10.1.250.4', '203.0.113.0/24 Internet'], ['nodes'])
    asks({ 'main.tf': plain + tunnel, 'app.yaml': open }, [
      ['internet -> a/web TCP 8080', 'denied by route'],
      ['203.0.113.9 -> a/web TCP 8080', 'allowed'],
    ])
  })
  describe('subnet NSG: "customer subnet NSGs are never modified, so both must allow" (§6.3)', () => {
    asks({ 'main.tf': plain + group('g', [], ['nodes']), 'app.yaml': open }, [
      ['internet -> a/web TCP 8080', 'denied by nsg'],
    ])
    const byNodes = group('g', ['100 in allow Tcp Internet -> 10.1.0.0/22 8080'], ['nodes'])
    asks({ 'main.tf': plain + byNodes, 'app.yaml': open }, [['internet -> a/web TCP 8080', 'denied by nsg']])
    const byAny = group('g', ['100 in allow Tcp Internet -> * 8080'], ['nodes'])
    asks({ 'main.tf': plain + byAny, 'app.yaml': open }, [['internet -> a/web TCP 8080', 'allowed']])
  })
  describe('ranges', () => {
    const ranged = workload('a/web', 8080, '|loadBalancerSourceRanges: [203.0.113.0/24]')
    asks({ 'main.tf': plain, 'app.yaml': ranged }, [
      ['203.0.113.9 -> a/web TCP 8080', 'allowed'],
      ['198.51.100.9 -> a/web TCP 8080', 'denied'],
    ])
    const all = workload('a/web', 8080, '|loadBalancerSourceRanges: [198.51.100.9/32, 0.0.0.0/0]')
    asks({ 'main.tf': plain, 'app.yaml': all }, [['internet -> a/web TCP 8080', 'allowed']])
  })
  describe('ingress policy: "src client if Local, else node"', () => {
    const local = workload('a/web', 8080, '|externalTrafficPolicy: Local')
    const policy = deny('a', 'Ingress', 'ingress: [{ from: [{ ipBlock: { cidr: 203.0.113.0/24 } }] }]')
    const azure = BASE + cluster({ pool: 'system nodes', profile: WITH_ENGINE })
    asks({ 'main.tf': azure, 'app.yaml': local + policy }, [
      ['203.0.113.9 -> a/web TCP 8080', 'allowed'],
      ['internet -> a/web TCP 8080', 'denied by network-policy'],
    ])
    // NPM: "ingress policy not applied: deny-all does not block" with externalTrafficPolicy Cluster.
    asks({ 'main.tf': azure, 'app.yaml': open + policy }, [['internet -> a/web TCP 8080', 'allowed']])
  })
})

describe('internet → node public IP: "node public IP → AKS NSG (allowedHostPorts) → subnet NSG"; denied', () => {
  const hostPorts = `node_public_ip_enabled = true
    node_network_profile {
      allowed_host_ports {
        port_start = 8443
        port_end = 8443
        protocol = "TCP"
      }
    }`
  asks({ 'main.tf': BASE + cluster({ pool: 'system nodes' }) }, [['internet -> node/system TCP 22', 'denied by nat']])
  asks({ 'main.tf': BASE + cluster({ pool: 'system nodes', poolMore: 'node_public_ip_enabled = true' }) }, [
    ['internet -> node/system TCP 22', 'denied by nsg'],
  ])
  asks({ 'main.tf': BASE + cluster({ pool: 'system nodes', poolMore: hostPorts }) }, [
    ['internet -> node/system TCP 8443', 'allowed'],
    ['internet -> node/system TCP 22', 'denied by nsg'],
  ])
  asks({ 'main.tf': BASE + cluster({ pool: 'system nodes', poolMore: hostPorts }) + group('g', [], ['nodes']) }, [
    ['internet -> node/system TCP 8443', 'denied by nsg'],
  ])
})

describe('peered VNet → pod: "flat: allowed; overlay/kubenet: no", via ILB', () => {
  const peered =
    BASE +
    network('far', '10.2.0.0/16') +
    subnet('far', 'desk', '10.2.0.0/24') +
    peering('hub', 'far') +
    peering('far', 'hub')
  const pods = workload('a/web', 8080) + workload('a/inner', 8081, INTERNAL)
  describe('flat', () => {
    asks({ 'main.tf': peered + cluster({ pool: 'system nodes', profile: NODE_SUBNET }), 'app.yaml': pods }, [
      ['10.2.0.9 -> a/web TCP 8080', 'allowed'],
    ])
  })
  describe('overlay', () => {
    asks({ 'main.tf': peered + cluster({ pool: 'system nodes' }), 'app.yaml': pods }, [
      ['10.2.0.9 -> a/web TCP 8080', 'denied by service'],
      ['10.2.0.9 -> a/inner TCP 8081', 'allowed'],
    ])
  })
})

describe('any → PaaS from internet: "allowed (authentication only), SQL denied"', () => {
  const services = `resource "azurerm_storage_account" "s" {
  name = "stopen"
  resource_group_name = "rg"
  location = "westeurope"
  account_tier = "Standard"
  account_replication_type = "LRS"
}
resource "azurerm_mssql_server" "q" {
  name = "sqlclosed"
  resource_group_name = "rg"
  location = "westeurope"
  version = "12.0"
}
`
  asks({ 'main.tf': BASE + cluster({ pool: 'system nodes' }) + services }, [
    ['internet -> stopen.blob.core.windows.net TCP 443', 'allowed'],
    ['internet -> sqlclosed.database.windows.net TCP 1433', 'denied by paas-firewall'],
    ['node/system -> stopen.blob.core.windows.net TCP 443', 'allowed'],
    ['node/system -> sqlclosed.database.windows.net TCP 1433', 'denied by paas-firewall'],
  ])
})
