import { printAddress } from '../algebra/addresses.ts'
import type { Bounds } from '../algebra/bounds.ts'
import { type ConnectionSet, connectionSets, hasPort, samplePort } from '../algebra/connections.ts'
import { hasName, sampleName } from '../algebra/names.ts'
import { toPlace } from '../base/origin.ts'
import { toJson } from '../base/value.ts'
import type { NodePool } from '../model/azure/cluster.ts'
import { knownValue } from '../model/azure/prop.ts'
import { subnetName } from '../model/azure/virtual-network.ts'
import type { Resource } from '../parse/resource.ts'
import { sampleAddress } from '../reach/address-ranges.ts'
import { type AzureExplainer, toExplainer } from '../reach/azure/explain-azure.ts'
import type { PlaceRegion } from '../reach/azure/flows.ts'
import type { Outcome, Step } from '../reach/azure/outcome.ts'
import type { Places } from '../reach/azure/places.ts'
import { toPodPolicies } from '../reach/azure/pod-policies.ts'
import { attachmentStep } from './attachments.ts'
import type { ConnectionChange } from './change.ts'
import type { LinkedCluster } from './effective-egress.ts'
import { namePlaces } from './name-places.ts'
import type { StateView } from './state-view.ts'

/** The pods for which a packet is walked: a workload, else any on a pool. */
export interface Asked {
  readonly subject: number | undefined
  readonly workload: string | undefined
  readonly pool: NodePool | undefined
}

/** A state and the cluster that it is linked to. */
export interface LinkedSide {
  readonly view: StateView
  readonly link: LinkedCluster
}

/** Places whose connections, or the way to them, are not the same. */
export interface Difference {
  readonly where: Places
  readonly before: Bounds<ConnectionSet>
  readonly after: Bounds<ConnectionSet>
  /** What some layer newly offers and another still closes altogether. */
  readonly closed: PlaceRegion
}

/** As {@link wayCause}, for what leaves the cluster. */
export function egressCause(
  difference: Difference,
  asked: Asked,
  base: LinkedSide,
  head: LinkedSide,
): ConnectionChange['cause'] | undefined {
  const question =
    (side: LinkedSide): Question =>
    (to, packet) =>
      askLinked(side, asked, to, packet)
  return wayCause(difference, { base: question(base), head: question(head) }, base.view, head.view)
}

/** One packet to a peer, from whomever the question is about. */
export type Question = (peer: string, packet: Packet) => Outcome

/** The same question to both sides. */
export interface SideQuestion {
  readonly base: Question
  readonly head: Question
}

/**
 * The line because of which the way out changed: one packet of the difference is walked in base and head, and the first layer that says
 * so by a resource that is not the same in the other side is the cause, else the first layer that says something else.
 */
export function wayCause(
  { where, before, after, closed }: Difference,
  ask: SideQuestion,
  base: StateView,
  head: StateView,
): ConnectionChange['cause'] | undefined {
  const opened = connectionSets.subtract(after.possible, before.possible)
  const isOpened = !connectionSets.isEmpty(opened)
  const lost = connectionSets.subtract(before.possible, after.possible)
  // Where the way alone is another one, any packet goes it.
  const changed = isOpened ? opened : connectionSets.isEmpty(lost) ? after.possible : lost
  const to = peerOf(where)
  const packet = packetOf(changed)
  if (to === undefined || packet === undefined) return undefined
  const found = changeBetween(ask.base(to, packet), ask.head(to, packet), base, head)
  if (found === undefined) return undefined
  const { step, side } = found
  const home = step.origin ?? step.resource?.origin
  if (home === undefined || step.resource === undefined) return undefined
  const { file, line } = toPlace(home)
  const rest = isOpened ? stillClosed(closed, ask.head) : undefined
  return {
    file,
    line,
    resource: step.resource.address,
    why: `${wordsOf(step)}${rest === undefined ? '' : `; ${rest}`}`,
    ...(side === 'base' && { side }),
  }
}

/**
 * The step because of which one packet fares differently: the first that speaks by a resource that is not the same on the other side,
 * the head's before the base's, else what a subnet has attached on one side alone, else the first that says something else.
 */
export function changeBetween(
  was: Outcome,
  is: Outcome,
  base: StateView,
  head: StateView,
): { readonly step: Step; readonly side: 'base' | 'head' } | undefined {
  const own = is.steps.find((step) => changedStep(step, head, base))
  if (own !== undefined) return { step: own, side: 'head' }
  const old = was.steps.find((step) => changedStep(step, base, head))
  if (old !== undefined) return { step: old, side: 'base' }
  return attachmentStep(was.steps, is.steps, base, head) ?? firstDifference(was.steps, is.steps)
}

/** The layer and what it says; some say their name themselves. */
export function wordsOf({ layer, rule }: Step): string {
  return rule.startsWith(`${layer}:`) ? rule : `${layer}: ${rule}`
}

/** What another layer keeps closed of what the change offers, in words. */
function stillClosed(closed: PlaceRegion, ask: Question): string | undefined {
  for (const { peers, connections } of closed) {
    const to = peerOf(peers)
    const packet = packetOf(connections)
    if (to === undefined || packet === undefined) continue
    const step = ask(to, packet).steps.find(({ answer }) => answer === 'denied')
    const [end] = namePlaces(peers)
    if (step !== undefined && end !== undefined) return `${end.name} stays closed, ${wordsOf(step)}`
  }
  return undefined
}

/** One port that is asked for. */
export interface Packet {
  readonly protocol: 'TCP' | 'UDP' | 'SCTP'
  readonly port: number
}

/** The port of a set that says most to people. */
function packetOf(connections: ConnectionSet): Packet | undefined {
  return hasPort(connections, 'TCP', 443) ? { protocol: 'TCP', port: 443 } : samplePort(connections)
}

/** One place of a set as questions name it. */
function peerOf({ addresses, services, hosts }: Places): string | undefined {
  if (hasName(hosts, '')) return 'internet'
  const name = sampleName(hosts)
  if (name !== undefined) return name
  const [service] = services.services
  if (service !== undefined && !service[1].except)
    return `tag/${service[0]}.${service[1].symbols[0] ?? ''}`.replace(/\.$/, '')
  if (service !== undefined) return `tag/${service[0]}`
  const address = sampleAddress(addresses)
  return address && printAddress(address)
}

const explainers = new WeakMap<StateView, AzureExplainer>()

/** One packet of linked pods through every layer. */
export function askLinked(side: LinkedSide, { workload, pool }: Asked, to: string, packet: Packet): Outcome {
  return explainerOf(side).explain({ from: workload ?? poolPeer(side.link, pool), to, ...packet })
}

/** Every layer of a linked state, with the policies as the review sees them. */
export function explainerOf({ view, link }: LinkedSide): AzureExplainer {
  let explainer = explainers.get(view)
  if (explainer === undefined) {
    explainer = toExplainer({ ...link.site.state, policies: toPodPolicies(view.reach) })
    explainers.set(view, explainer)
  }
  return explainer
}

const ofAzure = new WeakMap<StateView, AzureExplainer>()

/** Every layer of a state, linked or not: without a link no policy is asked. */
export function azureExplainer(view: StateView): AzureExplainer {
  const { link, network } = view
  if (link?.kind === 'linked') return explainerOf({ view, link })
  let explainer = ofAzure.get(view)
  if (explainer === undefined) {
    explainer = toExplainer({ azure: link?.kind === 'several' ? link.site.azure : network.azure! })
    ofAzure.set(view, explainer)
  }
  return explainer
}

/** The nodes of a pool, or the subnet of its pods where they have one of their own. */
function poolPeer({ site, cluster }: LinkedCluster, pool: NodePool | undefined): string {
  const pods = pool && site.azure.subnets.of(pool.podSubnet)
  const name = pods && knownValue(subnetName(pods))
  if (name !== undefined) return `subnet/${name}`
  const poolName = (pool && knownValue(pool.name)) ?? '?'
  const clusterName = knownValue(cluster.object.name)
  return clusterName === undefined ? `node/${poolName}` : `node/${clusterName}/${poolName}`
}

/**
 * Whether a layer speaks by a resource that the other side has not, or has with another text. Resources of a rendered unit are new
 * objects after any change to its files, so their values are compared.
 */
export function changedStep({ resource }: Step, own: StateView, other: StateView): boolean {
  if (resource === undefined) return false
  const same = counterparts(own, other).get(own.identity(resource.address))
  return same === undefined || !isEqual(resource, same)
}

function counterparts(own: StateView, other: StateView): ReadonlyMap<string, Resource> {
  const made = known.get(other) ?? new Map(other.resources.map((one) => [other.identity(one.address), one] as const))
  known.set(other, made)
  return own === other ? new Map() : made
}
const known = new WeakMap<StateView, ReadonlyMap<string, Resource>>()

function isEqual(a: Resource, b: Resource): boolean {
  return a === b || textOf(a) === textOf(b)
}

/** Lists of hundreds of rules are compared for each of many packets. */
const texts = new WeakMap<Resource, string>()

function textOf(resource: Resource): string {
  let text = texts.get(resource)
  if (text === undefined) {
    text = JSON.stringify(toJson(resource.value))
    texts.set(resource, text)
  }
  return text
}

/** The layer that answers otherwise than before; where the head's says so without a resource, the base's that is gone. */
function firstDifference(
  was: readonly Step[],
  is: readonly Step[],
): { readonly step: Step; readonly side: 'base' | 'head' } | undefined {
  for (const step of is) {
    const old = was.find(({ layer }) => layer === step.layer)
    if (old !== undefined && old.rule === step.rule && old.answer === step.answer) continue
    if (step.resource !== undefined) return { step, side: 'head' }
    if (old?.resource !== undefined)
      return { step: { ...old, rule: `${step.rule}, where ${old.rule} before` }, side: 'base' }
  }
  return undefined
}
