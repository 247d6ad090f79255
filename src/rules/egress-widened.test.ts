import { describe } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { egressWidened } from './egress-widened.ts'

const apps = documents(deployment('web'), deployment('api'), deployment('bi', { namespace: 'reports' }))
const web = (to: string, ports = '') =>
  documents(
    apps,
    policy(
      'web',
      `  podSelector:\n    matchLabels:\n      app: web\n  policyTypes: [Egress]\n  egress:\n    - to:\n${to}${ports}`,
    ),
  )
const API = '        - podSelector:\n            matchLabels:\n              app: api\n'

describe('egress-widened', () => {
  finds(egressWidened, 'pods of another namespace', {
    base: web(API),
    head: web(
      `${API}        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: reports\n`,
    ),
    at: 'app.yaml: - to:',
    severity: 'low',
    witness: 'shop/web → reports/bi TCP 443',
    says: ['shop/web can now connect to reports/bi'],
    patched: web(API),
  })
  finds(egressWidened, 'a block that is wider than before', {
    base: web('        - ipBlock: {cidr: 10.2.0.0/16}\n', '      ports: [{port: 5432}]\n'),
    head: web('        - ipBlock: {cidr: 10.0.0.0/8}\n', '      ports: [{port: 5432}]\n'),
    at: 'app.yaml: - to:',
    witness: 'shop/web → 10.0.0.0 TCP 5432',
    says: ['TCP 5432'],
    patched: web('        - ipBlock: {cidr: 10.2.0.0/16}\n', '      ports: [{port: 5432}]\n'),
  })
  finds(egressWidened, 'every pod of every namespace', {
    base: web(API),
    head: web(`${API}        - namespaceSelector: {}\n`),
    at: 'app.yaml: - to:',
    witness: 'shop/web → any pod in any namespace TCP 443',
    patched: web(API),
  })

  silent(egressWidened, 'the internet is another finding', {
    base: web(API),
    head: web(`${API}        - ipBlock: {cidr: 0.0.0.0/0}\n`),
  })
  silent(egressWidened, 'a first policy where all was open', { base: apps, head: web(API) })
  silent(egressWidened, 'an exception more', {
    base: web('        - ipBlock: {cidr: 10.0.0.0/8}\n'),
    head: web('        - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}\n'),
  })
  silent(egressWidened, 'the other end does not let it in', {
    base: documents(web(API), denyAll('reports')),
    head: documents(
      web(
        `${API}        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: reports\n          podSelector:\n            matchLabels:\n              app: bi\n`,
      ),
      denyAll('reports'),
    ),
  })
  silent(egressWidened, 'the rule moved to another policy', {
    base: documents(web(API), policy('b', '  podSelector: {}\n  policyTypes: [Egress]\n')),
    head: documents(
      web(API)
        .replace('policy', 'policy')
        .replace(
          'name: web\n  namespace: shop\nspec:\n  podSelector',
          'name: moved\n  namespace: shop\nspec:\n  podSelector',
        ),
      policy('b', '  podSelector: {}\n  policyTypes: [Egress]\n'),
    ),
  })
})
