import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { listCases } from '../../scripts/case-review.ts'
import { analysePair } from '../../src/analyse.ts'
import type { StateView } from '../../src/compare/state-view.ts'
import { EMPTY_CONFIG } from '../../src/config/config.ts'
import { ParseCache } from '../../src/parse/front-end.ts'
import { parseTree } from '../../src/parse/units.ts'
import { assess } from '../../src/rules/assess.ts'
import { RULES } from '../../src/rules/index.ts'
import { checkState, ruleSettings, severityBy } from '../../src/run-rules.ts'
import { BlobStore } from '../../src/source/blob-store.ts'
import { openTree } from '../../src/source/open-tree.ts'
import type { Tree } from '../../src/source/tree.ts'
import { denyAll, deployment, documents, policy } from '../manifests.ts'
import { memoryTree } from '../source/memory-tree.ts'

const SETTINGS = ruleSettings(EMPTY_CONFIG, '2026-11-01')

/** What the rules find in both sides, each side asked by itself or against the other. */
function findingsOf(base: Tree, head: Tree, isAgainst: boolean) {
  const cache = new ParseCache()
  const pairs = analysePair(parseTree(base, { cache }), parseTree(head, { cache }), EMPTY_CONFIG)
  const run = (side: StateView, other: StateView) =>
    checkState(RULES, side, SETTINGS, isAgainst ? other : undefined).hits
  const findings = assess(
    pairs.flatMap((pair) => run(pair.base, pair.head)),
    pairs.flatMap((pair) => run(pair.head, pair.base)),
    severityBy(EMPTY_CONFIG),
    pairs.map(({ name }) => name),
  )
  return findings.map(({ finding: { rule, status, resource, message } }) => ({ rule, status, resource, message }))
}

describe('one side asked against the other', () => {
  const store = new BlobStore()
  const cases = listCases().map(({ name, folder }): [string, Tree, Tree] => [
    name,
    openTree(join(folder, 'before'), { store }),
    openTree(join(folder, 'after'), { store }),
  ])
  const rules = '  podSelector: {matchLabels: {app: web}}\n  ingress:\n    - from: [{podSelector: {}}]\n'
  const twice = `${rules}    - from: [{podSelector: {matchLabels: {app: db}}}]\n`
  const shop = documents(denyAll(), deployment('web'), deployment('db'), deployment('cache'))
  const changes: [string, Tree, Tree][] = [
    ['a policy', policy('web', rules), policy('web', `${rules}      ports: [{port: 80}]\n`)],
    ['a rule that becomes idle', policy('web', rules), policy('web', twice)],
    [
      'a rule that others stop covering',
      policy('web', twice),
      policy('web', twice.replace('{podSelector: {}}', '{podSelector: {matchLabels: {app: cache}}}')),
    ],
    ['a policy that goes', policy('web', rules), policy('other', rules.replace('app: web', 'app: cache'))],
  ].map(([name, before, after]) => [
    name!,
    memoryTree({ 'shop.yaml': shop, 'web.yaml': before! }),
    memoryTree({ 'shop.yaml': shop, 'web.yaml': after! }),
  ])

  it.each([...cases, ...changes])('finds what is new, worse, better or gone: %s', (_, base, head) => {
    const [whole, against] = [findingsOf(base, head, false), findingsOf(base, head, true)]
    const told = ({ status }: (typeof whole)[number]): boolean => status !== 'existing'
    expect(against.filter(told)).toEqual(whole.filter(told))
  })

  it('leaves out what the change does not touch', () => {
    for (const [, base, head] of changes) {
      const [whole, against] = [findingsOf(base, head, false), findingsOf(base, head, true)]
      const isForged = ({ rule }: (typeof whole)[number]): boolean => rule === 'net-raw'
      expect(whole.filter(isForged)).toHaveLength(3)
      expect(against.filter(isForged)).toEqual([])
    }
  })
})
