import type { Labels } from './cluster-state.ts'

/** What a tree holds that the reference does not walk; the text is the kind of thing, such as `CiliumNetworkPolicy`. */
export class NotModelled extends Error {}

/** biome-ignore lint/suspicious/noExplicitAny: what YAML holds is asked field by field, as the API would. */
export type Yaml = any

/** The labels that a selector asks for. Throws {@link NotModelled} for expressions. */
export function toSelector(selector: Yaml): Labels {
  if ((selector?.matchExpressions ?? []).length > 0) throw new NotModelled('matchExpressions')
  return selector?.matchLabels ?? {}
}
