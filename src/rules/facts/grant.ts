import type { Region } from '../../algebra/regions.ts'
import { get, itemsOf, type ListValue, type MapValue } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Direction, NetworkPolicy, PolicyRule } from '../../model/kubernetes/network-policy.ts'
import type { PeerSet } from '../../reach/peers.ts'
import type { Reachability } from '../../reach/reachability.ts'

/** The rule of a policy because of which something is allowed. */
export interface Grant {
  readonly policy: NetworkPolicy
  readonly rule: PolicyRule
  readonly direction: Direction
}

/** The first rule whose own region `allows` what is asked for, those that say it for certain before the others. */
export function findGrant(
  reach: Reachability,
  subject: number,
  direction: Direction,
  allows: (region: Region<PeerSet>) => boolean,
): Grant | undefined {
  for (const side of ['certain', 'possible'] as const) {
    for (const { policy, selects } of reach.selecting(subject, direction)) {
      if (side === 'certain' && selects !== 'yes') continue
      for (const rule of policy.rules[direction]) {
        const region = reach.networkPolicies.ruleRegion(rule, policy, direction, subject)
        if (allows(region[side])) return { policy, rule, direction }
      }
    }
  }
  return undefined
}

/** `NetworkPolicy/shop/allow-out egress rule 1`. */
export function printGrant({ policy, rule, direction }: Grant): string {
  return `${policy.resource.address} ${direction} rule ${rule.index + 1}`
}

/** A name for the cause of a hit that base and head share: the policy and the direction. */
export function causeOf(view: StateView, { policy, direction }: Grant): string {
  return `${view.identity(policy.resource.address)} ${direction}`
}

/** The rule as it stands in the manifest; undefined where it is not written there as a map. */
export function ruleValue({ policy, rule, direction }: Grant): MapValue | undefined {
  const item = rulesList(policy, direction)?.items[rule.index]
  return item?.kind === 'map' ? item : undefined
}

export function rulesList(policy: NetworkPolicy, direction: Direction): ListValue | undefined {
  const list = get(get(policy.resource.value, 'spec'), direction)
  return list?.kind === 'list' ? list : undefined
}

/** The peers of a rule as they stand in the manifest. */
export function peersList(grant: Grant): ListValue | undefined {
  const list = get(ruleValue(grant), grant.direction === 'egress' ? 'to' : 'from')
  return list?.kind === 'list' ? list : undefined
}

/** True where the policy says by itself that it isolates the direction, so that it still does without any rule. */
export function namesDirection(policy: NetworkPolicy, direction: Direction): boolean {
  const wanted = direction === 'egress' ? 'Egress' : 'Ingress'
  return (
    direction === 'ingress' ||
    itemsOf(get(get(policy.resource.value, 'spec'), 'policyTypes')).some(
      (item) => item.kind === 'scalar' && item.value === wanted,
    )
  )
}
