import { addressSets } from '../../algebra/addresses.ts'
import type { ApplicationGateway } from '../../model/azure/application-gateway.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import { knownItems, knownValue, surely } from '../../model/azure/prop.ts'
import type { Subnet } from '../../model/azure/virtual-network.ts'
import type { Ingress } from '../../model/kubernetes/ingress.ts'
import { isApplicationGateway } from '../layers/ingress.ts'
import { leadsTo, viaFrontend } from './frontend-ways.ts'
import { frontendsOf } from './frontends.ts'
import { walkToPod } from './gateway-pods.ts'
import { subnetHost } from './hosts.ts'
import { ingressesTo } from './ingress-classes.ts'
import type { Demand } from './leg.ts'
import { allowed, inSeries, inSeriesLazily, type Outcome, unknownAt, whichever } from './outcome.ts'
import { poolsOf } from './placement.ts'
import { parseRange } from './places.ts'
import type { Site } from './state.ts'
import { arriveAndAnswer, isMeant, type Visit, visitFrom } from './visit.ts'

/** By application gateways: those that Ingress objects steer, and those whose pools name the workload's frontends. */
export function viaGateways(visit: Visit): readonly Outcome[] {
  const { site, cluster, outsider, workload, demand } = visit
  const ingresses = ingressesTo(site, workload, demand).filter(
    (one) => isApplicationGateway(one) && isMeant(visit, one.resource),
  )
  const steered = ingresses.flatMap((ingress): readonly Outcome[] => {
    const { gateway, subnet } = gatewayOf(site, cluster)
    if (subnet === undefined) {
      const why = 'the subnet of the application gateway is not in the tree'
      const isMade = surely(cluster.addons.applicationGateway, true)
      return isMade ? [unknownAt('ingress', why, { resource: ingress.resource })] : []
    }
    const usesPrivate = ingress.annotations.get('appgw.ingress.kubernetes.io/use-private-ip') === 'true'
    const isOffered =
      outsider.host === undefined
        ? !usesPrivate && hasPublicFrontend(gateway)
        : usesPrivate && hasPrivateFrontend(gateway)
    return isOffered ? [throughGateway(visit, subnet, ingress)] : []
  })
  return [...steered, ...viaStaticPools(visit)]
}

/** The gateway that the cluster's controller steers; without a subnet where the tree does not say where it stands. */
export function gatewayOf(
  site: Site,
  cluster: Cluster,
): { readonly gateway: ApplicationGateway | undefined; readonly subnet: Subnet | undefined } {
  const gateway = site.azure.applicationGateways.of(cluster.addons.gateway) ?? site.azure.applicationGateways.all[0]
  const subnet = site.azure.subnets.of(gateway?.subnet) ?? site.azure.subnets.of(cluster.addons.gatewaySubnet)
  return { gateway, subnet }
}

/** Whether the internet can use one of its frontends. */
export function hasPublicFrontend(gateway: ApplicationGateway | undefined): boolean {
  // A gateway that the add-on makes is public.
  return gateway === undefined || gateway.frontends.some(({ publicIp }) => publicIp.kind !== 'absent')
}

/**
 * Whether hosts of the network can. The controller leaves out an Ingress that asks for a private frontend that is not there.
 * Source: learn.microsoft.com/azure/application-gateway/ingress-controller-private-ip
 */
export function hasPrivateFrontend(gateway: ApplicationGateway | undefined): boolean {
  return gateway?.frontends.some(({ subnet }) => subnet.kind !== 'absent') === true
}

/** Client to the gateway's subnet, and from there straight to the pod. */
function throughGateway(visit: Visit, subnet: Subnet, { namespace, name, tlsHosts }: Ingress): Outcome {
  const { site, cluster, workload, demand, judge } = visit
  const gateway = subnetHost(site, subnet)
  const listener: Demand = { ...demand, port: tlsHosts.length > 0 ? 443 : 80 }
  return inSeriesLazily(
    () => arriveAndAnswer(visit, gateway, listener),
    () => allowed('ingress', `Ingress/${namespace}/${name} leads to ${workload.namespace}/${workload.name}`),
    () =>
      whichever(
        poolsOf(cluster, workload).map((pool) =>
          walkToPod(site, cluster, gateway, pool, workload.hostNetwork === 'yes', demand),
        ),
      ),
    () => judge({ kind: 'addresses', addresses: gateway.places.addresses }, workload, demand),
  )
}

/** Gateways whose backend pools write out an address that leads to the workload. */
function viaStaticPools(visit: Visit): readonly Outcome[] {
  const { site, cluster, outsider, workload, demand } = visit
  const frontends = frontendsOf(site, cluster).filter(({ service }) => leadsTo(service, workload, demand) !== undefined)
  const gateways = site.azure.applicationGateways.all.filter(({ object }) => isMeant(visit, object.resource))
  return gateways.flatMap((gateway) =>
    gateway.listeners.flatMap((listener): readonly Outcome[] => {
      const frontend = gateway.frontends.find(({ name }) => knownValue(name) === knownValue(listener.frontend))
      const isPublic = frontend?.publicIp.kind !== undefined && frontend.publicIp.kind !== 'absent'
      if ((outsider.host === undefined) !== isPublic) return []
      const backends = knownItems(listener.backends).flatMap((text) => parseRange(text) ?? [])
      const target = frontends.find(({ places: own }) =>
        backends.some((address) => addressSets.covers(own.addresses, address)),
      )
      const subnet = site.azure.subnets.of(gateway.subnet)
      if (target === undefined || subnet === undefined) return []
      const host = subnetHost(site, subnet)
      const arrived = arriveAndAnswer(visit, host, { ...demand, port: knownValue(listener.port) ?? demand.port })
      const led = allowed('ingress', `${labelOf(gateway.object)} leads to Service ${target.service.name}`)
      return viaFrontend(visitFrom(visit, host), target).map((rest) => inSeries(arrived, led, rest))
    }),
  )
}
