import { byCodeUnit } from '../base/order.ts'
import { get, stringOf, type Value } from '../base/value.ts'
import type { Resource } from '../parse/resource.ts'

/**
 * Which resource of the head is which of the base under another name: head address → base address.
 *
 * Two resources are the same one renamed when one side alone has the address, both are of one kind, and all that concerns the
 * network is equal once each object's own name and namespace are blanked. A workload that becomes one of another kind under the same
 * name (a Deployment made a StatefulSet) is the same as well. Where several fit, the nearest in file order is taken,
 * so that a rename is never a removal and an addition. O(size of what only one side has).
 */
export function findRenames(base: readonly Resource[], head: readonly Resource[]): ReadonlyMap<string, string> {
  const gone = onlyHere(base, head)
  const come = gone.length === 0 ? [] : onlyHere(head, base)
  const renames = new Map<string, string>()
  if (gone.length === 0 || come.length === 0) return renames

  for (const signature of [workloadName, signatureOf, namelessSignature]) {
    const bySignature = new Map<string, Resource[]>()
    const matched = new Set(renames.values())
    for (const resource of gone) {
      if (matched.has(resource.address)) continue
      const key = signature(resource)
      if (key === undefined) continue
      const same = bySignature.get(key)
      if (same === undefined) bySignature.set(key, [resource])
      else same.push(resource)
    }
    for (const resource of come) {
      if (renames.has(resource.address)) continue
      const key = signature(resource)
      const match = key === undefined ? undefined : bySignature.get(key)?.shift()
      if (match !== undefined) renames.set(resource.address, match.address)
    }
  }
  return renames
}

/** The resources whose addresses the other side does not have. Most are the identical objects there, and are not looked up by address. */
function onlyHere(here: readonly Resource[], there: readonly Resource[]): readonly Resource[] {
  const same = new Set(there)
  const rest = here.filter((resource) => !same.has(resource))
  if (rest.length === 0) return rest
  const addresses = new Set(there.map(({ address }) => address))
  return rest.filter(({ address }) => !addresses.has(address))
}

/** Namespace and name of a workload of any kind: what is under that name is one thing to people. */
function workloadName({ kind, value }: Resource): string | undefined {
  const metadata = get(value, 'metadata')
  const name = stringOf(get(metadata, 'name'))
  if (!WORKLOADS.test(kind) || name === undefined) return undefined
  return `${stringOf(get(metadata, 'namespace')) ?? ''}/${name}`
}

/** Keys of pod templates and their controllers whose values no packet ever meets. */
const NOT_NETWORK = new Set(['image', 'imagePullPolicy', 'resources', 'replicas', 'env', 'envFrom', 'args', 'command'])
/** What `control-plane-listener`, `tiller` and `kubernetes-dashboard` ask for all the same. */
const LISTENERS =
  /^--?(?:insecure-|secure-|read-only-|bind-|listen\b)|^(?:\S*\/)?(?:kubelet|kube-apiserver|kube-controller-manager|kube-scheduler)$|tiller|kubernetesui\/|kubernetes-dashboard/
const WORKLOADS =
  /^(?:Deployment|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|Pod|Job|CronJob|DeploymentConfig|Rollout)$/

/** Text that is equal for two versions of an object that no packet can tell apart. */
export function networkSignature({ kind, value }: Resource): string {
  const parts: string[] = [kind]
  write(value, new Map(), parts, !WORKLOADS.test(kind))
  return parts.join('\u0002')
}

/** Text that is equal for two resources that differ in their own name or namespace only. */
function signatureOf({ kind, value }: Resource): string {
  const metadata = get(value, 'metadata')
  const own = new Map<string, string>()
  const namespace = stringOf(get(metadata, 'namespace'))
  if (namespace !== undefined) own.set(namespace, '\u0001namespace')
  const name = stringOf(get(metadata, 'name')) ?? stringOf(get(value, 'name'))
  if (name !== undefined) own.set(name, '\u0001name')
  const parts: string[] = [kind]
  write(value, own, parts, !WORKLOADS.test(kind))
  return parts.join('\u0002')
}

/** As {@link signatureOf} where only the object's own name changed, and labels that were equal to it did not. */
function namelessSignature(resource: Resource): string {
  const metadata = get(resource.value, 'metadata')
  if (metadata?.kind !== 'map') return signatureOf(resource)
  const rest = new Map([...metadata.entries].filter(([key]) => key !== 'name' && key !== 'namespace'))
  const entries = new Map(resource.value.entries).set('metadata', { value: { ...metadata, entries: rest } })
  return networkSignature({ ...resource, value: { ...resource.value, entries } })
}

/** Of what a container runs, the words that say where it listens, and images that rules know by name. */
function writeListeners(value: Value, parts: string[]): void {
  for (const item of value.kind === 'list' ? value.items : [value]) {
    const text = stringOf(item)
    if (text !== undefined && LISTENERS.test(text)) parts.push(text)
  }
}

function write(value: Value, own: ReadonlyMap<string, string>, parts: string[], everything: boolean): void {
  switch (value.kind) {
    case 'scalar':
      parts.push(typeof value.value === 'string' ? (own.get(value.value) ?? value.value) : String(value.value))
      return
    case 'list':
      parts.push('[')
      for (const item of value.items) write(item, own, parts, everything)
      parts.push(']')
      return
    case 'map': {
      parts.push('{')
      const entries = [...value.entries].sort(([a], [b]) => byCodeUnit(a, b))
      for (const [key, entry] of entries) {
        if (!everything && NOT_NETWORK.has(key)) {
          writeListeners(entry.value, parts)
          continue
        }
        parts.push(key)
        write(entry.value, own, parts, everything)
      }
      parts.push('}')
      return
    }
    case 'id':
      parts.push(value.id.toLowerCase())
      return
    case 'unknown':
      parts.push('?', value.reason, value.reference?.attribute ?? '')
      return
    case 'choice':
      parts.push('|')
      for (const option of value.options) write(option, own, parts, everything)
  }
}
