import { describe } from 'vitest'
import { denyAll, deployment, documents, ingress, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { ingressAnyHost } from './ingress-any-host.ts'
import { ingressBackendMissing } from './ingress-backend-missing.ts'
import { ingressExposes } from './ingress-exposes.ts'
import { ingressNoTls } from './ingress-no-tls.ts'
import { ingressSnippet } from './ingress-snippet.ts'

const app = documents(deployment('web'), service('web', '    - port: 80\n      targetPort: 8080\n'))
const TLS = '  tls:\n    - hosts:\n        - shop.acme.io\n      secretName: web-tls\n'
const to = (options: Partial<Parameters<typeof ingress>[1]> = {}) =>
  ingress('web', { service: 'web', port: 80, ...options })

describe('ingress-exposes', () => {
  finds(ingressExposes, 'a workload behind a host', {
    base: app,
    head: documents(app, to()),
    at: 'app.yaml: service:',
    severity: 'low',
    witness: 'internet → shop/web TCP 8080',
    says: ['shop/web through Ingress/shop/web', 'not known from here'],
    patched: 'none',
  })
  finds(ingressExposes, 'a console for administrators', {
    head: documents(
      deployment('grafana'),
      service('grafana', '    - port: 80\n      targetPort: 8080\n'),
      to({ service: 'grafana' }),
    ),
    at: 'app.yaml: service:',
    severity: 'high',
    says: ['console'],
  })

  silent(ingressExposes, 'a policy that lets no controller in', { head: documents(app, denyAll(), to()) })
  silent(ingressExposes, 'one more path to the same workload', {
    base: documents(app, to()),
    head: documents(app, to(), ingress('web2', { service: 'web', port: 80, host: 'www.acme.io' })),
  })
  silent(ingressExposes, 'a Service that is not there', { head: documents(app, to({ service: 'api' })) })
})

describe('ingress-no-tls', () => {
  finds(ingressNoTls, 'a host without certificate', {
    head: documents(app, to()),
    at: 'app.yaml: - host: shop.acme.io',
    severity: 'medium',
    witness: 'internet → shop/web TCP 8080',
    says: ['shop.acme.io over plain HTTP'],
    patched: 'none',
  })
  finds(ingressNoTls, 'an issuer is named: the patch asks it', {
    head: documents(app, to({ metadata: '  annotations:\n    cert-manager.io/cluster-issuer: acme\n' })),
    at: 'app.yaml: - host: shop.acme.io',
    patched: documents(
      app,
      `${to({ metadata: '  annotations:\n    cert-manager.io/cluster-issuer: acme\n' })}  tls:\n    - hosts:\n        - shop.acme.io\n      secretName: web-tls\n`,
    ),
  })
  finds(ingressNoTls, 'a certificate of another host', {
    head: documents(app, to({ more: TLS.replace('shop.acme', 'www.acme') })),
    at: 'app.yaml: - host: shop.acme.io',
  })

  silent(ingressNoTls, 'a certificate', { head: documents(app, to({ more: TLS })) })
  silent(ingressNoTls, 'a wildcard certificate', {
    head: documents(app, to({ more: TLS.replace('- shop.acme.io', "- '*.acme.io'") })),
  })
  silent(ingressNoTls, 'a certificate of Application Gateway', {
    head: documents(
      app,
      to({ metadata: '  annotations:\n    appgw.ingress.kubernetes.io/appgw-ssl-certificate: shop\n' }),
    ),
  })
  silent(ingressNoTls, 'the same as before', { base: documents(app, to()), head: documents(to(), app) })
})

describe('ingress-any-host', () => {
  finds(ingressAnyHost, 'a rule without host', {
    head: documents(app, to({ host: '' })),
    at: 'app.yaml: - http:',
    severity: 'low',
    says: ['every host name'],
  })
  finds(ingressAnyHost, 'a default back end alone', {
    head: documents(
      app,
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  defaultBackend:\n    service: {name: web, port: {number: 80}}\n',
    ),
    at: 'app.yaml: service: {name: web, port: {number: 80}}',
  })

  silent(ingressAnyHost, 'a host', { head: documents(app, to()) })
  silent(ingressAnyHost, 'a wildcard of one domain', { head: documents(app, to({ host: '"*.acme.io"' })) })
  silent(ingressAnyHost, 'a default back end beside rules', {
    head: documents(app, to({ more: '  defaultBackend:\n    service: {name: web, port: {number: 80}}\n' })),
  })
})

describe('ingress-snippet', () => {
  const snippet = '    nginx.ingress.kubernetes.io/configuration-snippet: |\n      more_set_headers "X: y";\n'

  finds(ingressSnippet, 'code among annotations', {
    head: documents(
      app,
      to({ metadata: `  annotations:\n${snippet}    nginx.ingress.kubernetes.io/ssl-redirect: "true"\n` }),
    ),
    at: 'app.yaml: nginx.ingress.kubernetes.io/configuration-snippet: |',
    severity: 'high',
    says: ['CVE-2021-25742', 'configuration-snippet'],
    patched: documents(app, to({ metadata: '  annotations:\n    nginx.ingress.kubernetes.io/ssl-redirect: "true"\n' })),
  })
  finds(ingressSnippet, 'the only annotation', {
    head: documents(app, to({ metadata: `  annotations:\n${snippet}` })),
    at: 'app.yaml: nginx.ingress.kubernetes.io/configuration-snippet: |',
    patched: documents(app, to()),
  })

  silent(ingressSnippet, 'an annotation for the purpose', {
    head: documents(
      app,
      to({ metadata: '  annotations:\n    nginx.ingress.kubernetes.io/custom-headers: shop/headers\n' }),
    ),
  })
  silent(ingressSnippet, 'the word in a value', {
    head: documents(app, to({ metadata: '  annotations:\n    note: nginx.ingress.kubernetes.io/server-snippet\n' })),
  })
  silent(ingressSnippet, 'it was there before', {
    base: documents(app, to({ metadata: `  annotations:\n${snippet}` })),
    head: documents(app, to({ metadata: `  annotations:\n${snippet}`, more: TLS })),
  })
})

describe('ingress-backend-missing', () => {
  finds(ingressBackendMissing, 'a Service that is not there', {
    head: documents(app, to({ service: 'api' })),
    at: 'app.yaml: service:',
    severity: 'low',
    says: ['no Service api', 'web is'],
  })
  finds(ingressBackendMissing, 'a port that the Service has not', {
    head: documents(app, to({ port: 8080 })).replace('targetPort: 8080', 'targetPort: http'),
    at: 'app.yaml: service:',
    says: ['Service/shop/web has no port 8080'],
  })

  silent(ingressBackendMissing, 'Service and port are there', { head: documents(app, to()) })
  silent(ingressBackendMissing, 'no Service of the namespace is in the tree', { head: to() })
})
