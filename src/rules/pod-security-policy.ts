import type { Edit } from '../base/edit.ts'
import { booleanOf, get, itemsOf, type MapValue, stringOf, type Value } from '../base/value.ts'
import { apiGroup } from '../model/kubernetes/fields.ts'
import { append, removeEntry } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { resourcesOfKind } from './facts/of-kind.ts'
import { defineRule } from './rule.ts'

export const podSecurityPolicy = defineRule({
  id: 'pod-security-policy',
  meta: {
    title: "PodSecurityPolicy admits the node's network or forged packets",
    severity: 'low',
    concepts: ['host-network', 'psp-net-raw'],
    layer: 'host',
    why: 'Pods that the policy admits may leave the reach of network policies, or send packets with forged addresses. Kubernetes 1.25 and later no longer know the kind and admit everything that it would refuse.',
    fix: 'Take the permission out, and put the restricted or baseline Pod Security Standard in its place.',
    sources: [
      'https://kubernetes.io/docs/concepts/security/pod-security-policy/',
      'https://kubernetes.io/docs/tasks/configure-pod-container/migrate-from-psp/',
    ],
  },

  /** Yields a hit for each policy that admits `hostNetwork`, and for each that does not make containers drop NET_RAW. */
  *check(view) {
    for (const { value, address, origin } of resourcesOfKind(view, 'PodSecurityPolicy')) {
      if (!['policy', 'extensions'].includes(apiGroup(value).group)) continue
      const spec = get(value, 'spec')
      const hostNetwork = get(spec, 'hostNetwork')
      if (spec?.kind === 'map' && hostNetwork !== undefined && booleanOf(hostNetwork) === true) {
        yield {
          resource: address,
          at: hostNetwork.origin,
          subject: `${view.identity(address)} hostNetwork`,
          concepts: ['host-network'],
          message: `${address} admits pods that run in the network of their node, where no NetworkPolicy holds. Take hostNetwork out.`,
          fix: () =>
            inPlace(removeEntry({ map: spec, key: 'hostNetwork' }), 'Admits no pod to the network of its node.'),
        }
      }
      const drops = get(spec, 'requiredDropCapabilities')
      if (spec?.kind !== 'map' || !leavesNetRaw(drops)) continue
      yield {
        resource: address,
        at: drops?.origin ?? origin,
        subject: `${view.identity(address)} NET_RAW`,
        concepts: ['psp-net-raw'],
        message: `${address} admits containers that keep the capability NET_RAW and so may send packets with forged addresses. Require that NET_RAW, or ALL, is dropped.`,
        fix: () => inPlace(requireDrop(spec, drops), 'Makes containers drop NET_RAW.'),
      }
    }
  },

  /** Takes the permission out. */
  patch: (hit) => hit.fix?.(),
})

function leavesNetRaw(drops: Value | undefined): boolean {
  if (drops === undefined || (drops.kind === 'scalar' && drops.value === null)) return true
  if (drops.kind !== 'list' || drops.items.some(({ kind }) => kind !== 'scalar')) return false
  return !drops.items.some((item) => /^(?:CAP_)?(?:NET_RAW|ALL)$/i.test(stringOf(item) ?? ''))
}

function requireDrop(spec: MapValue, drops: Value | undefined): readonly Edit[] | undefined {
  if (!/\.ya?ml$/i.test(spec.origin.source.path)) return undefined
  if (drops === undefined) return append(spec, ['requiredDropCapabilities:', '  - NET_RAW'])
  if (drops.kind !== 'list' || itemsOf(drops).length === 0) return undefined
  const { source, start, from } = drops.origin
  if (source.text[start] !== '[') return append(drops, ['- NET_RAW'])
  const { end } = drops.items.at(-1)!.origin
  return from === undefined ? [{ path: source.path, start: end, end, text: ', NET_RAW' }] : undefined
}
