import { connectionSets } from '../algebra/connections.ts'
import { areIdentical } from '../base/identity.ts'
import type { StateView } from '../compare/state-view.ts'
import { hasSamePolicies } from '../reach/difference.ts'
import type { Door } from '../reach/door.ts'
import { closeDoor } from './closing/close-door.ts'
import { isolateNamespace } from './edit/namespace-policies.ts'
import { doorWords, exposedClasses, newcomers } from './facts/exposed-workloads.ts'
import { leavesCluster } from './facts/flow-ends.ts'
import { causeOf } from './facts/grant.ts'
import { type JudgedEndpoint, judgedEndpoint, judgedEndpoints } from './facts/judged-endpoints.ts'
import { type LooseEnd, looseBecause, looseEnds } from './facts/loose-ends.ts'
import { mayIsolateOtherwise } from './facts/other-policies.ts'
import { proveDoor } from './facts/public-service.ts'
import { sensitiveWorkloads } from './facts/sensitive-workloads.ts'
import { type EndpointHit, endpointHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { listNames, verb } from './hits/listing.ts'
import { withinIsolation } from './hits/wider-finding.ts'
import { lineOf } from './one-line.ts'
import { defineRule, type Hit, type ProposedPatch } from './rule.ts'
import type { RuleSettings } from './settings.ts'

export const exposedAndLoose = defineRule({
  id: 'exposed-and-loose',
  meta: {
    title: 'Workload is open to the internet and may go on from there',
    severity: 'high',
    concepts: ['egress'],
    layer: 'network-policy',
    why: 'Whoever takes over what the internet can reach has the reach of the pod: the identity of the node, its SSH, a data store of another team, or a host of their own to load tools from.',
    fix: 'Close one of the two: let nobody in who is not meant, or let the workload out only to what it needs.',
    sources: [
      'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Exposed%20application/',
      'https://learn.microsoft.com/azure/aks/imds-restriction',
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic',
    ],
  },

  /** Yields a hit for each workload that the internet certainly reaches and that certainly gets to where no request needs it. */
  *check(view, settings, against) {
    const { trusted } = settings
    const exposed = exposedClasses(view, trusted, 'certain')
    if (exposed.size === 0) return
    const isAlike = sameOnBothSides(view, settings, against)
    for (const endpoint of judgedEndpoints(view)) {
      const { workload, subject } = endpoint
      const doors = exposed.get(subject)
      if (workload === undefined || doors === undefined || isAlike(subject, doors)) continue
      if (mayIsolateOtherwise(view, workload.namespace)) continue
      const ends = looseEnds(view, endpoint, trusted)
      if (ends.length > 0) yield toHit(view, endpoint, doors[0]!, ends, settings)
    }
  },

  merge: mergeEndpoints,

  /** The way in closed, or the place taken out of the rule that leads there. */
  patch: (hit) => hit.fix?.(),
})

function toHit(
  view: StateView,
  endpoint: JudgedEndpoint,
  door: Door,
  ends: readonly LooseEnd[],
  { trusted, trustedRanges }: RuleSettings,
): EndpointHit {
  const { id, name } = endpoint
  const news = newEnds(view, endpoint, ends, trusted)
  const [first] = news
  const words = listNames(ends.map((end) => end.words))
  const at = first === undefined ? door.origin : (first.at ?? endpoint.workload!.resource.origin)
  const grant = first?.grant
  const by = first === undefined ? view.identity(door.resource.address) : grant && causeOf(view, grant)
  return endpointHit({
    resource:
      first === undefined ? door.resource.address : (grant?.policy.resource ?? endpoint.workload!.resource).address,
    at,
    subject: id,
    extent: ends.length,
    cause: `${by ?? ''} ${words} ${doorWords(door)}`,
    because: {
      line: lineOf(at),
      tells: 'difference',
      aside: (hit) => {
        const { names } = hit as EndpointHit
        const own = listNames(names)
        return first === undefined
          ? `From ${own} whoever gets in can go on to ${words}: ${looseBecause(ends)}.`
          : `The internet reaches ${own} through ${doorWords(door)}.`
      },
    },
    ...withinIsolation(view, endpoint, 'egress'),
    ...(first === undefined && withinOpening(view, door)),
    name,
    say: (names) =>
      `The internet reaches ${listNames(names)} through ${doorWords(door)}, and ${verb(names, 'it', 'they')} can connect to ${words}: ${looseBecause(news.length > 0 ? news : ends)}. A flaw in what ${verb(names, 'it serves', 'they serve')} is enough to get there from outside. Close one of the two.`,
    prove: () =>
      first === undefined
        ? proveDoor(
            view,
            door,
            newcomers(view.before, trusted, endpoint.subject),
            `${doorWords(door)} lets the internet in`,
          )
        : first.prove(),
    decide: 'Which of the two is meant: that the internet gets in, or that the workload gets out.',
    objectsTo: (flow) =>
      flow.kind === 'ingress' || leavesCluster(flow) || ends.some(({ key }) => flow.to.workload === key),
    fix: () => (ends.length === 1 ? ends[0]!.close() : undefined),
    otherwise: () => [...closeDoor(view, door, trustedRanges), ...isolate(view, endpoint, ends)],
  })
}

/** The network around the cluster let the internet in to a Service that is as it was: that is told with the line there. */
function withinOpening({ before, identity }: StateView, { resource }: Door): Pick<Hit, 'within'> {
  const isSame = before?.network.kubernetes.services.some((service) => service.resource === resource)
  return isSame ? { within: { rule: 'service-became-public', subject: identity(resource.address) } } : {}
}

/** The places that are new where the way in is not: what the change did is told there. */
function newEnds(
  { before }: StateView,
  { id, subject }: JudgedEndpoint,
  ends: readonly LooseEnd[],
  trusted: RuleSettings['trusted'],
): readonly LooseEnd[] {
  if (before === undefined || !exposedClasses(before, trusted, 'possible').has(subject)) return []
  const old = judgedEndpoint(before, id)
  if (old === undefined) return []
  const known = new Set(looseEnds(before, old, trusted).map(({ key }) => key))
  return ends.filter(({ key }) => !known.has(key))
}

/** A policy of its own where none limits the way out yet. */
function isolate(view: StateView, { workload }: JudgedEndpoint, ends: readonly LooseEnd[]): readonly ProposedPatch[] {
  if (ends.some(({ grant }) => grant !== undefined)) return []
  const patch = isolateNamespace(view, workload!.namespace, ['Egress'], 'default-deny-egress')
  return patch === undefined ? [] : [{ ...patch, layer: 'network-policy' }]
}

/** Whether all that makes a hit of a class is the same on the other side, so that it must be found there too. */
function sameOnBothSides(
  view: StateView,
  { trusted }: RuleSettings,
  against: StateView | undefined,
): (subject: number, doors: readonly Door[]) => boolean {
  const isSameNetwork =
    against !== undefined &&
    view.reach.ground === against.reach.ground &&
    view.network.azure === against.network.azure &&
    areIdentical(view.network.kubernetes.adminPolicies, against.network.kubernetes.adminPolicies)
  if (!isSameNetwork) return () => false
  const changed = sensitiveWorkloads(view).filter(
    ({ endpoint: { subject } }) => !hasSamePolicies(view.reach, against.reach, subject, 'ingress'),
  )
  const others = exposedClasses(against, trusted, 'certain')
  return (subject, doors) => {
    const other = others.get(subject) ?? []
    return (
      hasSamePolicies(view.reach, against.reach, subject, 'egress') &&
      changed.every(({ endpoint: store }) =>
        connectionSets.equal(
          view.reach.between(subject, store.subject).certain,
          against.reach.between(subject, store.subject).certain,
        ),
      ) &&
      other.length === doors.length &&
      doors.every(
        ({ resource, internet }, i) =>
          other[i]!.resource === resource && connectionSets.equal(internet.certain, other[i]!.internet.certain),
      )
    )
  }
}
