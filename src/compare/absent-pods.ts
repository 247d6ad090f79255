import type { ClassSet } from '../algebra/classes.ts'
import type { KubernetesNetwork } from '../model/kubernetes/kubernetes-network.ts'
import type { Reachability } from '../reach/reachability.ts'

/**
 * The classes of pods that are not in the tree and whose namespace is there on one side only: the change brings it, takes it away or
 * renames it. That such pods are open on the other side is true of nobody, so nothing of them opens or closes.
 */
export function absentPods(base: Reachability, head: Reachability): ClassSet {
  const { classes, classSets } = head.universe
  const [before, after] = [namespacesOf(base.network.kubernetes), namespacesOf(head.network.kubernetes)]
  const isAbsent = (namespace: string | undefined) =>
    namespace !== undefined &&
    !BUILT_IN.has(namespace) &&
    ((before.lived.has(namespace) && !after.named.has(namespace)) ||
      (after.lived.has(namespace) && !before.named.has(namespace)))
  return classSets.of(
    classes.flatMap(({ members }, subject) =>
      members.every((member) => member.kind === 'hypothetical' && isAbsent(member.namespace)) ? [subject] : [],
    ),
  )
}

/** Every cluster has them, whatever the tree says. Source: kubernetes.io/docs/concepts/overview/working-with-objects/namespaces */
const BUILT_IN: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease'])

/**
 * `named`: some object of the tree is in the namespace, or is the namespace. `lived`: so that its being there is told by the tree, and
 * not only by policies for pods that others run.
 */
function namespacesOf({ workloads, policies, services, ingresses, namespaces }: KubernetesNetwork) {
  const lived = new Set(workloads.map(({ namespace }) => namespace))
  for (const [name, { resource }] of namespaces) if (resource !== undefined) lived.add(name)
  const named = new Set(lived)
  for (const { namespace } of [...policies, ...services, ...ingresses]) named.add(namespace)
  return { lived, named }
}
