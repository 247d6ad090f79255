import { type ConnectionSet, hasPort, type PortProtocol, samplePort } from '../../algebra/connections.ts'
import { changedStep } from '../../compare/egress-cause.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { Intent } from '../../config/intent.ts'
import { type Workload, workloadName } from '../../model/kubernetes/workload.ts'
import { azureEgress } from '../../reach/azure/azure-egress.ts'
import type { AzureQuery } from '../../reach/azure/explain-azure.ts'
import { placeRegions } from '../../reach/azure/flows.ts'
import type { Outcome } from '../../reach/azure/outcome.ts'
import { askAzure, azureWitness, linkedCluster, siteOf } from '../facts/azure-site.ts'
import type { Layer } from '../finding.ts'
import { endpointHit } from '../hits/endpoint-hit.ts'
import { capital, listNames } from '../hits/listing.ts'
import type { Hit } from '../rule.ts'
import { forbiddenRegion, samplePlace } from './egress.ts'
import { isMeant, type NamedEnd, namedSources, namedTargets } from './ends.ts'
import { connectionsOf, selects, selectWorkloads } from './scope.ts'

/** Questions per intent and state: every kind of end is asked, not every member of thousands. */
export const MOST_QUESTIONS = 400

/** Whether an intent asks more of a state than is asked, so that it may be broken where nobody looked. */
export function isCutShort(view: StateView, intent: Intent): boolean {
  let count = 0
  for (const _ of questions(view, intent, sourcesOf(view, intent))) if (++count > MOST_QUESTIONS) return true
  return false
}

/** What nodes listen on: SSH and the kubelet. */
const NODE_PORTS: readonly number[] = [22, 10250]

interface Asked {
  readonly query: AzureQuery
  readonly from: NamedEnd | Workload
  readonly to: NamedEnd | Workload
}

/**
 * Connections that an intent forbids and that have a node, a subnet, an address or the API server at one end: each is asked as one packet,
 * but for what hosts send outside, which is a set.
 */
export function* amongNamedEnds(view: StateView, intent: Intent): Iterable<Hit> {
  const sources = sourcesOf(view, intent)
  if (intent.expect.kind !== 'via') for (const source of sources) yield* sentOutside(view, intent, source)
  let left = MOST_QUESTIONS
  const told = new Set<string>()
  for (const asked of questions(view, intent, sources)) {
    if (left-- === 0) return
    const outcome = askAzure(view, asked.query)
    const key = `${asked.query.from} ${asked.query.to}`
    if (outcome.answer !== 'allowed' || told.has(key)) continue
    if (intent.expect.kind === 'via' && outcome.steps.some(({ layer }) => layer === 'firewall')) continue
    told.add(key)
    yield hitOf(view, intent, asked.query, outcome, homeOf(asked))
  }
}

/** Named sources that the intent is about; those that may is for `allow-only-from` to say. */
function sourcesOf(view: StateView, { from, expect }: Intent): readonly NamedEnd[] {
  if (from.labels.size > 0) return []
  return namedSources(from.peer, view).filter(
    (end) => expect.kind !== 'allow-only-from' || !expect.sources.some(({ peer }) => isMeant(peer, end)),
  )
}

function* questions(view: StateView, intent: Intent, sources: readonly NamedEnd[]): Iterable<Asked> {
  const targets = intent.to.labels.size > 0 ? [] : namedTargets(intent.to.peer, view)
  const wanted = connectionsOf(intent)
  const isLinked = linkedCluster(view) !== undefined
  const via = intent.expect.kind === 'via' ? viaQuestion(view, intent) : undefined
  if (via !== undefined) {
    for (const from of sources) {
      if (from.host !== undefined) yield { query: { from: from.peer, ...via }, from, to: from }
    }
  }
  for (const to of targets) {
    const ports = portsOf(to, intent).filter(
      (port) => hasPort(wanted, 'TCP', port) && !mayReach(intent, to.names, port),
    )
    for (const port of ports) {
      for (const from of isLinked ? selectWorkloads(intent.from, view) : []) {
        if (intent.expect.kind === 'allow-only-from' && intent.expect.sources.some((one) => selects(one, from)))
          continue
        yield { query: { from: workloadName(from), to: to.peer, protocol: 'TCP', port }, from, to }
      }
      for (const from of sources) yield { query: { from: from.peer, to: to.peer, protocol: 'TCP', port }, from, to }
      if (isFromInternet(intent)) {
        const from: NamedEnd = {
          kind: 'public',
          peer: 'internet',
          names: ['internet'],
          object: undefined,
          host: undefined,
        }
        yield { query: { from: 'internet', to: to.peer, protocol: 'TCP', port }, from, to }
      }
    }
  }
  if (!isLinked) return
  for (const to of selectWorkloads(intent.to, view)) {
    for (const packet of packetsTo(to, wanted)) {
      if (packet.protocol === 'TCP' && mayReach(intent, [workloadName(to)], packet.port)) continue
      for (const from of sources) yield { query: { from: from.peer, to: workloadName(to), ...packet }, from, to }
    }
  }
}

/** One packet outside that must pass a firewall; undefined where the intent means none. */
export function viaQuestion(view: StateView, intent: Intent): Omit<AzureQuery, 'from'> | undefined {
  const packet = hasPort(connectionsOf(intent), 'TCP', 443)
    ? ({ protocol: 'TCP', port: 443 } as const)
    : samplePort(connectionsOf(intent))
  if (packet === undefined) return undefined
  switch (intent.to.peer.kind) {
    case 'internet':
    case 'outside':
    case 'any':
      return { to: 'internet', ...packet }
    case 'addresses':
    case 'domain':
    case 'name': {
      const place = samplePlace(forbiddenRegion(intent, view))
      return place && { ...packet, to: place.to }
    }
  }
}

function isFromInternet({ from, expect }: Intent): boolean {
  if (from.labels.size > 0 || !['internet', 'outside', 'any'].includes(from.peer.kind)) return false
  return (
    expect.kind !== 'allow-only-from' ||
    !expect.sources.some(({ peer }) => ['internet', 'outside', 'any'].includes(peer.kind))
  )
}

function portsOf({ kind }: NamedEnd, { connections }: Intent): readonly number[] {
  const usual = kind === 'api-server' ? [443] : NODE_PORTS
  const sample = connections && samplePort(connections)
  if (sample?.protocol !== 'TCP' || usual.some((port) => hasPort(connections!, 'TCP', port))) return usual
  return kind === 'api-server' ? usual : [sample.port]
}

/** Ports that the containers declare, and one of those that the intent names where they declare none of them. */
function packetsTo(
  { ports }: Workload,
  wanted: ConnectionSet,
): readonly { readonly protocol: PortProtocol; readonly port: number }[] {
  const declared = ports.flatMap(({ protocol, port }) =>
    port !== undefined && hasPort(wanted, protocol, port) ? [{ protocol, port }] : [],
  )
  if (declared.length > 0) return declared.slice(0, 8)
  const sample = samplePort(wanted)
  return sample === undefined ? [] : [sample]
}

/** Whether `allow-only` names the end on that port. */
function mayReach({ expect }: Intent, names: readonly string[], port: number): boolean {
  if (expect.kind !== 'allow-only') return false
  return expect.destinations.some(
    ({ peer, connections }) =>
      (connections === undefined || hasPort(connections, 'TCP', port)) &&
      names.some((name) =>
        isMeant(peer, { kind: 'public', peer: name, names: [name], object: undefined, host: undefined }),
      ),
  )
}

/** What nodes and machines of a subnet send to places outside that they must not, as a set. */
function* sentOutside(view: StateView, intent: Intent, source: NamedEnd): Iterable<Hit> {
  const { host } = source
  if (host === undefined || intent.expect.kind === 'allow-only-from') return
  const forbidden = forbiddenRegion(intent, view)
  if (forbidden.length === 0) return
  const place = samplePlace(placeRegions.intersect(azureEgress(siteOf(view), host).certain, forbidden))
  if (place === undefined) return
  const query = { from: source.peer, ...place }
  const outcome = askAzure(view, query)
  if (outcome.answer === 'allowed') yield hitOf(view, intent, query, outcome, source.object?.resource)
}

function homeOf({ from, to }: Asked) {
  for (const end of [to, from]) {
    if (!('peer' in end)) return end.resource
    if (end.object !== undefined) return end.object.resource
  }
  return undefined
}

function hitOf(
  view: StateView,
  intent: Intent,
  query: AzureQuery,
  outcome: Outcome,
  home: ReturnType<typeof homeOf>,
): Hit {
  const { from, to, protocol, port } = query
  const { before } = view
  const answerable = outcome.steps.filter(({ resource }) => resource !== undefined)
  const step = (before && answerable.find((one) => changedStep(one, view, before))) ?? answerable.at(-1)
  const resource = step?.resource ?? home ?? view.resources[0]!
  const layer: Layer | undefined = step?.layer
  const isVia = intent.expect.kind === 'via'
  return endpointHit({
    resource: resource.address,
    at: step?.origin ?? resource.origin,
    subject: `${intent.name}: ${from} to ${to}`,
    severity: intent.severity,
    ...(layer && { layer }),
    cause: `${intent.name} ${to} ${view.identity(resource.address)}`,
    name: from === 'internet' ? 'anybody on the internet' : from,
    say: (names) =>
      `${sentence(capital(listNames(names)))} can connect to ${to} on ${protocol} ${port}${isVia ? ' past every firewall' : ''}${step === undefined ? '' : `: ${step.rule}`}. ${because(intent)}`,
    prove: () => azureWitness(query, outcome),
    decide: 'Close the connection, or change the intent where it no longer holds.',
    objectsTo: () => true,
  })
}

function sentence(text: string): string {
  return text.startsWith('anybody') ? `A${text.slice(1)}` : text
}

/** The sentence that names an intent which something breaks. */
export function because({ name, reason, expect }: Intent): string {
  const why = reason === undefined ? '' : ` (${reason.replace(/\.$/, '')})`
  return `The intent "${name}"${why} ${expect.kind === 'via' ? 'says that a firewall must stand on the way' : 'forbids it'}.`
}
