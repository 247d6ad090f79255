import type { Edit } from '../base/edit.ts'
import { dig, get, itemsOf, type MapValue, stringOf, type Value } from '../base/value.ts'
import { workloadName } from '../model/kubernetes/workload.ts'
import { eachWorkload } from './each.ts'
import { append } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { allContainers } from './facts/containers.ts'
import { endpointHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const netRaw = defineRule({
  id: 'net-raw',
  meta: {
    title: 'Container may forge packets',
    severity: 'note',
    concepts: ['net-raw'],
    layer: 'host',
    why: 'With the capability NET_RAW, which containers have unless it is dropped, a program can send packets with forged addresses to other pods of its node.',
    fix: 'Drop all capabilities, or NET_RAW.',
    sources: ['https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted', 'CVE-2020-14386'],
  },

  /** Yields a hit for each workload with a container that keeps NET_RAW. */
  check: eachWorkload(function* (workload) {
    const { resource, podSpec } = workload
    const keeping = allContainers(podSpec).filter(keepsNetRaw)
    const [first] = keeping
    if (first === undefined) return
    const names = keeping.map((container) => stringOf(get(container, 'name')) ?? 'a container')
    const name = workloadName(workload)
    yield endpointHit({
      resource: resource.address,
      at: first.origin,
      subject: workload.id,
      cause: workload.namespace,
      extent: keeping.length,
      name: `${listNames(names)} in ${name}`,
      say: (all) =>
        `${listNames(all)} may send packets with forged addresses (capability NET_RAW, which a container has unless it is dropped), and so pose as another pod. Drop all capabilities, or NET_RAW.`,
      fix: () => {
        const edits = keeping.map(dropAll)
        if (edits.includes(undefined)) return undefined
        return inPlace(
          edits.flatMap((edit) => edit ?? []),
          `Drops NET_RAW in ${name}.`,
        )
      },
    })
  }),

  merge: mergeEndpoints,
  mergeAbove: 5,

  /** Drops the capability in each of the containers. */
  patch: (hit) => hit.fix?.(),
})

function keepsNetRaw(container: Value): boolean {
  if (container.kind !== 'map') return false
  const capabilities = dig(container, 'securityContext', 'capabilities')
  const drop = get(capabilities, 'drop')
  if (drop?.kind === 'unknown' || capabilities?.kind === 'unknown') return false
  const has = (field: Value | undefined, ...wanted: readonly string[]) =>
    itemsOf(field).some((item) => wanted.includes((stringOf(item) ?? '').replace(/^CAP_/i, '').toUpperCase()))
  return !has(drop, 'ALL', 'NET_RAW') || has(get(capabilities, 'add'), 'NET_RAW')
}

/** Writes what is missing of `securityContext.capabilities.drop`. */
function dropAll(container: Value): readonly Edit[] | undefined {
  if (container.kind !== 'map') return undefined
  const isMap = (value: Value | undefined): value is MapValue => value?.kind === 'map' && value.entries.size > 0
  const context = get(container, 'securityContext')
  const capabilities = get(context, 'capabilities')
  if (itemsOf(get(capabilities, 'add')).some((item) => /NET_RAW$/i.test(stringOf(item) ?? ''))) return undefined
  const drop = get(capabilities, 'drop')
  if (drop?.kind === 'list' && drop.items.length > 0) {
    const { source, start } = drop.origin
    const end = drop.items.at(-1)!.origin.end
    return source.text[start] === '['
      ? [{ path: source.path, start: end, end, text: ', NET_RAW' }]
      : append(drop, ['- NET_RAW'])
  }
  if (drop !== undefined) return undefined
  if (isMap(capabilities)) return append(capabilities, ['drop:', '  - NET_RAW'])
  if (capabilities !== undefined) return undefined
  if (isMap(context)) return append(context, ['capabilities:', '  drop:', '    - NET_RAW'])
  return context === undefined
    ? append(container, ['securityContext:', '  capabilities:', '    drop:', '      - NET_RAW'])
    : undefined
}
