import type { PortProtocol } from '../../algebra/connections.ts'
import { toTruth } from '../../algebra/truth.ts'
import { booleanOf, dig, get, isAbsent, itemsOf, numberOf, stringOf, type Value } from '../../base/value.ts'
import type { Resource } from '../../parse/resource.ts'
import { apiGroup, isUnknown, objectName, scalarText, textEntries } from './fields.ts'
import { readLabels } from './labels.ts'
import type { ContainerPort, Workload } from './workload.ts'

interface WorkloadKind {
  readonly groups: readonly string[]
  /** Where the pod template stands in the object. Empty: the object is the pod. */
  readonly template: readonly string[]
  /** Labels that the controller gives its pods besides those of the template. */
  readonly added: ReadonlySet<string>
}

const JOB_LABELS = new Set([
  'job-name',
  'batch.kubernetes.io/job-name',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-completion-index',
])
const NO_LABELS: ReadonlySet<string> = new Set()
const TEMPLATE = ['spec', 'template'] as const

/** Kinds that run pods. Source of the labels: kubernetes.io/docs/reference/labels-annotations-taints */
const WORKLOAD_KINDS: ReadonlyMap<string, WorkloadKind> = new Map([
  ['Pod', { groups: [''], template: [], added: NO_LABELS }],
  ['Deployment', { groups: ['apps', 'extensions'], template: TEMPLATE, added: new Set(['pod-template-hash']) }],
  ['ReplicaSet', { groups: ['apps', 'extensions'], template: TEMPLATE, added: NO_LABELS }],
  [
    'StatefulSet',
    {
      groups: ['apps'],
      template: TEMPLATE,
      added: new Set([
        'statefulset.kubernetes.io/pod-name',
        'apps.kubernetes.io/pod-index',
        'controller-revision-hash',
      ]),
    },
  ],
  [
    'DaemonSet',
    {
      groups: ['apps', 'extensions'],
      template: TEMPLATE,
      added: new Set(['controller-revision-hash', 'pod-template-generation']),
    },
  ],
  ['ReplicationController', { groups: [''], template: TEMPLATE, added: NO_LABELS }],
  ['Job', { groups: ['batch'], template: TEMPLATE, added: JOB_LABELS }],
  ['CronJob', { groups: ['batch'], template: ['spec', 'jobTemplate', 'spec', 'template'], added: JOB_LABELS }],
  [
    'DeploymentConfig',
    {
      groups: ['apps.openshift.io', ''],
      template: TEMPLATE,
      added: new Set(['deployment', 'deploymentconfig']),
    },
  ],
  ['Rollout', { groups: ['argoproj.io'], template: TEMPLATE, added: new Set(['rollouts-pod-template-hash']) }],
  ['ScaledJob', { groups: ['keda.sh'], template: ['spec', 'jobTargetRef', 'template'], added: JOB_LABELS }],
  [
    'VirtualMachine',
    { groups: ['kubevirt.io'], template: TEMPLATE, added: new Set(['kubevirt.io', 'vm.kubevirt.io/name']) },
  ],
  [
    'VirtualMachineInstance',
    { groups: ['kubevirt.io'], template: [], added: new Set(['kubevirt.io', 'vm.kubevirt.io/name']) },
  ],
  [
    'VirtualMachinePool',
    {
      groups: ['pool.kubevirt.io'],
      template: ['spec', 'virtualMachineTemplate', 'spec', 'template'],
      added: new Set(['kubevirt.io', 'vm.kubevirt.io/name']),
    },
  ],
])

/** Custom kinds whose operators make pods with labels of their own. */
const OPERATED_GROUPS: ReadonlySet<string> = new Set([
  'serving.knative.dev',
  'monitoring.coreos.com',
  'kafka.strimzi.io',
  'postgresql.cnpg.io',
  'elasticsearch.k8s.elastic.co',
  'tekton.dev',
  'helm.toolkit.fluxcd.io',
])
const OPERATED_KINDS: ReadonlySet<string> = new Set([
  'Service',
  'Prometheus',
  'Alertmanager',
  'ThanosRuler',
  'Kafka',
  'KafkaConnect',
  'Cluster',
  'Elasticsearch',
  'PipelineRun',
  'TaskRun',
  'HelmRelease',
  'Workflow',
  'CronWorkflow',
])

/** True for an object that runs pods by itself; `anyGroup` looks at the kind alone. */
export function isWorkload(resource: Resource, anyGroup = false): boolean {
  const kind = WORKLOAD_KINDS.get(resource.kind)
  return kind !== undefined && (anyGroup || kind.groups.includes(apiGroup(resource.value).group))
}

/** True for an object whose operator runs pods that the tree does not show. */
export function isOperated(resource: Resource): boolean {
  const { group } = apiGroup(resource.value)
  if (group === 'argoproj.io') return resource.kind === 'Workflow' || resource.kind === 'CronWorkflow'
  return OPERATED_GROUPS.has(group) && OPERATED_KINDS.has(resource.kind)
}

/**
 * Reads a workload of a kind that {@link isWorkload} knows.
 *
 * `template` replaces the object's own pod template: a Rollout takes it from the Deployment that it names.
 */
export function readWorkload(resource: Resource, template: Value | undefined = podTemplate(resource)): Workload {
  const { name, namespace } = objectName(resource.value)
  const kind = WORKLOAD_KINDS.get(resource.kind)
  const podSpec = get(template, 'spec')
  const labels = dig(template, 'metadata', 'labels')
  const unknownTemplate = isUnknown(template) || isUnknown(get(template, 'metadata'))
  const read = readLabels(labels, kind?.added ?? NO_LABELS)
  const hostNetwork = get(podSpec, 'hostNetwork')
  return {
    id: `${namespace}/${name}[${resource.kind}]`,
    kind: resource.kind,
    name,
    namespace,
    resource,
    labels: unknownTemplate ? { ...read, open: true } : read,
    labelsOrigin: labels?.origin ?? resource.origin,
    serviceAccount:
      stringOf(get(podSpec, 'serviceAccountName')) ?? stringOf(get(podSpec, 'serviceAccount')) ?? 'default',
    hostNetwork: isUnknown(hostNetwork) || isUnknown(podSpec) ? 'maybe' : toTruth(booleanOf(hostNetwork) === true),
    ...(hostNetwork === undefined ? {} : { hostNetworkOrigin: hostNetwork.origin }),
    ports: readPorts(podSpec),
    podSpec,
    annotations: textEntries(dig(template, 'metadata', 'annotations')),
    pods: resource.kind === 'Pod' ? [name] : [],
    otherLabels: [],
    maybe: resource.maybe !== undefined,
  }
}

/** The pod template of an object; for a pod the object itself. */
export function podTemplate(resource: Resource): Value | undefined {
  const kind = WORKLOAD_KINDS.get(resource.kind)
  return kind === undefined ? undefined : dig(resource.value, ...kind.template)
}

function readPorts(podSpec: Value | undefined): readonly ContainerPort[] {
  const ports: ContainerPort[] = []
  for (const container of itemsOf(get(podSpec, 'containers'))) readContainerPorts(container, false, ports)
  for (const container of itemsOf(get(podSpec, 'initContainers'))) {
    // A sidecar keeps running beside the main containers, so its ports are theirs.
    readContainerPorts(container, stringOf(get(container, 'restartPolicy')) !== 'Always', ports)
  }
  return ports
}

const PROTOCOLS: readonly PortProtocol[] = ['TCP', 'UDP', 'SCTP']

function readContainerPorts(container: Value, init: boolean, ports: ContainerPort[]): void {
  for (const item of itemsOf(get(container, 'ports'))) {
    const protocolValue = get(item, 'protocol')
    const protocol = isAbsent(protocolValue) ? 'TCP' : PROTOCOLS.find((name) => name === stringOf(protocolValue))
    if (protocol === undefined) continue
    const hostPort = numberOf(get(item, 'hostPort'))
    const hostIP = scalarText(get(item, 'hostIP'))
    ports.push({
      name: stringOf(get(item, 'name')),
      protocol,
      port: numberOf(get(item, 'containerPort')),
      ...(hostPort === undefined || hostPort === 0 ? {} : { hostPort }),
      ...(hostIP === undefined ? {} : { hostIP }),
      origin: item.origin,
      init,
    })
  }
}

/** The controller that owns a pod, as the pod itself names it. */
export interface OwnerName {
  readonly kind: string
  readonly name: string
}

/** The owner with `controller: true`; undefined for a pod of its own and for one that the node made from a file. */
export function controllerOf(resource: Resource): OwnerName | undefined {
  for (const owner of itemsOf(dig(resource.value, 'metadata', 'ownerReferences'))) {
    const kind = stringOf(get(owner, 'kind')) ?? resource.kind
    const name = stringOf(get(owner, 'name'))
    if (booleanOf(get(owner, 'controller')) === true && kind !== 'Node' && name !== undefined) {
      return { kind, name }
    }
  }
  return undefined
}
