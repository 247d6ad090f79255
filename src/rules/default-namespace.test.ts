import { describe } from 'vitest'
import { deployment, documents, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { defaultNamespace } from './default-namespace.ts'

const web = deployment('web')

describe('default-namespace', () => {
  finds(defaultNamespace, 'no namespace is written', {
    head: web.replace('  namespace: shop\n', ''),
    at: 'app.yaml: apiVersion: apps/v1',
    severity: 'note',
    says: ['Deployment/default/web lives in the namespace default'],
  })
  finds(defaultNamespace, 'it is written', {
    head: service('web', '    - port: 80\n', { namespace: 'default' }),
    at: 'app.yaml: apiVersion: v1',
  })

  silent(defaultNamespace, 'another namespace', { head: documents(web, service('web', '    - port: 80\n')) })
  silent(defaultNamespace, 'the Service of the API server', {
    head: 'apiVersion: v1\nkind: Service\nmetadata:\n  name: kubernetes\nspec:\n  ports: [{port: 443}]\n',
  })
})
