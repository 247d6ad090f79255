import { findHiddenCharacters, nameCharacter } from '../base/hidden-text.ts'
import type { Origin } from '../base/origin.ts'
import type { StateView } from '../compare/state-view.ts'
import type { Rejection } from '../model/kubernetes/fields.ts'
import type { Resource } from '../parse/resource.ts'
import { defineRule } from './rule.ts'

export const policyRejected = defineRule({
  id: 'policy-rejected',
  meta: {
    title: 'API server refuses this object',
    severity: 'medium',
    concepts: ['manifest'],
    layer: 'network-policy',
    why: 'It is not applied: the cluster keeps what it had, or has nothing, and the protection that the manifest describes is not there.',
    fix: 'Correct the field.',
    sources: ['https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/'],
  },

  /** Yields a hit for each NetworkPolicy and Service with a field that the API server or AKS's controller does not take. */
  *check(view) {
    for (const { resource, rejections } of refused(view)) {
      const [first] = rejections
      if (first === undefined) continue
      const more = rejections.length > 1 ? ` (and ${rejections.length - 1} more)` : ''
      yield {
        resource: resource.address,
        at: first.origin,
        subject: view.identity(resource.address),
        extent: rejections.length,
        message: `${resource.address} is refused: ${first.message}${hiddenIn(first.origin)}${more}. It is not applied, so the cluster keeps what it had before or has nothing, and what is allowed then is not known. Correct the field.`,
      }
    }
  },
})

/** What cannot be seen in the text that is refused, which then looks right. */
function hiddenIn({ source, start, end }: Origin): string {
  const [character] = findHiddenCharacters(source.text.slice(start, end))
  return character === undefined
    ? ''
    : `, because it holds a character that cannot be seen (${nameCharacter(character.codePoint)})`
}

function* refused({ network: { kubernetes } }: StateView): Iterable<{
  readonly resource: Resource
  readonly rejections: readonly Rejection[]
}> {
  yield* kubernetes.policies
  for (const { resource, rejections, loadBalancer } of kubernetes.services) {
    const refusal = loadBalancer?.refused
    if (refusal === undefined) yield { resource, rejections }
    else {
      const origin = loadBalancer?.sourcesOrigin ?? resource.origin
      yield { resource, rejections: [...rejections, { message: refusal, origin }] }
    }
  }
}
