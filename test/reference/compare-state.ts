import { toAzureNetwork } from '../../src/model/azure/azure-network.ts'
import { buildKubernetesNetwork } from '../../src/model/kubernetes/build-network.ts'
import { parseTree } from '../../src/parse/units.ts'
import { type AzureExplainer, toExplainer } from '../../src/reach/azure/explain-azure.ts'
import type { Outcome } from '../../src/reach/azure/outcome.ts'
import { treeOf } from '../parse/tree-of.ts'
import { judge } from './azure-walk.ts'
import type { Question, State } from './state.ts'
import type { Judgement } from './worlds.ts'

/** Questions that the engine and the reference answer differently. */
export interface Disagreement {
  readonly question: Question
  readonly reference: Judgement
  readonly engine: Outcome
  /**
   * `wrong`: both are certain of different things, or the engine is certain where the files do not decide. `vague`: the engine
   * does not know what the files decide. `layer`: another layer is named.
   */
  readonly kind: 'wrong' | 'vague' | 'layer'
}

export interface Comparison {
  readonly disagreements: readonly Disagreement[]
  readonly compared: number
  /** Questions with more worlds than the reference walks. */
  readonly skipped: number
}

/** Asks both about a state; `files` are its source text. */
export function compareState(
  state: State,
  files: Readonly<Record<string, string>>,
  questions: readonly Question[],
): Comparison {
  const engine = engineOf(files)
  const disagreements: Disagreement[] = []
  let skipped = 0
  for (const question of questions) {
    const reference = judge(state, question)
    if (reference === undefined) {
      skipped++
      continue
    }
    const outcome = engine.explain(question)
    const kind = compare(reference, outcome)
    if (kind !== undefined) disagreements.push({ question, reference, engine: outcome, kind })
  }
  return { disagreements, compared: questions.length - skipped, skipped }
}

/** The whole way of the product: text, resources, model, walk. */
export function engineOf(files: Readonly<Record<string, string>>): AzureExplainer {
  const { units } = parseTree(treeOf(files))
  const resources = units.flatMap((unit) => unit.resources)
  return toExplainer({ azure: toAzureNetwork(resources), kubernetes: buildKubernetesNetwork(resources).network })
}

/** The layer is right when it denies in some world, or when the engine saw before it that such a layer may deny. */
function compare(reference: Judgement, { answer, layer, steps }: Outcome): Disagreement['kind'] | undefined {
  const told = answer === 'unknown' ? 'unknown' : answer === 'allowed'
  if (told !== reference.allowed) return told === 'unknown' ? 'vague' : 'wrong'
  const before = steps.filter((step) => step.answer !== 'allowed').map((step) => step.layer)
  // The reference has one word for all policies of a cluster.
  const words = [...before, layer].map((one) => (one === 'admin-policy' ? 'network-policy' : one))
  const isNamed = words.some((one) => one !== undefined && reference.layers.has(one))
  return told === false && !isNamed ? 'layer' : undefined
}
