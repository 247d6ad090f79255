import { viaControllers } from './controller-ways.ts'
import { leadsTo, viaFrontend } from './frontend-ways.ts'
import { frontendsOf } from './frontends.ts'
import { viaGateways } from './gateway-ways.ts'
import { viaHostPorts, viaNodePorts } from './node-ways.ts'
import type { Outcome } from './outcome.ts'
import { viaTranslation } from './translation-ways.ts'
import { isMeant, type Visit } from './visit.ts'

/** Every way in to a workload, each with its outcome; the caller needs one that allows. Empty where there is none at all. */
export function waysIn(visit: Visit): readonly Outcome[] {
  const { site, cluster, outsider, workload, demand } = visit
  const frontends = frontendsOf(site, cluster)
  const leading = frontends.filter(({ service }) => leadsTo(service, workload, demand) !== undefined)
  return [
    ...leading
      .filter(({ service }) => isMeant(visit, service.resource))
      .flatMap((frontend) => viaFrontend(visit, frontend)),
    ...viaGateways(visit),
    ...viaControllers(visit, frontends),
    ...(outsider.host === undefined ? viaTranslation(visit, leading) : []),
    ...viaNodePorts(visit),
    ...(isMeant(visit, workload.resource) ? viaHostPorts(visit) : []),
  ]
}
