import type { MapValue, UnknownValue } from '../../base/value.ts'
import { copyLocal, evaluateJson } from './json-value.ts'
import type { Scope } from './scope.ts'
import { derive, entryOf, failure, scalar, unknown } from './values.ts'

/** Most rounds of a loop of resources. Source: learn.microsoft.com/azure/azure-resource-manager/templates/copy-resources#syntax */
const MAX_ROUNDS = 800

/** One round of the `copy` of a resource, or the only one where it has none. */
export interface ArmRound {
  readonly scope: Scope
  /** Behind the symbol: empty without a loop, `[0]`, or `[*]` for all rounds of an unknown count. */
  readonly key: string
  /** Set where the round stands for all of an unknown count. */
  readonly maybe: UnknownValue | undefined
}

/** The rounds of a resource; one that stands for all where the count is not known. */
export function roundsOf(json: MapValue, scope: Scope): readonly ArmRound[] {
  const copy = entryOf(json, 'copy')?.value
  if (copy?.kind !== 'map') return [{ scope, key: '', maybe: undefined }]
  const name = entryOf(copy, 'name')?.value
  const label = name?.kind === 'scalar' ? String(name.value) : ''
  const countJson = entryOf(copy, 'count')?.value
  const count = countJson === undefined ? failure('the loop has no count', copy.origin) : evaluateJson(countJson, scope)
  if (count.kind === 'scalar' && typeof count.value === 'number' && count.value <= MAX_ROUNDS) {
    return Array.from({ length: Math.max(0, count.value) }, (_, i) => ({
      scope: copyLocal(scope, label, scalar(i, copy.origin), true),
      key: `[${i}]`,
      maybe: undefined,
    }))
  }
  if (count.kind === 'scalar') {
    const message = `Azure makes no loop of more than ${MAX_ROUNDS} resources`
    scope.run.report({ code: 'rejected', message, at: copy.origin })
  }
  const open = (
    count.kind === 'scalar'
      ? unknown('limit-exceeded', `a loop of more than ${MAX_ROUNDS} resources`, copy.origin)
      : derive(count, copy.origin)
  ) as UnknownValue
  return [{ scope: copyLocal(scope, label, open, true), key: '[*]', maybe: open }]
}
