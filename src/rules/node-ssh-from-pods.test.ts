import { describe } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { nodeSshFromPods } from './node-ssh-from-pods.ts'

const web = documents(deployment('web'), denyAll())
const out = (rule: string) =>
  documents(web, policy('out', `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n${rule}`))

describe('node-ssh-from-pods', () => {
  finds(nodeSshFromPods, 'a block of private addresses on every port', {
    head: out('    - to: [{ipBlock: {cidr: 10.0.0.0/8}}]\n'),
    at: 'app.yaml: - to: [{ipBlock: {cidr: 10.0.0.0/8}}]',
    severity: 'low',
    witness: 'shop/web → nodes TCP 22',
    says: ['may connect to SSH', 'not known from here'],
    patched: 'none',
  })
  finds(nodeSshFromPods, 'every destination on port 22, which is the internet as well: shown when that is no news', {
    base: out(
      '    - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10]}}]\n',
    ),
    head: out('    - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]\n'),
    at: 'app.yaml: - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [169.254.169.254/32]}}]',
    severity: 'low',
    says: ['may connect to SSH'],
  })

  silent(nodeSshFromPods, 'another port', {
    head: out('    - to: [{ipBlock: {cidr: 10.0.0.0/8}}]\n      ports: [{port: 5432}]\n'),
  })
  silent(nodeSshFromPods, 'pods', { head: out('    - to: [{namespaceSelector: {}}]\n') })
  silent(nodeSshFromPods, 'the whole internet is another finding', { head: out('    - {}\n') })
  silent(nodeSshFromPods, 'no policy at all is another finding', { head: deployment('web') })
  silent(nodeSshFromPods, 'public addresses', { head: out('    - to: [{ipBlock: {cidr: 20.40.0.0/16}}]\n') })
})
