import { addressSets } from '../../algebra/addresses.ts'
import type { Demand, Goal } from './leg.ts'
import { NOTHING_IN_THE_WAY, type Outcome } from './outcome.ts'
import type { Places } from './places.ts'
import type { PodPolicies, PolicyEnd } from './pod-policies.ts'
import type { Site } from './state.ts'
import type { PolicyJudge } from './visit.ts'

/** What every question about one state is asked with. */
export interface Context {
  readonly site: Site
  readonly policies: PodPolicies | undefined
}

/** What the in-cluster layers say; nothing where none are enforced, and nothing of ICMP, which they do not see. */
export function judgePolicy(
  { policies }: Context,
  from: PolicyEnd,
  to: PolicyEnd,
  { protocol, port }: Demand,
): Outcome {
  if (policies === undefined || protocol === 'ICMP') return NOTHING_IN_THE_WAY
  return policies.judge(from, to, protocol, port)
}

/** Public places as policies see them. */
export function publicEnd(where: Places): PolicyEnd {
  return addressSets.isEmpty(where.addresses)
    ? { kind: 'public-host' }
    : { kind: 'addresses', addresses: where.addresses }
}

/** A public host that says nothing of its callers. */
export function publicGoal(where: Places): Goal {
  return { kind: 'public', places: where, accept: () => NOTHING_IN_THE_WAY }
}

/** The policies for a packet to a workload. */
export function judgeOf(context: Context): PolicyJudge {
  return (from, to, demand) => judgePolicy(context, from, { kind: 'workload', workload: to }, demand)
}
