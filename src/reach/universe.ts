import { type ClassSets, classSetsOf } from '../algebra/classes.ts'
import { type Regions, regionsOf } from '../algebra/regions.ts'
import { missingFrom } from '../base/identity.ts'
import type { Ingress } from '../model/kubernetes/ingress.ts'
import type { KubernetesNetwork } from '../model/kubernetes/kubernetes-network.ts'
import { knownLabels, type Labels } from '../model/kubernetes/labels.ts'
import { DIRECTIONS } from '../model/kubernetes/network-policy.ts'
import { backendsOf } from '../model/kubernetes/read-ingress.ts'
import { EVERYTHING, type Selector } from '../model/kubernetes/selector.ts'
import type { Service } from '../model/kubernetes/service.ts'
import type { Workload } from '../model/kubernetes/workload.ts'
import type { Endpoint, EndpointFacts } from './endpoint.ts'
import { factsOfHypothetical, findHypotheticals } from './hypothetical.ts'
import { bindingsKey, usedPortNames } from './named-ports.ts'
import { type PeerSet, type PeerSetAlgebra, peerSetsOf } from './peers.ts'
import { SelectorIndex, type SelectorMatch } from './selector-index.ts'

/**
 * The classes of end points of one state, or of base and head together, so that sets of both can be compared.
 *
 * End points that no selector of any of the states tells apart, in any of them, are one class.
 */
export interface Universe {
  readonly classes: readonly EndpointClass[]
  readonly classSets: ClassSets
  readonly peerSets: PeerSetAlgebra
  readonly regions: Regions<PeerSet>
  readonly podSelectors: SelectorIndex
  readonly namespaceSelectors: SelectorIndex
  /** Port names that the policies of the states use. */
  readonly portNames: ReadonlySet<string>
  /** Class of an end point by its id. */
  readonly classOf: ReadonlyMap<string, number>
}

export interface EndpointClass {
  /** At least one; all of one kind. */
  readonly members: readonly Endpoint[]
  /** What each state makes of the class, told by any member: undefined where the state does not have it. */
  readonly facts: readonly (ClassFacts | undefined)[]
}

/** Facts of a class in one state: equal for all members as far as a selector or rule can tell. */
export interface ClassFacts extends EndpointFacts {
  readonly podMatch: SelectorMatch
  readonly namespaceMatch: SelectorMatch
}

export const NODES = { kind: 'nodes', id: 'nodes' } as const
export const INGRESS_CONTROLLER = { kind: 'ingress-controller', id: 'ingress-controller' } as const

/** Finds the end points of all states and divides them into classes. O(labels + matching selectors). */
export function buildUniverse(networks: readonly KubernetesNetwork[]): Universe {
  const podSelectors = new SelectorIndex()
  const namespaceSelectors = new SelectorIndex()
  // Base and head are one network where the change is to infrastructure code alone.
  const different = [...new Set(networks)]
  for (const [i, network] of different.entries())
    enterSelectors(beyond(network, different[i - 1]), podSelectors, namespaceSelectors)
  const portNames = usedPortNames(different)

  const lists = new Map(
    [...new Set(different.map((network) => network.workloads))].map((list) => [
      list,
      new Map(list.map((workload) => [workload.id, workload])),
    ]),
  )
  const workloads = networks.map((network) => lists.get(network.workloads)!)
  const hypotheticals = findHypotheticals(different, answeredBy(different, podSelectors))
  const ids = new Set([...lists.values()].flatMap((byId) => [...byId.keys()]))
  const endpoints: Endpoint[] = [
    ...[...ids].map((id) => ({ kind: 'workload', id }) as const),
    ...hypotheticals,
    NODES,
    INGRESS_CONTROLLER,
  ]

  /** Whether all that a state says of an end point is what the one before says: of a workload, that and its namespace are the same. */
  const isSame = ({ kind, id }: Endpoint, state: number): boolean => {
    if (state > 0 && networks[state] === networks[state - 1]) return true
    const workload = kind === 'workload' && state > 0 ? workloads[state]!.get(id) : undefined
    if (workload === undefined || workload !== workloads[state - 1]!.get(id)) return false
    const [before, after] = [networks[state - 1]!, networks[state]!].map(({ namespaces }) =>
      namespaces.get(workload.namespace),
    )
    return before!.resource === after!.resource
  }
  const factsInStates = (endpoint: Endpoint): readonly (ClassFacts | undefined)[] => {
    const facts: (ClassFacts | undefined)[] = []
    for (let state = 0; state < networks.length; state++) {
      if (isSame(endpoint, state)) {
        facts.push(facts[state - 1])
        continue
      }
      const found = factsOf(endpoint, networks[state]!, workloads[state]!)
      const podMatch = found && podSelectors.match(found.labels)
      const namespaceMatch = found && namespaceSelectors.match(found.namespaceLabels)
      facts.push(found && { ...found, podMatch: podMatch!, namespaceMatch: namespaceMatch! })
    }
    return facts
  }

  const bySignature = new Map<
    string,
    { readonly members: Endpoint[]; readonly facts: readonly (ClassFacts | undefined)[] }
  >()
  for (const endpoint of endpoints) {
    const facts = factsInStates(endpoint)
    let signature: string = endpoint.kind
    let inState = ''
    for (let state = 0; state < facts.length; state++) {
      const fact = facts[state]
      const isKept = state > 0 && fact === facts[state - 1]
      if (!isKept) inState = fact === undefined ? '|' : `|${signatureOf(fact, portNames)}`
      signature += inState
    }
    const same = bySignature.get(signature)
    if (same === undefined) bySignature.set(signature, { members: [endpoint], facts })
    else same.members.push(endpoint)
  }

  const classes = [...bySignature.values()]
  const classSets = classSetsOf(classes.length)
  const peerSets = peerSetsOf(classSets)
  return {
    classes,
    classSets,
    peerSets,
    regions: regionsOf(peerSets),
    podSelectors,
    namespaceSelectors,
    portNames,
    classOf: new Map(classes.flatMap(({ members }, number) => members.map(({ id }) => [id, number] as const))),
  }
}

/** The network without the policies that another has as well: what those ask for is entered already. */
function beyond(network: KubernetesNetwork, other: KubernetesNetwork | undefined): KubernetesNetwork {
  return other === undefined ? network : { ...network, policies: missingFrom(network.policies, other.policies) }
}

/** Whether every selector and port name of the network is one of those by which the universe's classes were divided. */
export function tellsApart(
  { podSelectors, namespaceSelectors, portNames }: Universe,
  network: KubernetesNetwork,
): boolean {
  const [pods, namespaces] = [new SelectorIndex(), new SelectorIndex()]
  enterSelectors(network, pods, namespaces)
  return (
    podSelectors.covers(pods) &&
    namespaceSelectors.covers(namespaces) &&
    [...usedPortNames([network])].every((name) => portNames.has(name))
  )
}

function enterSelectors(network: KubernetesNetwork, pods: SelectorIndex, namespaces: SelectorIndex): void {
  for (const policy of network.policies) {
    pods.add(policy.podSelector)
    for (const rule of DIRECTIONS.flatMap((direction) => policy.rules[direction])) {
      for (const peer of rule.peers ?? []) {
        if (peer.kind !== 'pods') continue
        pods.add(peer.podSelector ?? EVERYTHING)
        if (peer.namespaceSelector !== undefined) namespaces.add(peer.namespaceSelector)
      }
    }
  }
  for (const policy of network.adminPolicies) {
    const rules = DIRECTIONS.flatMap((direction) => policy.rules[direction])
    const peers = rules.flatMap((rule) => rule.peers.flatMap((peer) => (peer.kind === 'pods' ? peer : [])))
    for (const { namespaceSelector, podSelector } of [
      ...(policy.subject === undefined ? [] : [policy.subject]),
      ...peers,
    ]) {
      namespaces.add(namespaceSelector)
      pods.add(podSelector ?? EVERYTHING)
    }
  }
  const named = new Set(network.ingresses.flatMap(servicesOf))
  for (const service of network.services) {
    if (service.selector !== undefined && mayLeadIn(service, named)) pods.add(service.selector)
  }
}

function servicesOf(ingress: Ingress): readonly string[] {
  return backendsOf(ingress).map(({ service }) => `${ingress.namespace}/${service}`)
}

/** Whether something from outside may come through the Service. Of others, which only name pods, no question depends on the classes. */
function mayLeadIn({ type, externalIPs, namespace, name }: Service, named: ReadonlySet<string>): boolean {
  return type !== 'ClusterIP' || externalIPs.length > 0 || named.has(`${namespace}/${name}`)
}

/** Whether some workload of a namespace may satisfy a selector, in one pass over the workloads. */
function answeredBy(
  networks: readonly KubernetesNetwork[],
  index: SelectorIndex,
): (ns: string, pods: Selector) => boolean {
  const answered: (Set<string> | undefined)[] = []
  for (const [i, { workloads }] of networks.entries()) {
    for (const { namespace, labels } of missingFrom(workloads, networks[i - 1]?.workloads ?? [])) {
      for (const number of index.match(labels).yes) {
        answered[number] ??= new Set()
        answered[number].add(namespace)
      }
    }
  }
  return (namespace, pods) => answered[index.numberOf(pods)]?.has(namespace) === true
}

const NO_LABELS = knownLabels([])
const ANY_LABELS: Labels = { known: new Map(), added: new Set(), open: true }

/** What a state says of an end point; undefined where it does not have it. */
export function factsOf(
  endpoint: Endpoint,
  network: KubernetesNetwork,
  workloads: ReadonlyMap<string, Workload>,
): EndpointFacts | undefined {
  switch (endpoint.kind) {
    case 'workload': {
      const workload = workloads.get(endpoint.id)
      return workload && factsOfWorkload(workload, network)
    }
    case 'hypothetical':
      return factsOfHypothetical(endpoint, network.namespaces)
    case 'nodes':
      return {
        namespace: undefined,
        namespaceLabels: NO_LABELS,
        labels: NO_LABELS,
        ports: undefined,
        hostNetwork: 'yes',
        workload: undefined,
      }
    case 'ingress-controller':
      return {
        namespace: undefined,
        namespaceLabels: ANY_LABELS,
        labels: ANY_LABELS,
        ports: undefined,
        hostNetwork: 'no',
        workload: undefined,
      }
  }
}

export function factsOfWorkload(workload: Workload, network: KubernetesNetwork): EndpointFacts {
  return {
    namespace: workload.namespace,
    namespaceLabels: network.namespaces.get(workload.namespace)!.labels,
    labels: workload.labels,
    ports: workload.ports,
    hostNetwork: workload.hostNetwork,
    workload,
  }
}

function signatureOf(facts: ClassFacts, portNames: ReadonlySet<string>): string {
  const { namespace, podMatch, namespaceMatch, hostNetwork } = facts
  const space = namespace === undefined ? '' : `=${namespace}`
  return `${space} ${podMatch.id} ${namespaceMatch.id} ${hostNetwork} ${bindingsKey(facts.ports, portNames)}`
}
