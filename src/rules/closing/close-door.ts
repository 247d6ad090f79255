import type { StateView } from '../../compare/state-view.ts'
import type { Door } from '../../reach/door.ts'
import type { ProposedPatch } from '../rule.ts'
import { closePath } from './close-ingress.ts'
import { closeService } from './close-service.ts'

/** Edits that keep the internet from a way in, where its kind has one: an Ingress, a load balancer, and the network before that. */
export function closeDoor(view: StateView, door: Door, trustedRanges: readonly string[]): readonly ProposedPatch[] {
  if (door.kind === 'ingress') return closePath(view, door.resource, door.origin)
  const service = view.network.kubernetes.services.find(({ resource }) => resource === door.resource)
  return service?.loadBalancer === undefined ? [] : closeService(view, service, door, trustedRanges)
}
