import { describe, expect, it } from 'vitest'
import { SourceText } from '../../src/base/text.ts'
import { buildKubernetesNetwork } from '../../src/model/kubernetes/build-network.ts'
import { readManifest } from '../../src/parse/kubernetes/read-manifest.ts'
import { evaluate } from '../../src/reach/evaluate.ts'
import { reachabilityOf } from '../../src/reach/reachability.ts'

/** The order of tiers and rules, in both versions of the API: `px` in namespace `a` is called from `py` in `b`. */
const CLUSTER = ['a/px', 'b/py']
  .map((id) => id.split('/'))
  .map(
    ([namespace, name]) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}\nspec: {containers: [{name: c, ports: [{name: http, containerPort: 80}]}]}\n---\n`,
  )
  .join('')
const OF_A = '{namespaces: {matchLabels: {kubernetes.io/metadata.name: a}}}'
const admin = (rules: string, priority = 5, name = 'admin') =>
  `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\nmetadata: {name: ${name}}\nspec: {priority: ${priority}, subject: ${OF_A}, ingress: [${rules}]}\n---\n`
const baseline = (rules: string) =>
  `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: BaselineAdminNetworkPolicy\nmetadata: {name: default}\nspec: {subject: ${OF_A}, ingress: [${rules}]}\n---\n`
const cluster = (tier: string, rules: string, priority = 5) =>
  `apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: ${tier}-${priority}}\nspec: {tier: ${tier}, priority: ${priority}, subject: ${OF_A}, ingress: [${rules}]}\n---\n`
const rule = (action: string, more = '') => `{action: ${action}, from: [{namespaces: {}}]${more}}`
const networkPolicy = (ingress: string) =>
  `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: a}\nspec: {podSelector: {}, policyTypes: [Ingress], ingress: [${ingress}]}\n---\n`

function ask(text: string, port = 80): string {
  const { resources } = readManifest(new SourceText('cluster.yaml', CLUSTER + text), { flux: false })
  const reach = reachabilityOf({ kubernetes: buildKubernetesNetwork(resources).network })
  return evaluate(reach, { from: 'b/py', to: 'a/px', protocol: 'TCP', port }).allowed
}

describe('admin policies', () => {
  it.each([
    ['AP01 a denial goes before what a NetworkPolicy allows', networkPolicy('{}') + admin(rule('Deny')), 'no'],
    ['AP02 an allowance goes before what a NetworkPolicy denies', networkPolicy('') + admin(rule('Allow')), 'yes'],
    [
      'AP03 a pass leaves it to the NetworkPolicy',
      networkPolicy('') + admin(rule('Pass'), 5) + admin(rule('Allow'), 10, 'later'),
      'no',
    ],
    ['AP04 the baseline decides where no NetworkPolicy isolates', baseline(rule('Deny')), 'no'],
    ['AP04 the baseline is not asked where one does', networkPolicy('{}') + baseline(rule('Deny')), 'yes'],
    ['AP06 equal priorities have no order', admin(rule('Allow')) + admin(rule('Deny'), 5, 'other'), 'maybe'],
    ['equal priorities that agree are no doubt', admin(rule('Deny')) + admin(rule('Deny'), 5, 'other'), 'no'],
    ['the lower number goes first', admin(rule('Deny'), 10) + admin(rule('Allow'), 2, 'other'), 'yes'],
    [
      'v1alpha2 says Accept',
      cluster('Admin', rule('Accept'), 1) + cluster('Admin', rule('Deny'), 2) + networkPolicy(''),
      'yes',
    ],
    [
      'v1alpha2 has baselines by priority',
      cluster('Baseline', rule('Pass'), 1) + cluster('Baseline', rule('Deny'), 2),
      'yes',
    ],
    ['a policy that is refused may be in force', admin(rule('Forbid')), 'maybe'],
    ['no rules do nothing', admin(''), 'yes'],
  ])('%s', (_, text, expected) => {
    expect(ask(text)).toBe(expected)
  })

  it('match a port name by the pod’s own number, and nothing else', () => {
    const text = admin(rule('Deny', ', ports: [{namedPort: http}]'))
    expect([ask(text, 80), ask(text, 81)]).toEqual(['no', 'yes'])
  })
})
