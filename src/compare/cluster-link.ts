import type { Cluster } from '../model/azure/cluster.ts'
import { knownValue } from '../model/azure/prop.ts'
import type { Network } from '../model/network.ts'
import { isNetworkKind } from '../parse/kubernetes/kinds.ts'
import type { RenderedUnit, UnitKind } from '../parse/resource.ts'
import { type Site, toSite } from '../reach/azure/state.ts'

/** Which cluster of a state's Azure code runs the state's manifests. */
export type ClusterLink =
  | { readonly kind: 'linked'; readonly cluster: Cluster; readonly site: Site }
  /** There are several, and nothing tells which. `site` asks about the Azure network alone. */
  | { readonly kind: 'several'; readonly clusters: readonly Cluster[]; readonly site: Site }
  /** No Azure code, or none with a cluster. */
  | { readonly kind: 'none' }

const AZURE_UNITS: ReadonlySet<UnitKind> = new Set(['terraform', 'plan', 'bicep', 'arm'])
const NONE: ClusterLink = { kind: 'none' }

/**
 * Links a state's manifests to its Azure code: to its only cluster, else to the one whose name is a folder above the manifests.
 *
 * States without Azure code cost nothing.
 */
export function linkCluster(units: readonly RenderedUnit[], network: Network): ClusterLink {
  if (!units.some(({ unit }) => AZURE_UNITS.has(unit.kind)) || network.azure === undefined) return NONE
  const { azure, kubernetes } = network
  const clusters = azure.clusters.all.filter(({ object }) => !object.existing)
  const cluster = clusters.length > 1 ? namedByPath(clusters, units) : clusters[0]
  if (cluster !== undefined) return { kind: 'linked', cluster, site: toSite({ azure, kubernetes, cluster }) }
  return clusters.length === 0 ? NONE : { kind: 'several', clusters, site: toSite({ azure, kubernetes }) }
}

/** The only cluster that folders of manifests are called after. */
function namedByPath(clusters: readonly Cluster[], units: readonly RenderedUnit[]): Cluster | undefined {
  const folders = new Set<string>()
  for (const { unit, resources } of units) {
    if (AZURE_UNITS.has(unit.kind)) continue
    for (const { kind, origin } of resources) {
      if (!isNetworkKind(kind)) continue
      for (const folder of origin.source.path.split('/').slice(0, -1)) folders.add(folder.toLowerCase())
    }
  }
  const named = clusters.filter(({ object }) => folders.has(knownValue(object.name)?.toLowerCase() ?? ''))
  return named.length === 1 ? named[0] : undefined
}
