import { byCodeUnit } from './base/order.ts'
import type { Problem } from './base/problem.ts'
import { type ClusterLink, linkCluster } from './compare/cluster-link.ts'
import { findRenames } from './compare/renames.ts'
import type { StateView } from './compare/state-view.ts'
import type { ClusterConfig, Config } from './config/config.ts'
import { type AzureNetwork, toAzureNetwork } from './model/azure/azure-network.ts'
import { buildKubernetesNetwork, type KubernetesModel } from './model/kubernetes/build-network.ts'
import type { KubernetesNetwork } from './model/kubernetes/kubernetes-network.ts'
import type { Network } from './model/network.ts'
import { findStates, pairStates, type State } from './model/state.ts'
import type { ParsedTree } from './parse/units.ts'
import { toClusterFacts } from './reach/azure/cluster-facts.ts'
import type { ClusterFacts } from './reach/engine.ts'
import { buildReachability, type ReachabilityInput } from './reach/reachability.ts'

/** One state in base and head, in one universe so that sets of both can be compared. */
export interface AnalysedPair {
  readonly name: string
  readonly base: StateView
  readonly head: StateView
  /** False where both sides hold the identical resources: nothing of the state need be looked at. */
  readonly changed: boolean
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
  return pairStates(base.units, head.units, config.states).map((pair) => {
    const changed = !sameItems(pair.base.resources, pair.head.resources)
    const before = buildKubernetesNetwork(pair.base.resources)
    const after = changed ? buildKubernetesNetwork(pair.head.resources) : before
    const renames = changed ? findRenames(pair.base.resources, pair.head.resources) : new Map<string, string>()
    const views = toViews(
      [
        { state: pair.base, model: before, network: before.network, identity: (address) => address },
        {
          state: pair.head,
          model: after,
          network: withIdentities(before, after, renames),
          identity: (address) => renames.get(address) ?? address,
        },
      ],
      config,
    )
    return { name: pair.name, base: views[0]!, head: views[1]!, changed }
  })
}

interface Side {
  readonly state: State
  readonly model: KubernetesModel
  readonly network: KubernetesNetwork
  readonly identity: (address: string) => string
}

/** The views of all sides of one state, whose reachability is computed together and only when first asked for. */
function toViews(sides: readonly Side[], config: Config): readonly StateView[] {
  let reaches: ReturnType<typeof buildReachability> | undefined
  const networks = sides.map(({ state, network }) => withAzure(network, state))
  const links: (ClusterLink | undefined)[] = []
  const linkOf = (side: number): ClusterLink => {
    const link = links[side] ?? linkCluster(sides[side]!.state, networks[side]!, configured(sides[side]!)?.cluster)
    links[side] = link
    return link
  }
  const configured = ({ state }: Side) => config.states.find(({ name }) => name === state.name)
  const toInput = (own: Side, side: number): ReachabilityInput => {
    const { engine } = configured(own) ?? config.cluster
    const cluster = toFacts(engine, linkOf(side))
    return { network: networks[side]!, ...(cluster && { cluster }) }
  }
  const views: readonly StateView[] = sides.map(({ state, model, identity }, side) => ({
    name: state.name,
    resources: state.resources,
    problems: [...state.units.flatMap((unit): readonly Problem[] => unit.problems), ...model.problems],
    network: networks[side]!,
    get reach() {
      reaches ??= buildReachability(sides.map(toInput))
      return reaches[side]!
    },
    get link() {
      return linkOf(side)
    },
    identity,
    get before() {
      return views[side - 1]
    },
  }))
  return views
}

/** What the configuration says of a cluster goes before what its Azure code says. */
function toFacts(engine: ClusterConfig['engine'], link: ClusterLink): ClusterFacts | undefined {
  if (link.kind !== 'linked') return engine === undefined ? undefined : { engine }
  const facts = toClusterFacts(link.site, link.cluster)
  return engine === undefined ? facts : { ...facts, engine }
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

/** Resources of an unchanged file are the identical objects in base and head; files may have moved. */
function sameItems<T extends { readonly address: string }>(a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false
  if (a.every((item, i) => item === b[i])) return true
  const sort = (items: readonly T[]) => [...items].sort((x, y) => byCodeUnit(x.address, y.address))
  const sorted = sort(b)
  return sort(a).every((item, i) => item === sorted[i])
}
