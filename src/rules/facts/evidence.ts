import { dig, get, itemsOf, stringOf, type Value } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'
import { matches } from '../../model/kubernetes/labels.ts'
import { backendsOf } from '../../model/kubernetes/read-ingress.ts'
import type { Service, ServicePort } from '../../model/kubernetes/service.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { portsOfBackend } from '../../reach/layers/ingress.ts'
import type { Reachability } from '../../reach/reachability.ts'
import { workloadsByNamespace } from './workloads-by-namespace.ts'

/** A connection that the manifests show to be wanted. */
export interface NeededConnection {
  /** Undefined: from outside the cluster, or from a controller in it. */
  readonly from: Workload | undefined
  readonly to: Workload
  /** Ports of the pod: a number, or a name that the pod resolves. */
  readonly ports: readonly { readonly protocol: string; readonly port: number | string }[]
  /** `API_URL of Deployment/shop/web names Service/shop/api`. Text of the tree. */
  readonly evidence: string
}

/** A host outside the cluster that a workload's settings name. */
export interface NeededHost {
  readonly from: Workload
  readonly host: string
  readonly port: number
  readonly evidence: string
}

export interface Evidence {
  readonly connections: readonly NeededConnection[]
  readonly hosts: readonly NeededHost[]
}

const known = new WeakMap<Reachability, Evidence>()

/**
 * What the manifests show to be needed: Services that environment variables, arguments and config maps name, back ends of Ingresses,
 * Services that are published, and the peers of a StatefulSet. Probes are not listed: the kubelet of a pod's node always reaches it.
 */
export function findEvidence(view: StateView): Evidence {
  const made = known.get(view.reach)
  if (made !== undefined) return made
  const evidence = readEvidence(view)
  known.set(view.reach, evidence)
  return evidence
}

const pairs = new WeakMap<Evidence, ReadonlySet<string>>()

/** Whether the manifests show that one workload connects to another, both by their ids. */
export function isNeeded(view: StateView, from: string, to: string): boolean {
  const evidence = findEvidence(view)
  let known = pairs.get(evidence)
  if (known === undefined) {
    known = new Set(evidence.connections.map((one) => `${one.from?.id} ${one.to.id}`))
    pairs.set(evidence, known)
  }
  return known.has(`${from} ${to}`)
}

function readEvidence(view: StateView): Evidence {
  const { workloads, services, ingresses } = view.network.kubernetes
  const byName = new Map(services.map((service) => [`${service.namespace}/${service.name}`, service]))
  const configMaps = new Map(
    view.resources.filter(({ kind }) => kind === 'ConfigMap').map(({ address, value }) => [address, value]),
  )
  const connections: NeededConnection[] = []
  const hosts: NeededHost[] = []
  const add = (from: Workload | undefined, service: Service, ports: readonly ServicePort[], evidence: string) => {
    for (const to of workloadsBehind(service, view)) {
      connections.push({ from, to, ports: ports.flatMap(podPort), evidence })
    }
  }
  for (const workload of workloads) {
    const seen = new Set<string>()
    for (const { text, source } of textsOf(workload, configMaps)) {
      for (const { host, port, isUrl } of hostsIn(text)) {
        const service = serviceNamed(host, workload.namespace, byName)
        const key = `${service?.resource.address ?? host} ${port}`
        if (seen.has(key)) continue
        seen.add(key)
        if (service !== undefined) {
          const ports = port === undefined ? service.ports : service.ports.filter((each) => each.port === port)
          const evidence = `${source} of ${workload.resource.address} names ${service.resource.address}`
          add(workload, service, ports.length === 0 ? service.ports : ports, evidence)
        } else if (isUrl && isOutside(host)) {
          const evidence = `${source} of ${workload.resource.address} names ${host}`
          hosts.push({ from: workload, host, port: port ?? (text.startsWith('http:') ? 80 : 443), evidence })
        }
      }
    }
    const own = stringOf(dig(workload.resource.value, 'spec', 'serviceName'))
    const service = workload.kind === 'StatefulSet' ? byName.get(`${workload.namespace}/${own}`) : undefined
    if (service !== undefined)
      add(workload, service, service.ports, `the pods of ${workload.resource.address} are peers`)
  }
  for (const ingress of ingresses) {
    for (const backend of backendsOf(ingress)) {
      const service = byName.get(`${ingress.namespace}/${backend.service}`)
      if (service === undefined) continue
      add(
        undefined,
        service,
        portsOfBackend(backend, service),
        `${ingress.resource.address} leads to ${service.resource.address}`,
      )
    }
  }
  for (const service of services) {
    if (service.type !== 'LoadBalancer' && service.type !== 'NodePort') continue
    add(undefined, service, service.ports, `${service.resource.address} is of type ${service.type}`)
  }
  return { connections, hosts }
}

/** The workloads that a Service leads to, for certain or perhaps. */
export function workloadsBehind({ selector, namespace }: Service, { network }: StateView): readonly Workload[] {
  if (selector === undefined) return []
  const neighbours = workloadsByNamespace(network.kubernetes).get(namespace) ?? []
  return neighbours.filter(({ labels }) => matches(selector, labels) !== 'no')
}

function podPort({ protocol, targetPort }: ServicePort): readonly { protocol: string; port: number | string }[] {
  return targetPort === undefined ? [] : [{ protocol, port: targetPort }]
}

interface SettingText {
  readonly text: string
  /** `API_URL`, `an argument`, `ConfigMap/shop/settings`. */
  readonly source: string
}

/** A setting that is longer holds a program or a table, and its first part is enough. */
const MAX_TEXT = 64 * 1024

function* textsOf(workload: Workload, configMaps: ReadonlyMap<string, Value>): Iterable<SettingText> {
  const { podSpec, namespace } = workload
  const mapNamed = (name: string | undefined) =>
    name === undefined ? undefined : configMaps.get(`ConfigMap/${namespace}/${name}`)
  const used = new Map<string, Value>()
  const use = (name: string | undefined) => {
    const map = mapNamed(name)
    if (name !== undefined && map !== undefined) used.set(name, map)
  }
  for (const container of [...itemsOf(get(podSpec, 'containers')), ...itemsOf(get(podSpec, 'initContainers'))]) {
    for (const variable of itemsOf(get(container, 'env'))) {
      const name = stringOf(get(variable, 'name')) ?? 'a variable'
      const value = stringOf(get(variable, 'value'))
      if (value !== undefined) yield { text: value.slice(0, MAX_TEXT), source: name }
      const reference = dig(variable, 'valueFrom', 'configMapKeyRef')
      const map = mapNamed(stringOf(get(reference, 'name')))
      const held = stringOf(dig(map, 'data', stringOf(get(reference, 'key')) ?? ''))
      if (held !== undefined) yield { text: held.slice(0, MAX_TEXT), source: name }
    }
    for (const from of itemsOf(get(container, 'envFrom'))) use(stringOf(dig(from, 'configMapRef', 'name')))
    for (const field of ['command', 'args'] as const) {
      for (const item of itemsOf(get(container, field))) {
        const text = stringOf(item)
        if (text !== undefined) yield { text: text.slice(0, MAX_TEXT), source: 'an argument' }
      }
    }
  }
  for (const volume of itemsOf(get(podSpec, 'volumes'))) {
    use(stringOf(dig(volume, 'configMap', 'name')))
    for (const part of itemsOf(dig(volume, 'projected', 'sources'))) use(stringOf(dig(part, 'configMap', 'name')))
  }
  for (const [name, map] of used) {
    const data = get(map, 'data')
    if (data?.kind !== 'map') continue
    for (const [key, { value }] of data.entries) {
      const text = stringOf(value)
      if (text !== undefined) yield { text: text.slice(0, MAX_TEXT), source: `${key} in ConfigMap ${name}` }
    }
  }
}

interface NamedHost {
  readonly host: string
  readonly port: number | undefined
  readonly isUrl: boolean
}

const HOST = /[a-z0-9][a-z0-9.-]*(?::\d{1,5})?/gi

/** What in a setting may be a host: a word alone, behind `//`, `@` or `=`, with a port, or with dots. */
function* hostsIn(text: string): Iterable<NamedHost> {
  const isOneWord = !/\s/.test(text)
  for (const match of text.matchAll(HOST)) {
    const [host = '', port] = match[0].split(':', 2)
    const before = text.slice(Math.max(0, match.index - 3), match.index)
    const isUrl = before.endsWith('://')
    const isWhole = match[0].length === text.trim().length
    const stands = isUrl || before.endsWith('@') || (before.endsWith('=') && isOneWord)
    if (isWhole || stands || port !== undefined || host.includes('.')) {
      yield { host: host.toLowerCase().replace(/\.$/, ''), port: port === undefined ? undefined : Number(port), isUrl }
    }
  }
}

/** The Service that a host means to a pod: `api`, `api.shop`, `api.shop.svc`, `api.shop.svc.cluster.local`, or a pod's name before it. */
function serviceNamed(host: string, namespace: string, services: ReadonlyMap<string, Service>): Service | undefined {
  const labels = host.split('.')
  const svc = labels.indexOf('svc')
  if (svc >= 2) return services.get(`${labels[svc - 1]}/${labels[svc - 2]}`)
  if (labels.length === 1) return services.get(`${namespace}/${host}`)
  const qualified = services.get(`${labels[1]}/${labels[0]}`)
  if (labels.length === 2) return qualified ?? services.get(`${namespace}/${labels[1]}`)
  return labels.length === 3 ? services.get(`${labels[2]}/${labels[1]}`) : undefined
}

function isOutside(host: string): boolean {
  return (
    /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(host) &&
    !/\.(?:local|internal|svc|cluster|test|example)$/.test(host)
  )
}
