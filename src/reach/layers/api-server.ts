import type { Bounds } from '../../algebra/bounds.ts'
import { serviceSet, symbolSet } from '../../algebra/service-sets.ts'
import { either, type Truth } from '../../algebra/truth.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import type { Outcome, Step } from '../azure/outcome.ts'
import { outcomeOf } from '../azure/outcome.ts'
import { atServices, isIn, NOWHERE, type Places } from '../azure/places.ts'
import { placeBounds, toPlaces } from '../azure/prefixes.ts'
import type { Site } from '../azure/state.ts'
import type { Caller } from './paas-firewall.ts'

/** Where the public API server of a cluster stands for rules about its callers' destinations: an address of its region. */
export function apiServerPlace(cluster: Cluster, region: string | undefined): Places {
  const name = `API server of ${cluster.object.resource.address}`
  return atServices(region === undefined ? serviceSet(name) : serviceSet(name, symbolSet([region])))
}

/** The range that stands for the cluster's own outbound address alone. Source: learn.microsoft.com/azure/aks/api-server-authorized-ip-ranges */
const OWN_ADDRESS_ONLY = '0.0.0.0/32'

/** The public endpoint's access list. AKS adds the address of its own load balancer, and of nothing else. */
export function judgeApiServer(site: Site, cluster: Cluster, caller: Caller, viaClusterBalancer: boolean): Outcome {
  const { api, object } = cluster
  const label = labelOf(object)
  const at = { layer: 'api-server' as const, resource: object.resource, origin: api.authorizedRanges.origin }
  const told = (step: Omit<Step, 'layer'>) => outcomeOf({ ...at, ...step })
  if (!api.private.known)
    return told({ answer: 'unknown', rule: `${label}: whether the cluster is private is not known` })
  if (api.private.value) {
    return told({
      answer: 'denied',
      rule: `${label} is a private cluster: no public endpoint`,
      origin: api.private.origin,
    })
  }
  const { authorizedRanges } = api
  if (authorizedRanges.complete && authorizedRanges.items.length === 0) {
    return told({ answer: 'allowed', rule: `${label}: no authorised ranges, any address is admitted` })
  }
  if (viaClusterBalancer) return told({ answer: 'allowed', rule: `${label}: AKS admits its own outbound address` })
  const ranges = authorizedRanges.items
    .filter((item) => !item.known || item.value !== OWN_ADDRESS_ONLY)
    .map((item): Bounds<Places> => toPlaces(site.azure, item, object.resource))
    .reduce(placeBounds.union, { certain: NOWHERE, possible: NOWHERE })
  const surely = isIn(caller.identity.possible, ranges.certain)
  const truth: Truth =
    surely === 'yes' ? 'yes' : either(surely, isIn(caller.identity.possible, ranges.possible) === 'no' ? 'no' : 'maybe')
  if (truth === 'yes') return told({ answer: 'allowed', rule: `${label}: the caller's address is authorised` })
  if (truth === 'no')
    return told({ answer: 'denied', rule: `${label}: the caller's address is not among the authorised ranges` })
  return told({ answer: 'unknown', rule: `${label}: whether the caller's address is authorised is not known` })
}
