import { describe } from 'vitest'
import { deployment, documents, ingress, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { ingressSnippet } from './ingress-snippet.ts'

const app = documents(deployment('web'), service('web', '    - port: 80\n      targetPort: 8080\n'))
const TLS = '  tls:\n    - hosts:\n        - shop.acme.io\n      secretName: web-tls\n'
const to = (options: Partial<Parameters<typeof ingress>[1]> = {}) =>
  ingress('web', { service: 'web', port: 80, ...options })

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
