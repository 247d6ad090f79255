import { describe } from 'vitest'
import { denyAll, deployment, documents, policy, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { policyAllowsAll } from './policy-allows-all.ts'

const web = deployment('web', { env: '            - {name: API, value: "api:80"}\n' })
const apps = documents(web, deployment('api'), service('api', '    - {port: 80, targetPort: 8080}\n'))
const api = (rules: string) => policy('api', `  podSelector: {matchLabels: {app: api}}\n  ingress:\n${rules}`)

describe('policy-allows-all', () => {
  finds(policyAllowsAll, 'an empty rule undoes the default deny', {
    head: documents(apps, denyAll(), api('    - {}\n')),
    at: 'app.yaml: - {}',
    severity: 'medium',
    witness: 'any pod in any namespace → shop/api TCP 8080',
    says: ['NetworkPolicy/shop/api ingress rule 1 lets every pod', 'shop/api'],
    patched: documents(
      apps,
      denyAll(),
      api(
        '    # API of Deployment/shop/web names Service/shop/api\n    - from:\n        - podSelector:\n            matchLabels:\n              app: web\n      ports:\n        - protocol: TCP\n          port: 8080\n',
      ),
    ),
  })
  finds(policyAllowsAll, 'a rule with an empty list of sources', {
    head: documents(deployment('api'), denyAll(), api('    - from: []\n    - from: [{podSelector: {}}]\n')),
    at: 'app.yaml: - from: []',
    patched: documents(deployment('api'), denyAll(), api('    - from: [{podSelector: {}}]\n')),
  })

  silent(policyAllowsAll, 'a port', { head: documents(apps, denyAll(), api('    - ports: [{port: 8080}]\n')) })
  silent(policyAllowsAll, 'pods of every namespace, and no addresses', {
    head: documents(apps, denyAll(), api('    - from: [{namespaceSelector: {}}]\n')),
  })
  silent(policyAllowsAll, 'rules of a direction that the policy does not isolate', {
    head: documents(apps, denyAll(), api('    - {}\n').replace('  ingress', '  policyTypes: [Egress]\n  ingress')),
  })
  silent(policyAllowsAll, 'it was open before', { base: apps, head: documents(apps, api('    - {}\n')) })
  silent(policyAllowsAll, 'no policy at all is another finding', { head: apps })
})
