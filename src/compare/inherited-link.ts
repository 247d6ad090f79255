import type { Cluster } from '../model/azure/cluster.ts'
import { knownValue } from '../model/azure/prop.ts'
import type { Network } from '../model/network.ts'
import { toSite } from '../reach/azure/state.ts'
import type { ClusterLink } from './cluster-link.ts'

/** The reason of such a link. */
export const INHERITED = 'the other side of the change'

/**
 * The link of one side where several clusters leave it open and the other side tells which it is: a cluster that comes or goes beside
 * theirs moves no manifests. `identity` gives the address that the base has for one of the head.
 */
export function inheritLink(
  own: ClusterLink,
  other: ClusterLink,
  { azure, kubernetes }: Network,
  identity: (address: string) => string,
): ClusterLink {
  if (own.kind !== 'several' || other.kind !== 'linked' || azure === undefined) return own
  const [cluster, ...others] = own.clusters.filter((one) => isSame(one, other.cluster, identity))
  if (cluster === undefined || others.length > 0) return own
  return {
    kind: 'linked',
    cluster,
    site: toSite({ azure, kubernetes, cluster }),
    reason: INHERITED,
  }
}

/** By name, or by the address that the base has for it. */
function isSame(a: Cluster, b: Cluster, identity: (address: string) => string): boolean {
  const names = [a, b].map(({ object }) => knownValue(object.name)?.toLowerCase())
  if (names[0] !== undefined && names[1] !== undefined) return names[0] === names[1]
  return identity(a.object.resource.address) === identity(b.object.resource.address)
}
