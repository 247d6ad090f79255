import { describe } from 'vitest'
import { denyAll, deployment, documents, policy, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { servicePublic } from './service-public.ts'

const PORTS = '    - port: 80\n      targetPort: 8080\n'
const INTERNAL = '    service.beta.kubernetes.io/azure-load-balancer-internal: "true"\n'
const lb = (metadata = '', more = '', ports = PORTS) =>
  service('web', ports, { metadata, more: `  type: LoadBalancer\n${more}` })
const web = deployment('web')

describe('service-public', () => {
  finds(servicePublic, 'a load balancer without limits', {
    head: documents(web, lb()),
    at: 'app.yaml: type: LoadBalancer',
    severity: 'high',
    witness: 'internet → shop/web TCP 8080',
    says: ['shop/web through Service/shop/web on TCP 80'],
    patched: documents(web, lb(`  annotations:\n${INTERNAL}`)),
  })
  finds(servicePublic, 'an annotation that says true in another way', {
    head: documents(
      web,
      lb('  annotations:\n    a: b\n    service.beta.kubernetes.io/azure-load-balancer-internal: "True" # ours\n'),
    ),
    at: 'app.yaml: type: LoadBalancer',
    patched: documents(
      web,
      lb('  annotations:\n    a: b\n    service.beta.kubernetes.io/azure-load-balancer-internal: "true" # ours\n'),
    ),
  })
  finds(servicePublic, 'Windows line ends stay', {
    head: documents(web, lb('  annotations:\n    a: b\n')).replaceAll('\n', '\r\n'),
    at: 'app.yaml: type: LoadBalancer',
    patched: documents(web, lb(`  annotations:\n    a: b\n${INTERNAL}`)).replaceAll('\n', '\r\n'),
  })
  finds(servicePublic, 'a data store', {
    head: documents(deployment('web', { port: 5432 }), lb('', '', '    - port: 5432\n')),
    at: 'app.yaml: type: LoadBalancer',
    severity: 'critical',
    says: ['PostgreSQL'],
  })
  finds(servicePublic, 'trusted ranges of the configuration are the patch', {
    head: documents(web, lb()),
    at: 'app.yaml: type: LoadBalancer',
    trusted: ['198.51.100.0/24'],
    patched: documents(web, `${lb()}  loadBalancerSourceRanges:\n    - "198.51.100.0/24"\n`),
  })
  finds(servicePublic, 'ranges that are everything together', {
    head: documents(web, lb('', '  loadBalancerSourceRanges: [0.0.0.0/1, 128.0.0.0/1]\n')),
    at: 'app.yaml: type: LoadBalancer',
  })
  finds(servicePublic, 'pods that the tree does not run', {
    head: documents(deployment('api'), lb()),
    at: 'app.yaml: type: LoadBalancer',
    severity: 'medium',
  })
  finds(servicePublic, 'a class of another controller', {
    head: documents(web, lb('', '  loadBalancerClass: acme.io/lb\n')),
    at: 'app.yaml: type: LoadBalancer',
    severity: 'medium',
    says: ['may connect'],
  })

  silent(servicePublic, 'internal', { head: documents(web, lb(`  annotations:\n${INTERNAL}`)) })
  silent(servicePublic, 'source ranges', {
    head: documents(web, lb('', '  loadBalancerSourceRanges: [198.51.100.0/24]\n')),
  })
  silent(servicePublic, 'service tags', {
    head: documents(
      web,
      lb('  annotations:\n    service.beta.kubernetes.io/azure-allowed-service-tags: AzureFrontDoor.Backend\n'),
    ),
  })
  silent(servicePublic, 'a policy closes the pods', { head: documents(web, denyAll(), lb()) })
  silent(servicePublic, 'a policy that lets in one client alone, whose address it sees', {
    head: documents(
      web,
      denyAll(),
      lb('', '  externalTrafficPolicy: Local\n'),
      policy('partner', '  podSelector: {}\n  ingress: [{from: [{ipBlock: {cidr: 198.51.100.9/32}}]}]\n'),
    ),
  })
  silent(servicePublic, 'ClusterIP', { head: documents(web, service('web', PORTS)) })
  silent(servicePublic, 'it was public before, and its ports are in another order', {
    base: documents(web, lb('', '', `${PORTS}    - port: 81\n`)),
    head: documents(lb('', '', `    - port: 81\n${PORTS}`), web),
  })
  silent(servicePublic, 'a Service without selector leads nowhere known', {
    head: documents(web, lb().replace('  selector:\n    app: web\n', '')),
  })
  silent(servicePublic, 'a policy that opens it is told by the change', {
    base: documents(web, denyAll(), lb()),
    head: documents(web, denyAll(), lb(), policy('open', '  podSelector: {}\n  ingress: [{}]\n')),
  })
})
