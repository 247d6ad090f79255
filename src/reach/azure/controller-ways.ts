import { knownValue, surely } from '../../model/azure/prop.ts'
import type { Ingress } from '../../model/kubernetes/ingress.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { isApplicationGateway } from '../layers/ingress.ts'
import { leadsTo, viaFrontend } from './frontend-ways.ts'
import type { Frontend } from './frontends.ts'
import { type Host, nodeHost } from './hosts.ts'
import { ingressesTo } from './ingress-classes.ts'
import type { Demand } from './leg.ts'
import { allowed, inSeriesLazily, type Outcome, whichever } from './outcome.ts'
import { workerPools } from './state.ts'
import { arriveAt, isMeant, type Visit } from './visit.ts'

/** By in-cluster controllers of the tree: their own load balancer, then from the controller's pods to the workload. */
export function viaControllers(visit: Visit, frontends: readonly Frontend[]): readonly Outcome[] {
  const { site, workload, demand, judge } = visit
  const ingresses = ingressesTo(site, workload, demand).filter(
    (one) => !isApplicationGateway(one) && isMeant(visit, one.resource),
  )
  const workloads = site.state.kubernetes?.workloads ?? []
  return ingresses.flatMap((ingress) => {
    const web = webDemand(ingress, demand)
    const found = frontends.flatMap((frontend) => {
      const controllers = workloads.filter(
        (one) => isController(one, ingress) && leadsTo(frontend.service, one, web) !== undefined,
      )
      return controllers.flatMap((controller) =>
        viaFrontend({ ...visit, workload: controller, demand: web }, frontend).map((way) =>
          inSeriesLazily(
            () => way,
            () => leads(ingress, workload),
            () => judge({ kind: 'workload', workload: controller }, workload, demand),
          ),
        ),
      )
    })
    return found.length > 0 ? found : viaAddon(visit, ingress)
  })
}

/** What a client of an Ingress asks its controller for. */
function webDemand({ tlsHosts }: Ingress, demand: Demand): Demand {
  return { ...demand, protocol: 'TCP', port: tlsHosts.length > 0 ? 443 : 80 }
}

function leads(ingress: Ingress, workload: Workload): Outcome {
  const words = `Ingress/${ingress.namespace}/${ingress.name} leads to ${workload.namespace}/${workload.name}`
  return allowed('ingress', words, { resource: ingress.resource })
}

/** Class of the application routing add-on. Source: learn.microsoft.com/azure/aks/app-routing */
export const ROUTING_CLASS = 'webapprouting.kubernetes.azure.com'

/** The controller of the application routing add-on is not in the tree: its load balancer is public unless the cluster says otherwise. */
function viaAddon(visit: Visit, ingress: Ingress): readonly Outcome[] {
  const { site, cluster, outsider, workload, demand, judge } = visit
  const { webAppRouting, defaultIngressController } = cluster.addons
  if (ingress.className !== ROUTING_CLASS || surely(webAppRouting, false)) return []
  const kind = knownValue(defaultIngressController)
  const isPublic = kind === 'AnnotationControlled' || kind === 'External'
  if ((outsider.host === undefined) !== isPublic) return []
  const incoming = { ...demand, port: webDemand(ingress, demand).port }
  const nodes = workerPools(cluster).map((pool): Host => ({ ...nodeHost(site, cluster, pool), cards: [] }))
  return [
    inSeriesLazily(
      // Which address the add-on's balancer has is not known, so the client's stands for it.
      () => whichever(nodes.map((node) => arriveAt(visit, node, incoming, outsider.places))),
      () => leads(ingress, workload),
      () => judge({ kind: 'any-pod', namespace: 'app-routing-system' }, workload, demand),
    ),
  ]
}

/** Words that labels of controllers have, by the class that they serve. Charts name their pods so. */
const CONTROLLER_WORDS: readonly (readonly [className: string, word: RegExp])[] = [
  ['nginx', /nginx/],
  ['traefik', /traefik/],
  ['haproxy', /haproxy/],
  ['contour', /contour|envoy/],
  ['kong', /kong/],
  ['istio', /istio/],
]

/** A workload that by its labels is the controller of the Ingress's class; without a class any controller may be. */
export function isController({ labels }: Workload, { className }: Ingress): boolean {
  const names = ['app.kubernetes.io/name', 'app', 'k8s-app'].map((key) => labels.known.get(key))
  return CONTROLLER_WORDS.some(
    ([own, word]) =>
      (className === undefined || className.includes(own)) &&
      names.some((name) => typeof name === 'string' && word.test(name)),
  )
}
