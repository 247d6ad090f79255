import { describe } from 'vitest'
import { cluster, group, network, OVERLAY, subnet } from '../../test/azure/terraform-text.ts'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { imdsReachable } from './imds-reachable.ts'

const web = documents(deployment('web'), denyAll())
const out = (to: string) =>
  documents(web, policy('out', `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n    - to:\n${to}`))

describe('imds-reachable', () => {
  finds(imdsReachable, 'a block of link-local addresses', {
    head: out('        - ipBlock:\n            cidr: 169.254.0.0/16 # node-local DNS\n'),
    at: 'app.yaml: - to:',
    severity: 'medium',
    witness: 'shop/web → metadata TCP 80',
    says: ['169.254.169.254'],
    patched: out(
      '        - ipBlock:\n            cidr: 169.254.0.0/16 # node-local DNS\n            except:\n              - 169.254.169.254/32\n',
    ),
  })
  finds(imdsReachable, 'an exception that the change takes away, beside an internet that was open before', {
    base: out(
      '        - ipBlock:\n            cidr: 0.0.0.0/0\n            except:\n            - 10.0.0.0/8\n            - 169.254.169.254/32\n',
    ),
    head: out('        - ipBlock:\n            cidr: 0.0.0.0/0\n            except:\n            - 10.0.0.0/8\n'),
    at: 'app.yaml: - to:',
    patched: out(
      '        - ipBlock:\n            cidr: 0.0.0.0/0\n            except:\n            - 10.0.0.0/8\n            - 169.254.169.254/32\n',
    ),
  })
  finds(imdsReachable, 'the address by itself: the rule goes', {
    head: out('        - ipBlock: {cidr: 169.254.169.254/32}\n').replace(
      '  egress:\n    - to:',
      '  egress:\n    - to: [{podSelector: {}}]\n    - to:',
    ),
    at: 'app.yaml: - to:',
    patched: documents(
      web,
      policy('out', '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n    - to: [{podSelector: {}}]\n'),
    ),
  })
  finds(imdsReachable, 'flow style', {
    head: out("        - ipBlock: {cidr: '168.0.0.0/7', except: [168.63.129.16/32]}\n")
      .replace('168.0.0.0/7', '169.254.0.0/16')
      .replace('168.63.129.16/32', '169.254.1.0/24'),
    at: 'app.yaml: - to:',
    patched: out("        - ipBlock: {cidr: '169.254.0.0/16', except: [169.254.1.0/24, 169.254.169.254/32]}\n"),
  })

  silent(imdsReachable, 'an exception', {
    head: out('        - ipBlock:\n            cidr: 169.254.0.0/16\n            except: [169.254.169.254/32]\n'),
  })
  silent(imdsReachable, 'another port', {
    head: out(
      '        - ipBlock:\n            cidr: 169.254.0.0/16\n      ports:\n        - port: 53\n          protocol: UDP\n',
    ),
  })
  silent(imdsReachable, 'the whole internet is another finding', {
    head: out('        - ipBlock:\n            cidr: 0.0.0.0/0\n'),
  })
  silent(imdsReachable, 'private addresses', { head: out('        - ipBlock:\n            cidr: 10.0.0.0/8\n') })
  silent(imdsReachable, 'pods of every namespace', { head: out('        - namespaceSelector: {}\n') })

  const open = out('        - ipBlock:\n            cidr: 169.254.0.0/16\n')
  const azure = (rule: string) =>
    network('hub', '10.1.0.0/16') +
    subnet('hub', 'nodes', '10.1.0.0/22') +
    cluster({ pool: 'system nodes', profile: `${OVERLAY}\n    network_policy = "azure"` }) +
    group('g', [rule], ['nodes'])
  silent(imdsReachable, 'a security group of the nodes denies the tag of the service', {
    head: { 'app.yaml': open, 'main.tf': azure('100 out deny * * -> AzurePlatformIMDS *') },
  })
  finds(imdsReachable, 'a security group that denies the address alone, which holds nothing', {
    head: { 'app.yaml': open, 'main.tf': azure('100 out deny * * -> 169.254.169.254/32 *') },
    at: 'app.yaml: - to:',
  })
})
