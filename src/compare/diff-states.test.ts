import { expect, it } from 'vitest'
import { denyAll, deployment, documents, policy } from '../../test/manifests.ts'
import { memoryTree } from '../../test/source/memory-tree.ts'
import { analysePair } from '../analyse.ts'
import { EMPTY_CONFIG } from '../config/config.ts'
import { parseTree } from '../parse/units.ts'
import { diffStates } from './diff-states.ts'

type Files = Readonly<Record<string, string>>

/** What opens and closes, as `from → to`, with the line because of which. */
function changes(before: Files, after: Files): readonly string[] {
  return analysePair(parseTree(memoryTree(before)), parseTree(memoryTree(after)), EMPTY_CONFIG)
    .flatMap(({ base, head }) => diffStates(base, head))
    .map(({ from, to, cause }) => `${from.name} → ${to.name}: ${cause?.file}:${cause?.line} ${cause?.why}`)
}

const apps = documents(deployment('web'), deployment('api'))
const namespaces = ['shop', 'stock', 'dns']
  .map((name) => `apiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`)
  .join('---\n')
const rule = (direction: 'ingress' | 'egress', app: string, peer: string) =>
  policy(
    app,
    `  podSelector: {matchLabels: {app: ${app}}}\n  policyTypes: [${direction === 'egress' ? 'Egress' : 'Ingress'}]\n  ${direction}:\n    - ${direction === 'egress' ? 'to' : 'from'}: [${peer}]\n`,
  )

it('names all addresses by what is left out of them', () => {
  const to = (cidr: string) => ({ 'app.yaml': apps, 'out.yaml': rule('egress', 'web', `{ipBlock: {cidr: ${cidr}}}`) })
  expect(changes(to('203.0.113.0/24'), to('0.0.0.0/0'))).toEqual([
    'shop/web → internet and every other address (IPv4) except 203.0.113.0/24: out.yaml:10 NetworkPolicy/shop/web egress rule 1',
  ])
})

it('names every pod by the namespaces that are left out', () => {
  const from = (peer: string) => ({
    'app.yaml': documents(apps, denyAll(), namespaces),
    'in.yaml': rule('ingress', 'api', peer),
  })
  expect(changes(from('{podSelector: {matchLabels: {app: no}}}'), from('{namespaceSelector: {}}'))).toEqual([
    'every pod in the cluster except those in shop → shop/api: in.yaml:10 NetworkPolicy/shop/api ingress rule 1',
  ])
})

it('does not say every pod of a namespace where only labelled ones are meant', () => {
  const dns =
    '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}'
  const before = { 'app.yaml': documents(apps, denyAll()) }
  expect(changes(before, { ...before, 'out.yaml': rule('egress', 'web', dns) })).toEqual([
    'shop/web → any pod labelled k8s-app=kube-dns in namespace kube-system: out.yaml:10 NetworkPolicy/shop/web egress rule 1',
  ])
})

it('points to the policy of the base where that is gone', () => {
  const before = { 'app.yaml': apps, 'deny.yaml': denyAll() }
  for (const change of changes(before, { 'app.yaml': apps }))
    expect(change).toMatch(/: deny\.yaml:7 NetworkPolicy\/shop\/deny-all held it back before$/)
  expect(changes(before, { 'app.yaml': apps })).not.toEqual([])
})

it('points to the rule of the base where what it allowed is closed by another', () => {
  const policies = (app: string) => ({
    'app.yaml': documents(apps, rule('ingress', 'web', '{podSelector: {}}').replace('name: web', 'name: none')),
    'in.yaml': rule('ingress', app, '{podSelector: {matchLabels: {app: web}}}'),
    'deny.yaml': denyAll().replace('[Ingress, Egress]', '[Ingress]'),
  })
  expect(changes(policies('api'), policies('other'))).toContain(
    'shop/web → shop/api: in.yaml:10 NetworkPolicy/shop/api ingress rule 1 allowed it before',
  )
})

it('points to the label, the network or the port of a workload that policies see differently now', () => {
  const state = (web: string) => ({
    'app.yaml': documents(web, deployment('api')),
    'in.yaml': documents(
      denyAll().replace('[Ingress, Egress]', '[Ingress]'),
      rule('ingress', 'api', '{podSelector: {matchLabels: {role: client}}}'),
    ),
  })
  const web = deployment('web')
  const joined = web.replace('        app: web\n', '        app: web\n        role: client\n')
  expect(changes(state(web), state(joined))).toEqual([
    'shop/web → shop/api: app.yaml:14 the pods of Deployment/shop/web are now labelled role=client',
  ])
  expect(changes(state(joined), state(web))).toEqual([
    'shop/web → shop/api: app.yaml:13 the pods of Deployment/shop/web are no longer labelled role',
  ])
  const onHost = web.replace('    spec:\n      containers', '    spec:\n      hostNetwork: true\n      containers')
  for (const change of changes(state(web), state(onHost)))
    expect(change).toMatch(/app\.yaml:15 Deployment\/shop\/web now runs in the network of its node$/)
})

it('points to the workload that is new or gone', () => {
  const [one, two] = [
    { 'app.yaml': deployment('web') },
    { 'app.yaml': deployment('web'), 'api.yaml': deployment('api'), 'db.yaml': deployment('db') },
  ]
  const news = changes(one, two)
  expect(news).toContain('shop/api → internet and every other address: api.yaml:1 Deployment/shop/api is new')
  expect(news).toContain('shop/db → internet and every other address: db.yaml:1 Deployment/shop/db is new')
  const gone = changes(two, one)
  expect(gone).toContain('shop/api → internet and every other address: api.yaml:1 Deployment/shop/api is gone')
})

it('tells of namespaces with a label once, and not of each that may have it', () => {
  const from = (peer: string) => ({
    'app.yaml': documents(apps, denyAll(), policy('dns', '  podSelector: {}\n', 'dns')),
    'in.yaml': rule('ingress', 'api', peer),
  })
  expect(
    changes(from('{podSelector: {matchLabels: {app: no}}}'), from('{namespaceSelector: {matchLabels: {team: a}}}')),
  ).toEqual(['any pod in namespaces labelled team=a → shop/api: in.yaml:10 NetworkPolicy/shop/api ingress rule 1'])
})
