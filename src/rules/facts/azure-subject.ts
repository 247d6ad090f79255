import { type AzureIdentities, identitiesOf } from '../../compare/azure-identity.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { AzureObject } from '../../model/azure/azure-object.ts'
import { azureOf } from './azure-view.ts'

const known = new WeakMap<StateView, AzureIdentities>()

/** The name by which base and head know one Azure resource. */
export function subjectOf(view: StateView, object: AzureObject): string {
  return namesOf(view).of(object)
}

function namesOf(view: StateView): AzureIdentities {
  let identities = known.get(view)
  if (identities === undefined) {
    const before = view.before === undefined ? undefined : namesOf(view.before)
    identities = identitiesOf(azureOf(view).objects, view.identity, before)
    known.set(view, identities)
  }
  return identities
}
