import { describe } from 'vitest'
import { deployment, documents, ingress, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { ingressNoTls } from './ingress-no-tls.ts'

const app = documents(deployment('web'), service('web', '    - port: 80\n      targetPort: 8080\n'))
const TLS = '  tls:\n    - hosts:\n        - shop.acme.io\n      secretName: web-tls\n'
const to = (options: Partial<Parameters<typeof ingress>[1]> = {}) =>
  ingress('web', { service: 'web', port: 80, ...options })

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
  finds(ingressNoTls, 'the section is gone: the patch brings it back', {
    base: documents(app, to({ more: TLS.replace('web-tls', 'shop-certificate') })),
    head: documents(app, to()),
    at: 'app.yaml: - host: shop.acme.io',
    patched: documents(app, `${to()}${TLS.replace('web-tls', 'shop-certificate')}`),
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
