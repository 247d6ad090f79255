import { type AddressSet, addressSets } from '../../algebra/addresses.ts'
import { type ConnectionSet, connectionSet, type PortProtocol, singlePort } from '../../algebra/connections.ts'
import { hasNumber } from '../../algebra/intervals.ts'
import type { ApplicationGateway } from '../../model/azure/application-gateway.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import { knownItems, knownValue, surely } from '../../model/azure/prop.ts'
import type { Subnet } from '../../model/azure/virtual-network.ts'
import type { Ingress, IngressBackend } from '../../model/kubernetes/ingress.ts'
import { matches } from '../../model/kubernetes/labels.ts'
import type { Service, ServicePort } from '../../model/kubernetes/service.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import type { Resource } from '../../parse/resource.ts'
import { translationsOf } from '../layers/firewall.ts'
import { type Frontend, frontendsOf } from './frontends.ts'
import { firewallHost, type Host, nodeHost, podHost, subnetHost } from './hosts.ts'
import {
  allowed,
  anyWay,
  denied,
  inSeries,
  inSeriesLazily,
  NOTHING_IN_THE_WAY,
  type Outcome,
  outcomeOf,
  unknownAt,
  whichever,
} from './outcome.ts'
import { poolsOf } from './placement.ts'
import { isIn, type Places, parseRange, places, withPublic } from './places.ts'
import type { PolicyEnd } from './pod-policies.ts'
import type { Site } from './state.ts'
import { workerPools } from './state.ts'
import { answerPublicly, type Demand, enterFromOutside, walk } from './walk.ts'

/** Somebody outside of the cluster who wants to reach a workload in it. */
export interface Outsider {
  /** Address in the packets. */
  readonly places: Places
  /** Where it stands, for one inside some network; undefined for the internet. */
  readonly host: Host | undefined
  /** How in-cluster layers see it. */
  readonly end: PolicyEnd
}

/** What judges one packet inside the cluster: the policies, or nothing where none are enforced. */
export type PolicyJudge = (from: PolicyEnd, to: Workload, demand: Demand) => Outcome

/**
 * Every way in to a workload, each with its outcome; the caller needs one that allows. Empty where there is none at all. `via` asks only
 * for those that one Service, Ingress, firewall rule or workload makes.
 */
export function waysIn(
  site: Site,
  cluster: Cluster,
  outsider: Outsider,
  workload: Workload,
  demand: Demand,
  judge: PolicyJudge,
  via?: Resource,
): readonly Outcome[] {
  const isMeant = (resource: Resource) => via === undefined || via === resource
  const frontends = frontendsOf(site, cluster)
  const leading = frontends.filter(({ service }) => leadsTo(service, workload, demand) !== undefined)
  return [
    ...leading
      .filter(({ service }) => isMeant(service.resource))
      .flatMap((frontend) => viaFrontend(site, cluster, outsider, frontend, workload, demand, judge)),
    ...viaGateways(site, cluster, outsider, workload, demand, judge, isMeant),
    ...viaControllers(site, cluster, outsider, frontends, workload, demand, judge, isMeant),
    ...(outsider.host === undefined
      ? viaTranslation(site, cluster, outsider, leading, workload, demand, judge, isMeant)
      : []),
    ...viaNodePorts(site, cluster, outsider, workload, demand, judge, isMeant),
    ...(isMeant(workload.resource) ? viaHostPorts(site, cluster, outsider, workload, demand, judge) : []),
  ]
}

/** Whether a way that a resource makes is asked about. */
type IsMeant = (resource: Resource) => boolean

/** The port of a Service that leads to the workload on the asked port. */
export function leadsTo(service: Service, workload: Workload, { port, protocol }: Demand): ServicePort | undefined {
  if (service.namespace !== workload.namespace || service.selector === undefined) return undefined
  if (matches(service.selector, workload.labels) === 'no') return undefined
  return service.ports.find(
    (one) =>
      one.protocol === protocol && (one.port === port || one.targetPort === port || isNamed(one, workload, port)),
  )
}

function isNamed({ targetPort }: ServicePort, workload: Workload, port: number): boolean {
  return typeof targetPort === 'string' && workload.ports.some((one) => one.name === targetPort && one.port === port)
}

function viaFrontend(
  site: Site,
  cluster: Cluster,
  outsider: Outsider,
  frontend: Frontend,
  workload: Workload,
  demand: Demand,
  judge: PolicyJudge,
): Outcome[] {
  const { service } = frontend
  const outside = outsider.host === undefined
  // A host of a network uses private addresses only, and the internet public ones.
  if (outside ? frontend.public === 'no' : frontend.public === 'yes') return []
  const port = leadsTo(service, workload, demand)!
  const incoming: Demand = { ...demand, port: (frontend.floating ? port.port : port.nodePort) ?? demand.port }
  const at = { resource: service.resource, origin: service.typeOrigin }
  const certain =
    frontend.public === 'maybe'
      ? unknownAt('service', `whether ${service.name} is public is not known`, at)
      : NOTHING_IN_THE_WAY
  const nodes = workerPools(cluster).map((pool) => nodeHost(site, cluster, pool))
  const arrive = (node: Host): Outcome => {
    const target = frontend.floating ? { ...node, places: frontend.places } : node
    return outsider.host === undefined
      ? inSeriesLazily(
          () => enterFromOutside(site, target, outsider.places, target.places, incoming),
          () => answerPublicly(site, node, outsider.places),
        )
      : frontend.floating
        ? walk(site, outsider.host, { kind: 'host', host: target }, incoming)
        : throughBalancer(
            site,
            outsider.host,
            outsider,
            frontend,
            node,
            { ...demand, port: port.port ?? demand.port },
            incoming,
          )
  }
  return [
    inSeriesLazily(
      () => certain,
      () => whichever(nodes.map(arrive)),
      () => withinRanges(frontend, outsider),
      () => judgeBehindService(site, service, outsider, workload, demand, judge),
    ),
  ]
}

/** Without floating IP the client and its routes see the frontend, the node its own address and the node port. */
function throughBalancer(
  site: Site,
  client: Host,
  { places: source }: Outsider,
  frontend: Frontend,
  node: Host,
  before: Demand,
  behind: Demand,
): Outcome {
  const balancer: Host = { ...node, places: frontend.places, subnet: undefined, cards: [] }
  return inSeriesLazily(
    () => walk(site, client, { kind: 'host', host: balancer }, before),
    () => enterFromOutside(site, node, source, node.places, behind),
  )
}

/** kube-proxy drops what `spec.loadBalancerSourceRanges` does not list. */
export function withinRanges({ nodeRanges, service }: Frontend, { places: where }: Outsider): Outcome {
  const at = { resource: service.resource }
  if (nodeRanges === undefined)
    return allowed('service', `Service ${service.namespace}/${service.name} admits any client`, at)
  switch (isIn(where, withPublic(nodeRanges))) {
    case 'yes':
      return allowed('service', `Service ${service.namespace}/${service.name} lists the client`, at)
    case 'no':
      return denied(
        'service',
        `loadBalancerSourceRanges of ${service.namespace}/${service.name} do not hold the client`,
        at,
      )
    case 'maybe':
      return unknownAt('service', `whether ${service.namespace}/${service.name} lists the client is not known`, at)
  }
}

/** With `externalTrafficPolicy: Cluster` the pod may see a node instead of the client; nobody says which. */
function judgeBehindService(
  site: Site,
  service: Service,
  outsider: Outsider,
  workload: Workload,
  demand: Demand,
  judge: PolicyJudge,
): Outcome {
  const client = judge(outsider.end, workload, demand)
  if (service.keepsClientAddress) return client
  // Azure's own engine does not apply ingress policies to such traffic: learn.microsoft.com/azure/aks/migrate-from-npm-to-cilium-network-policy
  if (site.cluster !== undefined && surely(site.cluster.policyEngine, 'azure')) return NOTHING_IN_THE_WAY
  return whichever([client, judge({ kind: 'nodes' }, workload, demand)])
}

/** Application gateways: those that Ingress objects steer, and those whose pools name the workload's frontends. */
function viaGateways(
  site: Site,
  cluster: Cluster,
  outsider: Outsider,
  workload: Workload,
  demand: Demand,
  judge: PolicyJudge,
  isMeant: IsMeant,
): Outcome[] {
  const ingress = ingressesTo(site, workload, demand).filter(
    (one) => isApplicationGatewayClass(one) && isMeant(one.resource),
  )
  const outcomes: Outcome[] = []
  for (const one of ingress) {
    const { gateway, subnet } = gatewayOf(site, cluster)
    if (subnet === undefined) {
      const made = surely(cluster.addons.applicationGateway, true)
      if (made)
        outcomes.push(
          unknownAt('ingress', 'the subnet of the application gateway is not in the tree', { resource: one.resource }),
        )
      continue
    }
    const usesPrivate = one.annotations.get('appgw.ingress.kubernetes.io/use-private-ip') === 'true'
    if (outsider.host === undefined && (usesPrivate || !hasPublicFrontend(gateway))) continue
    if (outsider.host !== undefined && !usesPrivate) continue
    const listener: Demand = { ...demand, port: one.tlsHosts.length > 0 ? 443 : 80 }
    outcomes.push(
      throughGateway(
        site,
        cluster,
        outsider,
        subnet,
        listener,
        workload,
        demand,
        judge,
        `Ingress/${one.namespace}/${one.name}`,
      ),
    )
  }
  return [...outcomes, ...viaStaticPools(site, cluster, outsider, workload, demand, judge, isMeant)]
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

export function hasPublicFrontend(gateway: ApplicationGateway | undefined): boolean {
  // A gateway that the add-on makes is public.
  return gateway === undefined || gateway.frontends.some(({ publicIp }) => publicIp.kind !== 'absent')
}

/** Client to the gateway's subnet, and from there straight to the pod. */
function throughGateway(
  site: Site,
  cluster: Cluster,
  outsider: Outsider,
  subnet: Subnet,
  listener: Demand,
  workload: Workload,
  demand: Demand,
  judge: PolicyJudge,
  label: string,
): Outcome {
  const gateway = subnetHost(site, subnet)
  const toGateway =
    outsider.host === undefined
      ? enterFromOutside(site, gateway, outsider.places, gateway.places, listener)
      : walk(site, outsider.host, { kind: 'host', host: gateway }, listener)
  return inSeriesLazily(
    () => toGateway,
    () => allowed('ingress', `${label} leads to ${workload.namespace}/${workload.name}`),
    () =>
      whichever(
        poolsOf(cluster, workload).map((pool) => {
          const pod = podHost(site, cluster, pool, workload.hostNetwork === 'yes')
          return pod === undefined
            ? unknownAt('route', 'where pods get their addresses is not known')
            : walk(site, gateway, { kind: 'host', host: pod }, demand)
        }),
      ),
    () => judge({ kind: 'addresses', addresses: gateway.places.addresses }, workload, demand),
  )
}

/** Gateways whose backend pools write out an address that leads to the workload. */
function viaStaticPools(
  site: Site,
  cluster: Cluster,
  outsider: Outsider,
  workload: Workload,
  demand: Demand,
  judge: PolicyJudge,
  isMeant: IsMeant,
): Outcome[] {
  const frontends = frontendsOf(site, cluster).filter(({ service }) => leadsTo(service, workload, demand) !== undefined)
  const gateways = site.azure.applicationGateways.all.filter(({ object }) => isMeant(object.resource))
  return gateways.flatMap((gateway) =>
    gateway.listeners.flatMap((listener): Outcome[] => {
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
      const incoming: Demand = { ...demand, port: knownValue(listener.port) ?? demand.port }
      const toGateway =
        outsider.host === undefined
          ? enterFromOutside(site, host, outsider.places, host.places, incoming)
          : walk(site, outsider.host, { kind: 'host', host }, incoming)
      const inside: Outsider = {
        places: host.places,
        host,
        end: { kind: 'addresses', addresses: host.places.addresses },
      }
      return viaFrontend(site, cluster, inside, target, workload, demand, judge).map((rest) =>
        inSeries(
          toGateway,
          allowed('ingress', `${labelOf(gateway.object)} leads to Service ${target.service.name}`),
          rest,
        ),
      )
    }),
  )
}

/** In-cluster controllers of the tree: their own load balancer, then from the controller's pods to the workload. */
function viaControllers(
  site: Site,
  cluster: Cluster,
  outsider: Outsider,
  frontends: readonly Frontend[],
  workload: Workload,
  demand: Demand,
  judge: PolicyJudge,
  isMeant: IsMeant,
): Outcome[] {
  const ingresses = ingressesTo(site, workload, demand).filter(
    (one) => !isApplicationGatewayClass(one) && isMeant(one.resource),
  )
  const workloads = site.state.kubernetes?.workloads ?? []
  return ingresses.flatMap((ingress) => {
    const port = ingress.tlsHosts.length > 0 ? 443 : 80
    const found = frontends.flatMap((frontend) => {
      const controllers = workloads.filter(
        (one) =>
          isController(one, ingress) &&
          leadsTo(frontend.service, one, { ...demand, protocol: 'TCP', port }) !== undefined,
      )
      return controllers.flatMap((controller) =>
        viaFrontend(site, cluster, outsider, frontend, controller, { ...demand, protocol: 'TCP', port }, judge).map(
          (way) =>
            inSeriesLazily(
              () => way,
              () =>
                allowed(
                  'ingress',
                  `Ingress/${ingress.namespace}/${ingress.name} leads to ${workload.namespace}/${workload.name}`,
                  { resource: ingress.resource },
                ),
              () => judge({ kind: 'workload', workload: controller }, workload, demand),
            ),
        ),
      )
    })
    return found.length > 0 ? found : viaAddon(site, cluster, outsider, ingress, workload, demand, judge)
  })
}

export const ROUTING_CLASS = 'webapprouting.kubernetes.azure.com'

/** The controller of the application routing add-on is not in the tree: its load balancer is public unless the cluster says otherwise. */
function viaAddon(
  site: Site,
  cluster: Cluster,
  outsider: Outsider,
  ingress: Ingress,
  workload: Workload,
  demand: Demand,
  judge: PolicyJudge,
): Outcome[] {
  const { webAppRouting, defaultIngressController } = cluster.addons
  if (ingress.className !== ROUTING_CLASS || surely(webAppRouting, false)) return []
  const kind = knownValue(defaultIngressController)
  const isPublic = kind === 'AnnotationControlled' || kind === 'External'
  if ((outsider.host === undefined) !== isPublic) return []
  const port = ingress.tlsHosts.length > 0 ? 443 : 80
  const nodes = workerPools(cluster).map((pool) => ({ ...nodeHost(site, cluster, pool), cards: [] }))
  const incoming = { ...demand, port }
  return [
    inSeriesLazily(
      () =>
        whichever(
          nodes.map((node) =>
            outsider.host === undefined
              ? enterFromOutside(site, node, outsider.places, outsider.places, incoming)
              : walk(site, outsider.host, { kind: 'host', host: node }, incoming),
          ),
        ),
      () =>
        allowed(
          'ingress',
          `Ingress/${ingress.namespace}/${ingress.name} leads to ${workload.namespace}/${workload.name}`,
          { resource: ingress.resource },
        ),
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

export function isApplicationGatewayClass({ className }: Ingress): boolean {
  return className === 'azure-application-gateway' || className === 'azure/application-gateway'
}

function ingressesTo(site: Site, workload: Workload, demand: Demand): readonly Ingress[] {
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

/** NAT rules of firewalls that lead to a frontend of the workload; inside the network the firewall's address is the source. */
function viaTranslation(
  site: Site,
  cluster: Cluster,
  outsider: Outsider,
  leading: readonly Frontend[],
  workload: Workload,
  demand: Demand,
  judge: PolicyJudge,
  isMeant: IsMeant,
): Outcome[] {
  return translated(site, outsider.places, demand).flatMap(({ address, home, port, arrived, resource }) => {
    const target = leading.find(({ places: own }) => addressSets.covers(own.addresses, address))
    if (target === undefined || !isMeant(resource)) return []
    if (port !== demand.port && port !== leadsTo(target.service, workload, demand)?.port) return []
    const inside: Outsider = {
      places: home.places,
      host: home,
      end: { kind: 'addresses', addresses: home.places.addresses },
    }
    return viaFrontend(site, cluster, inside, target, workload, demand, judge).map((rest) => inSeries(arrived, rest))
  })
}

interface Translated {
  readonly address: AddressSet
  readonly port: number
  readonly home: Host
  readonly arrived: Outcome
  /** What holds the rule. */
  readonly resource: Resource
}

/** Where the firewalls' NAT rules send what comes from outside to the asked port. */
export function translated(site: Site, source: Places, demand: Demand): readonly Translated[] {
  return site.azure.firewalls.all.flatMap((firewall) => {
    const home: Host = { ...firewallHost(site, firewall) }
    const taken: { readonly port: number; readonly destination: Places }[] = []
    return translationsOf(site.azure, firewall).flatMap((rule) => {
      if (rule.address === undefined) return []
      const port = rule.port ?? demand.port
      // The asked port is the translated one; the firewall's own port may be another.
      const candidates = hasNumber(rule.ports.possible, demand.port) ? [demand.port] : rule.ports.certain.slice(0, 1)
      return candidates.flatMap((incoming) => {
        const match = rule.matches({
          source,
          destination: places.empty,
          name: undefined,
          protocol: demand.protocol,
          port: incoming,
        })
        if (match === 'no') return []
        // The first rule that matches ends, so a later one for the same public address and port is never asked.
        const { certain } = rule.destination
        if (taken.some(({ port: one, destination }) => one === incoming && places.equal(destination, certain)))
          return []
        if (match === 'yes' && !places.isEmpty(certain)) taken.push({ port: incoming, destination: certain })
        const arrived = match === 'yes' ? outcomeOf(rule.step) : outcomeOf({ ...rule.step, answer: 'unknown' })
        return [
          { address: rule.address!, port, home, arrived, resource: rule.step.resource ?? firewall.object.resource },
        ]
      })
    })
  })
}

/** Node ports answer on every node of the network. */
function viaNodePorts(
  site: Site,
  cluster: Cluster,
  outsider: Outsider,
  workload: Workload,
  demand: Demand,
  judge: PolicyJudge,
  isMeant: IsMeant,
): Outcome[] {
  const services = (site.state.kubernetes?.services ?? []).filter(
    ({ type, resource }) => type === 'NodePort' && isMeant(resource),
  )
  return services.flatMap((service) => {
    const port = leadsTo(service, workload, demand)
    if (port === undefined) return []
    const incoming: Demand = { ...demand, port: port.nodePort ?? FIRST_NODE_PORT }
    const arrivals = workerPools(cluster).flatMap((pool) => {
      const node = nodeHost(site, cluster, pool)
      if (outsider.host !== undefined) return [walk(site, outsider.host, { kind: 'host', host: node }, incoming)]
      if (node.publicIps.length === 0) return []
      return [
        inSeriesLazily(
          () => enterFromOutside(site, node, outsider.places, node.places, incoming),
          () => answerPublicly(site, node, outsider.places),
        ),
      ]
    })
    const arrival = anyWay(arrivals)
    if (arrival === undefined) return []
    return [
      inSeriesLazily(
        () => arrival,
        () => judgeBehindService(site, service, outsider, workload, demand, judge),
      ),
    ]
  })
}

/** Source: kubernetes.io/docs/concepts/services-networking/service/#type-nodeport */
const FIRST_NODE_PORT = 30000
const LAST_NODE_PORT = 32767

/** The port that a node answers on; any of the range where the cluster picks it. */
export function nodePortsOf(protocol: PortProtocol, port: number | undefined): ConnectionSet {
  return port === undefined ? connectionSet(protocol, FIRST_NODE_PORT, LAST_NODE_PORT) : singlePort(protocol, port)
}

/** Host ports and the host network of nodes with an address that the outsider can use. */
function viaHostPorts(
  site: Site,
  cluster: Cluster,
  outsider: Outsider,
  workload: Workload,
  demand: Demand,
  judge: PolicyJudge,
): Outcome[] {
  const onHost = workload.hostNetwork !== 'no'
  const bound = workload.ports.filter(
    ({ hostPort, port }) => hostPort !== undefined && (port === demand.port || hostPort === demand.port),
  )
  if (!onHost && bound.length === 0) return []
  const incoming: Demand = { ...demand, port: onHost ? demand.port : bound[0]!.hostPort! }
  const policy = () =>
    onHost ? NOTHING_IN_THE_WAY : judge(outsider.end, workload, { ...demand, port: bound[0]!.port ?? demand.port })
  const nodes = poolsOf(cluster, workload).map((pool) => nodeHost(site, cluster, pool))
  if (outsider.host === undefined && nodes.every(({ publicIps }) => publicIps.length === 0)) return []
  return [
    whichever(
      nodes.map((node) => {
        if (outsider.host !== undefined) {
          const { host } = outsider
          return inSeriesLazily(() => walk(site, host, { kind: 'host', host: node }, incoming), policy)
        }
        if (node.publicIps.length === 0) return denied('nat', 'the node has no public address')
        return inSeriesLazily(
          () => enterFromOutside(site, node, outsider.places, node.places, incoming),
          () => answerPublicly(site, node, outsider.places),
          policy,
        )
      }),
    ),
  ]
}
