import {
  type ConnectionSet,
  connectionSets,
  NO_CONNECTIONS,
  printConnections,
  samplePort,
} from '../algebra/connections.ts'
import type { Flow } from '../compare/flows.ts'
import type { StateView } from '../compare/state-view.ts'
import type { Direction } from '../model/kubernetes/network-policy.ts'
import type { Door } from '../reach/door.ts'
import { connectionsWith } from '../reach/reachability.ts'
import { closeDoor } from './closing/close-door.ts'
import { revertRule } from './edit/revert-rule.ts'
import { askAzure, linkedCluster } from './facts/azure-site.ts'
import { isNeeded } from './facts/evidence.ts'
import { doorWords, exposedClasses } from './facts/exposed-workloads.ts'
import { findGrant, type Grant, printGrant } from './facts/grant.ts'
import { type JudgedEndpoint, judgedEndpoint } from './facts/judged-endpoints.ts'
import { mayIsolateOtherwise } from './facts/other-policies.ts'
import { doorStep, proofOf } from './facts/proof.ts'
import { type SensitiveWorkload, sensitiveWorkloads } from './facts/sensitive-workloads.ts'
import { chainTo, servedPorts, stepsFrom } from './facts/workload-hops.ts'
import type { PathStep, Witness } from './finding.ts'
import { listNames } from './hits/listing.ts'
import { lineOf } from './one-line.ts'
import { type ChangeView, defineRule, type Hit } from './rule.ts'
import type { RuleSettings } from './settings.ts'

export const lateralPath = defineRule({
  id: 'lateral-path',
  meta: {
    title: 'Change opens a way from the internet over several workloads to a sensitive one',
    severity: 'high',
    concepts: ['ingress'],
    layer: 'network-policy',
    why: 'No connection of it looks bad by itself: together they lead whoever takes over what the internet reaches, step by step, to a data store or a console.',
    fix: 'Close one of the connections that the change opened.',
    sources: [
      'https://microsoft.github.io/Threat-Matrix-for-Kubernetes/tactics/LateralMovement/',
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
    ],
  },

  /** Yields one hit for a change with which the internet certainly gets, over workloads between, to a sensitive one that it could not get to. */
  *checkChange({ base, head, flows }: ChangeView, settings: RuleSettings): Iterable<Hit> {
    if (base === undefined || head === undefined || !flows.some(isOpened)) return
    const { trusted } = settings
    const entries = exposedClasses(head, trusted, 'certain')
    if (entries.size === 0 || sensitiveWorkloads(head).length === 0) return
    const after = stepsFrom(head, entries.keys(), 'certain')
    if (after === undefined) return
    const old = new Set(base.network.kubernetes.workloads.map(({ id }) => id))
    const far = sensitiveWorkloads(head).filter(
      ({ endpoint: { id, subject } }) => old.has(id) && after.has(subject) && chainTo(after, subject).length > 2,
    )
    if (far.length === 0) return
    const before = stepsFrom(base, exposedClasses(base, trusted, 'possible').keys(), 'possible')
    if (before === undefined) return
    const paths = far.flatMap((target) => {
      if (before.has(target.endpoint.subject)) return []
      const path = toPath({ base, head, settings }, target, chainTo(after, target.endpoint.subject), entries)
      return path === undefined ? [] : [path]
    })
    const [first] = paths
    if (first !== undefined) yield toHit({ base, head, settings }, first, paths)
  },

  /** The rule that opened the first connection as the base has it. */
  patch: (hit) => hit.fix?.(),
})

function isOpened({ kind, before, after }: Flow): boolean {
  return kind !== 'egress' && !connectionSets.covers(before.possible, after.certain)
}

interface Sides {
  readonly base: StateView
  readonly head: StateView
  readonly settings: RuleSettings
}

interface Hop {
  readonly from: JudgedEndpoint
  readonly to: JudgedEndpoint
  readonly connections: ConnectionSet
  readonly packet: NonNullable<ReturnType<typeof samplePort>>
  /** The sides on which the base kept it closed; none where it let it through. */
  readonly opened: readonly Direction[]
}

interface AttackPath {
  readonly target: SensitiveWorkload
  readonly door: Door
  /** The internet gets in by the change as well. */
  readonly isDoorNew: boolean
  readonly hops: readonly Hop[]
}

/** Undefined where a hop is not certain, where every hop is one that the manifests ask for, and where nothing of it is new. */
function toPath(
  sides: Sides,
  target: SensitiveWorkload,
  chain: readonly number[],
  entries: ReadonlyMap<number, readonly Door[]>,
): AttackPath | undefined {
  const { base, head, settings } = sides
  const [door] = entries.get(chain[0]!) ?? []
  const workloads = chain.map((subject) =>
    subject === target.endpoint.subject ? target.endpoint : endpointOf(head, subject),
  )
  if (door === undefined || workloads.some((one) => one === undefined || mayBeClosed(head, one))) return undefined
  const hops: Hop[] = []
  for (const [i, to] of workloads.entries()) {
    const from = workloads[i - 1]
    if (from === undefined || to === undefined) continue
    const hop = toHop(sides, from, to)
    if (hop === undefined) return undefined
    hops.push(hop)
  }
  const isDoorNew = !exposedClasses(base, settings.trusted, 'possible').has(chain[0]!)
  const news = hops.filter(({ opened }) => opened.length > 0)
  if (news.length === 0 && !isDoorNew) return undefined
  const doubtful = news.length > 0 ? news : hops
  if (doubtful.every(({ from, to }) => isNeeded(head, from.id, to.id))) return undefined
  return { target, door, isDoorNew, hops }
}

/** A workload of the class. */
function endpointOf(view: StateView, subject: number): JudgedEndpoint | undefined {
  const member = view.reach.universe.classes[subject]!.members.find(({ id }) => view.reach.classes.workload(id))
  return member && judgedEndpoint(view, member.id)
}

/** Policies of kinds that no layer reads may stand in the way. */
function mayBeClosed(view: StateView, { workload }: JudgedEndpoint): boolean {
  return workload === undefined || mayIsolateOtherwise(view, workload.namespace)
}

function toHop({ base, head }: Sides, from: JudgedEndpoint, to: JudgedEndpoint): Hop | undefined {
  const connections = connectionSets.intersect(
    head.reach.between(from.subject, to.subject).certain,
    servedPorts(head, 'certain').get(to.subject) ?? NO_CONNECTIONS,
  )
  const packet = samplePort(connections)
  if (packet === undefined) return undefined
  // Security groups of the subnets may stand between two pods as well.
  const isLinked = linkedCluster(head) !== undefined
  if (isLinked && askAzure(head, { from: from.id, to: to.id, ...packet }).answer !== 'allowed') return undefined
  const wasClosed = (subject: number, direction: Direction, peer: number) => {
    const was = connectionsWith(base.reach.own(subject, direction).possible, peer)
    return connectionSets.isEmpty(connectionSets.intersect(was, connections))
  }
  const sides = [
    wasClosed(from.subject, 'egress', to.subject) ? (['egress'] as const) : [],
    wasClosed(to.subject, 'ingress', from.subject) ? (['ingress'] as const) : [],
  ].flat()
  return { from, to, connections, packet, opened: sides }
}

function toHit(sides: Sides, path: AttackPath, all: readonly AttackPath[]): Hit {
  const { base, head, settings } = sides
  const { target, door, isDoorNew, hops } = path
  const news = hops.filter(({ opened }) => opened.length > 0)
  const [first] = news
  const grants = news.flatMap((hop) => grantsOf(head, hop))
  const [grant] = grants
  const at =
    grant?.rule.origin ?? (first === undefined ? door.origin : endOf(first, first.opened[0]!).workload!.resource.origin)
  const more = all.slice(1).map((one) => one.target.endpoint.name)
  const way = [`the internet (${doorWords(door)})`, ...names(hops)].join(' → ')
  const shown = first ?? hops[0]!
  return {
    resource: (grant?.policy.resource ?? (first === undefined ? door.resource : first.to.workload!.resource)).address,
    at,
    subject: `to ${target.endpoint.id}`,
    extent: all.length,
    because: {
      line: lineOf(at),
      tells: first === undefined ? 'difference' : 'path',
      aside: () => `With that whoever gets in can go on to ${target.endpoint.name}, ${target.words}: ${way}.`,
    },
    // That nothing isolates a workload any more is told of that workload.
    ...(first !== undefined &&
      grant === undefined && { within: { rule: 'default-deny-lost', subject: endOf(first, first.opened[0]!).id } }),
    message: `The change opens a way from the internet to ${listNames([`${target.endpoint.name}, ${target.words}`, ...more])}: ${way}. ${first === undefined ? `${door.resource.address} lets the internet in now` : `New is ${listNames(news.map(sayHop))}${grant === undefined ? ', which no policy limits any more' : `, by ${listNames(grants.map(printGrant))}`}`}. No setting in the manifests asks for it. Close what the change opened, or let nobody in.`,
    get witness() {
      return toWitness(head, door, hops, shown)
    },
    decide: `Whether ${listNames(doubtfulHops(news, hops).map(sayHop))} is meant.`,
    objectsTo: ({ kind, from, to }) =>
      kind === 'ingress' || news.some((hop) => hop.from.id === from.workload && hop.to.id === to.workload),
    fix: () => grant && revertRule(base, head, grant),
    otherwise: () => [
      ...grants.slice(1).flatMap((one) => revertRule(base, head, one) ?? []),
      ...(isDoorNew ? closeDoor(head, door, settings.trustedRanges) : []),
    ],
  }
}

function doubtfulHops(news: readonly Hop[], hops: readonly Hop[]): readonly Hop[] {
  return news.length > 0 ? news : hops
}

function names(hops: readonly Hop[]): readonly string[] {
  return [hops[0]!.from.name, ...hops.map(({ to, packet }) => `${to.name}:${packet.port}`)]
}

function sayHop({ from, to, connections }: Hop): string {
  return `${from.name} to ${to.name} on ${printConnections(connections)}`
}

/** The end whose policies opened. */
function endOf({ from, to }: Hop, direction: Direction): JudgedEndpoint {
  return direction === 'egress' ? from : to
}

/** The rules that let a new hop through where the base kept it closed. */
function grantsOf({ reach }: StateView, hop: Hop): readonly Grant[] {
  return hop.opened.flatMap((direction) => {
    const [own, other] = [endOf(hop, direction), endOf(hop, direction === 'egress' ? 'ingress' : 'egress')]
    const grant = findGrant(
      reach,
      own.subject,
      direction,
      (region) =>
        !connectionSets.isEmpty(connectionSets.intersect(connectionsWith(region, other.subject), hop.connections)),
    )
    return grant === undefined ? [] : [grant]
  })
}

/** The packet of the new hop, with the way in and every hop as the path. */
function toWitness({ reach }: StateView, door: Door, hops: readonly Hop[], shown: Hop): Witness {
  const entry = doorStep(
    'service',
    `${doorWords(door)} lets the internet in to ${hops[0]!.from.name}`,
    door.resource.address,
    door.origin,
  )
  const proofs = hops.map((hop) => ({
    hop,
    proof: proofOf(reach, { from: hop.from.end, to: hop.to.end, ...hop.packet }),
  }))
  const path = proofs.flatMap(({ hop, proof }) =>
    proof.path.map(
      (step): PathStep => ({ ...step, rule: `${hop.from.name} → ${hop.to.name}:${hop.packet.port}: ${step.rule}` }),
    ),
  )
  return { packet: proofs.find(({ hop }) => hop === shown)!.proof.packet, path: [entry, ...path] }
}
