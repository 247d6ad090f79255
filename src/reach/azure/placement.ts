import { dig, get, itemsOf, stringOf, type Value } from '../../base/value.ts'
import type { Cluster, NodePool } from '../../model/azure/cluster.ts'
import { knownItems, knownValue } from '../../model/azure/prop.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { workerPools } from './state.ts'

/** Pools that may run a workload's pods: all that its node selector, required affinity and the pools' taints leave. */
export function poolsOf(cluster: Cluster, workload: Workload): readonly NodePool[] {
  let ofCluster = POOLS.get(cluster)
  if (ofCluster === undefined) {
    ofCluster = new WeakMap()
    POOLS.set(cluster, ofCluster)
  }
  let pools = ofCluster.get(workload)
  if (pools === undefined) {
    const all = workerPools(cluster)
    const fitting = all.filter((pool) => accepts(pool, workload))
    // A selector that no pool satisfies leaves the pods pending; nothing certain can be said, so any pool counts.
    pools = fitting.length > 0 ? fitting : all
    ofCluster.set(workload, pools)
  }
  return pools
}

/** Asked by many rules for each workload. */
const POOLS = new WeakMap<Cluster, WeakMap<Workload, readonly NodePool[]>>()

function accepts(pool: NodePool, { podSpec, kind }: Workload): boolean {
  const labels = labelsOf(pool)
  const selector = get(podSpec, 'nodeSelector')
  if (selector?.kind === 'map') {
    for (const [key, entry] of selector.entries) {
      const wanted = stringOf(entry.value)
      const own = labels.get(key)
      if (wanted !== undefined && own !== undefined && own !== wanted) return false
      if (own === undefined && KNOWN_LABELS.has(key) && wanted !== undefined) return false
    }
  }
  const terms = itemsOf(
    dig(podSpec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'),
  )
  if (
    terms.length > 0 &&
    !terms.some((term) => itemsOf(get(term, 'matchExpressions')).every((item) => satisfies(labels, item)))
  ) {
    return false
  }
  return kind === 'DaemonSet' || toleratesAll(pool, itemsOf(get(podSpec, 'tolerations')))
}

/** Labels that AKS puts on every node. Source: learn.microsoft.com/azure/aks/use-labels#reserved-system-labels */
const KNOWN_LABELS = new Set([
  'kubernetes.azure.com/agentpool',
  'agentpool',
  'kubernetes.azure.com/mode',
  'kubernetes.io/os',
])

function labelsOf(pool: NodePool): ReadonlyMap<string, string> {
  const labels = new Map(knownValue(pool.labels) ?? [])
  const name = knownValue(pool.name)
  if (name !== undefined) labels.set('kubernetes.azure.com/agentpool', name).set('agentpool', name)
  const mode = knownValue(pool.mode)
  if (mode !== undefined) labels.set('kubernetes.azure.com/mode', mode.toLowerCase())
  const os = knownValue(pool.osType)
  if (os !== undefined) labels.set('kubernetes.io/os', os.toLowerCase())
  return labels
}

/** Expressions over labels that are not known are taken to hold. */
function satisfies(labels: ReadonlyMap<string, string>, expression: Value): boolean {
  const key = stringOf(get(expression, 'key'))
  const own = key === undefined ? undefined : labels.get(key)
  if (own === undefined) return true
  const values = itemsOf(get(expression, 'values')).flatMap((value) => stringOf(value) ?? [])
  switch (stringOf(get(expression, 'operator'))) {
    case 'In':
      return values.includes(own)
    case 'NotIn':
      return !values.includes(own)
    case 'DoesNotExist':
      return false
    default:
      return true
  }
}

function toleratesAll(pool: NodePool, tolerations: readonly Value[]): boolean {
  return knownItems(pool.taints).every((taint) => {
    const match = /^([^=:]+)(?:=([^:]*))?:(NoSchedule|NoExecute)$/.exec(taint)
    if (match === null) return true
    const [, key, value] = match
    return tolerations.some((toleration) => {
      const wanted = stringOf(get(toleration, 'key'))
      if (wanted !== undefined && wanted !== key) return false
      return (
        stringOf(get(toleration, 'operator')) === 'Exists' ||
        (wanted !== undefined && (stringOf(get(toleration, 'value')) ?? '') === (value ?? ''))
      )
    })
  })
}
