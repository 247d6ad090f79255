import { samplePort } from '../../algebra/connections.ts'
import { explainerOf } from '../../compare/egress-cause.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Service } from '../../model/kubernetes/service.ts'
import type { Door } from '../../reach/door.ts'
import { annotate, INTERNAL, makeInternal } from '../edit/load-balancer.ts'
import { inPlace } from '../edit/one-patch.ts'
import type { ProposedPatch } from '../rule.ts'
import { closeGroups, closeWay } from './close-way.ts'

/**
 * Edits that keep the internet from a public load balancer: at the Service, the annotation for an internal one and the trusted ranges; in
 * the network around the cluster, what the change opened there, and the rules of security groups that let the internet in.
 */
export function closeService(
  view: StateView,
  service: Service,
  door: Door | undefined,
  trustedRanges: readonly string[],
): readonly ProposedPatch[] {
  const internal = inPlace(
    annotate(service, INTERNAL, 'true'),
    `Gives ${service.resource.address} an address of the virtual network instead of a public one.`,
  )
  const atService = [makeInternal(service, trustedRanges), internal].flatMap((patch): readonly ProposedPatch[] =>
    patch === undefined ? [] : [{ ...patch, layer: 'service' }],
  )
  return [...atService, ...(door === undefined ? [] : closeAround(view, door, trustedRanges))]
}

/** Edits in the network around the cluster that keep the internet from what is behind a way in. */
export function closeAround(view: StateView, door: Door, trustedRanges: readonly string[]): readonly ProposedPatch[] {
  const { link, before, reach } = view
  const target = samplePort(door.internet.possible)
  if (link?.kind !== 'linked' || target === undefined) return []
  const member = reach.universe.classes[door.subject]!.members[0]!
  const query = { from: 'internet', to: member.id, ...target, via: door.resource }
  const outcome = explainerOf({ view, link }).explain(query)
  const was =
    before?.link?.kind === 'linked' ? explainerOf({ view: before, link: before.link }).explain(query) : undefined
  return [...closeWay(view, was, outcome), ...closeGroups(view, outcome, trustedRanges)]
}
