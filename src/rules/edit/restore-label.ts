import { get } from '../../base/value.ts'
import type { EndChange } from '../../compare/end-change.ts'
import { scalarText } from '../../model/kubernetes/fields.ts'
import type { ProposedPatch } from '../rule.ts'
import { quoted, removeEntry, replaceScalar } from './collection-edit.ts'
import { inPlace } from './one-patch.ts'

/** The label as it was before the change: its old value, or none. Undefined where it is no label that changed. */
export function restoreLabel({ resource, labels }: EndChange): ProposedPatch | undefined {
  if (labels === undefined) return undefined
  const { was, is, key } = labels
  const before = scalarText(get(was, key))
  if (before === undefined)
    return inPlace(removeEntry({ map: is, key }), `Takes the label ${key} off ${resource.address}.`)
  const value = get(is, key)
  return inPlace(value && replaceScalar(value, quoted(before)), `Restores the label ${key} of ${resource.address}.`)
}
