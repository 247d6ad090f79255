import { labelOf } from '../../model/azure/azure-object.ts'
import { viaControllers } from './controller-ways.ts'
import { leadsTo, viaFrontend } from './frontend-ways.ts'
import { type Frontend, frontendsOf } from './frontends.ts'
import { viaGateways } from './gateway-ways.ts'
import { ingressesTo, isContainersGatewayClass } from './ingress-classes.ts'
import { viaHostPorts, viaNodePorts } from './node-ways.ts'
import { type Outcome, unknownAt } from './outcome.ts'
import { viaTranslation } from './translation-ways.ts'
import { frontDoorsOf, mayBeOrigin } from './unwalked.ts'
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
    ...viaUnwalked(visit, leading),
  ]
}

/** By what no layer walks: whether anybody comes in there is not known. */
function viaUnwalked(visit: Visit, leading: readonly Frontend[]): readonly Outcome[] {
  const { site, outsider, workload, demand } = visit
  if (outsider.host !== undefined) return []
  const containers = ingressesTo(site, workload, demand).filter(
    (ingress) => isContainersGatewayClass(ingress) && isMeant(visit, ingress.resource),
  )
  const origins = leading.filter(
    (frontend) => isMeant(visit, frontend.service.resource) && mayBeOrigin(site.azure, frontend),
  )
  const [door] = origins.length === 0 ? [] : frontDoorsOf(site.azure)
  return [
    ...containers.map(({ namespace, name, resource }) =>
      unknownAt('ingress', `Ingress/${namespace}/${name}: Application Gateway for Containers is not walked`, {
        resource,
      }),
    ),
    ...(door === undefined
      ? []
      : [unknownAt('ingress', `whether ${labelOf(door)} leads to it is not walked`, { resource: door.resource })]),
  ]
}
