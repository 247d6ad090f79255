import { describe, expect, it } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { memoryTree } from '../../test/source/memory-tree.ts'
import { EMPTY_CONFIG } from '../config/config.ts'
import { effectiveOptions } from '../config/options.ts'
import { review } from '../review.ts'
import { dnsEgressMissing } from './dns-egress-missing.ts'

const COMMON = { config: EMPTY_CONFIG, options: effectiveOptions({}, EMPTY_CONFIG.options), today: '2026-01-01' }
const apps = documents(deployment('web'), deployment('api'))
const out = (egress: string) =>
  documents(apps, policy('out', `  podSelector: {}\n  policyTypes: [Ingress, Egress]\n${egress}`))
const TO_API = '  egress:\n    - to:\n        - podSelector:\n            matchLabels:\n              app: api\n'
const DNS = `    # Names are resolved by the DNS pods of the cluster.
    - to:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: kube-system
          podSelector:
            matchLabels:
              k8s-app: kube-dns
      ports:
        - protocol: UDP
          port: 53
        - protocol: TCP
          port: 53
`

const WORLD = '  egress:\n    - to: [{ipBlock: {cidr: 0.0.0.0/0}}]\n'
const cluster = (engine: string) => `resource "azurerm_kubernetes_cluster" "this" {
  name                = "prod"
  location            = "westeurope"
  resource_group_name = "rg"
  dns_prefix          = "prod"
  default_node_pool {
    name    = "system"
    vm_size = "Standard_D4s_v5"
  }
  network_profile {
    network_plugin      = "azure"
    network_plugin_mode = "overlay"
    network_policy      = "${engine}"
${engine === 'cilium' ? '    network_data_plane  = "cilium"\n' : ''}    pod_cidr            = "10.244.0.0/16"
  }
}
`
const on = (engine: string, manifests: string) => ({ 'main.tf': cluster(engine), 'app.yaml': manifests })

describe('dns-egress-missing', () => {
  finds(dnsEgressMissing, 'connections by name without names', {
    head: out(TO_API),
    at: 'app.yaml: - to:',
    severity: 'medium',
    says: ['shop/web and shop/api have isolated egress without DNS'],
    patched: out(`${TO_API}${DNS}`),
  })
  finds(dnsEgressMissing, 'a default deny is a note', {
    head: documents(apps, denyAll()),
    at: 'app.yaml: podSelector: {}',
    severity: 'note',
    patched: `${documents(apps, denyAll())}  egress:\n${DNS}`,
  })
  finds(dnsEgressMissing, 'an empty list', {
    head: out('  egress: []\n'),
    at: 'app.yaml: egress: []',
    severity: 'note',
    patched: out(`  egress:\n${DNS}`),
  })
  finds(dnsEgressMissing, 'DNS to a pod of the own namespace', {
    head: out('  egress:\n    - to: [{podSelector: {}}]\n      ports: [{port: 53, protocol: UDP}]\n'),
    at: 'app.yaml: - to: [{podSelector: {}}]',
    severity: 'medium',
  })

  finds(dnsEgressMissing, 'DNS over TCP alone, which a port without protocol means', {
    head: out(`${TO_API}${DNS}`.replace('        - protocol: UDP\n          port: 53\n', '')),
    at: 'app.yaml: - to:',
    severity: 'medium',
    says: ['without DNS over UDP'],
  })

  finds(dnsEgressMissing, 'a block that means no pods on this engine', {
    head: on('cilium', out(WORLD)),
    at: 'app.yaml: - to: [{ipBlock: {cidr: 0.0.0.0/0}}]',
    severity: 'medium',
    says: ['its address blocks do not mean the DNS pods of the cluster'],
    patched: { 'app.yaml': out(`${WORLD}${DNS}`) },
  })
  finds(dnsEgressMissing, 'DNS that is certainly gone where perhaps it was', {
    base: out(WORLD),
    head: out(TO_API),
    at: 'app.yaml: - to:',
    severity: 'medium',
  })

  silent(dnsEgressMissing, 'a block that means pods on this engine', { head: on('calico', out(WORLD)) })
  silent(dnsEgressMissing, 'a block of which only the engine knows whether it means pods', { head: out(WORLD) })
  silent(dnsEgressMissing, 'pods that ask the servers of their node', {
    head: on(
      'cilium',
      out(WORLD).replaceAll('    spec:\n      containers:', '    spec:\n      dnsPolicy: Default\n      containers:'),
    ),
  })
  silent(dnsEgressMissing, 'the DNS pods', { head: out(`${TO_API}${DNS}`) })
  silent(dnsEgressMissing, 'DNS to everybody', { head: out(`${TO_API}    - ports: [{port: 53, protocol: UDP}]\n`) })
  silent(dnsEgressMissing, 'a server of the network', {
    head: out(`${TO_API}    - to: [{ipBlock: {cidr: 10.0.0.10/32}}]\n      ports: [{port: 53, protocol: UDP}]\n`),
  })
  silent(dnsEgressMissing, 'every namespace', { head: out('  egress:\n    - to: [{namespaceSelector: {}}]\n') })
  silent(dnsEgressMissing, 'egress that nobody isolates', {
    head: documents(apps, policy('in', '  podSelector: {}\n')),
  })

  it.each([
    ['is no repair where only the engine knows whether it means pods', out(WORLD), []],
    ['is one where the engine matches pods by it', on('calico', out(WORLD)), ['fixed']],
    ['is none on an engine that matches pods by labels alone', on('cilium', out(WORLD)), ['existing']],
    ['of a named server is no repair either', out(WORLD.replace('0.0.0.0/0', '10.0.0.10/32')), []],
  ])('a block %s', (_, head, expected) => {
    const after = typeof head === 'string' ? { 'app.yaml': head } : head
    const before = { ...after, 'app.yaml': out(TO_API) }
    const { findings } = review({ base: memoryTree(before), head: memoryTree(after), ...COMMON })
    const told = findings.filter(({ rule }) => rule === 'dns-egress-missing').map(({ status }) => status)
    expect(told).toEqual(expected)
  })
})
