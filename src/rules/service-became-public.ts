import type { AddressSet } from '../algebra/addresses.ts'
import { printConnections } from '../algebra/connections.ts'
import { get, itemsOf, stringOf } from '../base/value.ts'
import type { Service } from '../model/kubernetes/service.ts'
import { annotate, INTERNAL, setSourceRanges, setType } from './edit/load-balancer.ts'
import { listNames } from './listing.ts'
import { publicServices } from './public-service.ts'
import { type ChangeView, defineRule, type Hit, type ProposedPatch } from './rule.ts'
import { sensitivePort } from './sensitive-ports.ts'

export const serviceBecamePublic = defineRule({
  id: 'service-became-public',
  meta: {
    title: 'Change opens a Service to the internet',
    severity: 'high',
    concepts: ['service-exposed'],
    layer: 'service',
    why: 'What only the cluster or the network could reach before gets a public address, or loses the ranges that limited it.',
    fix: 'Keep the type, the annotation for an internal load balancer, or the source ranges that it had.',
    sources: ['https://learn.microsoft.com/azure/aks/internal-lb'],
  },

  /** Yields a hit for each Service that both sides have and that admits the internet in the head alone. */
  *checkChange({ base, head }: ChangeView, { trusted }: { trusted: AddressSet }): Iterable<Hit> {
    if (base === undefined || head === undefined) return
    const before = new Map(base.network.kubernetes.services.map((service) => [service.resource.address, service]))
    const wasPublic = new Set([...publicServices(base, trusted)].map(({ service }) => service.resource.address))
    for (const { service, open, frontend, target, names, extent, prove } of publicServices(head, trusted)) {
      const { resource } = service
      const subject = head.identity(resource.address)
      const old = before.get(subject)
      if (old === undefined || wasPublic.has(subject)) continue
      const { words, at } = causeOf(old, service)
      const sensitive = sensitivePort(target) ?? sensitivePort(frontend)
      const behind = names.length === 0 ? 'the pods that it selects' : listNames(names)
      yield {
        resource: resource.address,
        at,
        subject,
        severity: open !== 'yes' ? 'medium' : sensitive === undefined ? 'high' : 'critical',
        extent,
        message: `Anybody on the internet ${open === 'yes' ? 'can' : 'may'} now connect to ${behind} through ${resource.address} on ${printConnections(frontend)}: ${words}.${sensitive === undefined ? '' : ` It is ${sensitive.words}, which is not made for strangers.`} Keep it as it was, make it internal, or list the ranges that may connect.`,
        get witness() {
          return prove()
        },
        decide: 'Who must reach it: nobody outside the network (internal), some ranges, or everybody.',
        objectsTo: ({ kind }) => kind === 'ingress',
        fix: () => restore(old, service),
      }
    }
  },

  /** What made it private before. */
  patch: (hit) => hit.fix?.(),
})

function causeOf(old: Service, service: Service) {
  const { resource, typeOrigin: at } = service
  if (old.type !== service.type)
    return { words: `its type changed from ${old.type} to ${service.type}, which has a public address`, at }
  if (old.loadBalancer?.public === 'no') {
    const written = service.annotationOrigins.get(INTERNAL)
    const words =
      written === undefined
        ? 'it lost the annotation for an internal load balancer'
        : `only the exact text "true" makes a load balancer internal, and the annotation says ${JSON.stringify(service.annotations.get(INTERNAL))}`
    return { words, at: written ?? at }
  }
  const ranges = service.loadBalancer?.sourcesOrigin
  if (old.loadBalancer?.sourcesOrigin !== undefined) {
    const words = ranges === undefined ? 'it lost its source ranges' : 'its source ranges now hold the whole internet'
    return { words, at: ranges ?? at }
  }
  return { words: 'no policy closes the pods behind it any more', at: at ?? resource.origin }
}

function restore(old: Service, service: Service): ProposedPatch | undefined {
  if (old.type !== service.type) {
    const written = stringOf(get(get(old.resource.value, 'spec'), 'type'))
    return setType(service, written)
  }
  if (old.loadBalancer?.public === 'no') {
    const edits = annotate(service, INTERNAL, 'true')
    return (
      edits && { edit: { edits, newFiles: new Map() }, summary: `Makes ${service.resource.address} internal again.` }
    )
  }
  const ranges = itemsOf(get(get(old.resource.value, 'spec'), 'loadBalancerSourceRanges')).flatMap(
    (item) => stringOf(item) ?? [],
  )
  return ranges.length === 0 ? undefined : setSourceRanges(service, ranges, 'the ranges that it had')
}
