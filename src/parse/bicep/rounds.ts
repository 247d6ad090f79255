import type { UnknownValue } from '../../base/value.ts'
import { evaluate } from '../template/evaluate.ts'
import { loopScope, originOf, type Scope } from '../template/scope.ts'
import { derive, failure, unknown } from '../template/values.ts'
import type { LoopHead } from './syntax.ts'

/** Most rounds of a loop of resources. Source: learn.microsoft.com/azure/azure-resource-manager/bicep/loops#loop-limits */
const MAX_ROUNDS = 800

/** One round of a loop of resources or modules, or the only one where there is no loop. */
export interface Round {
  readonly scope: Scope
  /** Behind the symbol in the address: empty without a loop, `[0]`, or `[*]` for all rounds of an unknown list. */
  readonly key: string
  /** Set where the round stands for all of an unknown list. */
  readonly maybe: UnknownValue | undefined
}

/** The rounds of a loop; one that stands for all where the list is not known. */
export function roundsOf(loop: LoopHead | undefined, scope: Scope): readonly Round[] {
  if (loop === undefined) return [{ scope, key: '', maybe: undefined }]
  const values = evaluate(loop.list, scope)
  if (values.kind === 'list' && values.items.length <= MAX_ROUNDS) {
    return values.items.map((item, i) => ({ scope: loopScope(loop, item, i, scope), key: `[${i}]`, maybe: undefined }))
  }
  const origin = originOf(scope, loop)
  if (values.kind === 'list') {
    const message = `Azure makes no loop of more than ${MAX_ROUNDS} resources`
    scope.run.report({ code: 'rejected', message, at: origin })
  }
  const open =
    values.kind === 'list'
      ? unknown('limit-exceeded', `a loop of more than ${MAX_ROUNDS} resources`, origin)
      : values.kind === 'unknown' || values.kind === 'choice'
        ? derive(values, origin)
        : failure('a loop needs an array', origin)
  return [{ scope: loopScope(loop, open, open, scope), key: '[*]', maybe: open }]
}
