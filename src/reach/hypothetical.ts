import { missingFrom } from '../base/identity.ts'
import type { KubernetesNetwork } from '../model/kubernetes/kubernetes-network.ts'
import { knownLabels, type Labels, matches } from '../model/kubernetes/labels.ts'
import { labelsOfUnseenNamespace, NAMESPACE_NAME_LABEL, type Namespace } from '../model/kubernetes/namespace.ts'
import { DIRECTIONS, type NetworkPolicy } from '../model/kubernetes/network-policy.ts'
import { EVERYTHING, printSelector, type Selector, selectorOf } from '../model/kubernetes/selector.ts'
import type { EndpointFacts, HypotheticalEndpoint } from './endpoint.ts'

/**
 * Pods that may exist and are not in the tree: what a policy's selectors speak of when no workload of the tree answers to them.
 *
 * For each peer of a rule a pod that satisfies just that peer, for each policy that selects nothing a pod that it selects, an unlabelled
 * pod in each known namespace, and one in an unknown namespace. `isTaken` tells whether a workload of the tree is such a pod already.
 */
export function findHypotheticals(
  networks: readonly KubernetesNetwork[],
  isTaken: (namespace: string, podSelector: Selector) => boolean,
): readonly HypotheticalEndpoint[] {
  const found = new Map<string, HypotheticalEndpoint>()
  const add = (namespace: string | undefined, namespaceSelector: Selector, podSelector: Selector) => {
    if (namespaceSelector.unknown || podSelector.unknown) return
    if (namespace !== undefined && isTaken(namespace, podSelector)) return
    const endpoint = hypothetical(namespace, namespaceSelector, podSelector)
    if (isContradiction(podSelector) || (namespace === undefined && isContradiction(namespaceSelector))) return
    if (!found.has(endpoint.id)) found.set(endpoint.id, endpoint)
  }
  add(undefined, EVERYTHING, EVERYTHING)
  for (const [i, network] of networks.entries()) {
    for (const name of network.namespaces.keys())
      found.set(...entry(hypothetical(name, namedSelector(name), EVERYTHING)))
    for (const { rules } of network.adminPolicies) {
      for (const { peers } of DIRECTIONS.flatMap((direction) => rules[direction])) {
        for (const peer of peers) {
          if (peer.kind !== 'pods') continue
          add(nameIn(peer.namespaceSelector), peer.namespaceSelector, peer.podSelector ?? EVERYTHING)
        }
      }
    }
    for (const policy of missingFrom(network.policies, networks[i - 1]?.policies ?? [])) {
      add(policy.namespace, namedSelector(policy.namespace), policy.podSelector)
      for (const [selector, pods] of peerSelectors(policy)) {
        if (selector === undefined) add(policy.namespace, namedSelector(policy.namespace), pods)
        else add(nameIn(selector), selector, pods)
      }
    }
  }
  return [...found.values()]
}

function entry(endpoint: HypotheticalEndpoint): readonly [string, HypotheticalEndpoint] {
  return [endpoint.id, endpoint]
}

function* peerSelectors(policy: NetworkPolicy): Iterable<readonly [Selector | undefined, Selector]> {
  for (const direction of DIRECTIONS) {
    if (policy.isolates[direction] === 'no') continue
    for (const rule of policy.rules[direction]) {
      for (const peer of rule.peers ?? []) {
        if (peer.kind === 'pods') yield [peer.namespaceSelector, peer.podSelector ?? EVERYTHING]
      }
    }
  }
}

export function hypothetical(
  namespace: string | undefined,
  namespaceSelector: Selector,
  podSelector: Selector,
): HypotheticalEndpoint {
  return {
    kind: 'hypothetical',
    id: `any pod ${JSON.stringify([namespace ?? namespaceSelector.key, namespace !== undefined, podSelector.key])}`,
    namespace,
    namespaceSelector,
    podSelector,
  }
}

/** The selector of one namespace by its name. */
export function namedSelector(name: string): Selector {
  return selectorOf([[NAMESPACE_NAME_LABEL, name]])
}

/** The name, where the selector asks for one namespace by name and for nothing else. */
export function nameIn(selector: Selector): string | undefined {
  const [requirement, ...others] = selector.requirements
  if (requirement === undefined || others.length > 0 || selector.unknown) return undefined
  const { key, operator, values } = requirement
  return key === NAMESPACE_NAME_LABEL && operator === 'In' && values?.length === 1 ? values[0] : undefined
}

/** Labels that satisfy the selector and hold nothing more. */
function labelsFor(selector: Selector): Labels {
  const known = new Map<string, string | readonly string[] | undefined>()
  for (const { key, operator, values } of selector.requirements) {
    const before = known.get(key)
    if (operator === 'Exists' && !known.has(key)) known.set(key, undefined)
    if (operator === 'In' && values !== undefined) {
      const earlier = typeof before === 'string' ? [before] : before
      const common = earlier === undefined ? values : values.filter((value) => earlier.includes(value))
      known.set(key, common.length === 1 ? common[0]! : common)
    }
  }
  for (const { key, operator, values } of selector.requirements) {
    const options = known.get(key)
    if (operator === 'NotIn' && Array.isArray(options)) {
      const left = options.filter((value) => !values?.includes(value))
      known.set(key, left.length === 1 ? left[0]! : left)
    }
  }
  return { known, added: new Set(), open: false }
}

function isContradiction(selector: Selector): boolean {
  const labels = labelsFor(selector)
  return [...labels.known.values()].some((value) => value?.length === 0) || matches(selector, labels) === 'no'
}

/** What a hypothetical pod is in one state: a named namespace has the labels that it has there. */
export function factsOfHypothetical(
  endpoint: HypotheticalEndpoint,
  namespaces: ReadonlyMap<string, Namespace>,
): EndpointFacts {
  const { namespace, namespaceSelector, podSelector } = endpoint
  return {
    namespace,
    namespaceLabels:
      namespace === undefined
        ? withOtherName(labelsFor(namespaceSelector))
        : (namespaces.get(namespace)?.labels ?? labelsOfUnseenNamespace(namespace)),
    labels: podSelector.requirements.length === 0 ? knownLabels([]) : labelsFor(podSelector),
    ports: undefined,
    hostNetwork: 'no',
    workload: undefined,
  }
}

/**
 * Every namespace has a name, also one of which only other labels are known. It is none that the tree names: pods of those stand for
 * themselves.
 */
function withOtherName(labels: Labels): Labels {
  if (labels.known.has(NAMESPACE_NAME_LABEL)) return labels
  return { ...labels, known: new Map(labels.known).set(NAMESPACE_NAME_LABEL, OTHER_NAME) }
}

/** Equal to no name that a selector can ask for. */
const OTHER_NAME = '\0other'

/** `any pod labelled app=web in namespaces labelled team=b`. */
export function printHypothetical({ namespace, namespaceSelector, podSelector }: HypotheticalEndpoint): string {
  const labels = printSelector(podSelector)
  const pods = labels === '' ? 'any pod' : `any pod labelled ${labels}`
  if (namespace !== undefined) return `${pods} in namespace ${namespace}`
  const spaces = printSelector(namespaceSelector)
  return spaces === '' ? `${pods} in any namespace` : `${pods} in namespaces labelled ${spaces}`
}
