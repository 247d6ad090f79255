import { addressSets } from '../../algebra/addresses.ts'
import { type ConnectionSet, connectionSets } from '../../algebra/connections.ts'
import { nameSets } from '../../algebra/names.ts'
import { type EffectiveEgress, effectiveEgress } from '../../compare/effective-egress.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { PUBLIC_ADDRESSES } from '../../reach/address-ranges.ts'
import { EVERY_REGION, type PlaceRegion, placeRegions } from '../../reach/azure/flows.ts'
import type { Places } from '../../reach/azure/places.ts'

/** What the pods of a linked cluster may send out, all workloads of the tree together. */
export interface PodEgress {
  /** What the policies of any of them perhaps let out. */
  readonly policies: PlaceRegion
  /** What Azure perhaps lets out of any pool that runs them. */
  readonly azure: PlaceRegion
  /** Each kind of pod with its workloads: those that share policies and pools are one. */
  readonly kinds: readonly { readonly workloads: readonly Workload[]; readonly egress: EffectiveEgress }[]
}

const made = new WeakMap<StateView, PodEgress>()

/** Undefined where no cluster is linked or the tree holds no workload that policies can select. */
export function podEgress(view: StateView): PodEgress | undefined {
  const { link, reach } = view
  if (link?.kind !== 'linked') return undefined
  const known = made.get(view)
  if (known !== undefined) return known
  const kinds = new Map<string, { workloads: Workload[]; egress: EffectiveEgress }>()
  let isOnHost = false
  for (const workload of view.network.kubernetes.workloads) {
    const subject = reach.universe.classOf.get(workload.id)
    if (workload.hostNetwork !== 'no') isOnHost = true
    if (subject === undefined || workload.hostNetwork === 'yes') continue
    const egress = effectiveEgress(view, link, subject, workload)
    const same = kinds.get(egress.key)
    if (same === undefined) kinds.set(egress.key, { workloads: [workload], egress })
    else same.workloads.push(workload)
  }
  if (kinds.size === 0) return undefined
  const all = [...kinds.values()]
  const result: PodEgress = {
    // No policy holds a pod of the host network.
    policies: isOnHost
      ? EVERY_REGION
      : all.map(({ egress }) => egress.policies.possible).reduce(placeRegions.union, placeRegions.empty),
    azure: all.map(({ egress }) => egress.azure.possible).reduce(placeRegions.union, placeRegions.empty),
    kinds: all,
  }
  made.set(view, result)
  return result
}

/**
 * The connections on which a region of policies may lead to places that a firewall names: policies know addresses alone, so a name or a
 * tag may stand for any public address that they allow.
 */
export function meetingConnections(region: PlaceRegion, { addresses, hosts, services }: Places): ConnectionSet {
  const isNamed = !nameSets.isEmpty(hosts) || services.services.length > 0 || services.others.except
  return region
    .filter(({ peers }) => {
      if (!addressSets.isEmpty(addressSets.intersect(peers.addresses, addresses))) return true
      return isNamed && !addressSets.isEmpty(addressSets.intersect(peers.addresses, PUBLIC_ADDRESSES))
    })
    .map(({ connections }) => connections)
    .reduce(connectionSets.union, connectionSets.empty)
}
