import { editableOrigin, type Origin } from '../../base/origin.ts'
import type { Severity } from '../../base/severity.ts'
import type { StateView } from '../../compare/state-view.ts'
import { type AzureObject, labelOf } from '../../model/azure/azure-object.ts'
import { originOf } from '../../model/azure/azure-objects.ts'
import { takeBack } from '../closing/take-back.ts'
import { subjectOf } from '../facts/azure-subject.ts'
import type { Hit, ProposedPatch } from '../rule.ts'
import { nameInProse } from './kind-words.ts'

/** What a rule says of one Azure resource. */
export interface AzureHitParts extends Omit<Hit, 'resource' | 'at' | 'subject' | 'message' | 'fix'> {
  readonly object: AzureObject
  /** Where a person must look; the resource itself where absent. */
  readonly at?: Origin | undefined
  /** Tells hits about one resource apart: the range, the port. */
  readonly detail?: string
  /** What is wrong, why and what to do; the resource's label is put before it. */
  readonly say: string
  readonly fix?: (() => ProposedPatch | undefined) | undefined
}

/** A hit whose subject is the resource itself, under whatever address and in whatever language it is written. */
export function azureHit(view: StateView, { object, at, detail, say, fix, ...rest }: AzureHitParts): AzureHit {
  const place = editableOrigin(at ?? originOf(object))
  const { maybe, address } = object.resource
  const label = labelOf(object)
  const home = object.resource.origin
  const subject = subjectOf(view, object)
  return {
    ...rest,
    resource: address,
    at: place,
    subject: detail === undefined ? subject : `${subject} ${detail}`,
    across: `${address} ${detail ?? ''} ${place.start}`,
    cause: `${place.source.path} ${place.start} ${home.source.path} ${home.start} ${detail ?? ''}`,
    label,
    message: `${nameInProse(object)}${maybe === undefined ? '' : ', where it is created,'} ${say}`,
    ...(maybe === undefined || rest.severity === undefined ? {} : { severity: LOWER[rest.severity] }),
    ...(fix && { fix }),
    // What the change did there taken back is always a way to close what it opened.
    otherwise: () => [...(rest.otherwise?.() ?? []), ...takeBack(view, at ?? originOf(object))],
  }
}

/** Where a property is written; undefined for one that is not there. */
export function writtenOrigin(property: { readonly origin: Origin; readonly isDefault?: true }): Origin | undefined {
  return property.isDefault === true ? undefined : property.origin
}

export interface AzureHit extends Hit {
  readonly label: string
}

/** What may not be there at all is less urgent. */
const LOWER: Record<Severity, Severity> = { critical: 'high', high: 'medium', medium: 'low', low: 'note', note: 'note' }

/** One hit for all resources that the same lines make: instances of one block, or one module called several times. */
export function mergeAzure(hits: readonly Hit[]): Hit {
  const [first, ...others] = hits as readonly AzureHit[]
  const labels = [...new Set(others.map(({ label }) => label))].filter((label) => label !== first!.label)
  if (labels.length === 0) return first!
  const shown = labels.length > 3 ? `${labels.slice(0, 3).join(', ')} and ${labels.length - 3} more` : labels.join(', ')
  return { ...first!, message: `${first!.message} The same lines make it so for ${shown}.` }
}
