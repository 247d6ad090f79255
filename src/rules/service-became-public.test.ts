import { describe } from 'vitest'
import { denyAll, deployment, documents, policy, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { serviceBecamePublic } from './service-became-public.ts'

const PORTS = '    - port: 80\n      targetPort: 8080\n'
const INTERNAL = '  annotations:\n    service.beta.kubernetes.io/azure-load-balancer-internal: "true"\n'
const lb = (metadata = '', more = '') => service('web', PORTS, { metadata, more: `  type: LoadBalancer\n${more}` })
const web = deployment('web')

describe('service-became-public', () => {
  finds(serviceBecamePublic, 'another type', {
    base: documents(web, service('web', PORTS, { more: '  type: ClusterIP\n' })),
    head: documents(web, lb()),
    at: 'app.yaml: type: LoadBalancer',
    severity: 'high',
    witness: 'internet → shop/web TCP 8080',
    says: ['type changed from ClusterIP to LoadBalancer'],
    patched: documents(web, service('web', PORTS, { more: '  type: ClusterIP\n' })),
  })
  finds(serviceBecamePublic, 'a type where none was written', {
    base: documents(web, service('web', PORTS)),
    head: documents(web, lb()),
    at: 'app.yaml: type: LoadBalancer',
    patched: documents(web, service('web', PORTS)),
  })
  finds(serviceBecamePublic, 'an annotation with another text', {
    base: documents(web, lb(INTERNAL)),
    head: documents(web, lb(INTERNAL.replace('"true"', '"True"'))),
    at: 'app.yaml: service.beta.kubernetes.io/azure-load-balancer-internal: "True"',
    says: ['only the exact text'],
    patched: documents(web, lb(INTERNAL)),
  })
  finds(serviceBecamePublic, 'an annotation with another name', {
    base: documents(web, lb(INTERNAL)),
    head: documents(web, lb(INTERNAL.replace('load-balancer', 'loadbalancer'))),
    at: 'app.yaml: service.beta.kubernetes.io/azure-loadbalancer-internal: "true"',
    says: ['AKS does not read the annotation service.beta.kubernetes.io/azure-loadbalancer-internal'],
  })
  finds(serviceBecamePublic, 'source ranges that are gone', {
    base: documents(web, lb('', '  loadBalancerSourceRanges:\n    - 198.51.100.0/24\n')),
    head: documents(web, lb()),
    at: 'app.yaml: type: LoadBalancer',
    says: ['lost its source ranges'],
    patched: documents(web, `${lb()}  loadBalancerSourceRanges:\n    - "198.51.100.0/24"\n`),
  })
  finds(serviceBecamePublic, 'a policy that no longer closes the pods', {
    base: documents(web, denyAll(), lb()),
    head: documents(web, denyAll(), lb(), policy('open', '  podSelector: {}\n  ingress: [{}]\n')),
    at: 'app.yaml: type: LoadBalancer',
    says: ['no policy closes'],
  })

  silent(serviceBecamePublic, 'it was public before', { base: documents(web, lb()), head: documents(lb(), web) })
  silent(serviceBecamePublic, 'a new Service is another finding', { base: web, head: documents(web, lb()) })
  silent(serviceBecamePublic, 'a public one that becomes internal', {
    base: documents(web, lb()),
    head: documents(web, lb(INTERNAL)),
  })
  silent(serviceBecamePublic, 'an internal one under another name', {
    base: documents(web, lb(INTERNAL)),
    head: documents(web, lb(INTERNAL).replace('name: web', 'name: front')),
  })
})
