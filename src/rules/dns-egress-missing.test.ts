import { describe } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { dnsEgressMissing } from './dns-egress-missing.ts'

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

  silent(dnsEgressMissing, 'the DNS pods', { head: out(`${TO_API}${DNS}`) })
  silent(dnsEgressMissing, 'DNS to everybody', { head: out(`${TO_API}    - ports: [{port: 53, protocol: UDP}]\n`) })
  silent(dnsEgressMissing, 'a server of the network', {
    head: out(`${TO_API}    - to: [{ipBlock: {cidr: 10.0.0.10/32}}]\n      ports: [{port: 53, protocol: UDP}]\n`),
  })
  silent(dnsEgressMissing, 'every namespace', { head: out('  egress:\n    - to: [{namespaceSelector: {}}]\n') })
  silent(dnsEgressMissing, 'egress that nobody isolates', {
    head: documents(apps, policy('in', '  podSelector: {}\n')),
  })
})
