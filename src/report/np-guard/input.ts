import { type Problem, problemPlace } from '../../base/problem.ts'
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
  const analysed = { ...network, workloads }
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

function warnings({ workloads, policies }: KubernetesNetwork, name: string): readonly string[] {
  const messages: string[] = []
  if (workloads.length === 0) messages.push(`${name}: no workloads found`)
  if (policies.length === 0) messages.push(`${name}: no network policies found`)
  return messages
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
function refuseInvalid({ policies }: KubernetesNetwork, reach: Reachability): void {
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

function namesPortOfAddress({ peers, ports }: PolicyRule): boolean {
  const reachesAddresses = peers === undefined || peers.some(({ kind }) => kind === 'block')
  return reachesAddresses && (ports ?? []).some(({ kind }) => kind === 'named')
}

/** One pod can stand for its owner's other pods only if no selector tells them apart by a label that has different values in them. */
function refuseGaps(network: KubernetesNetwork): void {
  const selectors = network.policies.flatMap(podSelectorsOf)
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
