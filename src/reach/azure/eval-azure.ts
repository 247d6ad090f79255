import { type AzureQuery, toExplainer } from './explain-azure.ts'
import type { Outcome, PathLayer } from './outcome.ts'
import type { AzureState } from './state.ts'

/** What `eval` prints for one question. */
export interface AzureAnswer {
  readonly allowed: boolean | 'unknown'
  /** The layer that denies, or that is not known. */
  readonly layer?: PathLayer
}

/** Answers many questions about one state, in their order. */
export function evalAzure(state: AzureState, queries: readonly AzureQuery[]): readonly AzureAnswer[] {
  const explainer = toExplainer(state)
  return queries.map((query) => toAnswer(explainer.explain(query)))
}

/** Every layer's verdict on one question. */
export function explainAzure(state: AzureState, query: AzureQuery): Outcome {
  return toExplainer(state).explain(query)
}

function toAnswer({ answer, layer }: Outcome): AzureAnswer {
  const allowed = answer === 'unknown' ? 'unknown' : answer === 'allowed'
  return layer === undefined || allowed === true ? { allowed } : { allowed, layer }
}
