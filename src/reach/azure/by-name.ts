import { serviceSet, symbolSet } from '../../algebra/service-sets.ts'
import { tagOfName } from '../../model/azure/service-tags.ts'
import { type Resolution, resolveName, serviceNamed } from '../layers/dns.ts'
import { judgeService, regionOf } from '../layers/paas-firewall.ts'
import type { Host } from './hosts.ts'
import type { Demand, Goal } from './leg.ts'
import { askServers, asksClusterDns } from './name-servers.ts'
import { inSeries, inSeriesLazily, NOTHING_IN_THE_WAY, type Outcome, outcomeOf, whichever } from './outcome.ts'
import { atHost, atServices } from './places.ts'
import type { PolicyEnd } from './pod-policies.ts'
import { type Context, judgePolicy, publicGoal } from './question.ts'
import type { Site } from './state.ts'
import { walk } from './walk.ts'

/** A name is resolved first; then it is a private host, the tree's own service, or some public host. */
export function reachName(
  context: Context,
  host: Host,
  pod: PolicyEnd | undefined,
  name: string,
  demand: Demand,
): Outcome {
  const { site } = context
  const named: Demand = { ...demand, name }
  const local = asksClusterDns(context, pod)
  if (local.answer === 'denied') return local
  const { asked, resolvers } = askServers(site, host)
  return inSeriesLazily(
    () => local,
    () => asked,
    () =>
      whichever(
        resolveName(site, name, resolvers).map((resolution) => toResolved(context, host, pod, name, resolution, named)),
      ),
  )
}

function toResolved(
  context: Context,
  host: Host,
  pod: PolicyEnd | undefined,
  name: string,
  { kind, hosts, step }: Resolution,
  demand: Demand,
): Outcome {
  const { site } = context
  const resolved = outcomeOf(step)
  switch (kind) {
    case 'none':
      return resolved
    case 'private':
      return inSeries(
        resolved,
        whichever(
          hosts.map((target) =>
            inSeriesLazily(
              () =>
                pod === undefined
                  ? NOTHING_IN_THE_WAY
                  : judgePolicy(context, pod, { kind: 'addresses', addresses: target.places.addresses }, demand),
              () => walk(site, host, { kind: 'host', host: target }, demand),
            ),
          ),
        ),
      )
    case 'public':
      return inSeries(
        resolved,
        inSeriesLazily(
          () => (pod === undefined ? NOTHING_IN_THE_WAY : judgePolicy(context, pod, { kind: 'public-host' }, demand)),
          () => walk(site, host, namedGoal(site, name), demand),
        ),
      )
  }
}

/** The tree's own service behind its public name, an Azure service by its suffix, or a host that no rule names by address. */
function namedGoal(site: Site, name: string): Goal {
  const named = serviceNamed(site, name)
  if (named === undefined) {
    const tag = tagOfName(name)
    return publicGoal(tag === undefined ? atHost(name) : atServices(serviceSet(tag.toLowerCase())))
  }
  const { service } = named
  const region = regionOf(service.object)
  const tag = service.kind.tag?.toLowerCase() ?? `service of ${service.object.resource.address}`
  const where = atServices(region.startsWith('?') ? serviceSet(tag) : serviceSet(tag, symbolSet([region])))
  return { kind: 'public', places: where, accept: (caller) => outcomeOf(judgeService(site, service, caller)) }
}
