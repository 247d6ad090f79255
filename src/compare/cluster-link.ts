import { toPlace } from '../base/origin.ts'
import { environmentOf } from '../model/alternatives.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import type { Cluster } from '../model/azure/cluster.ts'
import { knownValue } from '../model/azure/prop.ts'
import type { Network } from '../model/network.ts'
import type { State } from '../model/state.ts'
import { partPath } from '../model/unit-parts.ts'
import { isNetworkKind } from '../parse/kubernetes/kinds.ts'
import type { RenderedUnit, UnitKind } from '../parse/resource.ts'
import { type Site, toSite } from '../reach/azure/state.ts'
import { type ClusterFolders, findClusterFolders } from './cluster-folders.ts'

/** Which cluster of a state's Azure code runs the state's manifests. */
export type ClusterLink =
  /** `reason`: what tells it, as `folder clusters/prod`; undefined where there is only this one. */
  | { readonly kind: 'linked'; readonly cluster: Cluster; readonly site: Site; readonly reason: string | undefined }
  /** Nothing tells which of them, or whether the only one; `reason` says why. `site` asks about the Azure network alone. */
  | { readonly kind: 'several'; readonly clusters: readonly Cluster[]; readonly site: Site; readonly reason: string }
  /** No Azure code, or none with a cluster. */
  | { readonly kind: 'none' }

const AZURE_UNITS: ReadonlySet<UnitKind> = new Set(['terraform', 'plan', 'bicep', 'arm'])
const NONE: ClusterLink = { kind: 'none' }

/**
 * Links a state's manifests to the cluster of its Azure code that runs them.
 *
 * In this order: the cluster that the configuration names (`told`); the only one; the one that claims their folders, by its name,
 * by Flux or by Argo CD; the one of the same environment. States without Azure code cost nothing.
 */
export function linkCluster(
  state: Pick<State, 'name' | 'units' | 'taken'>,
  network: Network,
  told?: string,
): ClusterLink {
  const cloud = state.units.filter(({ unit }) => AZURE_UNITS.has(unit.kind))
  if (cloud.length === 0 || network.azure === undefined) return NONE
  const { azure, kubernetes } = network
  const clusters = azure.clusters.all.filter(({ object }) => !object.existing)
  if (clusters.length === 0) return NONE
  const manifests = state.units.filter(({ unit }) => !AZURE_UNITS.has(unit.kind))
  const found = tell(state, clusters, told, manifests, () => findClusterFolders(clusters, azure, manifests, cloud))
  // Many states are never asked about their network.
  let site: Site | undefined
  const siteOf = (cluster?: Cluster): Site => {
    site ??= toSite({ azure, kubernetes, ...(cluster && { cluster }) })
    return site
  }
  return 'cluster' in found
    ? {
        kind: 'linked',
        ...found,
        get site() {
          return siteOf(found.cluster)
        },
      }
    : {
        kind: 'several',
        ...found,
        get site() {
          return siteOf()
        },
      }
}

type Told =
  | { readonly cluster: Cluster; readonly reason: string | undefined }
  | { readonly clusters: readonly Cluster[]; readonly reason: string }

function tell(
  state: Pick<State, 'name' | 'taken'>,
  clusters: readonly Cluster[],
  told: string | undefined,
  manifests: readonly RenderedUnit[],
  findFolders: () => ClusterFolders,
): Told {
  if (told !== undefined) {
    const named = clusters.filter(({ object }) => knownValue(object.name)?.toLowerCase() === told.toLowerCase())
    if (named.length === 1) return { cluster: named[0]!, reason: 'the configuration' }
    return { clusters, reason: `the configuration names ${told}, which ${named.length} clusters are called` }
  }
  const paths = manifestPaths(manifests)
  const only = clusters.length === 1 ? clusters[0]! : undefined
  const doubt = only && doubtAbout(only, state, paths)
  if (only !== undefined && doubt === undefined) return { cluster: only, reason: undefined }
  return byFolders(clusters, paths, findFolders()) ?? byEnvironment(clusters, state, paths, doubt)
}

/** Why the only cluster of a state may still not be the one of its manifests; undefined where nothing speaks against it. */
function doubtAbout(
  cluster: Cluster,
  { name, taken }: Pick<State, 'name' | 'taken'>,
  paths: Paths,
): string | undefined {
  const [own, other] = [environmentIn(name), environmentOfCluster(cluster)]
  if (own !== undefined && other !== undefined && own !== other)
    return `the manifests are for ${own}, the cluster for ${other}`
  if (taken === undefined) return undefined
  const home = partPath(cluster.object.resource)
  const howManifests = new Set([...paths.parts].map((path) => taken.get(path)))
  const isGuess = taken.get(home) === 'guessed' || (howManifests.has('guessed') && !howManifests.has('chosen'))
  return isGuess
    ? `there are several sets of manifests or of Azure code, and ${home} has no name in common with the manifests`
    : undefined
}

function byFolders(clusters: readonly Cluster[], { files }: Paths, folders: ClusterFolders): Told | undefined {
  // A folder that one cluster alone claims tells more than one that many share.
  const alone = new Map<Cluster, string>()
  const shared = new Set<Cluster>()
  for (const path of files) {
    const claimants = folders.claimants(path)
    for (const [cluster, claim] of claimants) {
      if (claimants.size > 1) shared.add(cluster)
      else if (!alone.has(cluster)) alone.set(cluster, claim)
    }
  }
  const [first, ...others] = alone
  if (first !== undefined && others.length === 0) return { cluster: first[0], reason: first[1] }
  if (first !== undefined)
    return { clusters: [...alone.keys()], reason: `${[...alone.values()].join(' and ')} are in one state` }
  if (shared.size === 0) return undefined
  return { clusters: clusters.filter((cluster) => shared.has(cluster)), reason: 'they apply the same folders' }
}

function byEnvironment(
  clusters: readonly Cluster[],
  { name }: Pick<State, 'name'>,
  { parts }: Paths,
  doubt: string | undefined,
): Told {
  const own = environmentIn(name)
  const wanted = own !== undefined ? [own] : [...new Set([...parts].flatMap((path) => environmentOnWay(path) ?? []))]
  const [environment] = wanted
  const fitting = wanted.length === 1 ? clusters.filter((cluster) => environmentOfCluster(cluster) === environment) : []
  if (fitting.length === 1) return { cluster: fitting[0]!, reason: `environment ${environment}` }
  if (doubt !== undefined) return { clusters, reason: doubt }
  if (fitting.length > 1) return { clusters: fitting, reason: `all are for ${environment}` }
  return { clusters, reason: 'no folder, Flux or Argo CD object and no environment tells' }
}

interface Paths {
  /** Of each file with an object that the network is about, and of units that render to such objects. */
  readonly files: ReadonlySet<string>
  /** The same, as the parts that states are made of. */
  readonly parts: ReadonlySet<string>
}

function manifestPaths(manifests: readonly RenderedUnit[]): Paths {
  const files = new Set<string>()
  const parts = new Set<string>()
  for (const { resources } of manifests) {
    for (const resource of resources) {
      if (!isNetworkKind(resource.kind)) continue
      files.add(resource.origin.source.path)
      files.add(partPath(resource))
      parts.add(partPath(resource))
    }
  }
  return { files, parts }
}

function environmentOfCluster({ object }: Cluster): string | undefined {
  const name = knownValue(object.name)
  return (name && environmentIn(name)) ?? environmentOnWay(partPath(object.resource))
}

/** The innermost environment that a path stands below. */
function environmentOnWay(path: string): string | undefined {
  return path.split('/').reduceRight<string | undefined>((found, segment) => found ?? environmentIn(segment), undefined)
}

/** The environment that a name holds, with one word for what is called differently. */
function environmentIn(name: string): string | undefined {
  const found = name === '' ? undefined : environmentOf(name)
  return found && (SYNONYMS.get(found) ?? found)
}

const SYNONYMS: ReadonlyMap<string, string> = new Map(
  [
    'prod production prd live',
    'dev development',
    'test testing tst',
    'staging stage stg',
    'sandbox sbx',
    'int integration',
  ].flatMap((words) => words.split(' ').map((word): [string, string] => [word, words.split(' ', 1)[0]!])),
)

/** Where a cluster is written, with its name: `aks-prod (infra/main.tf:3)`. */
export function clusterLabel({ object }: Cluster): string {
  const { file, line } = toPlace(object.resource.origin)
  return `${knownValue(object.name) ?? labelOf(object)} (${file}:${line})`
}
