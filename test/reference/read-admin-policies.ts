import type { AdminPods, AdminPolicy, AdminPolicyRule } from './cluster-state.ts'
import { NotModelled, toSelector, type Yaml } from './yaml-selector.ts'

/** The policies of the admin and the baseline tier among the objects of a tree. Throws {@link NotModelled}. */
export function readAdminPolicies(objects: readonly Yaml[]): readonly AdminPolicy[] {
  const policies = objects
    .filter(({ kind }: Yaml) => kind === 'AdminNetworkPolicy' || kind === 'BaselineAdminNetworkPolicy')
    .map(toAdminPolicy)
  const priorities = policies.map(({ tier, priority }) => `${tier} ${priority}`)
  // Which of two comes first is not defined.
  if (new Set(priorities).size < priorities.length) throw new NotModelled('admin policies of one priority')
  return policies
}

function toAdminPolicy({ kind, spec }: Yaml): AdminPolicy {
  return {
    tier: kind === 'AdminNetworkPolicy' ? 'Admin' : 'Baseline',
    priority: spec.priority ?? 0,
    subject: toPods(spec.subject, kind),
    ingress: (spec.ingress ?? []).map((rule: Yaml) => toRule(rule, rule.from, kind)),
    egress: (spec.egress ?? []).map((rule: Yaml) => toRule(rule, rule.to, kind)),
  }
}

function toRule({ action, ports }: Yaml, peers: Yaml, kind: string): AdminPolicyRule {
  return {
    action,
    peers: (peers ?? []).map((peer: Yaml) => toPods(peer, kind)),
    ports: (ports ?? []).map((port: Yaml) => {
      const { portNumber, portRange } = port
      if (portNumber !== undefined)
        return { protocol: portNumber.protocol ?? 'TCP', first: portNumber.port, last: portNumber.port }
      if (portRange !== undefined)
        return { protocol: portRange.protocol ?? 'TCP', first: portRange.start, last: portRange.end }
      throw new NotModelled('a port by its name')
    }),
  }
}

function toPods(peer: Yaml, kind: string): AdminPods {
  if (peer?.namespaces !== undefined) return { namespaces: toSelector(peer.namespaces) }
  if (peer?.pods === undefined) throw new NotModelled(`${kind} of others than pods`)
  const { namespaceSelector, podSelector } = peer.pods
  return { namespaces: toSelector(namespaceSelector), pods: toSelector(podSelector) }
}
