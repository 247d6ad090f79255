import { ALL_V4, addressSets } from '../algebra/addresses.ts'
import { unreachable } from '../base/problem.ts'
import type { KubernetesNetwork } from '../model/kubernetes/kubernetes-network.ts'
import { DIRECTIONS, type Direction, type NetworkPolicy, type PolicyRule } from '../model/kubernetes/network-policy.ts'
import type { ClusterFacts, Engine } from './engine.ts'

/**
 * What was assumed of the engine that enforces NetworkPolicies, and what the engines of AKS would do differently with what the tree
 * holds: sentences for the coverage of a report. None where there are no policies.
 *
 * Sources: learn.microsoft.com/azure/aks/use-network-policies and azure-cni-powered-by-cilium,
 * docs.cilium.io/en/stable/security/policy/kubernetes, github.com/cilium/cilium/issues/30003
 */
export function engineNotes(network: KubernetesNetwork, { engine }: ClusterFacts): readonly string[] {
  return [...policyNotes(network, engine), ...adminNotes(network, engine)]
}

/** Source: network-policy-api.sigs.k8s.io/implementations; of the engines of AKS only Calico's upstream has them. */
function adminNotes({ adminPolicies }: KubernetesNetwork, engine: Engine): readonly string[] {
  if (adminPolicies.length === 0) return []
  const names = 'AdminNetworkPolicy, BaselineAdminNetworkPolicy and ClusterNetworkPolicy'
  if (engine === 'none' || engine === 'azure' || engine === 'cilium') {
    return [`${names} are not implemented by this cluster's engine and have no effect.`]
  }
  return [
    `${names} are analysed as in force, which only some engines do; networks in their rules are taken to mean addresses outside the cluster.`,
  ]
}

function policyNotes(network: KubernetesNetwork, engine: Engine): readonly string[] {
  if (network.policies.length === 0) return []
  switch (engine) {
    case 'none':
      return ['The cluster has no network policy engine: NetworkPolicies are accepted and have no effect.']
    case 'azure':
    case 'cilium':
    case 'calico':
      return []
    case 'unknown': {
      const differences = DIFFERENCES.filter(({ concerns }) => concerns(network)).map(({ note }) => note)
      return [ASSUMPTION, ...differences]
    }
  }
  return unreachable(engine)
}

const ASSUMPTION =
  'The network policy engine of the cluster is not known: NetworkPolicies are analysed as their API describes them. Without an engine they have no effect.'

interface Difference {
  concerns(network: KubernetesNetwork): boolean
  readonly note: string
}

const DIFFERENCES: readonly Difference[] = [
  {
    concerns: ({ policies }) => policies.some((policy) => rulesInForce(policy).some(hasBlock)),
    note: 'ipBlock is taken to mean addresses outside the cluster: Azure NPM and Calico also match pods and nodes that have an address in the block, Cilium matches neither.',
  },
  {
    concerns: ({ policies }) =>
      policies.some((policy) =>
        DIRECTIONS.some((each) => policy.isolates[each] === 'no' && policy.rules[each].length > 0),
      ),
    note: 'Rules of a direction that policyTypes leaves out are ignored: Cilium applies them and isolates that direction.',
  },
  {
    concerns: ({ policies }) => policies.some((policy) => rulesInForce(policy).some(hasRange)),
    note: 'endPort is honoured: Cilium before 1.17 (AKS with Kubernetes 1.31) ignores it.',
  },
  {
    concerns: namesAmbiguousPort,
    note: 'A port name in an egress rule means in each pod what that pod says: Cilium before 1.20 skips the whole rule where pods give the name different numbers.',
  },
  {
    concerns: ({ policies, services }) =>
      policies.some(({ isolates }) => isolates.ingress !== 'no') &&
      services.some(
        ({ type, keepsClientAddress }) => (type === 'LoadBalancer' || type === 'NodePort') && !keepsClientAddress,
      ),
    note: 'Traffic through a LoadBalancer or NodePort Service with externalTrafficPolicy Cluster is held to ingress policies: Azure NPM lets it pass.',
  },
  {
    concerns: ({ policies }) => policies.some((policy) => rulesInForce(policy).some(hasV6)),
    note: 'IPv6 blocks are honoured: Azure NPM does not support IPv6.',
  },
]

function rulesInForce(policy: NetworkPolicy): readonly PolicyRule[] {
  return DIRECTIONS.flatMap((direction: Direction) =>
    policy.isolates[direction] === 'no' ? [] : policy.rules[direction],
  )
}

function hasBlock({ peers }: PolicyRule): boolean {
  return (peers ?? []).some(({ kind }) => kind === 'block')
}

function hasV6({ peers }: PolicyRule): boolean {
  return (peers ?? []).some((peer) => peer.kind === 'block' && !addressSets.covers(ALL_V4, peer.addresses))
}

function hasRange({ ports }: PolicyRule): boolean {
  return (ports ?? []).some((port) => port.kind === 'range' && port.first < port.last && port.last - port.first < 65534)
}

/** True where an egress rule names a port that has different numbers in different pods. */
function namesAmbiguousPort({ policies, workloads }: KubernetesNetwork): boolean {
  const used = new Set<string>()
  for (const policy of policies) {
    if (policy.isolates.egress === 'no') continue
    for (const port of policy.rules.egress.flatMap((rule) => rule.ports ?? [])) {
      if (port.kind === 'named') used.add(`${port.protocol} ${port.name}`)
    }
  }
  if (used.size === 0) return false
  const numbers = new Map<string, number | undefined>()
  return workloads.some(({ ports }) =>
    ports.some(({ name, protocol, port }) => {
      const key = `${protocol} ${name}`
      if (!used.has(key)) return false
      if (numbers.has(key)) return numbers.get(key) !== port
      numbers.set(key, port)
      return false
    }),
  )
}
