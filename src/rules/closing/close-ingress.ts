import type { Origin } from '../../base/origin.ts'
import { dig, get, itemsOf, type ListValue, type Value } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Resource } from '../../parse/resource.ts'
import { removeItem } from '../edit/collection-edit.ts'
import { inPlace } from '../edit/one-patch.ts'
import type { ProposedPatch } from '../rule.ts'

/**
 * Takes the path that leads to a back end out of an Ingress that was there before, or its rule where it is the only path. Empty where the
 * Ingress is new or would lead nowhere: whether it is meant is for a person to say.
 */
export function closePath(view: StateView, ingress: Resource, backend: Origin): readonly ProposedPatch[] {
  const address = view.identity(ingress.address)
  if (view.before?.resources.every((one) => one.address !== address) !== false) return []
  const rules = dig(ingress.value, 'spec', 'rules')
  if (rules?.kind !== 'list') return []
  const [rule, ruleIndex] = itemAround(rules, backend)
  const paths = get(get(rule, 'http'), 'paths')
  if (rule === undefined || paths?.kind !== 'list') return []
  const [, pathIndex] = itemAround(paths, backend)
  const edits =
    itemsOf(paths).length > 1
      ? removeItem(paths, pathIndex)
      : rules.items.length > 1
        ? removeItem(rules, ruleIndex)
        : undefined
  const patch = inPlace(edits, `Takes the path out of ${ingress.address} again.`)
  return patch === undefined ? [] : [{ ...patch, layer: 'ingress' }]
}

function itemAround({ items }: ListValue, { source, start, end }: Origin): readonly [Value | undefined, number] {
  const index = items.findIndex(({ origin }) => origin.source === source && origin.start <= start && origin.end >= end)
  return [items[index], index]
}
