import { describe } from 'vitest'
import { deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { policyNotEnforced } from './policy-not-enforced.ts'

const cluster = (engine: string, more = '') => `resource "azurerm_kubernetes_cluster" "aks" {
  name = "aks"
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = "${engine}"
${more}  }
}
`
const CILIUM_DATA_PLANE = '    network_data_plane  = "cilium"\n'
const bicepCluster = (profile: string) => `resource aks 'Microsoft.ContainerService/managedClusters@2025-01-01' = {
  name: 'aks'
  location: 'westeurope'
  properties: {
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
${profile}    }
  }
}
`
const cilium = (rule: string) => `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: web
  namespace: shop
spec:
  endpointSelector:
    matchLabels:
      app: web
  egress:
    - ${rule}
`
const TO_DB = 'toEndpoints:\n        - matchLabels:\n            app: db'
const TO_NAME = 'toFQDNs:\n        - matchName: api.stripe.com'
const calico = `apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: deny-egress
spec:
  selector: all()
  types: [Egress]
`
const admin = `apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata:
  name: no-imds
spec:
  priority: 10
  subject:
    namespaces: {}
`
const app = (...policies: readonly string[]) => documents(deployment('web'), ...policies)

describe('policy-not-enforced', () => {
  finds(policyNotEnforced, 'Cilium on Azure NPM: the cluster gets Cilium', {
    head: { 'main.tf': cluster('azure'), 'app.yaml': app(cilium(TO_DB)) },
    at: 'app.yaml: apiVersion: cilium.io/v2',
    severity: 'high',
    says: ['Azure NPM', 'only Cilium knows CiliumNetworkPolicy'],
    patched: {
      'main.tf': cluster('cilium', '    network_data_plane  = "cilium"\n'),
    },
  })
  finds(policyNotEnforced, 'Calico on Cilium, in Bicep: nobody can say which is meant', {
    head: {
      'main.bicep': bicepCluster("      networkDataplane: 'cilium'\n      networkPolicy: 'cilium'\n"),
      'app.yaml': app(calico),
    },
    at: 'app.yaml: apiVersion: projectcalico.org/v3',
    says: ['only Calico knows GlobalNetworkPolicy'],
    patched: 'none',
  })
  finds(policyNotEnforced, 'an admin policy, which Cilium on AKS does not implement', {
    head: { 'main.tf': cluster('cilium', CILIUM_DATA_PLANE), 'app.yaml': app(admin) },
    at: 'app.yaml: apiVersion: policy.networking.k8s.io/v1alpha1',
    says: ['does not implement AdminNetworkPolicy'],
  })
  finds(policyNotEnforced, 'names without the paid addition that reads them', {
    head: { 'main.tf': cluster('cilium', CILIUM_DATA_PLANE), 'app.yaml': app(cilium(TO_NAME)) },
    at: 'app.yaml: apiVersion: cilium.io/v2',
    says: ['Advanced Container Networking Services'],
    patched: 'none',
  })
  finds(policyNotEnforced, 'Calico on a dual-stack cluster', {
    head: {
      'main.bicep': bicepCluster(
        "      networkPolicy: 'calico'\n      ipFamilies: [\n        'IPv4'\n        'IPv6'\n      ]\n",
      ),
      'app.yaml': app(policy('web', '  podSelector: {}\n  policyTypes: [Egress]\n')),
    },
    at: "main.bicep: networkPolicy: 'calico'",
    says: ['does not support on dual-stack clusters', 'NetworkPolicy/shop/web'],
  })
  silent(policyNotEnforced, 'the engine that the object is for', {
    head: { 'main.tf': cluster('cilium', CILIUM_DATA_PLANE), 'app.yaml': app(cilium(TO_DB)) },
  })
  silent(policyNotEnforced, 'names with the addition', {
    head: {
      'main.bicep': bicepCluster(
        "      networkDataplane: 'cilium'\n      advancedNetworking: {\n        enabled: true\n        security: {\n          enabled: true\n        }\n      }\n",
      ),
      'app.yaml': app(cilium(TO_NAME)),
    },
  })
  silent(policyNotEnforced, 'a network plugin of one’s own', {
    head: {
      'main.tf': cluster('azure')
        .replace('"azure"', '"none"')
        .replace(/ +network_(?:plugin_mode|policy).*\n/g, ''),
      'app.yaml': app(cilium(TO_DB), calico),
    },
  })
  silent(policyNotEnforced, 'no cluster in the tree', { head: { 'app.yaml': app(cilium(TO_DB), calico, admin) } })
  silent(policyNotEnforced, 'an engine that a variable gives', {
    head: { 'main.tf': `variable "engine" {}\n${cluster('x').replace('"x"', 'var.engine')}`, 'app.yaml': app(calico) },
  })
})
