import type { Origin } from '../../base/origin.ts'
import type { Problem } from '../../base/problem.ts'
import { SourceText } from '../../base/text.ts'
import { get, isAbsent, itemsOf, type MapEntry, type MapValue, stringOf, type Value } from '../../base/value.ts'
import type { Resource } from '../resource.ts'
import { parseYaml } from '../yaml.ts'
import { KUBERNETES_KINDS } from './kubernetes-kinds.ts'

/**
 * The Kubernetes object that a Terraform resource stands for, under the address of that resource; undefined where it stands for
 * none, or where its kind is not known. Sources: registry.terraform.io/providers/hashicorp/kubernetes/latest/docs and
 * registry.terraform.io/providers/gavinbunney/kubectl/latest/docs/resources/kubectl_manifest
 */
export function toKubernetesObject(resource: Resource): Resource | undefined {
  if (!resource.kind.startsWith('kube')) return undefined
  switch (resource.kind) {
    case 'kubernetes_manifest':
      return withObject(resource, get(resource.value, 'manifest'))
    case 'kubectl_manifest':
      return withObject(resource, decodeBody(get(resource.value, 'yaml_body')))
    default: {
      const kind = KUBERNETES_KINDS.get(resource.kind)
      return kind && new ConvertedObject(resource, kind.kind, kind.apiVersion)
    }
  }
}

/** A chart that Terraform installs is not rendered here, and what is in it not known. */
export function helmReleaseProblem(resource: Resource): Problem | undefined {
  if (resource.kind !== 'helm_release') return undefined
  const chart = stringOf(get(resource.value, 'chart'))
  const name = chart === undefined ? 'a chart' : `the chart ${chart}`
  return {
    code: 'not-rendered',
    message: `${resource.address} installs ${name}, which is not rendered`,
    at: resource.origin,
  }
}

function withObject(resource: Resource, object: Value | undefined): Resource | undefined {
  const kind = stringOf(get(object, 'kind'))
  if (object?.kind !== 'map' || kind === undefined) return undefined
  const { unit, address, origin, maybe } = resource
  const made = { unit, address, kind, value: object, origin }
  return maybe === undefined ? made : { ...made, maybe }
}

/** The one object of a text. A text that is a whole file gives it with the places of that file. */
function decodeBody(body: Value | undefined): Value | undefined {
  const text = stringOf(body)
  if (body === undefined || text === undefined) return undefined
  for (let at: Origin | undefined = body.origin; at !== undefined; at = at.from) {
    if (at.source.text === text) return parseYaml(at.source).documents[0]?.value
  }
  const decoded = parseYaml(new SourceText(body.origin.source.path, text)).documents[0]?.value
  return decoded && atPlace(decoded, body.origin)
}

/** The value with one and the same place for all of its parts. The reader of YAML bounds the depth. */
function atPlace(value: Value, origin: Origin): Value {
  switch (value.kind) {
    case 'list':
      return { kind: 'list', items: value.items.map((item) => atPlace(item, origin)), origin }
    case 'map':
      return {
        kind: 'map',
        entries: new Map([...value.entries].map(([name, entry]) => [name, { value: atPlace(entry.value, origin) }])),
        origin,
      }
    default:
      return { ...value, origin }
  }
}

/** A resource of the kubernetes provider as the object that it makes, converted when its value is first read. */
class ConvertedObject implements Resource {
  readonly unit: Resource['unit']
  readonly address: string
  readonly kind: string
  readonly origin: Origin
  readonly maybe?: NonNullable<Resource['maybe']>
  readonly #from: Resource
  readonly #apiVersion: string
  #value: MapValue | undefined

  constructor(from: Resource, kind: string, apiVersion: string) {
    this.unit = from.unit
    this.address = from.address
    this.kind = kind
    this.origin = from.origin
    if (from.maybe !== undefined) this.maybe = from.maybe
    this.#from = from
    this.#apiVersion = apiVersion
  }

  get value(): MapValue {
    if (this.#value === undefined) {
      const { origin } = this
      const scalar = (value: string): MapEntry => ({ value: { kind: 'scalar', value, origin } })
      const head: [string, MapEntry][] = [
        ['apiVersion', scalar(this.#apiVersion)],
        ['kind', scalar(this.kind)],
      ]
      const entries = new Map([...head, ...convertBlock(this.#from.value, '').entries])
      this.#value = { kind: 'map', entries, origin }
    }
    return this.#value
  }
}

/** Blocks that repeat, under the field that they fill. Any other block is a single object under its own name. */
const REPEATED: ReadonlyMap<string, string> = new Map([
  ['address', 'addresses'],
  ['allowed_topologies', 'allowedTopologies'],
  ['container', 'containers'],
  ['egress', 'egress'],
  ['endpoint', 'endpoints'],
  ['env', 'env'],
  ['env_from', 'envFrom'],
  ['from', 'from'],
  ['host_aliases', 'hostAliases'],
  ['http_header', 'httpHeaders'],
  ['image_pull_secret', 'imagePullSecrets'],
  ['image_pull_secrets', 'imagePullSecrets'],
  ['ingress', 'ingress'],
  ['init_container', 'initContainers'],
  ['items', 'items'],
  ['limit', 'limits'],
  ['match_expressions', 'matchExpressions'],
  ['match_fields', 'matchFields'],
  ['metric', 'metrics'],
  ['node_selector_term', 'nodeSelectorTerms'],
  ['not_ready_address', 'notReadyAddresses'],
  ['option', 'options'],
  ['path', 'paths'],
  ['port', 'ports'],
  ['ports', 'ports'],
  ['preferred_during_scheduling_ignored_during_execution', 'preferredDuringSchedulingIgnoredDuringExecution'],
  ['readiness_gate', 'readinessGates'],
  ['rule', 'rules'],
  ['secret', 'secrets'],
  ['sources', 'sources'],
  ['subject', 'subjects'],
  ['subset', 'subsets'],
  ['sysctl', 'sysctls'],
  ['tls', 'tls'],
  ['to', 'to'],
  ['toleration', 'tolerations'],
  ['topology_spread_constraint', 'topologySpreadConstraints'],
  ['volume', 'volumes'],
  ['volume_claim_template', 'volumeClaimTemplates'],
  ['volume_device', 'volumeDevices'],
  ['volume_mount', 'volumeMounts'],
  ['webhook', 'webhooks'],
])

/** The same names inside these blocks are single objects: `backend { service { port { … } } }`, `volume { secret { … } }`. */
const SINGLE_INSIDE: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['service', new Set(['port'])],
  ['volume', new Set(['secret'])],
  ['sources', new Set(['secret'])],
])

/** Where the API writes a word in capitals. */
const ABBREVIATIONS: ReadonlyMap<string, string> = new Map([
  ['cluster_ip', 'clusterIP'],
  ['cluster_ips', 'clusterIPs'],
  ['external_ips', 'externalIPs'],
  ['load_balancer_ip', 'loadBalancerIP'],
  ['host_ip', 'hostIP'],
  ['host_ipc', 'hostIPC'],
  ['host_pid', 'hostPID'],
  ['non_resource_urls', 'nonResourceURLs'],
  ['pod_cidr', 'podCIDR'],
  ['provider_id', 'providerID'],
])

/** Texts that the API reads as a number where they are one. */
const INT_OR_STRING: ReadonlySet<string> = new Set([
  'port',
  'target_port',
  'service_port',
  'max_surge',
  'max_unavailable',
  'min_available',
])

/** Numbers and flags that matter to the network: the provider's schema turns a text into them. */
const NUMBERS: ReadonlySet<string> = new Set(['container_port', 'end_port', 'host_port', 'node_port'])
const FLAGS: ReadonlySet<string> = new Set([
  'allow_privilege_escalation',
  'host_ipc',
  'host_network',
  'host_pid',
  'privileged',
  'publish_not_ready_addresses',
])

function toFlag(value: Value, name: string): Value {
  if (!FLAGS.has(name) || value.kind !== 'scalar' || (value.value !== 'true' && value.value !== 'false')) return value
  return { ...value, value: value.value === 'true' }
}

function convertBlock(block: MapValue, parent: string): MapValue {
  const entries = new Map<string, MapEntry>()
  for (const [name, entry] of block.entries) {
    if (parent === '' && (name === 'timeouts' || name.startsWith('wait_for_'))) continue
    if (isAbsent(entry.value)) continue
    const isBlock = isBlockList(entry.value)
    const repeated = isBlock && !SINGLE_INSIDE.get(parent)?.has(name) ? repeatedName(name, parent) : undefined
    const value = convertValue(entry.value, name, isBlock, repeated !== undefined)
    if (value === undefined) continue
    entries.set(repeated ?? toCamelCase(name), entry.key === undefined ? { value } : { value, key: entry.key })
  }
  return { kind: 'map', entries, origin: block.origin }
}

function repeatedName(name: string, parent: string): string | undefined {
  // Of pods it is a list of terms, of nodes a single selector.
  if (name === 'required_during_scheduling_ignored_during_execution') {
    return parent === 'node_affinity' ? undefined : toCamelCase(name)
  }
  return REPEATED.get(name)
}

/** Blocks are lists of objects whose keys are names of the schema; the keys of an object in an argument are the user's own. */
function isBlockList(value: Value): boolean {
  if (value.kind === 'choice') return value.options.every(isBlockList)
  return (
    value.kind === 'list' &&
    value.items.length > 0 &&
    value.items.every((item) => item.kind === 'map' || item.kind === 'unknown')
  )
}

function convertValue(value: Value, name: string, isBlock: boolean, isRepeated: boolean): Value | undefined {
  if (!isBlock) return INT_OR_STRING.has(name) || NUMBERS.has(name) ? toIntOrString(value) : toFlag(value, name)
  if (value.kind === 'choice') {
    const options = value.options.map((option) => convertValue(option, name, isBlock, isRepeated))
    return { ...value, options: options.filter((option) => option !== undefined) }
  }
  const items = itemsOf(value).map((item) => (item.kind === 'map' ? convertBlock(item, name) : item))
  return isRepeated ? { kind: 'list', items, origin: value.origin } : items[0]
}

function toIntOrString(value: Value): Value {
  const text = stringOf(value)
  return text !== undefined && /^\d{1,9}$/.test(text)
    ? { kind: 'scalar', value: Number(text), origin: value.origin }
    : value
}

function toCamelCase(name: string): string {
  return ABBREVIATIONS.get(name) ?? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}
