import type { Ingress, IngressBackend } from '../../model/kubernetes/ingress.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { leadsTo } from './frontend-ways.ts'
import type { Demand } from './leg.ts'
import type { Site } from './state.ts'

/** Ingresses that have a backend Service which leads to the workload on the asked port. */
export function ingressesTo(site: Site, workload: Workload, demand: Demand): readonly Ingress[] {
  const { ingresses = [], services = [] } = site.state.kubernetes ?? {}
  const mine = services.filter((service) => leadsTo(service, workload, demand) !== undefined)
  const names = (backend: IngressBackend) => mine.some(({ name }) => name === backend.service)
  return ingresses.filter(
    (ingress) =>
      ingress.namespace === workload.namespace &&
      ((ingress.defaultBackend !== undefined && names(ingress.defaultBackend)) ||
        ingress.rules.some((rule) => rule.paths.some(({ backend }) => names(backend)))),
  )
}

/** Whether the Ingress is one of Application Gateway for Containers. Source: learn.microsoft.com/azure/application-gateway/for-containers/ */
export function isContainersGatewayClass({ className }: Ingress): boolean {
  return className === 'azure-alb-external'
}
