import { describe } from 'vitest'
import { deployment, documents, policy, service } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { policyPortMismatch } from './policy-port-mismatch.ts'

const web = documents(deployment('web'), service('web', '    - port: 80\n      targetPort: 8080\n'))
const open = (port: string, apps = web) =>
  documents(apps, policy('web', `  podSelector: {}\n  ingress:\n    - ports:\n        - ${port}\n`))

describe('policy-port-mismatch', () => {
  finds(policyPortMismatch, "the Service's port instead of the pod's", {
    head: open('port: 80 # http'),
    at: 'app.yaml: - port: 80 # http',
    severity: 'low',
    says: ['TCP 80', 'leads from 80 to port 8080'],
    patched: open('port: 8080 # http'),
  })
  finds(policyPortMismatch, 'a name that no container has', {
    head: open('port: http'),
    at: 'app.yaml: - port: http',
    says: ['TCP http'],
    patched: 'none',
  })
  finds(policyPortMismatch, 'another port than the only one', {
    head: open('port: 8081'),
    at: 'app.yaml: - port: 8081',
    patched: open('port: 8080'),
  })

  silent(policyPortMismatch, 'the port of the pod', { head: open('port: 8080') })
  silent(policyPortMismatch, 'a range', { head: open('{port: 9000, endPort: 9010}') })
  silent(policyPortMismatch, 'a port that is not declared and that a Service leads to', {
    head: open('port: 9090', documents(deployment('web'), service('web', '    - port: 9090\n'))),
  })
  silent(policyPortMismatch, 'pods that declare no port', {
    head: open('port: 80', deployment('web').replace('          ports:\n            - containerPort: 8080\n', '')),
  })
  silent(policyPortMismatch, 'one of several pods serves it', {
    head: open('port: 9000', documents(web, deployment('api', { port: 9000 }))),
  })
  silent(policyPortMismatch, 'no pod in the tree', {
    head: policy('web', '  podSelector: {}\n  ingress:\n    - ports: [{port: 80}]\n'),
  })
})
