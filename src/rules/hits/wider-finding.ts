import type { StateView } from '../../compare/state-view.ts'
import type { Direction } from '../../model/kubernetes/network-policy.ts'
import type { Grant } from '../facts/grant.ts'
import { isOpen, type JudgedEndpoint } from '../facts/judged-endpoints.ts'
import type { Hit } from '../rule.ts'

/** Whatever is open to an endpoint that no policy isolates follows from that, and one finding says so. */
export function withinIsolation(
  { reach }: StateView,
  { subject, id }: JudgedEndpoint,
  direction: Direction,
): Pick<Hit, 'within'> {
  if (!isOpen(reach, subject, direction)) return {}
  const rule =
    direction === 'ingress' || isOpen(reach, subject, 'ingress') ? 'namespace-no-default-deny' : 'egress-not-isolated'
  return { within: { rule, subject: id } }
}

/** What a policy that the API server refuses may allow is told with the refusal. */
export function withinRejected({ identity }: StateView, grant: Grant | undefined): Pick<Hit, 'within'> {
  if (grant === undefined || grant.policy.rejections.length === 0) return {}
  return { within: { rule: 'policy-rejected', subject: identity(grant.policy.resource.address) } }
}
