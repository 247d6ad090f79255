import type { Origin } from '../base/origin.ts'
import { dig, isAbsent } from '../base/value.ts'
import type { StateView } from '../compare/state-view.ts'
import { endpointHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { listNames, verb } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const defaultNamespace = defineRule({
  id: 'default-namespace',
  meta: {
    title: 'Object lives in the namespace default',
    severity: 'note',
    concepts: ['default-namespace'],
    layer: 'network-policy',
    why: 'Whatever names no namespace lands in default, beside strangers, and policies are rarely written for it.',
    fix: 'Give each application a namespace of its own.',
    sources: ['https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/'],
  },

  /** Yields a hit for each workload, Service and Ingress that names `default`, or names no namespace while others of the tree do. */
  *check(view) {
    for (const { resource, subject } of objects(view)) {
      const { address } = resource
      yield endpointHit({
        resource: address,
        at: resource.origin,
        subject,
        cause: 'default',
        name: address,
        say: (names) =>
          `${listNames(names)} ${verb(names, 'lives', 'live')} in the namespace default, unless whoever applies the manifest names another. Whatever names none lands there too, so its policies must cover strangers. Give each application a namespace of its own.`,
      })
    }
  },

  merge: mergeEndpoints,
  mergeAbove: 5,
})

function* objects(
  view: StateView,
): Iterable<{ readonly resource: { readonly address: string; readonly origin: Origin }; readonly subject: string }> {
  const { workloads, services, ingresses } = view.network.kubernetes
  const all = [...workloads, ...services.filter(({ name }) => name !== 'kubernetes'), ...ingresses]
  for (const { namespace, resource } of all) {
    if (namespace !== 'default') continue
    // Where a tool gives the namespace, nothing of it is written.
    const isWritten = !isAbsent(dig(resource.value, 'metadata', 'namespace'))
    if (isWritten || resource.unit.kind === 'manifests') yield { resource, subject: view.identity(resource.address) }
  }
}
