import { describe } from 'vitest'
import { denyAll, deployment, documents, policy, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { policyRejected } from './policy-rejected.ts'

const web = deployment('web')

describe('policy-rejected', () => {
  const refused = policy('in', '  podSelector: {}\n  ingress:\n    - from:\n        - {}\n')

  finds(policyRejected, 'an empty peer', {
    head: documents(web, refused),
    at: 'app.yaml: - {}',
    severity: 'medium',
    says: ['NetworkPolicy/shop/in is refused', 'It is not applied'],
  })
  finds(policyRejected, 'source ranges twice', {
    head: documents(
      web,
      service('web', '    - port: 80\n', {
        metadata: '  annotations:\n    service.beta.kubernetes.io/azure-allowed-ip-ranges: 198.51.100.0/24\n',
        more: '  type: LoadBalancer\n  loadBalancerSourceRanges: [198.51.100.0/24]\n',
      }),
    ),
    at: 'app.yaml: loadBalancerSourceRanges: [198.51.100.0/24]',
  })

  finds(policyRejected, 'a misspelt field, without which the policy selects every pod', {
    head: documents(web, policy('in', '  podSelector:\n    matchlabels: {app: web}\n')),
    at: 'app.yaml: matchlabels: {app: web}',
    says: ['a label selector has no field matchlabels; matchLabels is meant'],
  })
  finds(policyRejected, 'senders in a rule for the way out, which so allows everything', {
    head: documents(web, policy('out', '  podSelector: {}\n  egress:\n    - from: [{podSelector: {}}]\n')),
    at: 'app.yaml: - from: [{podSelector: {}}]',
    says: ['an egress rule has no field from'],
  })
  silent(policyRejected, 'a field that is given no value', {
    head: documents(web, policy('in', '  podSelector: {}\n  note:\n')),
  })

  finds(policyRejected, 'a range that looks right', {
    head: documents(
      web,
      policy('in', '  podSelector: {}\n  ingress:\n    - from: [{ipBlock: {cidr: 10.0.0.0/8\u200b}}]\n'),
    ),
    at: 'app.yaml: - from: [{ipBlock: {cidr: 10.0.0.0/8\u200b}}]',
    says: ['because it holds a character that cannot be seen (U+200B zero-width space)'],
  })

  silent(policyRejected, 'a valid policy', { head: documents(web, denyAll()) })
  silent(policyRejected, 'an empty rule is no empty peer', {
    head: documents(web, policy('in', '  podSelector: {}\n  ingress: [{}]\n')),
  })
  silent(policyRejected, 'it was so before', { base: documents(web, refused), head: documents(refused, web) })
})
