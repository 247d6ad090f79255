import { exactly } from '../algebra/bounds.ts'
import { ALL_CONNECTIONS } from '../algebra/connections.ts'
import { toPlace } from '../base/origin.ts'
import type { Cluster } from '../model/azure/cluster.ts'
import { knownValue } from '../model/azure/prop.ts'
import { placeRegions } from '../reach/azure/flows.ts'
import { atAddresses, EVERYWHERE, PLATFORM, places } from '../reach/azure/places.ts'
import { type Site, toSite, workerPools } from '../reach/azure/state.ts'
import { type AzureIdentities, identitiesOf } from './azure-identity.ts'
import { poolEgress } from './effective-egress.ts'
import type { Flow } from './flows.ts'
import { namePlaces } from './name-places.ts'
import { divide } from './pieces.ts'
import type { StateView } from './state-view.ts'

/**
 * What pods of clusters that the change brings may reach outside, by Azure's layers: each pool stands for the pods that it may run. Only
 * what is sure is told, and nothing where others go: then it may be one cluster that is called, or written, otherwise. `told` is the
 * cluster whose manifests tell it.
 */
export function clusterFlows(base: StateView, head: StateView, told: (cluster: Cluster) => boolean): readonly Flow[] {
  const [before, after] = [base.network.azure, head.network.azure]
  if (before === undefined || after === undefined || before === after) return []
  if (after.clusters.all.length === 0) return []
  const was = identitiesOf(before.objects, (address) => address, undefined)
  const is = identitiesOf(after.objects, head.identity, was)
  if (missingFrom(after.clusters.all, before.clusters.all, is, was).length > 0) return []
  return missingFrom(before.clusters.all, after.clusters.all, was, is)
    .filter((cluster) => !told(cluster))
    .flatMap((cluster) => ofCluster(toSite({ azure: after, cluster }), cluster))
}

/** The clusters that others do not know. */
function missingFrom(
  others: readonly Cluster[],
  clusters: readonly Cluster[],
  otherNames: AzureIdentities,
  names: AzureIdentities,
): readonly Cluster[] {
  const known = new Set(others.map(({ object }) => otherNames.of(object)))
  return clusters.filter(({ object }) => !object.existing && !known.has(names.of(object)))
}

const NOTHING = exactly(placeRegions.empty)
/** The platform answers in every cluster. */
const BEYOND = placeRegions.of(places.subtract(EVERYWHERE, atAddresses(PLATFORM)), ALL_CONNECTIONS)

function ofCluster(site: Site, cluster: Cluster): readonly Flow[] {
  const { resource } = cluster.object
  const { file, line } = toPlace(resource.origin)
  const cause = { file, line, resource: resource.address, why: 'the cluster is new' }
  const owner = site.azure.clusters.all.length > 1 ? `${knownValue(cluster.object.name) ?? resource.address}/` : ''
  return workerPools(cluster).flatMap((pool) => {
    const from = { name: `any pod in pool ${owner}${knownValue(pool.name) ?? '?'}` }
    const all = exactly(placeRegions.intersect(poolEgress(site, cluster, pool).certain, BEYOND))
    return divide(NOTHING, all).flatMap(({ where, before, after }) =>
      namePlaces(where).map((to): Flow => ({ kind: 'egress', from, to, before, after, cause })),
    )
  })
}
