import { describe } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { defaultDenyLost } from './default-deny-lost.ts'

const web = deployment('web')
const api = deployment('api')
const forWeb = policy('web', '  podSelector:\n    matchLabels:\n      app: web\n  policyTypes: [Ingress, Egress]\n')

describe('default-deny-lost', () => {
  finds(defaultDenyLost, 'a policy that is gone: the patch brings it back', {
    base: { 'apps.yaml': documents(web, api), 'deny.yaml': denyAll() },
    head: { 'apps.yaml': documents(web, api) },
    at: 'deny.yaml: undefined',
    severity: 'high',
    witness: 'any pod in any namespace → shop/web TCP 8080',
    says: ['shop/web and shop/api any more: NetworkPolicy/shop/deny-all is gone'],
    patched: { 'deny.yaml': denyAll() },
  })
  finds(defaultDenyLost, 'a selector that no longer holds', {
    base: documents(web, forWeb),
    head: documents(web, forWeb.replace('app: web', 'app: wev')),
    at: 'app.yaml: matchLabels:',
    says: ['the podSelector of NetworkPolicy/shop/web changed'],
    patched: documents(web, forWeb),
  })
  finds(defaultDenyLost, 'a label that the pods lost', {
    base: documents(web, forWeb),
    head: documents(web.replaceAll('app: web', 'name: web'), forWeb),
    at: 'app.yaml: name: web',
    says: ['lost a label'],
    patched: documents(
      web
        .replaceAll('app: web', 'name: web')
        .replace('      labels:\n        name: web', '      labels:\n        app: web'),
      forWeb,
    ),
  })
  finds(defaultDenyLost, 'policy types that are shorter', {
    base: documents(web, denyAll()),
    head: documents(web, denyAll().replace('[Ingress, Egress]', '[Ingress]')),
    at: 'app.yaml: policyTypes: [Ingress]',
    witness: 'shop/web → internet TCP 443',
    says: ['for egress any more', 'policyTypes'],
    patched: documents(web, denyAll()),
  })
  finds(defaultDenyLost, 'no workload is in the tree', {
    base: { 'deny.yaml': documents('apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n', denyAll()) },
    head: { 'deny.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n' },
    at: 'deny.yaml: undefined',
    says: ['any pod in namespace shop'],
  })

  finds(defaultDenyLost, 'another policy isolates the workloads, and none what comes later', {
    base: { 'app.yaml': documents(web, forWeb), 'deny.yaml': denyAll() },
    head: { 'app.yaml': documents(web, forWeb) },
    at: 'deny.yaml: undefined',
    severity: 'low',
    says: ['Namespace shop no longer denies ingress and egress by default', 'connect anywhere'],
    patched: { 'deny.yaml': denyAll() },
  })
  finds(defaultDenyLost, 'the policy is in another namespace', {
    base: documents(web, denyAll()),
    head: documents(web, denyAll().replace('namespace: shop', 'namespace: stock')),
    at: 'app.yaml: namespace: stock',
    says: ['is in another namespace now'],
    patched: documents(web, denyAll()),
  })

  silent(defaultDenyLost, 'one policy for each direction', {
    base: documents(web, denyAll()),
    head: documents(
      web,
      denyAll().replace('[Ingress, Egress]', '[Ingress]'),
      denyAll().replace('[Ingress, Egress]', '[Egress]').replace('deny-all', 'deny-egress'),
    ),
  })
  silent(defaultDenyLost, 'the policy has another name and another file', {
    base: { 'a.yaml': web, 'deny.yaml': denyAll() },
    head: { 'a.yaml': web, 'net/deny.yaml': denyAll().replace('deny-all', 'default') },
  })
  silent(defaultDenyLost, 'the workload is gone too', { base: documents(web, api, forWeb), head: api })
  silent(defaultDenyLost, 'it was open before', { base: documents(web, api, forWeb), head: documents(web, forWeb) })
  silent(defaultDenyLost, 'the selector says the same in another form', {
    base: documents(web, forWeb),
    head: documents(
      web,
      forWeb.replace(
        'matchLabels:\n      app: web',
        'matchExpressions:\n      - {key: app, operator: In, values: [web]}',
      ),
    ),
  })
})
