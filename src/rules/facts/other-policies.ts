import { dig, stringOf } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'

/** Kinds that also isolate pods and that no layer here reads yet: whatever has them is not called open. */
const NAMESPACED = new Set([
  'CiliumNetworkPolicy',
  'NetworkPolicy.crd.projectcalico.org',
  'NetworkPolicy.projectcalico.org',
])
const CLUSTER_WIDE = new Set([
  'AdminNetworkPolicy',
  'BaselineAdminNetworkPolicy',
  'ClusterNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'GlobalNetworkPolicy',
])

const known = new WeakMap<StateView['resources'], ReadonlySet<string>>()

/** True where policies of other kinds may isolate the pods of a namespace. */
export function mayIsolateOtherwise({ resources }: StateView, namespace: string): boolean {
  let spaces = known.get(resources)
  if (spaces === undefined) {
    const found = new Set<string>()
    for (const { kind, address, value } of resources) {
      if (CLUSTER_WIDE.has(kind)) found.add('*')
      const label = address.slice(0, address.indexOf('/'))
      if (NAMESPACED.has(label)) found.add(stringOf(dig(value, 'metadata', 'namespace')) ?? 'default')
    }
    spaces = found
    known.set(resources, spaces)
  }
  return spaces.has('*') || spaces.has(namespace)
}
