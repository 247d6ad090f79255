import { describe } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { finds, silent } from '../../test/rule-table.ts'
import { ingressWidened } from './ingress-widened.ts'

const apps = documents(deployment('web'), deployment('api'), deployment('bi', { namespace: 'reports' }))
const api = (from: string, ports = '      ports:\n        - port: 8080\n') =>
  documents(
    apps,
    policy('api', `  podSelector:\n    matchLabels:\n      app: api\n  ingress:\n    - from:\n${from}${ports}`),
  )
const onlyPolicy = (from: string) => api(from).slice(apps.length + '---\n'.length)
const labelled = (...labels: readonly string[]) =>
  documents(apps, deployment('worker')).replace(
    '        app: worker\n',
    labels.map((label) => `        ${label}\n`).join(''),
  )
const reports = (team: string) =>
  `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: reports\n  labels:\n    team: ${team}\n`
const TEAM_A = '        - namespaceSelector:\n            matchLabels:\n              team: a\n'
const WEB = '        - podSelector:\n            matchLabels:\n              app: web\n'

describe('ingress-widened', () => {
  finds(ingressWidened, 'a dash that turns one peer into two', {
    base: api(
      '        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: reports\n          podSelector:\n            matchLabels:\n              app: web\n',
    ),
    head: api(
      '        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: reports\n        - podSelector:\n            matchLabels:\n              app: web\n',
    ),
    at: 'app.yaml: - from:',
    severity: 'low',
    witness: 'reports/bi → shop/api TCP 8080',
    says: ['reports/bi', 'TCP 8080', 'NetworkPolicy/shop/api ingress rule 1'],
    patched: api(
      '        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: reports\n          podSelector:\n            matchLabels:\n              app: web\n',
    ),
  })
  finds(ingressWidened, 'one peer more', {
    base: api(WEB),
    head: api(
      `${WEB}        - namespaceSelector:\n            matchLabels:\n              kubernetes.io/metadata.name: reports\n`,
    ),
    at: 'app.yaml: - from:',
    witness: 'reports/bi → shop/api TCP 8080',
    patched: api(WEB),
  })
  finds(ingressWidened, 'every namespace', {
    base: api(WEB),
    head: api(`${WEB}        - namespaceSelector: {}\n`),
    at: 'app.yaml: - from:',
    severity: 'medium',
    witness: 'any pod in any namespace → shop/api TCP 8080',
    patched: api(WEB),
  })
  finds(ingressWidened, 'the internet', {
    base: api(WEB),
    head: api('        - ipBlock:\n            cidr: 0.0.0.0/0\n'),
    at: 'app.yaml: - from:',
    severity: 'medium',
    witness: 'internet → shop/api TCP 8080',
    patched: api(WEB),
  })
  finds(ingressWidened, 'one port more', {
    base: api(WEB),
    head: api(WEB, '      ports:\n        - port: 8080\n        - port: 9000\n'),
    at: 'app.yaml: - from:',
    witness: 'shop/web → shop/api TCP 9000',
    says: ['on TCP 9000'],
    patched: api(WEB),
  })
  finds(ingressWidened, 'a policy more', {
    base: documents(apps, denyAll().replace(', Egress', '')),
    head: documents(
      apps,
      denyAll().replace(', Egress', ''),
      policy('more', '  podSelector: {}\n  ingress:\n    - from: [{podSelector: {}}]\n      ports: [{port: 8080}]\n'),
    ),
    at: 'app.yaml: - from: [{podSelector: {}}]',
    says: ['Pods of the same namespace can now connect to shop/web and shop/api'],
  })

  silent(ingressWidened, 'the same in another order and form', {
    base: api(`${WEB}        - ipBlock: {cidr: 10.0.0.0/8}\n`),
    head: api(`        - ipBlock: {cidr: 10.0.0.0/9}\n        - ipBlock: {cidr: 10.128.0.0/9}\n${WEB}`),
  })
  finds(ingressWidened, 'a label that lets pods join: the line is that of the label', {
    base: { 'app.yaml': labelled('api-client: x', 'app: worker'), 'policy.yaml': onlyPolicy(WEB) },
    head: { 'app.yaml': labelled('api-client: x', 'app: web'), 'policy.yaml': onlyPolicy(WEB) },
    at: 'app.yaml: app: web',
    says: ['because the pods of Deployment/shop/worker are now labelled app=web'],
    patched: { 'app.yaml': labelled('api-client: x', 'app: worker') },
  })
  finds(ingressWidened, 'a label of a namespace', {
    base: { 'app.yaml': apps, 'ns.yaml': reports('b'), 'policy.yaml': onlyPolicy(TEAM_A) },
    head: { 'app.yaml': apps, 'ns.yaml': reports('a'), 'policy.yaml': onlyPolicy(TEAM_A) },
    at: 'ns.yaml: team: a',
    witness: 'reports/bi → shop/api TCP 8080',
    says: ['because Namespace/reports is now labelled team=a'],
    patched: { 'ns.yaml': reports('b') },
  })
  finds(ingressWidened, 'namespaces by a label: those known by their name alone are not told one by one', {
    base: documents(api(WEB), policy('dns', '  podSelector: {}\n  policyTypes: [Ingress]\n', 'dns')),
    head: documents(api(`${WEB}${TEAM_A}`), policy('dns', '  podSelector: {}\n  policyTypes: [Ingress]\n', 'dns')),
    at: 'app.yaml: - from:',
    says: [/^Any pod in namespaces labelled team=a can now connect/],
    patched: documents(api(WEB), policy('dns', '  podSelector: {}\n  policyTypes: [Ingress]\n', 'dns')),
  })

  silent(ingressWidened, 'a narrower port', { base: api(WEB, ''), head: api(WEB) })
  silent(ingressWidened, 'a first policy where all was open', { base: apps, head: api(WEB) })
  silent(ingressWidened, 'a new pod that an old rule lets in', {
    base: api('        - podSelector: {}\n'),
    head: documents(api('        - podSelector: {}\n'), deployment('cron')),
  })
  silent(ingressWidened, 'a label that no selector asks for', {
    base: api(WEB),
    head: api(WEB).replace('        app: web\n    spec', '        app: web\n        tier: front\n    spec'),
  })
  silent(ingressWidened, 'the isolation that is gone is another finding', { base: api(WEB), head: apps })
})
