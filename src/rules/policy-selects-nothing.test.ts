import { describe } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { policySelectsNothing } from './policy-selects-nothing.ts'

const web = deployment('frontend')
const guard = (labels: string, namespace = 'shop') =>
  policy('guard', `  podSelector:\n    matchLabels:\n${labels}`, namespace)

describe('policy-selects-nothing', () => {
  finds(policySelectsNothing, 'a slip in the label', {
    head: documents(web, denyAll(), guard('      app: fronted # the shop\n')),
    at: 'app.yaml: matchLabels:',
    severity: 'medium',
    says: ['app=fronted', 'shop/frontend has app=frontend'],
    patched: documents(web, denyAll(), guard('      app: frontend # the shop\n')),
  })
  finds(policySelectsNothing, 'one label of two', {
    head: documents(
      web.replace('        app: frontend\n    spec', '        app: frontend\n        tier: web\n    spec'),
      denyAll(),
      guard('      app: frontend\n      tier: front\n'),
    ),
    at: 'app.yaml: matchLabels:',
    patched: documents(
      web.replace('        app: frontend\n    spec', '        app: frontend\n        tier: web\n    spec'),
      denyAll(),
      guard('      app: frontend\n      tier: web\n'),
    ),
  })
  finds(policySelectsNothing, 'pods of another namespace', {
    head: documents(web, denyAll(), guard('      app: frontend\n', 'default')),
    at: 'app.yaml: matchLabels:',
    severity: 'medium',
    says: ['shop/frontend would match, in another namespace'],
    patched: 'none',
  })
  finds(policySelectsNothing, 'nothing like it', {
    head: documents(web, denyAll(), guard('      app: database\n')),
    at: 'app.yaml: matchLabels:',
    severity: 'low',
    patched: 'none',
  })

  finds(policySelectsNothing, 'it selected something before: the patch restores it', {
    base: documents(web, guard('      app: frontend\n')),
    head: documents(web, guard('      app: database\n')),
    at: 'app.yaml: matchLabels:',
    patched: documents(web, guard('      app: frontend\n')),
  })

  silent(policySelectsNothing, 'a match', { head: documents(web, guard('      app: frontend\n')) })
  silent(policySelectsNothing, 'no workload of the namespace is in the tree', { head: guard('      app: frontend\n') })
  silent(policySelectsNothing, 'an empty selector', { head: documents(web, denyAll('pay')) })
  silent(policySelectsNothing, 'a label that a controller adds', {
    head: documents(web, guard('      pod-template-hash: abc\n')),
  })
  silent(policySelectsNothing, 'an operator that runs pods', {
    head: documents(
      web,
      guard('      app: kafka\n'),
      'apiVersion: kafka.strimzi.io/v1beta2\nkind: Kafka\nmetadata:\n  name: k\n  namespace: shop\n',
    ),
  })
})
