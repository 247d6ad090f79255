import type { Region } from '../../algebra/regions.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Direction } from '../../model/kubernetes/network-policy.ts'
import type { PeerSet } from '../../reach/peers.ts'
import type { Widening } from './widening.ts'

/** What policies of the administrator, admin and baseline ones, certainly deny a class in one direction. */
export function adminDenials({ reach }: StateView, subject: number, direction: Direction): Region<PeerSet> {
  const { regions } = reach.universe
  const { admin, baseline } = reach.adminPolicies
  return [admin, baseline].reduce<Region<PeerSet>>((sum, layer) => {
    const denied = layer.decide(layer.groupOf(subject, direction), direction)?.deny
    return denied === undefined || denied === 'rest' ? sum : regions.union(sum, denied.certain)
  }, [])
}

/** The part of what a change opened for certain that such policies kept closed before; empty where there is none. */
export function formerlyDenied(base: StateView, { endpoint, direction, gained, certain }: Widening): Region<PeerSet> {
  if (!certain || base.network.kubernetes.adminPolicies.length === 0) return []
  return base.reach.universe.regions.intersect(gained, adminDenials(base, endpoint.subject, direction))
}
