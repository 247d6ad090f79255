import { haveSameItems } from './base/identity.ts'
import type { Problem } from './base/problem.ts'
import { type ClusterLink, linkCluster } from './compare/cluster-link.ts'
import { INHERITED, inheritLink } from './compare/inherited-link.ts'
import { findRenames } from './compare/renames.ts'
import type { StateView } from './compare/state-view.ts'
import type { ClusterConfig, Config } from './config/config.ts'
import { type AzureNetwork, toAzureNetwork } from './model/azure/azure-network.ts'
import {
  buildKubernetesNetwork,
  isKubernetesObject,
  type KubernetesModel,
  withOtherPolicies,
} from './model/kubernetes/build-network.ts'
import { apiGroup } from './model/kubernetes/fields.ts'
import type { KubernetesNetwork } from './model/kubernetes/kubernetes-network.ts'
import type { Network } from './model/network.ts'
import { findStates, pairStates, type State, type StatePair } from './model/state.ts'
import type { EditedTree } from './parse/edited.ts'
import type { Resource } from './parse/resource.ts'
import type { ParsedTree } from './parse/units.ts'
import { toClusterFacts } from './reach/azure/cluster-facts.ts'
import { type ClusterFacts, UNKNOWN_CLUSTER } from './reach/engine.ts'
import {
  buildReachability,
  type ReachabilityInput,
  withOtherPolicies as reachWithOtherPolicies,
  withOtherCluster,
} from './reach/reachability.ts'

/** One state in base and head, in one universe so that sets of both can be compared. */
export interface AnalysedPair {
  readonly name: string
  readonly base: StateView
  readonly head: StateView
  readonly headModel: KubernetesModel
  /** False where both sides hold the identical resources: nothing of the state need be looked at. */
  readonly changed: boolean
  readonly states: Pick<StatePair, 'base' | 'head'>
}

/** Groups a tree into states and analyses each. Views compute on demand. */
export function analyseTree(tree: ParsedTree, config: Config): readonly StateView[] {
  return findStates(tree.units, config.states).map((state) => {
    const model = buildKubernetesNetwork(state.resources)
    return toViews([{ state, model, network: model.network, identity: (address) => address }], config)[0]!
  })
}

/** Groups base and head into states, pairs them, and analyses those that differ. */
export function analysePair(base: ParsedTree, head: ParsedTree, config: Config): readonly AnalysedPair[] {
  return pairStates(base.units, head.units, config.states).map((pair) => analyseStates(pair, config))
}

/** As {@link analysePair} for a head that was edited again: of the analysis before the edit is kept what still holds. */
export function analyseEdited(
  known: readonly AnalysedPair[],
  base: ParsedTree,
  edited: ParsedTree,
  config: Config,
): readonly AnalysedPair[] {
  return pairStates(base.units, edited.units, config.states).map((pair) => {
    const before = known.find(({ name }) => name === pair.name)
    return before === undefined ? analyseStates(pair, config) : analyseAgain(before, pair, config)
  })
}

/** As {@link analyseEdited} where every object has its place in the edited head: states are divided as before, and those that the edit does not reach are the known ones. */
export function analyseReread(
  known: readonly AnalysedPair[],
  { units, resources }: EditedTree,
  config: Config,
): readonly AnalysedPair[] {
  return known.map((pair) => {
    const { base, head } = pair.states
    if (!head.resources.some((resource) => resources.has(resource))) return pair
    const edited: State = {
      ...head,
      units: head.units.map((unit) => units.get(unit) ?? unit),
      resources: head.resources.map((resource) => resources.get(resource) ?? resource),
    }
    return analyseAgain(pair, { name: pair.name, base, head: edited }, config)
  })
}

function analyseAgain(known: AnalysedPair, pair: StatePair, config: Config): AnalysedPair {
  return withEditedPolicies(known, pair, config) ?? withEditedCode(known, pair, config) ?? analyseStates(pair, config)
}

function analyseStates({ name, base, head }: StatePair, config: Config): AnalysedPair {
  // Resources of an unchanged file are the identical objects in base and head; files may have moved.
  const changed = !haveSameItems(base.resources, head.resources)
  const before = buildKubernetesNetwork(base.resources)
  const onlyPolicies = changed && differOnlyInPolicies(base.resources, head.resources)
  const after = onlyPolicies
    ? withOtherPolicies(before, head.resources)
    : changed && !haveSameObjects(base.resources, head.resources)
      ? buildKubernetesNetwork(head.resources)
      : before
  const renames = changed ? findRenames(base.resources, head.resources) : new Map<string, string>()
  const surroundings = {}
  const views = toViews(
    [
      { state: base, model: before, network: before.network, identity: (address) => address, surroundings },
      {
        state: head,
        model: after,
        network: after === before ? before.network : withIdentities(before, after, renames),
        identity: (address) => renames.get(address) ?? address,
        surroundings: onlyPolicies || !changed ? surroundings : {},
      },
    ],
    config,
  )
  return { name, base: views[0]!, head: views[1]!, headModel: after, changed, states: { base, head } }
}

/** A known pair with other NetworkPolicies in its head; undefined where more than those is different. */
function withEditedPolicies(known: AnalysedPair, { base, head }: StatePair, config: Config): AnalysedPair | undefined {
  const { head: before } = known
  if (!haveSameItems(known.base.resources, base.resources)) return undefined
  if (!differOnlyInPolicies(before.resources, head.resources)) return undefined
  const headModel = withOtherPolicies(known.headModel, head.resources)
  const { network: kubernetes, problems } = headModel
  const network: Network = {
    kubernetes,
    get azure() {
      return before.network.azure
    },
  }
  const reach = reachWithOtherPolicies(before.reach, network)
  if (reach === undefined) return undefined
  let link: ClusterLink | undefined
  const linkOf = (): ClusterLink => {
    if (before.link?.kind === 'none') return before.link
    const own = linkCluster(head, network, configured(head, config)?.cluster)
    return known.base.link === undefined ? own : inheritLink(own, known.base.link, network, before.identity)
  }
  const view: StateView = {
    ...before,
    resources: head.resources,
    problems: [...problemsOf(head), ...problems],
    network,
    reach,
    get link() {
      link ??= linkOf()
      return link
    },
  }
  return { name: known.name, base: known.base, head: view, headModel, changed: true, states: { base, head } }
}

/**
 * A known pair with other infrastructure code in its head: the base's side is the known one. Undefined where more than that is different,
 * or where the code does not tell the same of the cluster that policies stand on.
 */
function withEditedCode(known: AnalysedPair, { base, head }: StatePair, config: Config): AnalysedPair | undefined {
  const { head: before } = known
  if (!haveSameItems(known.base.resources, base.resources)) return undefined
  if (!haveSameObjects(before.resources, head.resources)) return undefined
  // What a patch takes back altogether, but for policies, shares the base's surroundings.
  if (differOnlyInPolicies(base.resources, head.resources)) return undefined
  const isOwn = known.base.link?.kind === 'linked' && known.base.link.reason !== INHERITED
  if (!isOwn || before.link?.kind !== 'linked') return undefined
  const network = withAzure(before.network.kubernetes, head)
  const link = linkCluster(head, network, configured(head, config)?.cluster)
  if (link.kind !== 'linked') return undefined
  const told = toldFacts(configured(base, config) ?? config.cluster)
  const reach = withOtherCluster(before.reach, network, { ...toClusterFacts(link.site, link.cluster), ...told })
  if (reach === undefined) return undefined
  const renames = findRenames(base.resources, head.resources)
  const view: StateView = {
    name: before.name,
    resources: head.resources,
    problems: [...problemsOf(head), ...known.headModel.problems],
    network,
    reach,
    link,
    identity: (address) => renames.get(address) ?? address,
    surroundings: {},
    before: known.base,
  }
  return {
    name: known.name,
    base: known.base,
    head: view,
    headModel: known.headModel,
    changed: true,
    states: { base, head },
  }
}

/** Whether two versions of a state differ in infrastructure code alone. */
function haveSameObjects(a: readonly Resource[], b: readonly Resource[]): boolean {
  return haveSameItems(a.filter(isKubernetesObject), b.filter(isKubernetesObject))
}

function differOnlyInPolicies(a: readonly Resource[], b: readonly Resource[]): boolean {
  const isOther = (resource: Resource): boolean => !isNetworkPolicy(resource)
  return haveSameItems(a.filter(isOther), b.filter(isOther))
}

/** The value of a resource of another kind is not asked for: infrastructure is evaluated only where a layer or a rule needs it. */
function isNetworkPolicy(resource: Resource): boolean {
  return resource.kind === 'NetworkPolicy' && apiGroup(resource.value).group === 'networking.k8s.io'
}

interface Side {
  readonly state: State
  readonly model: KubernetesModel
  readonly network: KubernetesNetwork
  readonly identity: (address: string) => string
  readonly surroundings?: object
}

/** The views of all sides of one state, whose reachability is computed together and only when first asked for. */
function toViews(sides: readonly Side[], config: Config): readonly StateView[] {
  let reaches: ReturnType<typeof buildReachability> | undefined
  const networks = sides.map(({ state, network }) => withAzure(network, state))
  const ownLinks: (ClusterLink | undefined)[] = []
  const ownLink = (side: number): ClusterLink => {
    ownLinks[side] ??= linkCluster(sides[side]!.state, networks[side]!, configured(sides[side]!.state, config)?.cluster)
    return ownLinks[side]
  }
  const links: (ClusterLink | undefined)[] = []
  const linkOf = (side: number): ClusterLink => {
    links[side] ??=
      sides.length < 2
        ? ownLink(side)
        : inheritLink(ownLink(side), ownLink(1 - side), networks[side]!, sides[1]!.identity)
    return links[side]
  }
  // What only one side's Azure code tells of the cluster is no difference between the sides.
  const isTold = () => sides.every(({ network }, side) => !hasPods(network) || linkOf(side).kind === 'linked')
  const told = toldFacts(configured(sides[0]!.state, config) ?? config.cluster)
  // One object for both sides, so that they stand on one ground.
  const unlinked = { ...UNKNOWN_CLUSTER, ...told }
  const toInput = (side: number): ReachabilityInput => {
    const link = linkOf(side)
    const isLinked = isTold() && link.kind === 'linked'
    return {
      network: networks[side]!,
      cluster: isLinked ? { ...toClusterFacts(link.site, link.cluster), ...told } : unlinked,
    }
  }
  const views: readonly StateView[] = sides.map(({ state, model, identity, surroundings }, side) => ({
    name: state.name,
    resources: state.resources,
    problems: [...problemsOf(state), ...model.problems],
    network: networks[side]!,
    get reach() {
      reaches ??= buildReachability(sides.map((_, side) => toInput(side)))
      return reaches[side]!
    },
    get link() {
      return linkOf(side)
    },
    identity,
    ...(surroundings && { surroundings }),
    get before() {
      return views[side - 1]
    },
  }))
  return views
}

function hasPods({ workloads, policies }: KubernetesNetwork): boolean {
  return workloads.length + policies.length > 0
}

function problemsOf({ units }: State): readonly Problem[] {
  return units.flatMap(({ problems }) => problems)
}

function configured(state: State, config: Config) {
  return config.states.find(({ name }) => name === state.name)
}

/** What the configuration says of a cluster, which goes before what its Azure code says. */
function toldFacts({ engine, nodeRanges, podRanges }: ClusterConfig): Partial<ClusterFacts> {
  return {
    ...(engine !== undefined && { engine }),
    ...(nodeRanges !== undefined && { nodeAddresses: nodeRanges }),
    ...(podRanges !== undefined && { podAddresses: podRanges }),
  }
}

/** Azure's facts are read when the first rule or layer asks for them: most repositories hold none. */
function withAzure(kubernetes: KubernetesNetwork, { resources }: State): Network {
  let azure: AzureNetwork | undefined
  return {
    kubernetes,
    get azure() {
      azure ??= toAzureNetwork(resources)
      return azure
    },
  }
}

/** The head's network with the ids that renamed workloads have in the base, so that a rename is no removal and addition. */
function withIdentities(
  base: KubernetesModel,
  head: KubernetesModel,
  renames: ReadonlyMap<string, string>,
): KubernetesNetwork {
  if (renames.size === 0) return head.network
  const ids = new Map(base.network.workloads.map(({ id, resource }) => [resource.address, id]))
  const workloads = head.network.workloads.map((workload) => {
    const id = ids.get(renames.get(workload.resource.address) ?? '')
    return id === undefined ? workload : { ...workload, id }
  })
  return { ...head.network, workloads }
}
