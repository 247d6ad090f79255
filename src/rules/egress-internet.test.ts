import { describe } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { egressInternet } from './egress-internet.ts'

const web = deployment('web')
const out = (rules: string) =>
  policy('out', `  podSelector:\n    matchLabels:\n      app: web\n  policyTypes: [Egress]\n  egress:\n${rules}`)

describe('egress-internet', () => {
  finds(egressInternet, 'a block of every address, on any port', {
    head: {
      'web.yaml': documents(web, denyAll()),
      'out.yaml': out(
        '    # until the proxy is there\n    - to:\n        - ipBlock:\n            cidr: 0.0.0.0/0\n    - to:\n        - podSelector: {}\n',
      ),
    },
    at: 'out.yaml: - to:',
    severity: 'high',
    witness: 'shop/web → internet TCP 443',
    says: ['shop/web can connect to any address', 'NetworkPolicy/shop/out egress rule 1', '169.254.169.254'],
    patched: { 'out.yaml': out('    - to:\n        - podSelector: {}\n') },
  })
  finds(egressInternet, 'two halves that are everything together, on one port', {
    head: documents(
      web,
      denyAll(),
      out(
        '    - to:\n        - ipBlock: {cidr: 0.0.0.0/1}\n        - ipBlock: {cidr: 128.0.0.0/1}\n      ports: [{port: 443}]\n',
      ),
    ),
    at: 'app.yaml: - to:',
    severity: 'medium',
    witness: 'shop/web → internet TCP 443',
    says: ['TCP 443'],
    patched: documents(web, denyAll(), out('').replace(/ {2}egress:\n$/, '  egress: []\n')),
  })
  finds(egressInternet, 'a block that the change widened: the patch restores it', {
    base: documents(
      web,
      denyAll(),
      out("    - to:\n        - ipBlock:\n            cidr: '10.2.0.0/16' # the data centre\n"),
    ),
    head: documents(
      web,
      denyAll(),
      out("    - to:\n        - ipBlock:\n            cidr: '0.0.0.0/0' # the data centre\n"),
    ),
    at: 'app.yaml: - to:',
    patched: documents(
      web,
      denyAll(),
      out("    - to:\n        - ipBlock:\n            cidr: '10.2.0.0/16' # the data centre\n"),
    ),
  })
  finds(egressInternet, 'DNS to any server', {
    head: documents(web, denyAll(), out('    - ports:\n        - {port: 53, protocol: UDP}\n')),
    at: 'app.yaml: - ports:',
    severity: 'low',
    witness: 'shop/web → internet UDP 53',
    patched: documents(
      web,
      denyAll(),
      out(
        '    - to:\n        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: kube-system\n          podSelector:\n            matchLabels:\n              k8s-app: kube-dns\n      ports:\n        - {port: 53, protocol: UDP}\n',
      ),
    ),
  })
  finds(egressInternet, 'a policy without workloads in the tree', {
    base: denyAll(),
    head: documents(denyAll(), out('    - {}\n')),
    at: 'app.yaml: - {}',
    witness: 'any pod labelled app=web in namespace shop → internet TCP 443',
  })

  silent(egressInternet, 'a workload that no policy isolates: another finding says so', { head: web })
  silent(egressInternet, 'a block of somebody', {
    head: documents(web, denyAll(), out('    - to: [{ipBlock: {cidr: 20.40.0.0/16}}]\n')),
  })
  silent(egressInternet, 'private addresses', {
    head: documents(web, denyAll(), out('    - to: [{ipBlock: {cidr: 10.0.0.0/8}}]\n')),
  })
  silent(egressInternet, 'every namespace is no address', {
    head: documents(web, denyAll(), out('    - to: [{namespaceSelector: {}}]\n')),
  })
  silent(egressInternet, 'the same said in two halves', {
    base: documents(web, denyAll(), out('    - to: [{ipBlock: {cidr: 0.0.0.0/0}}]\n')),
    head: documents(web, denyAll(), out('    - to: [{ipBlock: {cidr: 0.0.0.0/1}}, {ipBlock: {cidr: 128.0.0.0/1}}]\n')),
  })
  silent(egressInternet, 'a policy that limits what was open before', {
    base: web,
    head: documents(web, denyAll(), out('    - to: [{ipBlock: {cidr: 0.0.0.0/0}}]\n')),
  })
  silent(egressInternet, 'the same policy under another name in another file', {
    base: { 'web.yaml': documents(web, denyAll()), 'out.yaml': out('    - {}\n') },
    head: {
      'web.yaml': documents(web, denyAll()),
      'policies/allow.yaml': out('    - {}\n').replace('name: out', 'name: allow'),
    },
  })
  silent(egressInternet, 'trusted ranges', {
    head: documents(web, denyAll(), out('    - to: [{ipBlock: {cidr: 20.0.0.0/8}}]\n')),
    trusted: ['20.0.0.0/8'],
  })
})
