import { describe } from 'vitest'
import { deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { policyRuleShadowed } from './policy-rule-shadowed.ts'

const apps = documents(deployment('web'), deployment('api'))
const own = (rules: string, name = 'own', selector = '{}') =>
  policy(name, `  podSelector: ${selector}\n  ingress:\n${rules}`)
const ALL = '    - from:\n        - podSelector: {}\n'
const WEB =
  '    # the shop\n    - from:\n        - podSelector:\n            matchLabels:\n              app: web\n      ports:\n        - port: 8080\n'

describe('policy-rule-shadowed', () => {
  finds(policyRuleShadowed, 'a rule that another of its policy covers', {
    head: documents(apps, own(`${ALL}${WEB}`)),
    at: 'app.yaml: - from:',
    severity: 'note',
    says: ['NetworkPolicy/shop/own ingress rule 2 changes nothing'],
    patched: documents(apps, own(ALL)),
  })
  finds(policyRuleShadowed, 'a rule that another policy covers', {
    head: documents(apps, own(ALL), own(WEB, 'more', '{matchLabels: {app: api}}')),
    at: 'app.yaml: - from:',
    says: ['NetworkPolicy/shop/more ingress rule 1'],
    patched: documents(
      apps,
      own(ALL),
      own('', 'more', '{matchLabels: {app: api}}').replace(/ {2}ingress:\n$/, '  ingress: []\n'),
    ),
  })
  finds(policyRuleShadowed, 'two halves that a whole covers, of which the later is given where they are equal', {
    head: documents(
      apps,
      own(
        '    - from: [{ipBlock: {cidr: 10.0.0.0/8}}]\n    - from: [{ipBlock: {cidr: 10.0.0.0/9}}, {ipBlock: {cidr: 10.128.0.0/9}}]\n',
      ),
    ),
    at: 'app.yaml: - from: [{ipBlock: {cidr: 10.0.0.0/9}}, {ipBlock: {cidr: 10.128.0.0/9}}]',
  })

  silent(policyRuleShadowed, 'rules that each add something', {
    head: documents(apps, own(`${WEB}    - from: [{ipBlock: {cidr: 10.0.0.0/8}}]\n`)),
  })
  silent(policyRuleShadowed, 'a rule that covers it for some of the pods only', {
    head: documents(apps, own(ALL, 'own', '{matchLabels: {app: api}}'), own(WEB, 'more')),
  })
  silent(policyRuleShadowed, 'the other direction', {
    head: documents(
      apps,
      own(WEB),
      policy('out', '  podSelector: {}\n  policyTypes: [Egress]\n  egress: [{to: [{podSelector: {}}]}]\n'),
    ),
  })
  silent(policyRuleShadowed, 'an exception that the other rule fills', {
    head: documents(
      apps,
      own(
        '    - from: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}]\n    - from: [{ipBlock: {cidr: 10.1.2.0/24}}]\n',
      ),
    ),
  })
})
