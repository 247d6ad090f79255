import { addressSets } from '../algebra/addresses.ts'
import { addClass, hasClass } from '../algebra/classes.ts'
import { connectionSets, printConnections, samplePort } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import type { Origin } from '../base/origin.ts'
import type { StateView } from '../compare/state-view.ts'
import type { Intent } from '../config/intent.ts'
import { type Workload, workloadName } from '../model/kubernetes/workload.ts'
import { METADATA_ADDRESS, PUBLIC_ADDRESSES } from '../reach/address-ranges.ts'
import type { Outcome } from '../reach/azure/outcome.ts'
import type { PeerSet } from '../reach/peers.ts'
import { restoreWay } from './edit/restore-way.ts'
import { askAzure, azureWitness, linkedCluster, siteOf } from './facts/azure-site.ts'
import { causeOf, findGrant, printGrant } from './facts/grant.ts'
import { judgedEndpoints } from './facts/judged-endpoints.ts'
import { addressOf, proofOf } from './facts/proof.ts'
import { proveDoor } from './facts/public-service.ts'
import { waysOut } from './facts/way-out.ts'
import { endpointHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { capital, listNames, verb } from './hits/listing.ts'
import { allowsPeers, forbiddenRegion, leftOpenByPolicies, reachedOutside, samplePlace } from './intents/egress.ts'
import { amongNamedEnds, because, viaQuestion } from './intents/hosts.ts'
import { connectionsOf, isInState, meets, outsidePlaces, selects, selectWorkloads } from './intents/scope.ts'
import { defineRule, type Hit } from './rule.ts'

export const intentViolated = defineRule({
  id: 'intent-violated',
  meta: {
    title: 'A rule of this repository about its network is broken',
    severity: 'high',
    concepts: ['intent'],
    layer: 'network-policy',
    why: 'The configuration of this repository says what must hold on its network.',
    fix: 'Close the connection, or change the intent where it no longer holds.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/'],
  },

  /** Yields a hit for each workload and intent whose forbidden connection is certainly possible. */
  *check(view, { intents = [] }) {
    for (const intent of intents) {
      if (!isInState(intent.from, view) || !isInState(intent.to, view)) continue
      if (intent.expect.kind === 'via') yield* pastFirewall(view, intent)
      else {
        yield* toOutside(view, intent)
        yield* toWorkloads(view, intent)
        yield* fromOutside(view, intent)
      }
      yield* amongNamedEnds(view, intent)
    }
  },

  merge: mergeEndpoints,

  /** The route or association of the base, where the change took the firewall out of the way. */
  patch: (hit) => hit.fix?.(),
})

/** Workloads that reach places outside of the cluster that they must not. */
function* toOutside(view: StateView, intent: Intent): Iterable<Hit> {
  if (intent.expect.kind === 'allow-only-from') return
  const { reach } = view
  const forbidden = forbiddenRegion(intent, view)
  const metadata = intent.to.peer.kind === 'name' && intent.to.peer.glob.matches('metadata')
  if (forbidden.length === 0 && !metadata) return
  for (const workload of selectWorkloads(intent.from, view)) {
    const subject = reach.universe.classOf.get(workload.id)
    if (subject === undefined) continue
    const place = metadata
      ? metadataPlace(view, subject, intent)
      : samplePlace(reachedOutside(view, workload, forbidden))
    if (place === undefined) continue
    const { to, protocol, port } = place
    const query = { from: workloadName(workload), to, protocol, port }
    const isAddress = /^[\d.]+$|:/.test(to)
    const hasAzure = siteOf(view).azure.clusters.all.length > 0
    const outcome = hasAzure || !isAddress ? askAzure(view, query) : undefined
    if (hasAzure && outcome?.answer !== 'allowed') continue
    const grant = findGrant(reach, subject, 'egress', (region) =>
      metadata
        ? region.some(({ peers }) => addressSets.covers(peers.addresses, METADATA_ADDRESS))
        : allowsPeers(region, forbidden),
    )
    const azureStep = hasAzure && outcome ? openedByAzure(view, workload, intent, outcome) : undefined
    const home = azureStep ?? {
      resource: grant?.policy.resource.address ?? workload.resource.address,
      origin: grant?.rule.origin ?? workload.resource.origin,
    }
    const end = judgedEndpoints(view).find(({ id }) => id === workload.id)?.end
    yield endpointHit({
      resource: home.resource,
      at: home.origin,
      subject: `${intent.name}: ${workload.id}`,
      severity: intent.severity,
      cause: `${intent.name} ${azureStep?.resource ?? (grant === undefined ? '' : causeOf(view, grant))}`,
      ...(azureStep && { layer: azureStep.layer }),
      name: workloadName(workload),
      say: (names) =>
        `${capital(listNames(names))} can connect to ${to === '169.254.169.254' ? 'the instance metadata service' : `${to}, for example,`} on ${protocol} ${port}: ${azureStep === undefined ? (grant === undefined ? 'no policy forbids it' : `${printGrant(grant)} allows it`) : `${azureStep.rule}, and ${verb(names, 'its', 'their')} policies allow it`}. ${because(intent)}`,
      prove: () =>
        hasAzure && outcome !== undefined
          ? azureWitness(query, outcome)
          : end && isAddress
            ? proofOf(reach, { from: end, to: addressOf(to), protocol, port })
            : undefined,
      decide: 'Close the connection, or change the intent where it no longer holds.',
      objectsTo: ({ kind }) => kind === 'egress',
    })
  }
}

function metadataPlace({ reach }: StateView, subject: number, intent: Intent) {
  const connections = reach
    .own(subject, 'egress')
    .certain.filter(({ peers }) => addressSets.covers(peers.addresses, METADATA_ADDRESS))
    .map((part) => connectionSets.intersect(part.connections, connectionsOf(intent)))
    .reduce(connectionSets.union, connectionSets.empty)
  const packet = samplePort(connections)
  return (
    packet && {
      to: '169.254.169.254',
      ...packet,
      ...(meets(connections, HTTP) ? { protocol: 'TCP' as const, port: 80 } : {}),
    }
  )
}

const HTTP = { ...connectionSets.empty, TCP: [80, 81] }

interface AzureStep {
  readonly resource: string
  readonly origin: Origin
  readonly rule: string
  readonly layer: 'firewall' | 'route'
}

/** The rule of a firewall, or the route, where the policies of the base let the same out already: then the change opened it in Azure. */
function openedByAzure(
  { before }: StateView,
  workload: Workload,
  intent: Intent,
  { steps }: Outcome,
): AzureStep | undefined {
  const was = before?.network.kubernetes.workloads.find(({ id }) => id === workload.id)
  if (before === undefined || was === undefined) return undefined
  if (leftOpenByPolicies(before, was, forbiddenRegion(intent, before)).length === 0) return undefined
  for (const layer of ['firewall', 'route'] as const) {
    const step = steps.find((one) => one.layer === layer && one.resource !== undefined)
    if (step?.resource === undefined) continue
    return { resource: step.resource.address, origin: step.origin ?? step.resource.origin, rule: step.rule, layer }
  }
  return undefined
}

/** Workloads that reach other workloads that they must not. Linear in workloads and in the parts of their regions. */
function* toWorkloads(view: StateView, intent: Intent): Iterable<Hit> {
  const { reach } = view
  const targets = selectWorkloads(intent.to, view).filter((target) => !isAllowedTarget(intent, target))
  if (targets.length === 0) return
  const { classOf, classSets } = reach.universe
  const wanted = new Uint32Array(classSets.empty.length)
  const byClass = new Map<number, Workload[]>()
  for (const target of targets) {
    const number = classOf.get(target.id)
    if (number === undefined) continue
    addClass(wanted, number)
    const same = byClass.get(number)
    if (same === undefined) byClass.set(number, [target])
    else same.push(target)
  }
  const sources = selectWorkloads(intent.from, view).filter((source) => !isAllowedSource(intent, source))
  const reachOf = reach.reachOf(classSets.of(sources.flatMap(({ id }) => classOf.get(id) ?? [])), 'egress')
  for (const source of sources) {
    const subject = classOf.get(source.id)
    if (subject === undefined) continue
    for (const { peers, connections } of reachOf(subject).certain) {
      const common = connectionSets.intersect(connections, connectionsOf(intent))
      const packet = samplePort(common)
      if (packet === undefined || classSets.isEmpty(classSets.intersect(peers.classes, wanted))) continue
      const target = firstTarget(byClass, peers.classes, source)
      if (target === undefined) continue
      const query = { from: workloadName(source), to: workloadName(target), ...packet }
      const hasAzure = linkedCluster(view) !== undefined
      if (hasAzure && askAzure(view, query).answer === 'denied') continue
      const targetClass = classOf.get(target.id)!
      const admits = (number: number) => (region: Region<PeerSet>) =>
        region.some((part) => hasClass(part.peers.classes, number) && meets(part.connections, common))
      const grant =
        findGrant(reach, targetClass, 'ingress', admits(subject)) ??
        findGrant(reach, subject, 'egress', admits(targetClass))
      const ends = judgedEndpoints(view)
      yield endpointHit({
        resource: grant?.policy.resource.address ?? target.resource.address,
        at: grant?.rule.origin ?? target.resource.origin,
        subject: `${intent.name}: ${source.id}`,
        severity: intent.severity,
        cause: `${intent.name} ${target.id} ${grant === undefined ? '' : causeOf(view, grant)}`,
        name: workloadName(source),
        say: (names) =>
          `${capital(listNames(names))} can connect to ${workloadName(target)} on ${printConnections(common)}: ${grant === undefined ? 'no policy forbids it' : `${printGrant(grant)} allows it`}. ${because(intent)}`,
        prove: () => {
          const from = ends.find(({ id }) => id === source.id)?.end
          const to = ends.find(({ id }) => id === target.id)?.end
          return from && to && proofOf(reach, { from, to, ...packet })
        },
        decide: 'Close the connection, or change the intent where it no longer holds.',
        objectsTo: ({ kind }) => kind === 'connection',
      })
      break
    }
  }
}

function isAllowedTarget({ expect }: Intent, target: Workload): boolean {
  return (
    expect.kind === 'allow-only' &&
    expect.destinations.some(({ peer }) => selects({ peer, labels: new Map(), state: undefined }, target))
  )
}

function isAllowedSource({ expect }: Intent, source: Workload): boolean {
  return expect.kind === 'allow-only-from' && expect.sources.some((selection) => selects(selection, source))
}

/** A target other than the source itself: what a pod says to itself is nobody's concern. */
function firstTarget(
  byClass: ReadonlyMap<number, readonly Workload[]>,
  classes: Uint32Array,
  source: Workload,
): Workload | undefined {
  for (const [number, workloads] of byClass) {
    if (!hasClass(classes, number)) continue
    const other = workloads.find(({ id }) => id !== source.id)
    if (other !== undefined) return other
  }
  return undefined
}

/** Workloads that the internet reaches by a load balancer, an Ingress or a node port and must not. */
function* fromOutside(view: StateView, intent: Intent): Iterable<Hit> {
  const from = outsidePlaces(intent.from.peer, view).addresses
  const isInternet = addressSets.covers(from, PUBLIC_ADDRESSES)
  if (!isInternet || intent.expect.kind === 'allow-only') return
  const isAllowed =
    intent.expect.kind === 'allow-only-from' &&
    intent.expect.sources.some(({ peer }) => addressSets.covers(outsidePlaces(peer, view).addresses, PUBLIC_ADDRESSES))
  if (isAllowed) return
  const targets = new Map(selectWorkloads(intent.to, view).map((workload) => [workload.id, workload]))
  if (targets.size === 0) return
  const { reach } = view
  const hasAzure = linkedCluster(view) !== undefined
  const seen = new Set<string>()
  for (const door of reach.doors()) {
    const wanted = connectionsOf(intent)
    const open = door.internet.certain
    const isMeant = meets(open, wanted) || meets(door.frontend, wanted)
    if (connectionSets.isEmpty(open) || !isMeant) continue
    for (const { id } of reach.universe.classes[door.subject]!.members) {
      const workload = targets.get(id)
      const packet = samplePort(meets(open, wanted) ? connectionSets.intersect(open, wanted) : open)
      if (workload === undefined || packet === undefined || seen.has(id)) continue
      const query = { from: 'internet', to: workloadName(workload), ...packet }
      const outcome = hasAzure ? askAzure(view, query) : undefined
      if (outcome?.answer === 'denied') continue
      seen.add(id)
      yield endpointHit({
        resource: door.resource.address,
        at: door.origin,
        subject: `${intent.name}: ${id}`,
        severity: intent.severity,
        layer: door.kind === 'ingress' ? 'ingress' : 'service',
        cause: `${intent.name} ${view.identity(door.resource.address)}`,
        name: workloadName(workload),
        say: (names) =>
          `Anybody on the internet can connect to ${listNames(names)} through ${door.resource.address}. ${because(intent)}`,
        prove: () =>
          outcome?.answer === 'allowed'
            ? azureWitness(query, outcome)
            : proveDoor(
                view,
                door,
                addressSets.intersect(door.sources.certain, PUBLIC_ADDRESSES),
                `${door.resource.address} leads to it`,
              ),
        decide: 'Close the way in, or change the intent where it no longer holds.',
        objectsTo: ({ kind }) => kind === 'ingress',
      })
    }
  }
}

/** Workloads whose way out certainly passes no firewall. Only Azure code can tell. */
function* pastFirewall(view: StateView, intent: Intent): Iterable<Hit> {
  const question = viaQuestion(view, intent)
  if (linkedCluster(view) === undefined || question === undefined) return
  const { to, ...packet } = question
  for (const workload of selectWorkloads(intent.from, view)) {
    const query = { from: workloadName(workload), to, ...packet }
    const outcome = askAzure(view, query)
    if (outcome.answer !== 'allowed' || outcome.steps.some(({ layer }) => layer === 'firewall')) continue
    const step = outcome.steps.find(({ layer, resource }) => layer === 'route' && resource !== undefined)
    const resource = step?.resource ?? workload.resource
    yield endpointHit({
      resource: resource.address,
      at: step?.origin ?? resource.origin,
      subject: `${intent.name}: ${workload.id}`,
      severity: intent.severity,
      layer: 'route',
      cause: `${intent.name} ${view.identity(resource.address)}`,
      name: workloadName(workload),
      say: (names) =>
        `${capital(listNames(names))} can connect to ${to} past every firewall${step === undefined ? '' : `: ${step.rule}`}. ${because(intent)}`,
      prove: () => azureWitness(query, outcome),
      decide: 'Route the subnet to the firewall, or change the intent where it no longer holds.',
      objectsTo: ({ kind }) => kind === 'egress',
      fix: () => {
        const way = waysOut(view).find(({ cluster, carries }) => cluster === linkedCluster(view) && carries !== 'nodes')
        return way && restoreWay(view, way)
      },
    })
  }
}
