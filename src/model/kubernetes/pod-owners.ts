import type { Resource } from '../../parse/resource.ts'
import { type Labels, labelsKey } from './labels.ts'
import { controllerOf, type OwnerName, readWorkload } from './read-workload.ts'
import type { Workload } from './workload.ts'

/**
 * What becomes of pods that a controller owns. `fold`: they are its workload; one whose labels differ, apart from those that controllers
 * add, stays a workload of its own. `one-pod`: any one of them stands for all, and other labels are only kept. `apart`: each is its own.
 */
export type PodOwners = 'fold' | 'one-pod' | 'apart'

/**
 * Folds pods into the workload that owns them, as a dump of a running cluster holds both, and gives all workloads.
 *
 * Pods whose owner is not in the tree stand together for it, under the owner's name.
 */
export function groupPods(
  pods: readonly Resource[],
  workloads: readonly Workload[],
  podOwners: PodOwners,
): readonly Workload[] {
  const onePod = podOwners === 'one-pod'
  const byId = new Map<string, Workload>()
  const add = (workload: Workload) => {
    const own = withOwnId(workload, byId)
    byId.set(own.id, own)
  }
  for (const workload of workloads) add(workload)
  for (const resource of pods) {
    const pod = readWorkload(resource)
    const owner = podOwners === 'apart' ? undefined : controllerOf(resource)
    if (owner === undefined) {
      add(pod)
      continue
    }
    const id = onePod ? idOf(pod.namespace, owner) : ownerId(pod, owner, byId)
    const known = byId.get(id)
    if (known === undefined) {
      byId.set(id, { ...pod, ...owner, id, labels: onePod ? pod.labels : withoutAdded(pod.labels) })
    } else if (onePod ? labelsKey(known.labels) === labelsKey(pod.labels) : sameLabels(known.labels, pod.labels)) {
      byId.set(id, { ...known, pods: [...known.pods, pod.name] })
    } else if (onePod) {
      byId.set(id, { ...known, pods: [...known.pods, pod.name], otherLabels: [...known.otherLabels, pod.labels] })
    } else {
      byId.set(pod.id, pod)
    }
  }
  return foldReplicaSets(byId, podOwners !== 'fold')
}

/** The same object made by two records of a Terraform root: each is a workload of its own, told apart by its address. */
function withOwnId(workload: Workload, taken: ReadonlyMap<string, Workload>): Workload {
  const { id, namespace, name, kind, resource } = workload
  const other = taken.get(id)
  if (other === undefined || other.resource.address === resource.address) return workload
  return { ...workload, id: `${namespace}/${name} (${resource.address})[${kind}]` }
}

function idOf(namespace: string, owner: OwnerName): string {
  return `${namespace}/${owner.name}[${owner.kind}]`
}

/** A ReplicaSet that a Deployment of the tree made stands for that: its name is the Deployment's and the pods' template hash. */
function ownerId(pod: Workload, owner: OwnerName, byId: ReadonlyMap<string, Workload>): string {
  const hash = pod.labels.known.get('pod-template-hash')
  if (owner.kind === 'ReplicaSet' && typeof hash === 'string' && owner.name.endsWith(`-${hash}`)) {
    const id = idOf(pod.namespace, { kind: 'Deployment', name: owner.name.slice(0, -hash.length - 1) })
    if (byId.has(id)) return id
  }
  return idOf(pod.namespace, owner)
}

/** Leaves out ReplicaSets and Jobs whose Deployment or CronJob is in the tree. */
function foldReplicaSets(byId: ReadonlyMap<string, Workload>, keepAll: boolean): readonly Workload[] {
  if (keepAll) return [...byId.values()]
  return [...byId.values()].filter((workload) => {
    if (workload.kind !== 'ReplicaSet' && workload.kind !== 'Job') return true
    const owner = workload.resource.kind === workload.kind ? controllerOf(workload.resource) : undefined
    const parent = owner && byId.get(idOf(workload.namespace, owner))
    return parent === undefined || !sameLabels(parent.labels, workload.labels)
  })
}

/** Labels that controllers give each pod or each version of a template, so that they do not tell workloads apart. */
const CONTROLLER_LABELS: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
  'job-name',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/job-completion-index',
])

function sameLabels(a: Labels, b: Labels): boolean {
  const own = (labels: Labels) =>
    JSON.stringify(
      [...labels.known].filter(([key]) => !CONTROLLER_LABELS.has(key)).sort(([x], [y]) => (x < y ? -1 : 1)),
    )
  return own(a) === own(b)
}

/** The pod's own values of such labels hold for it alone and not for its owner's other pods. */
function withoutAdded(labels: Labels): Labels {
  const added = new Set([...labels.known.keys()].filter((key) => CONTROLLER_LABELS.has(key)))
  if (added.size === 0) return labels
  const known = new Map([...labels.known].filter(([key]) => !added.has(key)))
  return { known, added: new Set([...labels.added, ...added]), open: labels.open }
}
