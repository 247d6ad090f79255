import { describe } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { crossNamespaceOpen } from './cross-namespace-open.ts'

const db = deployment('db', { port: 5432 })
const open = (rule: string) =>
  documents(db, denyAll(), policy('db', `  podSelector:\n    matchLabels:\n      app: db\n  ingress:\n${rule}`))
const web = (from: string) =>
  documents(deployment('web'), denyAll(), policy('web', `  podSelector: {}\n  ingress:\n    - from:\n${from}`))

describe('cross-namespace-open', () => {
  finds(crossNamespaceOpen, 'a data store for every namespace', {
    head: open(
      '    - from:\n        - namespaceSelector: {}\n      ports:\n        - port: 5432\n    - from: [{podSelector: {}}]\n',
    ),
    at: 'app.yaml: - from:',
    severity: 'medium',
    witness: 'any pod in any namespace → shop/db TCP 5432',
    says: ['PostgreSQL (TCP 5432)'],
    patched: open('    - from: [{podSelector: {}}]\n'),
  })
  finds(crossNamespaceOpen, 'every port for every namespace', {
    head: open('    - from:\n        - namespaceSelector: {}\n'),
    at: 'app.yaml: - from:',
    says: ['any port, PostgreSQL (TCP 5432) among them'],
    witness: 'any pod in any namespace → shop/db TCP 5432',
  })
  finds(crossNamespaceOpen, 'every port where its own was open to everybody before, on one of the others', {
    base: web('        - namespaceSelector: {}\n      ports: [{port: 8080}]\n'),
    head: web('        - namespaceSelector: {}\n'),
    at: 'app.yaml: - from:',
    witness: 'any pod in any namespace → shop/web TCP 443',
  })

  silent(crossNamespaceOpen, 'a port that is for everybody', {
    head: open('    - from: [{namespaceSelector: {}}]\n      ports: [{port: 8080}]\n'),
  })
  silent(crossNamespaceOpen, 'its own namespace', { head: open('    - from: [{podSelector: {}}]\n') })
  silent(crossNamespaceOpen, 'namespaces with a label', {
    head: open('    - from: [{namespaceSelector: {matchLabels: {team: a}}}]\n      ports: [{port: 5432}]\n'),
  })
  silent(crossNamespaceOpen, 'a pod that leaves the network of its node, where no policy held', {
    base: web('        - namespaceSelector: {}\n').replace(
      '      containers:',
      '      hostNetwork: true\n      containers:',
    ),
    head: web('        - namespaceSelector: {}\n'),
  })
  silent(crossNamespaceOpen, 'no policy at all is another finding', { head: db })
  silent(crossNamespaceOpen, 'everybody on every port is another finding', { head: open('    - {}\n') })
  silent(crossNamespaceOpen, 'it was so before', {
    base: open('    - from: [{namespaceSelector: {}}]\n      ports: [{port: 5432}]\n'),
    head: open('    - from:\n        - namespaceSelector: {}\n      ports:\n        - {port: 5432, protocol: TCP}\n'),
  })
})
