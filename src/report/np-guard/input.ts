import { type Problem, problemPlace } from '../../base/problem.ts'
import type { AdminPolicy } from '../../model/kubernetes/admin-policy.ts'
import { buildKubernetesNetwork } from '../../model/kubernetes/build-network.ts'
import { objectName } from '../../model/kubernetes/fields.ts'
import type { KubernetesNetwork } from '../../model/kubernetes/kubernetes-network.ts'
import { DIRECTIONS, type NetworkPolicy, type PolicyRule } from '../../model/kubernetes/network-policy.ts'
import type { PodOwners } from '../../model/kubernetes/pod-owners.ts'
import type { Selector } from '../../model/kubernetes/selector.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { Resource } from '../../parse/resource.ts'
import { type Reachability, reachabilityOf } from '../../reach/reachability.ts'

/** The objects of one tree, read file by file whatever charts or kustomizations they belong to. */
export interface NpGuardInput {
  /** As the user named it. */
  readonly name: string
  readonly resources: readonly Resource[]
  readonly problems: readonly Problem[]
  /** Number of YAML and JSON files. */
  readonly files: number
}

/** One state as np-guard's analyser understands it: a closed world in which nothing is unknown. */
export interface NpGuardState {
  readonly network: KubernetesNetwork
  readonly reach: Reachability
  /** What goes to standard error. */
  readonly messages: readonly string[]
}

/** The analysis ends here: a message, nothing on standard output, exit status 1. */
export class NpGuardFailure extends Error {
  override readonly name = 'NpGuardFailure'
}

/** Builds the state. Throws {@link NpGuardFailure} for what that analyser calls fatal. */
export function buildNpGuardState(input: NpGuardInput, podOwners: PodOwners = 'one-pod'): NpGuardState {
  if (input.files === 0) throw new NpGuardFailure(`${input.name}: no YAML or JSON file to read`)
  refuseDuplicates(input.resources)
  const { network } = buildKubernetesNetwork(input.resources, { anyGroup: true, closedWorld: true, podOwners })
  const workloads = network.workloads.filter(({ name }) => !name.startsWith('virt-launcher-'))
  const adminPolicies = network.adminPolicies.map((policy) => ({
    ...policy,
    rejections: policy.rejections.filter(({ hasDefault }) => hasDefault !== true),
  }))
  const analysed = { ...network, workloads, adminPolicies }
  const reach = reachabilityOf({ kubernetes: analysed })
  refuseInvalid(analysed, reach)
  refuseGaps(analysed)
  return {
    network: analysed,
    reach,
    messages: [...input.problems.map(printProblem), ...warnings(analysed, input.name)],
  }
}

function printProblem(problem: Problem): string {
  const { file, line } = problemPlace(problem)
  return `${file}${line === undefined ? '' : `:${line}`}: ${problem.message}`
}

function warnings({ workloads, policies, adminPolicies }: KubernetesNetwork, name: string): readonly string[] {
  const messages: string[] = []
  if (workloads.length === 0) messages.push(`${name}: no workloads found`)
  messages.push(...adminPolicies.flatMap(notRead))
  if (policies.length + adminPolicies.length === 0) messages.push(`${name}: no network policies found`)
  return messages
}

/** Parts of admin policies that are left out: nodes, IPv6, and port names where they mean nothing. */
function notRead({ resource, rules }: AdminPolicy): readonly string[] {
  const messages = new Set<string>()
  for (const { peers, ports } of DIRECTIONS.flatMap((direction) => rules[direction])) {
    const hasNetworks = peers.some(({ kind }) => kind === 'networks')
    const names = (ports ?? []).flatMap((port) => (port.kind === 'named' ? port.name : []))
    if (peers.some(({ kind }) => kind === 'nodes')) messages.add('nodes as a peer are left out')
    if (peers.some((peer) => peer.kind === 'networks' && peer.addresses.v6.length > 0))
      messages.add('IPv6 networks are left out')
    if (hasNetworks && names.length > 0) messages.add('addresses have no port names, so the name is left out')
    for (const name of names) messages.add(`port name ${name} means only what the pods at the other end declare`)
  }
  return [...messages].map((message) => `${resource.address}: ${message}`)
}

const UNIQUE: ReadonlySet<string> = new Set([
  'Namespace',
  'NetworkPolicy',
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
])

function refuseDuplicates(resources: readonly Resource[]): void {
  const seen = new Set<string>()
  for (const { kind, value } of resources) {
    if (!UNIQUE.has(kind)) continue
    const { name, namespace } = objectName(value)
    const key = kind === 'NetworkPolicy' ? `${kind} ${namespace}/${name}` : `${kind} ${name}`
    if (seen.has(key)) throw new NpGuardFailure(`${key} is defined twice`)
    seen.add(key)
  }
}

/** A policy that the API server refuses is fatal once it has pods to act on. */
function refuseInvalid({ policies, adminPolicies }: KubernetesNetwork, reach: Reachability): void {
  refuseInvalidAdmin(adminPolicies, reach)
  for (const policy of policies) {
    for (const direction of DIRECTIONS) {
      const captures = reach.universe.classes.some(
        ({ members }, subject) =>
          members[0]!.kind === 'workload' &&
          reach.selecting(subject, direction).some((selection) => selection.policy === policy),
      )
      if (!captures) continue
      const [rejection] = policy.rejections
      if (rejection !== undefined) throw new NpGuardFailure(`${policy.resource.address}: ${rejection.message}`)
      if (direction === 'egress' && policy.rules.egress.some(namesPortOfAddress)) {
        throw new NpGuardFailure(`${policy.resource.address}: a named port in an egress rule that can reach addresses`)
      }
    }
  }
}

/** Priorities and names are looked at in any case, rules once a pod is the policy's subject. */
function refuseInvalidAdmin(policies: readonly AdminPolicy[], reach: Reachability): void {
  if (policies.filter(({ resource }) => resource.kind === 'BaselineAdminNetworkPolicy').length > 1) {
    throw new NpGuardFailure('there can be only one BaselineAdminNetworkPolicy')
  }
  const priorities = policies.flatMap(({ tier, priority }) => (tier === 'admin' ? priority : []))
  if (new Set(priorities).size < priorities.length)
    throw new NpGuardFailure('two admin policies have the same priority')
  for (const policy of policies) {
    const [rejection] = policy.rejections
    if (rejection !== undefined && (isMisplaced(policy) || captures(policy, reach)))
      throw new NpGuardFailure(`${policy.resource.address}: ${rejection.message}`)
  }
}

function isMisplaced({ resource, name, priority }: AdminPolicy): boolean {
  if (resource.kind === 'BaselineAdminNetworkPolicy') return name !== 'default'
  return priority < 0 || priority > 1000
}

function captures(policy: AdminPolicy, reach: Reachability): boolean {
  return DIRECTIONS.some((direction) =>
    reach.universe.classes.some(
      ({ members }, subject) =>
        members[0]!.kind === 'workload' &&
        reach.adminPolicies[policy.tier].selecting(subject, direction).some((selection) => selection.policy === policy),
    ),
  )
}

function namesPortOfAddress({ peers, ports }: PolicyRule): boolean {
  const reachesAddresses = peers === undefined || peers.some(({ kind }) => kind === 'block')
  return reachesAddresses && (ports ?? []).some(({ kind }) => kind === 'named')
}

/** One pod can stand for its owner's other pods only if no selector tells them apart by a label that has different values in them. */
function refuseGaps(network: KubernetesNetwork): void {
  const selectors = [...network.policies.flatMap(podSelectorsOf), ...network.adminPolicies.flatMap(adminSelectorsOf)]
  for (const workload of network.workloads) {
    if (workload.otherLabels.length === 0) continue
    for (const [key, values] of differingLabels(workload)) {
      if (selectors.some((selector) => tellsApart(selector, key, values))) {
        throw new NpGuardFailure(
          `${workload.id}: its pods have different values of label ${key}, and a policy tells them apart`,
        )
      }
    }
  }
}

function podSelectorsOf(policy: NetworkPolicy): readonly Selector[] {
  const rules = DIRECTIONS.flatMap((direction) => policy.rules[direction])
  const peers = rules.flatMap((rule) => rule.peers ?? [])
  return [policy.podSelector, ...peers.flatMap((peer) => (peer.kind === 'pods' ? (peer.podSelector ?? []) : []))]
}

function adminSelectorsOf({ subject, rules }: AdminPolicy): readonly Selector[] {
  const peers = DIRECTIONS.flatMap((direction) => rules[direction]).flatMap((rule) => rule.peers)
  const pods = peers.flatMap((peer) => (peer.kind === 'pods' ? (peer.podSelector ?? []) : []))
  return subject?.podSelector === undefined ? pods : [subject.podSelector, ...pods]
}

function differingLabels({ labels, otherLabels }: Workload): ReadonlyMap<string, readonly unknown[]> {
  const variants = [labels, ...otherLabels].map(({ known }) => known)
  const keys = new Set(variants.flatMap((known) => [...known.keys()]))
  const differing = new Map<string, readonly unknown[]>()
  for (const key of keys) {
    const values = [...new Set(variants.map((known) => known.get(key)))]
    if (values.length > 1) differing.set(key, values)
  }
  return differing
}

function tellsApart(selector: Selector, key: string, values: readonly unknown[]): boolean {
  return selector.requirements.some((requirement) => {
    if (requirement.key !== key || requirement.values === undefined || requirement.values.length === 0) return false
    const hits = values.filter((value) => requirement.values!.includes(value as string)).length
    return hits > 0 && hits < values.length
  })
}
