import type { MapValue } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'
import { toAmendment } from '../../model/azure/translate.ts'
import type { Resource } from '../../parse/resource.ts'
import { azureOf } from './azure-view.ts'
import { resourcesOfKind } from './of-kind.ts'

/** Settings of a resource that is not in the tree, which azurerm writes as a resource of their own: in ARM's words. */
export interface UnplacedSettings {
  readonly resource: Resource
  readonly body: MapValue
}

/** The settings of one azurerm kind whose target the tree does not hold; those of others are merged into the object that they are of. */
export function* unplacedSettings(view: StateView, kind: string): Iterable<UnplacedSettings> {
  const { objects } = azureOf(view)
  for (const resource of resourcesOfKind(view, kind)) {
    const amendment = toAmendment(resource)
    if (amendment === undefined || objects.resolve(amendment.target, resource, amendment.type) !== undefined) continue
    yield { resource, body: amendment.body }
  }
}
