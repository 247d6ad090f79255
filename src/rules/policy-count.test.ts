import { describe } from 'vitest'
import { deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { policyCount } from './policy-count.ts'

const rules = (count: number, first = 0) =>
  Array.from(
    { length: count },
    (_, i) => `    - from: [{ipBlock: {cidr: 10.${first + (i >> 8)}.${i & 255}.0/24}}]\n`,
  ).join('')
const many = (name: string, count: number, first = 0, app = 'web') =>
  policy(name, `  podSelector:\n    matchLabels:\n      app: ${app}\n  ingress:\n${rules(count, first)}`)

describe('policy-count', () => {
  finds(policyCount, 'one policy with hundreds of rules', {
    head: documents(deployment('web'), many('all', 200)),
    at: 'app.yaml: apiVersion: networking.k8s.io/v1',
    severity: 'note',
    says: ['shop/web is selected by one policy, NetworkPolicy/shop/all, with 200 rules'],
  })
  finds(policyCount, 'several that come to hundreds together', {
    base: documents(deployment('web'), many('a', 150)),
    head: documents(deployment('web'), many('a', 150), many('b', 60, 100)),
    at: 'app.yaml: apiVersion: networking.k8s.io/v1',
    says: ['2 policies with together 210 rules'],
  })
  finds(policyCount, 'twice as many as there were', {
    base: documents(deployment('web'), many('a', 210)),
    head: documents(deployment('web'), many('a', 420)),
    at: 'app.yaml: apiVersion: networking.k8s.io/v1',
  })
  silent(policyCount, 'some dozens', { head: documents(deployment('web'), many('all', 60)) })
  silent(policyCount, 'hundreds for different pods', {
    head: documents(deployment('web'), deployment('api'), many('a', 150), many('b', 150, 100, 'api')),
  })
  silent(policyCount, 'one rule more than there were', {
    base: documents(deployment('web'), many('all', 240)),
    head: documents(deployment('web'), many('all', 241)),
  })
  silent(policyCount, 'pods that the tree does not run', { head: many('all', 300) })
})
