import { printConnections, samplePort } from '../algebra/connections.ts'
import type { Origin } from '../base/origin.ts'
import { get, itemsOf, stringOf } from '../base/value.ts'
import { changeBetween, explainerOf, wordsOf } from '../compare/egress-cause.ts'
import type { StateView } from '../compare/state-view.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import type { Service } from '../model/kubernetes/service.ts'
import type { Door } from '../reach/door.ts'
import { closeService } from './closing/close-service.ts'
import { closeInElsewhere } from './closing/elsewhere.ts'
import { annotate, INTERNAL, setSourceRanges, setType } from './edit/load-balancer.ts'
import { narrowSource } from './edit/narrow-source.ts'
import { azureOf } from './facts/azure-view.ts'
import { publicServices, sourcesOf } from './facts/public-service.ts'
import { sensitivePort } from './facts/sensitive-ports.ts'
import { listNames } from './hits/listing.ts'
import { lineOf } from './one-line.ts'
import { type ChangeView, defineRule, type Hit, type ProposedPatch } from './rule.ts'
import type { RuleSettings } from './settings.ts'

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
  *checkChange(
    { base, head }: ChangeView,
    { trusted, trustedRanges }: Pick<RuleSettings, 'trusted' | 'trustedRanges'>,
  ): Iterable<Hit> {
    if (base === undefined || head === undefined) return
    const before = new Map(base.network.kubernetes.services.map((service) => [service.resource.address, service]))
    const wasPublic = new Set([...publicServices(base, trusted)].map(({ service }) => service.resource.address))
    for (const { service, open, frontend, target, names, extent, doors, prove } of publicServices(head, trusted)) {
      const { resource } = service
      const subject = head.identity(resource.address)
      const old = before.get(subject)
      if (old === undefined || wasPublic.has(subject)) continue
      const around = old.resource === resource ? changeAround(base, head, doors[0]) : undefined
      const { words, at = service.typeOrigin ?? resource.origin } = around ?? causeOf(old, service)
      const sensitive = sensitivePort(target) ?? sensitivePort(frontend)
      const behind = names.length === 0 ? 'the pods that it selects' : listNames(names)
      yield {
        resource: resource.address,
        at,
        subject,
        severity: open !== 'yes' ? 'medium' : sensitive === undefined ? 'high' : 'critical',
        extent,
        because: { line: lineOf(around?.at ?? service.typeOrigin), tells: 'effect' },
        message: `Anybody on the internet ${open === 'yes' ? 'can' : 'may'} now connect to ${behind} through ${resource.address} on ${printConnections(frontend)}: ${words}.${sensitive === undefined ? '' : ` It is ${sensitive.words}, which is not made for strangers.`} Keep it as it was, make it internal, or list the ranges that may connect.`,
        get witness() {
          return prove(sourcesOf(base, old.resource.address))
        },
        decide: 'Who must reach it: nobody outside the network (internal), some ranges, or everybody.',
        objectsTo: ({ kind }) => kind === 'ingress',
        fix: () => (around === undefined ? restore(old, service) : around.fix?.(trustedRanges)),
        elsewhere: () => closeInElsewhere(head, printConnections(frontend)),
        otherwise: () => closeService(head, service, doors[0], trustedRanges),
      }
    }
  },

  /** What made it private before. */
  patch: (hit) => hit.fix?.(),
})

interface Cause {
  readonly words: string
  /** Undefined where what stopped it is no more. */
  readonly at?: Origin
  readonly fix?: (trustedRanges: readonly string[]) => ProposedPatch | undefined
}

/** The layer of the network around the cluster that lets in what it kept out before. */
function changeAround(base: StateView, head: StateView, door: Door | undefined): Cause | undefined {
  const target = door && samplePort(door.internet.possible)
  const [was, is] = [base.link, head.link]
  if (door === undefined || target === undefined || was?.kind !== 'linked' || is?.kind !== 'linked') return undefined
  const member = head.reach.universe.classes[door.subject]!.members[0]!
  const query = { from: 'internet', to: member.id, ...target, via: door.resource }
  const found = changeBetween(
    explainerOf({ view: base, link: was }).explain(query),
    explainerOf({ view: head, link: is }).explain(query),
    base,
    head,
  )
  if (found === undefined) return undefined
  const { step } = found
  if (found.side === 'base') return { words: `what kept it out is gone (${wordsOf(step)})` }
  const at = step.origin ?? step.resource?.origin
  if (at === undefined) return undefined
  const fix = (trustedRanges: readonly string[]): ProposedPatch | undefined => {
    const azure = azureOf(head)
    const rule = azure.objects
      .ofType('microsoft.network/networksecuritygroups/securityrules')
      .find((object) => originOf(object) === step.origin)
    const patch = rule && narrowSource(azure, rule, trustedRanges)
    return patch && { ...patch, layer: step.layer }
  }
  return { words: `${wordsOf(step)} lets it in now`, at, fix }
}

function causeOf(old: Service, service: Service): Cause {
  const { resource, typeOrigin: at } = service
  if (old.type !== service.type)
    return { words: `its type changed from ${old.type} to ${service.type}, which has a public address`, at }
  if (old.loadBalancer?.public === 'no') {
    const written = service.annotationOrigins.get(INTERNAL)
    const meant = written === undefined ? misspelt(old, service) : undefined
    if (meant !== undefined) {
      const words = `AKS does not read the annotation ${meant}; the one for an internal load balancer is ${INTERNAL}`
      return { words, at: service.annotationOrigins.get(meant) ?? at }
    }
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

/** A new annotation that looks as if it were to make the load balancer internal. */
function misspelt(old: Service, { annotations }: Service): string | undefined {
  return [...annotations.keys()].find(
    (key) =>
      !old.annotations.has(key) && key !== `${INTERNAL}-subnet` && /internal/i.test(key) && /load-?balancer/i.test(key),
  )
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
