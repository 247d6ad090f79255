import { expect, it } from 'vitest'
import { toAzureNetwork } from '../../src/model/azure/azure-network.ts'
import { buildKubernetesNetwork } from '../../src/model/kubernetes/build-network.ts'
import { parseTree } from '../../src/parse/units.ts'
import { explainAzure } from '../../src/reach/azure/eval-azure.ts'
import type { AzureState } from '../../src/reach/azure/state.ts'
import { treeOf } from '../parse/tree-of.ts'

/** `from -> to PROTOCOL port` and what must be answered: `allowed`, `denied`, `unknown`, with `by layer` where it matters. */
export type Row = readonly [question: string, answer: string]

/** The state of a small repository. */
export function stateOf(files: Readonly<Record<string, string>>): AzureState {
  const { units } = parseTree(treeOf(files))
  const isManifests = (kind: string) => kind === 'manifests'
  const manifests = units.filter(({ unit }) => isManifests(unit.kind)).flatMap(({ resources }) => resources)
  const infrastructure = units.filter(({ unit }) => !isManifests(unit.kind)).flatMap(({ resources }) => resources)
  const azure = toAzureNetwork(infrastructure)
  return manifests.length === 0 ? { azure } : { azure, kubernetes: buildKubernetesNetwork(manifests).network }
}

/** One test per row. */
export function asks(files: Readonly<Record<string, string>>, rows: readonly Row[]): void {
  const state = stateOf(files)
  it.each(rows)('%s: %s', (question, expected) => {
    const match = /^(\S+) -> (\S+) (TCP|UDP|SCTP|ICMP) (\d+)$/.exec(question)
    if (match === null) throw new Error(`cannot read the question ${question}`)
    const [, from, to, protocol, port] = match
    const outcome = explainAzure(state, { from: from!, to: to!, protocol: protocol as 'TCP', port: Number(port) })
    const layer = outcome.layer === undefined || outcome.answer === 'allowed' ? '' : ` by ${outcome.layer}`
    const told = expected.includes(' by ') ? `${outcome.answer}${layer}` : outcome.answer
    expect(told, outcome.steps.map(({ layer, answer, rule }) => `${layer} ${answer}: ${rule}`).join('\n')).toBe(
      expected,
    )
  })
}
