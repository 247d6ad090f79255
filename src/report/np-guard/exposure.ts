import {
  ALL_CONNECTIONS,
  type ConnectionSet,
  connectionSet,
  connectionSets,
  NO_CONNECTIONS,
  PORT_PROTOCOLS,
  portsOf,
} from '../../algebra/connections.ts'
import { byCodeUnit } from '../../base/order.ts'
import type { AdminPolicy, AdminRule, PodsOfNamespaces } from '../../model/kubernetes/admin-policy.ts'
import { matches } from '../../model/kubernetes/labels.ts'
import {
  DIRECTIONS,
  type Direction,
  type NetworkPolicy,
  type PodPeer,
  type PolicyRule,
} from '../../model/kubernetes/network-policy.ts'
import { EVERYTHING, isEverything, type Selector } from '../../model/kubernetes/selector.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { namedSelector, nameIn } from '../../reach/hypothetical.ts'
import { resolvePortName } from '../../reach/named-ports.ts'
import { isNothing, type NamedConnections, NOTHING, numbered, printNpGuard, unionNamed } from './connection-text.ts'
import type { Line } from './connectivity.ts'
import { type Focus, isInFocus } from './focus.ts'
import type { NpGuardState } from './input.ts'
import { printRange } from './partition.ts'

/** A pod that may be added: one that satisfies just the selectors of some rule's peer. */
interface Representative {
  readonly namespaces: Selector
  readonly pods: Selector
  readonly text: string
}

interface Entry {
  readonly workload: Workload
  readonly direction: Direction
  readonly peer: string
  readonly connections: NamedConnections
}

/** The second part of `list --exposure`: what pods that are not in the input could reach, and be reached by. */
export function printExposure(state: NpGuardState, lines: readonly Line[], focus: Focus): readonly string[] {
  const representatives = findRepresentatives(state)
  const entries: Entry[] = []
  const unprotected: { readonly workload: Workload; readonly direction: Direction }[] = []
  for (const workload of state.network.workloads) {
    for (const direction of DIRECTIONS) {
      if (!focus.hasWorkload(workload, direction)) continue
      if (!isProtected(state, workload, direction)) unprotected.push({ workload, direction })
      const shown = exposureOf(state, workload, direction, representatives).filter((entry) =>
        isInFocus(focus, entry.connections),
      )
      // With one connection in focus, a pod that differs from the cluster in other connections does not differ.
      const cluster = focus.connection === undefined ? undefined : shown.find(({ peer }) => peer === ENTIRE_CLUSTER)
      entries.push(...(cluster === undefined ? shown : [cluster]))
    }
  }
  const mentioned = new Set([...entries, ...unprotected].map(({ workload }) => workload))
  const all = [...entries, ...addressEntries(lines).filter(({ workload }) => mentioned.has(workload))]
  const width = Math.max(0, ...all.map(({ workload }) => workload.id.length))
  const section = (direction: Direction, title: string, arrow: string) => {
    const own = all.filter((entry) => entry.direction === direction)
    const rows = own.map((entry) => ({ from: entry.workload.id, to: entry.peer, text: printEntry(entry, focus) }))
    rows.sort((a, b) => byCodeUnit(a.from, b.from) || byCodeUnit(a.to, b.to))
    return rows.length === 0
      ? []
      : [[`${title}:`, ...rows.map(({ from, text }) => `${from.padEnd(width)} \t${arrow} \t${text}`)]]
  }
  const { connection } = focus
  const title = connection === undefined ? '' : ` On ${connection.protocol} ${connection.port}`
  const open = unprotected.map(
    ({ workload, direction }) => `${workload.id} is not protected on ${DIRECTION_NAME[direction]}`,
  )
  const sections = [
    ...section('egress', 'Egress Exposure', '=>'),
    ...section('ingress', 'Ingress Exposure', '<='),
    ...(open.length === 0 || connection !== undefined
      ? []
      : [['Workloads not protected by network policies:', ...open.sort(byCodeUnit)]]),
  ]
  const body = sections.flatMap((rows, i) => (i === 0 ? rows : ['', ...rows]))
  return [`Exposure Analysis Result${title}:`, ...body]
}

const ENTIRE_CLUSTER = 'entire-cluster'
const DIRECTION_NAME = { ingress: 'Ingress', egress: 'Egress' } as const

function printEntry({ peer, connections }: Entry, { connection }: Focus): string {
  return connection === undefined ? `${peer} : ${printNpGuard(connections)}` : peer
}

/** Whether any policy acts on the workload in the direction, whatever it says. */
function isProtected({ reach }: NpGuardState, workload: Workload, direction: Direction): boolean {
  const subject = reach.universe.classOf.get(workload.id)!
  const { admin, baseline } = reach.adminPolicies
  return [reach, admin, baseline].some((layer) => layer.selecting(subject, direction).length > 0)
}

/** A workload's lines with addresses, which are repeated beside its other entries. */
function addressEntries(lines: readonly Line[]): readonly Entry[] {
  return lines.flatMap(({ from, to, connections }): readonly Entry[] => {
    if (from.kind === 'workload' && to.kind === 'range') {
      return [
        {
          workload: from.workload,
          direction: 'egress',
          peer: printRange(to.range),
          connections: numbered(connections),
        },
      ]
    }
    if (from.kind === 'range' && to.kind === 'workload') {
      return [
        {
          workload: to.workload,
          direction: 'ingress',
          peer: printRange(from.range),
          connections: numbered(connections),
        },
      ]
    }
    return []
  })
}

/** The distinct peers of all rules that no pod of the input stands for. */
function findRepresentatives({ network }: NpGuardState): readonly Representative[] {
  const found = new Map<string, Representative>()
  const add = ({ namespaces, pods }: Selectors) => {
    const key = `${namespaces.key} / ${pods.key}`
    if (!found.has(key)) found.set(key, { namespaces, pods, text: printPeer(namespaces, pods) })
  }
  for (const { rules } of network.adminPolicies) {
    for (const peer of DIRECTIONS.flatMap((direction) => rules[direction]).flatMap((rule) => rule.peers)) {
      if (peer.kind === 'pods' && !isEveryPod(peer)) add(adminSelectors(peer))
    }
  }
  for (const policy of network.policies) {
    for (const direction of DIRECTIONS) {
      if (policy.isolates[direction] === 'no') continue
      for (const rule of policy.rules[direction]) {
        if (isClusterWide(rule)) continue
        for (const peer of rule.peers ?? []) {
          if (peer.kind === 'pods') add(selectorsOf(peer, policy))
        }
      }
    }
  }
  return [...found.values()].filter(
    (each) => !isPresent(each, network.workloads, (name) => network.namespaces.get(name)!.labels),
  )
}

interface Selectors {
  readonly namespaces: Selector
  readonly pods: Selector
}

function adminSelectors({ namespaceSelector, podSelector }: PodsOfNamespaces): Selectors {
  return { namespaces: namespaceSelector, pods: podSelector ?? EVERYTHING }
}

function isEveryPod(pods: PodsOfNamespaces): boolean {
  const { namespaces, pods: labels } = adminSelectors(pods)
  return isEverything(namespaces) && isEverything(labels)
}

function selectorsOf(peer: PodPeer, policy: NetworkPolicy): { readonly namespaces: Selector; readonly pods: Selector } {
  return { namespaces: peer.namespaceSelector ?? namedSelector(policy.namespace), pods: peer.podSelector ?? EVERYTHING }
}

/** True where some peer of the rule is every pod of every namespace, or where it names no peer. */
function isClusterWide({ peers }: PolicyRule): boolean {
  if (peers === undefined) return true
  return peers.some(
    (peer) =>
      peer.kind === 'pods' &&
      peer.namespaceSelector !== undefined &&
      isEverything(peer.namespaceSelector) &&
      (peer.podSelector === undefined || isEverything(peer.podSelector)),
  )
}

/** Only peers of plain labels, with a namespace part and a pod part, can be a pod of the input. */
function isPresent(
  { namespaces, pods }: Representative,
  workloads: readonly Workload[],
  labelsOf: (namespace: string) => Parameters<typeof matches>[1],
): boolean {
  const plain = (selector: Selector) => selector.matchLabels.length > 0 && selector.matchExpressions.length === 0
  if (!plain(namespaces) || !plain(pods)) return false
  return workloads.some(
    (workload) =>
      matches(pods, workload.labels) === 'yes' && matches(namespaces, labelsOf(workload.namespace)) === 'yes',
  )
}

/** What one workload's policies say of the cluster as a whole, and of each representative pod that they treat otherwise. */
function exposureOf(
  state: NpGuardState,
  workload: Workload,
  direction: Direction,
  representatives: readonly Representative[],
): readonly Entry[] {
  const entry = (peer: string, connections: NamedConnections): Entry => ({ workload, direction, peer, connections })
  if (!isProtected(state, workload, direction)) return [entry(ENTIRE_CLUSTER, numbered(ALL_CONNECTIONS))]
  const cluster = layered(state, workload, direction, undefined)
  const entries = isNothing(cluster) ? [] : [entry(ENTIRE_CLUSTER, cluster)]
  for (const representative of representatives) {
    const own = layered(state, workload, direction, representative)
    const theirs = ofRepresentative(state, representative, workload, direction)
    const connections = { numbers: connectionSets.intersect(own.numbers, theirs), names: own.names }
    const same = printNpGuard(connections) === printNpGuard(cluster)
    if (!same && !(isNothing(connections) && isNothing(cluster))) entries.push(entry(representative.text, connections))
  }
  return entries
}

/** Admin policies, then NetworkPolicies, then the baseline, by those rules that mean a representative pod, or the whole cluster. */
function layered(
  { reach }: NpGuardState,
  workload: Workload,
  direction: Direction,
  peer: Representative | undefined,
): NamedConnections {
  const subject = reach.universe.classOf.get(workload.id)!
  const hits = (rule: AdminRule) =>
    rule.peers.some(
      (each) =>
        each.kind === 'pods' && (isEveryPod(each) || (peer !== undefined && isMeant(adminSelectors(each), peer))),
    )
  const ports = (rule: AdminRule) => portsOfAdminRule(rule, direction, workload)
  const policies = (tier: 'admin' | 'baseline') =>
    reach.adminPolicies[tier].selecting(subject, direction).map(({ policy }) => policy)
  const admin = tierOf(policies('admin'), direction, hits, ports, ALL_CONNECTIONS)
  const selections = reach.selecting(subject, direction)
  if (selections.length === 0) {
    const baseline = tierOf(policies('baseline'), direction, hits, ports, admin.rest)
    return unionNamed(unionNamed(admin.allow, baseline.allow), numbered(baseline.rest))
  }
  const allowed = selections
    .flatMap(({ policy }) => policy.rules[direction].map((rule) => ({ rule, policy })))
    .filter(
      ({ rule, policy }) =>
        isClusterWide(rule) ||
        (peer !== undefined &&
          rule.peers!.some((each) => each.kind === 'pods' && isMeant(selectorsOf(each, policy), peer))),
    )
    .map(({ rule }) => portsOfRule(rule, direction, workload))
    .reduce(unionNamed, NOTHING)
  return unionNamed(admin.allow, { ...allowed, numbers: connectionSets.intersect(allowed.numbers, admin.rest) })
}

/** What admin policies say of the representative pod itself, towards or from one workload. NetworkPolicies never take it for theirs. */
function ofRepresentative(
  { network, reach }: NpGuardState,
  representative: Representative,
  workload: Workload,
  direction: Direction,
): ConnectionSet {
  const opposite = direction === 'ingress' ? 'egress' : 'ingress'
  const namespace = network.namespaces.get(workload.namespace)!.labels
  const hits = (rule: AdminRule) =>
    rule.peers.some(
      (peer) =>
        peer.kind === 'pods' &&
        matches(peer.namespaceSelector, namespace) === 'yes' &&
        matches(peer.podSelector ?? EVERYTHING, workload.labels) === 'yes',
    )
  const ports = (rule: AdminRule) => portsOfAdminRule(rule, direction, workload)
  const policies = (tier: 'admin' | 'baseline') =>
    network.adminPolicies
      .filter(
        (policy) =>
          policy.tier === tier &&
          policy.subject !== undefined &&
          isMeant(adminSelectors(policy.subject), representative),
      )
      .sort((a, b) => a.priority - b.priority)
  const admin = tierOf(policies('admin'), opposite, hits, ports, ALL_CONNECTIONS)
  const baseline = tierOf(policies('baseline'), opposite, hits, ports, admin.rest)
  const { numbers } = unionNamed(unionNamed(admin.allow, baseline.allow), numbered(baseline.rest))
  return reach.network.kubernetes.adminPolicies.length === 0 ? ALL_CONNECTIONS : numbers
}

/** The first rule that means the peer decides for its ports; what passes or meets no rule is the rest. */
function tierOf(
  policies: readonly AdminPolicy[],
  direction: Direction,
  hits: (rule: AdminRule) => boolean,
  ports: (rule: AdminRule) => NamedConnections,
  domain: ConnectionSet,
): { readonly allow: NamedConnections; readonly rest: ConnectionSet } {
  let rest = domain
  let passed: ConnectionSet = NO_CONNECTIONS
  let allow = NOTHING
  for (const rule of policies.flatMap((policy) => policy.rules[direction])) {
    if (!hits(rule)) continue
    const { numbers, names } = ports(rule)
    const hit = connectionSets.intersect(rest, numbers)
    if (rule.action === 'allow') allow = unionNamed(allow, { numbers: hit, names })
    if (rule.action === 'pass') passed = connectionSets.union(passed, hit)
    rest = connectionSets.subtract(rest, numbers)
  }
  return { allow, rest: connectionSets.union(rest, passed) }
}

/** A name brings its own protocol: on ingress that of the workload's port, on egress it stays a name. */
function portsOfAdminRule({ ports }: AdminRule, direction: Direction, workload: Workload): NamedConnections {
  if (ports === undefined) return numbered(ALL_CONNECTIONS)
  let numbers: ConnectionSet = NO_CONNECTIONS
  const names = new Set<string>()
  for (const port of ports) {
    if (port.kind === 'range')
      numbers = connectionSets.union(numbers, connectionSet(port.protocol, port.first, port.last))
    if (port.kind !== 'named') continue
    if (direction === 'egress') names.add(port.name)
    for (const protocol of direction === 'ingress' ? PORT_PROTOCOLS : []) {
      const resolved = resolvePortName(workload.ports, protocol, port.name).certain
      numbers = connectionSets.union(numbers, portsOf(protocol, resolved))
    }
  }
  return { numbers, names: names.size === 0 ? new Map() : new Map([['', names]]) }
}

/** Only what is empty or equal selects a representative: it is not known what else such a pod would be. */
function isMeant(own: Selectors, { namespaces, pods }: Representative): boolean {
  return (
    (isEverything(own.namespaces) || own.namespaces.key === namespaces.key) &&
    (isEverything(own.pods) || own.pods.key === pods.key)
  )
}

/** Names mean the workload's own ports on ingress, and stay names on egress. */
function portsOfRule({ ports }: PolicyRule, direction: Direction, workload: Workload): NamedConnections {
  if (ports === undefined) return numbered(ALL_CONNECTIONS)
  let numbers: ConnectionSet = NO_CONNECTIONS
  const names = new Map<string, Set<string>>()
  for (const port of ports) {
    if (port.kind === 'range')
      numbers = connectionSets.union(numbers, connectionSet(port.protocol, port.first, port.last))
    if (port.kind !== 'named') continue
    if (direction === 'ingress') {
      const resolved = resolvePortName(workload.ports, port.protocol, port.name).certain
      numbers = connectionSets.union(numbers, portsOf(port.protocol, resolved))
    } else {
      names.set(port.protocol, (names.get(port.protocol) ?? new Set()).add(port.name))
    }
  }
  return { numbers, names }
}

function printPeer(namespaces: Selector, pods: Selector): string {
  const name = nameIn(namespaces)
  const space =
    name ?? (isEverything(namespaces) ? '[all namespaces]' : `[namespace with {${printSelectorParts(namespaces)}}]`)
  return `${space}/${isEverything(pods) ? '[all pods]' : `[pod with {${printSelectorParts(pods)}}]`}`
}

/** Labels sorted, then expressions sorted as texts, with their values in the order written. */
function printSelectorParts({ matchLabels, matchExpressions }: Selector): string {
  const labels = matchLabels.map(([key, value]) => `${key}=${value}`).sort(byCodeUnit)
  const expressions = matchExpressions.map(({ key, operator, values }) => {
    const list = `Values:[${values?.join(' ') ?? ''}],`
    return `{Key:${key},Operator:${operator},${list}}`
  })
  return [...labels, ...expressions.sort(byCodeUnit)].join(',')
}
