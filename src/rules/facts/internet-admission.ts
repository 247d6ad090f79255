import { type AddressSet, addressSets, printAddress } from '../../algebra/addresses.ts'
import {
  ALL_PORTS,
  type ConnectionSet,
  connectionSets,
  hasPort,
  NO_CONNECTIONS,
  singlePort,
} from '../../algebra/connections.ts'
import { coversIntervals, toPairs } from '../../algebra/intervals.ts'
import { nameSets } from '../../algebra/names.ts'
import { ALL_SERVICES, serviceSets } from '../../algebra/service-sets.ts'
import { toPlace } from '../../base/origin.ts'
import { type FilterPackets, filtersOf, type RulePackets } from '../../compare/nsg-packets.ts'
import { type PacketBox, type Packets, subtractPackets, TooManyPackets } from '../../compare/packets.ts'
import type { StateView } from '../../compare/state-view.ts'
import { knownValue } from '../../model/azure/prop.ts'
import { PUBLIC_ADDRESSES, sampleAddress } from '../../reach/address-ranges.ts'
import type { Places } from '../../reach/azure/places.ts'
import type { FilterRule } from '../../reach/layers/nsg.ts'
import type { Packet, Witness } from '../finding.ts'
import { subjectOf } from './azure-subject.ts'
import { azureOf } from './azure-view.ts'
import { foreignPart, isInternet } from './public-ranges.ts'

/** What a security group lets in from the internet, for certain, after its denials. */
export interface Admission {
  readonly filter: FilterPackets
  /** Over all rules. */
  readonly connections: ConnectionSet
  /** The rules that do so, by priority, each with its part. */
  readonly rules: readonly { readonly rule: FilterRule; readonly connections: ConnectionSet }[]
  /** Whether a machine or a node with a public address is behind it. */
  readonly isReached: boolean
  /** The same group in the base of the change, where that let the internet in as well. */
  readonly before: Admission | undefined
  /** The same group in the base, whatever it let in. */
  readonly was: FilterPackets | undefined
}

/** Ports that are for administrators or hold data, by the name of what listens. Source: IANA service names and port numbers; defaults of the products. */
export const ADMIN_PORTS: ReadonlyMap<number, string> = new Map([
  [22, 'SSH'],
  [23, 'Telnet'],
  [135, 'RPC'],
  [139, 'NetBIOS'],
  [445, 'SMB'],
  [1433, 'SQL Server'],
  [1521, 'Oracle'],
  [2049, 'NFS'],
  [2375, 'Docker'],
  [2379, 'etcd'],
  [3306, 'MySQL'],
  [3389, 'remote desktop'],
  [5432, 'PostgreSQL'],
  [5900, 'VNC'],
  [5985, 'WinRM'],
  [5986, 'WinRM'],
  [6379, 'Redis'],
  [9200, 'Elasticsearch'],
  [10250, 'the kubelet'],
  [11211, 'memcached'],
  [27017, 'MongoDB'],
])

/** So many ports are no choice of ports. */
const MANY_PORTS = 10_000

export function isAnyPort({ TCP, UDP }: ConnectionSet): boolean {
  const count = (ports: ConnectionSet['TCP']) => toPairs(ports).reduce((sum, [first, end]) => sum + (end - first), 0)
  return count(TCP) > MANY_PORTS || count(UDP) > MANY_PORTS
}

/** The ports of the set that strangers have no business with, on TCP. */
export function adminPorts(connections: ConnectionSet): readonly number[] {
  return [...ADMIN_PORTS.keys()].filter((port) => hasPort(connections, 'TCP', port))
}

/** Nothing but web traffic. */
export function isWebOnly(connections: ConnectionSet): boolean {
  const web = [80, 443].map((port) => singlePort('TCP', port)).reduce(connectionSets.union)
  return connectionSets.covers(connectionSets.union(web, singlePort('UDP', 443)), connections)
}

const known = new WeakMap<StateView, { readonly trusted: AddressSet; readonly made: readonly Admission[] }>()

/** The admissions of every security group of a state that lets somebody in; worked out once. */
export function admissionsOf(view: StateView, trusted: AddressSet): readonly Admission[] {
  const cached = known.get(view)
  if (cached?.trusted === trusted) return cached.made
  const azure = azureOf(view)
  const before = new Map(
    view.before === undefined
      ? []
      : admissionsOf(view.before, trusted).map((one) => [subjectOf(view.before!, one.filter.object), one] as const),
  )
  const was = new Map(
    view.before === undefined
      ? []
      : filtersOf(azureOf(view.before)).map((one) => [subjectOf(view.before!, one.object), one] as const),
  )
  const made = filtersOf(azure).flatMap((filter): readonly Admission[] => {
    const rules = filter.of('inbound').flatMap((one) => {
      const connections = fromInternet(one, trusted)
      return connectionSets.isEmpty(connections) || one.rule.isDefault ? [] : [{ rule: one.rule, connections }]
    })
    if (rules.length === 0) return []
    return [
      {
        filter,
        rules,
        connections: rules.map(({ connections }) => connections).reduce(connectionSets.union),
        isReached: isReached(view, filter),
        before: before.get(subjectOf(view, filter.object)),
        was: was.get(subjectOf(view, filter.object)),
      },
    ]
  })
  known.set(view, { trusted, made })
  return made
}

function fromInternet({ passes }: RulePackets, trusted: AddressSet): ConnectionSet {
  return passes.certain
    .filter((box) => isWide(box.from, trusted) && isOfOneFamily(box))
    .map(({ connections }) => connections)
    .reduce(connectionSets.union, NO_CONNECTIONS)
}

/** Both ends of a packet are of one family; services and hosts of which no address is known are reached over IPv4. */
function isOfOneFamily({ from, to }: PacketBox): boolean {
  const hasV4 = ({ addresses, services, hosts }: Places) =>
    addresses.v4.length > 0 || !serviceSets.isEmpty(services) || !nameSets.isEmpty(hosts)
  return (hasV4(from) && hasV4(to)) || (from.addresses.v6.length > 0 && to.addresses.v6.length > 0)
}

/** Whom a rule lets in, in words: a wide range is not yet everybody. */
export function strangersOf({ filter }: Admission, rule: FilterRule): string {
  const admitted = filter.of('inbound').find((one) => one.rule === rule)?.passes.certain ?? []
  const isAll = admitted.some(
    ({ from: { addresses, services } }) =>
      addressSets.covers(addresses, PUBLIC_ADDRESSES) || serviceSets.covers(services, ALL_SERVICES),
  )
  return isAll ? 'anybody on the internet' : 'much of the internet'
}

/** A good part of the internet, or every machine in Azure. */
export function isWide({ addresses, services }: Places, trusted: AddressSet): boolean {
  return isInternet(foreignPart(addresses, trusted)) || serviceSets.covers(services, ALL_SERVICES)
}

/** Whether the tree puts something with a public address behind the group, with no other group in between. */
export function isReached(view: StateView, { object }: FilterPackets): boolean {
  const azure = azureOf(view)
  const isThis = (link: { readonly kind: string; readonly object?: unknown }) =>
    link.kind === 'found' && link.object === object
  const homes = new Set(
    azure.subnets.all.filter(({ securityGroup }) => isThis(securityGroup)).map(({ object: home }) => home),
  )
  const inHome = (link: { readonly kind: string; readonly object?: unknown }) =>
    link.kind === 'found' && homes.has(link.object as never)
  const cards = azure.interfaces.some(
    ({ securityGroup, configurations }) =>
      configurations.some(({ publicIp }) => publicIp.kind === 'found' || publicIp.kind === 'outside') &&
      (isThis(securityGroup) ||
        (securityGroup.kind === 'absent' && configurations.some(({ subnet }) => inHome(subnet)))),
  )
  return cards
}

/** The rule to show for some connections: the first that lets them in and did not in the base, else the first that does. */
export function ruleFor({ rules, before }: Admission, wanted: ConnectionSet): FilterRule {
  const lets = rules.filter(({ connections }) => !connectionSets.isEmpty(connectionSets.intersect(connections, wanted)))
  const isNew = ({ connections }: { readonly connections: ConnectionSet }) => {
    const own = connectionSets.intersect(connections, wanted)
    return before === undefined || !connectionSets.covers(before.connections, own)
  }
  return (lets.find(isNew) ?? lets[0] ?? rules[0]!).rule
}

/**
 * One packet over the wanted connections that the rule lets in from outside, below the denials above it: one that the group did not let in
 * before, where there is such a one. `port` is taken where that leaves it.
 */
export function admissionWitness(
  { filter, was }: Admission,
  rule: FilterRule,
  wanted: ConnectionSet,
  port: number | undefined,
): Witness {
  const passes = filter.of('inbound').find((one) => one.rule === rule)?.passes.certain ?? []
  const boxes = passes.filter(isOfOneFamily).flatMap(({ from, to, connections }): Packets => {
    const own = connectionSets.intersect(connections, wanted)
    return connectionSets.isEmpty(own) ? [] : [{ from, to, connections: own }]
  })
  const fresh = was === undefined ? [] : withoutAdmitted(boxes, was)
  const place = rule.origin && toPlace(rule.origin)
  const name = knownValue(filter.object.name) ?? filter.object.resource.address
  return {
    packet: { to: `what ${name} is in front of`, ...packetIn(fresh.length > 0 ? fresh : boxes, port) },
    path: [
      {
        layer: 'nsg',
        verdict: 'allow',
        rule: `${filter.filter.label}, inbound: rule ${rule.name} (${rule.priority})`,
        ...(rule.resource && { resource: rule.resource.address }),
        ...(place && { file: place.file, line: place.line }),
      },
    ],
  }
}

function withoutAdmitted(boxes: Packets, filter: FilterPackets): Packets {
  try {
    return subtractPackets(boxes, filter.admits('inbound').possible)
  } catch (error) {
    if (error instanceof TooManyPackets) return []
    throw error
  }
}

/** A packet of one box: from an address of the internet where there is one, else from any of Azure's; on the wanted port where it can be. */
function packetIn(boxes: Packets, port: number | undefined): Omit<Packet, 'to'> {
  const ranked = [...boxes].sort((a, b) => rankOf(b, port) - rankOf(a, port))
  const [box] = ranked
  const connections = box?.connections ?? NO_CONNECTIONS
  const isWanted = port !== undefined && hasPort(connections, 'TCP', port)
  const target = isWanted ? ({ protocol: 'TCP', port } as const) : exampleOf(connections)
  const address = box && sampleAddress(addressSets.intersect(box.from.addresses, PUBLIC_ADDRESSES))
  if (box === undefined || address !== undefined) {
    return { from: 'internet', ...(address && { sourceAddress: printAddress(address) }), ...target }
  }
  return { from: 'tag/AzureCloud', ...target }
}

function rankOf({ from, connections }: PacketBox, port: number | undefined): number {
  const isOutside = !addressSets.isEmpty(addressSets.intersect(from.addresses, PUBLIC_ADDRESSES))
  return (isOutside ? 2 : 0) + (port !== undefined && hasPort(connections, 'TCP', port) ? 1 : 0)
}

/** A port that an example may use. */
export function exampleOf(connections: ConnectionSet): {
  readonly protocol: 'TCP' | 'UDP' | 'ICMP'
  readonly port?: number
} {
  for (const protocol of ['TCP', 'UDP'] as const) {
    const first = connections[protocol][0]
    if (first !== undefined) return { protocol, port: coversIntervals(connections[protocol], ALL_PORTS) ? 443 : first }
  }
  return { protocol: 'ICMP' }
}
