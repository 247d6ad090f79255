import { describe, expect, it } from 'vitest'
import { NO_ADDRESSES } from '../src/algebra/addresses.ts'
import { NO_NAMES } from '../src/algebra/names.ts'
import { analysePair } from '../src/analyse.ts'
import { EMPTY_CONFIG } from '../src/config/config.ts'
import { parseTree } from '../src/parse/units.ts'
import { assess } from '../src/rules/assess.ts'
import { RULES } from '../src/rules/index.ts'
import type { RuleHit } from '../src/rules/rule.ts'
import { deployment, documents, ingress, policy, service } from './manifests.ts'
import { memoryTree } from './source/memory-tree.ts'

const settings = { trusted: NO_ADDRESSES, trustedRanges: [], approved: NO_NAMES, today: '2026-01-01' }

/** A state in which most rules find something, so that a subject that is not stable shows. */
const base: Readonly<Record<string, string>> = {
  'web.yaml': documents(
    deployment('web'),
    service('web', '    - port: 80\n      targetPort: 8080\n', { more: '  type: LoadBalancer\n' }),
    ingress('web', { service: 'web', port: 80, host: '' }),
    ingress('lost', { service: 'nobody', port: 80 }),
  ),
  'api.yaml': documents(
    deployment('api', { port: 5432 }),
    service('api', '    - port: 5432\n', { more: '  type: NodePort\n' }),
  ),
  'bi.yaml': documents(deployment('bi', { namespace: 'reports' }), deployment('etl', { namespace: 'reports' })),
  'policies.yaml': documents(
    policy(
      'out',
      '  podSelector:\n    matchLabels:\n      app: web\n  policyTypes: [Ingress, Egress]\n  ingress:\n    - {}\n    - from: [{podSelector: {}}]\n  egress:\n    - to: [{ipBlock: {cidr: 0.0.0.0/0}}]\n    - to: [{ipBlock: {cidr: 10.0.0.0/8}}]\n',
    ),
    policy(
      'db',
      '  podSelector:\n    matchLabels:\n      app: api\n  ingress:\n    - from: [{namespaceSelector: {}}]\n      ports: [{port: 5432}]\n    - from: [{podSelector: {matchLabels: {app: wbe}}}]\n      ports: [{port: 80}]\n',
    ),
    policy('nobody', '  podSelector:\n    matchLabels:\n      app: ghost\n'),
    policy(
      'link-local',
      '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n    - to: [{ipBlock: {cidr: 169.254.0.0/16}}]\n',
      'reports',
    ),
  ),
}

const edit = (path: string, change: (text: string) => string) => ({ ...base, [path]: change(base[path]!) })
const reversed = (text: string) => text.split('---\n').reverse().join('---\n')

describe('a change that opens nothing', () => {
  it.each([
    ['a new image', edit('web.yaml', (text) => text.replace('web:1', 'web:2'))],
    [
      'more replicas',
      edit('web.yaml', (text) => text.replace('spec:\n  selector', 'spec:\n  replicas: 3\n  selector')),
    ],
    ['a comment', edit('policies.yaml', (text) => `# ours\n${text}`)],
    ['documents in another order', edit('policies.yaml', reversed)],
    [
      'files in other folders',
      Object.fromEntries(Object.entries(base).map(([path, text]) => [`deploy/apps/${path}`, text])),
    ],
    ['all in one file', { 'all.yaml': documents(...Object.values(base)) }],
    [
      'Windows line ends',
      Object.fromEntries(Object.entries(base).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')])),
    ],
    [
      'a block in halves',
      edit('policies.yaml', (text) =>
        text.replace(
          '[{ipBlock: {cidr: 0.0.0.0/0}}]',
          '[{ipBlock: {cidr: 0.0.0.0/1}}, {ipBlock: {cidr: 128.0.0.0/1}}]',
        ),
      ),
    ],
    [
      'rules in another order',
      edit('policies.yaml', (text) =>
        text.replace(
          '    - to: [{ipBlock: {cidr: 0.0.0.0/0}}]\n    - to: [{ipBlock: {cidr: 10.0.0.0/8}}]\n',
          '    - to: [{ipBlock: {cidr: 10.0.0.0/8}}]\n    - to: [{ipBlock: {cidr: 0.0.0.0/0}}]\n',
        ),
      ),
    ],
    [
      'a policy of another name',
      edit('policies.yaml', (text) => text.replaceAll('name: out\n', 'name: egress-of-web\n')),
    ],
    ['a workload of another name', edit('bi.yaml', (text) => text.replaceAll('etl', 'loader'))],
    [
      'a label that nobody asks for',
      edit('web.yaml', (text) =>
        text.replace('        app: web\n    spec', '        app: web\n        version: v2\n    spec'),
      ),
    ],
    [
      'a selector in another form',
      edit('policies.yaml', (text) =>
        text.replace(
          '    matchLabels:\n      app: web\n',
          '    matchExpressions:\n      - {key: app, operator: In, values: [web]}\n',
        ),
      ),
    ],
  ])('%s raises nothing and mends nothing', (_, head) => {
    const findings = review(head).filter(({ status }) => status !== 'existing')
    expect(findings.map(({ status, rule, resource }) => `${status} ${rule} ${resource}`)).toEqual([])
  })

  it('is told from a state in which there is much to find', () => {
    expect(new Set(review(base).map(({ rule }) => rule)).size).toBeGreaterThan(14)
  })
})

function review(head: Readonly<Record<string, string>>) {
  const pairs = analysePair(parseTree(memoryTree(base)), parseTree(memoryTree(head)), EMPTY_CONFIG)
  const run = (side: 'base' | 'head'): RuleHit[] =>
    pairs.flatMap((pair) =>
      RULES.flatMap((rule) =>
        [
          ...[...(rule.check?.(pair[side], settings) ?? [])],
          ...(side === 'head'
            ? (rule.checkChange?.({ base: pair.base, head: pair.head, flows: [] }, settings) ?? [])
            : []),
        ].map((hit) => ({ rule, hit, state: pair.name })),
      ),
    )
  return assess(
    run('base'),
    run('head'),
    (rule, hit) => hit.severity ?? rule.meta.severity,
    pairs.map(({ name }) => name),
  ).map(({ finding }) => finding)
}
