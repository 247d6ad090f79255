import { loadAll } from 'js-yaml'
import type { Entry, Ingress, Labels, Pod, Policy, PolicyPeer, PolicyRule, Service } from './cluster-state.ts'
import { readAdminPolicies } from './read-admin-policies.ts'
import type { State } from './state.ts'
import { NotModelled, toSelector, type Yaml } from './yaml-selector.ts'

type Part = Pick<State, 'namespaces' | 'pods' | 'policies' | 'adminPolicies' | 'services' | 'ingresses' | 'entries'>

const ANNOTATION = 'service.beta.kubernetes.io/'

/** Objects that filter, or lead in, in a way of their own. */
const OTHER_FILTERS = /^(?:ClusterNetworkPolicy|Cilium.*|Global.*|AuthorizationPolicy|Gateway|HTTPRoute)$/

/** The manifests of a tree as the reference's plain data, read without the product's parser. Throws {@link NotModelled}. */
export function readKubernetes(files: Readonly<Record<string, string>>): Part {
  const objects = Object.entries(files)
    .filter(([path]) => /\.(?:ya?ml|json)$/.test(path) && !path.startsWith('.'))
    .flatMap(([, text]) => documentsOf(text))
    .flatMap((object: Yaml) => (object?.kind === 'List' ? (object.items ?? []) : [object]))
    .filter((object: Yaml) => typeof object?.kind === 'string' && typeof object?.apiVersion === 'string')
  for (const { kind } of objects) if (OTHER_FILTERS.test(kind)) throw new NotModelled(kind)
  const pods = objects.flatMap(toPod)
  const policies = objects.filter(isOf('NetworkPolicy', 'networking.k8s.io/v1')).map(toPolicy)
  const services = objects.filter(isOf('Service', 'v1'))
  const named = new Set([...pods, ...policies].map(({ namespace }) => namespace))
  return {
    namespaces: [
      ...objects
        .filter(isOf('Namespace', 'v1'))
        .map(({ metadata }: Yaml) => ({ name: metadata.name as string, labels: (metadata.labels ?? {}) as Labels })),
      ...[...named].map((name) => ({ name, labels: {} })),
    ],
    pods,
    policies,
    adminPolicies: readAdminPolicies(objects),
    ingresses: objects.flatMap(toGatewayIngresses),
    services: services.flatMap((service: Yaml) => [...toServices(service, pods), ...toInnerServices(service, pods)]),
    entries: [
      ...services.flatMap((service: Yaml) => toEntries(service, pods)),
      ...ingresses(objects, pods),
      ...hostPorts(objects),
    ],
  }
}

function documentsOf(text: string): readonly Yaml[] {
  try {
    return loadAll(text)
  } catch {
    throw new NotModelled(`YAML that cannot be loaded as it stands`)
  }
}

function isOf(kind: string, version: string): (object: Yaml) => boolean {
  return (object) => object.kind === kind && object.apiVersion === version
}

function templateOf(object: Yaml): Yaml {
  switch (object.kind) {
    case 'Pod':
      return object
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'ReplicaSet':
    case 'Job':
      return object.spec?.template ?? {}
    case 'CronJob':
      return object.spec?.jobTemplate?.spec?.template ?? {}
  }
}

function toPod(object: Yaml): readonly Pod[] {
  const template = templateOf(object)
  if (template === undefined || template === null) return []
  const ports = portsOf(template)
  const agentpool = template.spec?.nodeSelector?.['kubernetes.azure.com/agentpool']
  return [
    {
      namespace: object.metadata.namespace ?? 'default',
      name: object.metadata.name,
      labels: template.metadata?.labels ?? {},
      hostNetwork: template.spec?.hostNetwork === true,
      ...(agentpool !== undefined && { pool: agentpool }),
      port: ports[0]?.containerPort ?? 0,
      portNames: Object.fromEntries(
        ports
          .filter(({ name, protocol = 'TCP' }: Yaml) => name !== undefined && protocol === 'TCP')
          .map(({ name, containerPort }: Yaml) => [name, containerPort]),
      ),
    },
  ]
}

function portsOf(template: Yaml): readonly Yaml[] {
  return (template.spec?.containers ?? []).flatMap(({ ports }: Yaml) => ports ?? [])
}

function toPolicy({ metadata, spec }: Yaml): Policy {
  const egress = spec?.egress ?? []
  return {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    selector: toSelector(spec?.podSelector),
    types: spec?.policyTypes ?? (egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']),
    ingress: (spec?.ingress ?? []).map((rule: Yaml) => toRule(rule?.from, rule?.ports)),
    egress: egress.map((rule: Yaml) => toRule(rule?.to, rule?.ports)),
  }
}

function toRule(peers: Yaml, ports: Yaml): PolicyRule {
  return {
    peers: (peers ?? []).map(toPeer),
    ports: (ports ?? []).map(({ protocol = 'TCP', port, endPort }: Yaml) => {
      if (typeof port === 'string' && protocol !== 'TCP') throw new NotModelled('a port by its name')
      return { protocol, ...(port !== undefined && { port }), ...(endPort !== undefined && { endPort }) }
    }),
  }
}

function toPeer({ ipBlock, podSelector, namespaceSelector }: Yaml): PolicyPeer {
  if (ipBlock !== undefined) return { cidr: ipBlock.cidr, except: ipBlock.except ?? [] }
  return {
    ...(podSelector !== undefined && { pods: toSelector(podSelector) }),
    ...(namespaceSelector !== undefined && { namespaces: toSelector(namespaceSelector) }),
  }
}

/** Go compares the text of an annotation; `True` is not it. */
const isTrue = (text: unknown) => text === 'true'
const listOf = (text: Yaml): readonly string[] =>
  text === undefined ? [] : `${text}`.split(',').map((one) => one.trim())

/** Load balancers, one for each port and pod port that it leads to. */
function toServices({ metadata, spec }: Yaml, pods: readonly Pod[]): readonly Service[] {
  if (spec?.type !== 'LoadBalancer' || spec.selector === undefined) return []
  if (spec.loadBalancerClass !== undefined) throw new NotModelled('a load balancer of another controller')
  const annotations = metadata.annotations ?? {}
  const isInternal = isTrue(annotations[`${ANNOTATION}azure-load-balancer-internal`])
  const address = annotations[`${ANNOTATION}azure-load-balancer-ipv4`] ?? spec.loadBalancerIP
  if (annotations[`${ANNOTATION}azure-allowed-service-tags`] !== undefined)
    throw new NotModelled('allowed service tags')
  return targetsOf({ metadata, spec }, pods).map(
    (target): Service => ({
      namespace: metadata.namespace ?? 'default',
      name: metadata.name,
      selector: spec.selector,
      port: target.port,
      targetPort: target.targetPort,
      ...(isTrue(annotations[`${ANNOTATION}azure-disable-load-balancer-floating-ip`]) && { nodePort: target.nodePort }),
      kind: isInternal ? 'internal' : 'public',
      sourceRanges: spec.loadBalancerSourceRanges ?? [],
      allowedRanges: listOf(
        annotations[`${ANNOTATION}azure-allowed-ip-ranges`] ?? annotations[`${ANNOTATION}load-balancer-source-ranges`],
      ),
      denyOthers: isTrue(annotations[`${ANNOTATION}azure-deny-all-except-load-balancer-source-ranges`]),
      local: spec.externalTrafficPolicy === 'Local',
      ...(isInternal && address !== undefined && { address }),
    }),
  )
}

/** Those that only Ingresses lead to. */
function toInnerServices({ metadata, spec }: Yaml, pods: readonly Pod[]): readonly Service[] {
  if ((spec?.type ?? 'ClusterIP') !== 'ClusterIP' || spec?.selector === undefined) return []
  return targetsOf({ metadata, spec }, pods).map(({ port, targetPort }) => ({
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    selector: spec.selector,
    port,
    targetPort,
    kind: 'cluster',
    sourceRanges: [],
    allowedRanges: [],
    denyOthers: false,
    local: false,
  }))
}

const GATEWAY_CLASSES = ['azure-application-gateway', 'azure/application-gateway']

/** Ingresses of the application gateway's class, one for each Service that they lead to. */
function toGatewayIngresses({ kind, metadata, spec }: Yaml): readonly Ingress[] {
  const annotations = metadata?.annotations ?? {}
  const className = spec?.ingressClassName ?? annotations['kubernetes.io/ingress.class']
  if (kind !== 'Ingress' || !GATEWAY_CLASSES.includes(className)) return []
  const backends: readonly Yaml[] = [
    spec.defaultBackend,
    ...(spec.rules ?? []).flatMap(({ http }: Yaml) => (http?.paths ?? []).map(({ backend }: Yaml) => backend)),
  ]
  const names = new Set(backends.flatMap((backend) => backend?.service?.name ?? []))
  return [...names].map((service) => ({
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    service,
    tls: (spec.tls ?? []).length > 0,
    usesPrivate: isTrue(annotations['appgw.ingress.kubernetes.io/use-private-ip']),
  }))
}

/** The ports of a Service with the pod's port that each leads to. */
function targetsOf({ metadata, spec }: Yaml, pods: readonly Pod[]) {
  const behind = pods.filter(
    ({ namespace, labels }) =>
      namespace === (metadata.namespace ?? 'default') &&
      Object.entries(spec.selector ?? {}).every(([key, value]) => labels[key] === value),
  )
  return (spec?.ports ?? []).flatMap(({ port, targetPort = port, nodePort = 0, protocol = 'TCP' }: Yaml) => {
    const numbers =
      typeof targetPort === 'number' ? [targetPort] : behind.map(({ portNames }) => portNames?.[targetPort])
    return [...new Set(numbers)].flatMap((number) =>
      number === undefined ? [] : [{ port, targetPort: number, nodePort, protocol }],
    )
  }) as { port: number; targetPort: number; nodePort: number; protocol: 'TCP' }[]
}

/** What leads from nodes to the pods of a Service: node ports and external addresses. */
function toEntries({ metadata, spec }: Yaml, pods: readonly Pod[]): readonly Entry[] {
  const kinds: Entry['kind'][] = []
  if (spec?.type === 'NodePort') kinds.push('node-port')
  if ((spec?.externalIPs ?? []).length > 0) kinds.push('external-address')
  return kinds.flatMap((kind) =>
    targetsOf({ metadata, spec }, pods).map(({ targetPort, protocol }) => ({
      kind,
      namespace: metadata.namespace ?? 'default',
      selector: spec.selector ?? {},
      port: targetPort,
      protocol,
      local: spec.externalTrafficPolicy === 'Local',
    })),
  )
}

/** A controller sends on what clients ask of it, whatever host and path. */
function ingresses(objects: readonly Yaml[], pods: readonly Pod[]): readonly Entry[] {
  return objects.filter(isOf('Ingress', 'networking.k8s.io/v1')).flatMap(({ metadata, spec }: Yaml) => {
    const namespace = metadata.namespace ?? 'default'
    const backends: readonly Yaml[] = [
      spec?.defaultBackend,
      ...(spec?.rules ?? []).flatMap(({ http }: Yaml) => (http?.paths ?? []).map(({ backend }: Yaml) => backend)),
    ].filter((backend) => backend?.service !== undefined)
    return backends.flatMap(({ service: { name, port } }: Yaml) =>
      objects
        .filter((object: Yaml) => isOf('Service', 'v1')(object) && object.metadata.name === name)
        .filter((object: Yaml) => (object.metadata.namespace ?? 'default') === namespace)
        .flatMap((object: Yaml) => {
          const wanted = (object.spec.ports ?? []).filter(
            (each: Yaml) => each.port === port?.number || (port?.name !== undefined && each.name === port.name),
          )
          return targetsOf({ ...object, spec: { ...object.spec, ports: wanted } }, pods).map(
            ({ targetPort }): Entry => ({
              kind: 'ingress',
              namespace,
              selector: object.spec.selector ?? {},
              port: targetPort,
              protocol: 'TCP',
              local: false,
            }),
          )
        }),
    )
  })
}

function hostPorts(objects: readonly Yaml[]): readonly Entry[] {
  return objects.flatMap((object: Yaml) =>
    toPod(object).flatMap((pod) =>
      portsOf(templateOf(object))
        .filter(({ hostPort }: Yaml) => hostPort !== undefined || pod.hostNetwork)
        .map(
          ({ containerPort, protocol = 'TCP' }: Yaml): Entry => ({
            kind: 'host-port',
            namespace: pod.namespace,
            selector: pod.labels,
            port: containerPort,
            protocol,
            local: true,
          }),
        ),
    ),
  )
}
