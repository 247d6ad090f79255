import type { Bounds } from '../algebra/bounds.ts'
import type { ConnectionSet } from '../algebra/connections.ts'
import { NO_NAMES, namePatterns, nameSets } from '../algebra/names.ts'
import { lazily } from '../base/lazily.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { type AzureObject, labelOf } from '../model/azure/azure-object.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import type { Prop, PropList } from '../model/azure/prop.ts'
import type { ServiceEndpoint } from '../model/azure/service.ts'
import { taggedNames } from '../reach/azure/aks-names.ts'
import { EVERYWHERE, NOWHERE, type Places, places } from '../reach/azure/places.ts'
import { perimeterOf } from '../reach/azure/unwalked.ts'
import { type AzureIdentities, identitiesOf } from './azure-identity.ts'
import { firewallPackets } from './firewall-packets.ts'
import type { Flow } from './flows.ts'
import type { GateLine } from './gate-lines.ts'
import { oncePerPair } from './network-pair.ts'
import { filtersOf, type RulePackets, type Way } from './nsg-packets.ts'
import { type PacketBox, type Packets, subtractPackets, TooManyPackets } from './packets.ts'
import { apiCallersOf, callersOf, callersOfRule, HTTPS, LATER, portsOfService } from './service-packets.ts'

/** One thing that lets packets through, in one state. */
export interface Gate {
  readonly object: AzureObject
  /** As reports name it: `nsg/nsg-aks`, `firewall/fw`, `api-server/aks`, `service/acct`. */
  readonly name: string
  readonly kind: Flow['kind']
  /** Whether its first appearance opens something: a service, an API server or a NAT rule does, a filter where there was none does not. */
  readonly isDoor: boolean
  /** All that {@link admits} is worked out of: where base and head have the same, nothing is compared. */
  readonly source: object
  readonly admits: Bounds<Packets>
  /** The rules and settings that it is made of. */
  lines(): readonly GateLine[]
}

/** A gate of base and head that lets different packets through; a side is undefined where the gate is only on the other. */
export interface GateChange {
  readonly before: Gate | undefined
  readonly after: Gate | undefined
  readonly gained: Difference
  readonly lost: Difference
}

/** What one side has and the other has not: surely, and only perhaps. */
export interface Difference {
  readonly certain: Packets
  readonly perhaps: Packets
}

/** The gates that differ, each compared as a set of packets. `identity` gives the address that the base has for one of the head. */
export function gateChanges(
  base: AzureNetwork,
  head: AzureNetwork,
  identity: (address: string) => string = (address) => address,
): readonly GateChange[] {
  return base === head ? [] : changesOfPair(base, head, identity)
}

const changesOfPair = oncePerPair(findChanges)

function findChanges(
  base: AzureNetwork,
  head: AzureNetwork,
  identity: (address: string) => string,
): readonly GateChange[] {
  const was = identitiesOf(base.objects, (address) => address, undefined)
  const is = identitiesOf(head.objects, identity, was)
  const before = index([...gatesOf(base)], was)
  const after = index([...gatesOf(head)], is)
  return [...new Set([...after.keys(), ...before.keys()])].flatMap(
    (key) => compare(before.get(key), after.get(key)) ?? [],
  )
}

const NOTHING: Bounds<Packets> = { certain: [], possible: [] }

function compare(before: Gate | undefined, after: Gate | undefined): GateChange | undefined {
  if (before !== undefined && before.source === after?.source) return undefined
  const gate = after ?? before!
  if ((before === undefined || after === undefined) && !gate.isDoor) return undefined
  const [was, is] = [before?.admits ?? NOTHING, after?.admits ?? NOTHING]
  const gained = subtract(is, was)
  const lost = subtract(was, is)
  if (gained === undefined || lost === undefined) return undefined
  // Of a door that comes or goes only what is sure is told, and what lists of names hold that Microsoft keeps is no news.
  const isWhole = before === undefined || after === undefined
  const told = ({ certain, perhaps }: Difference): Difference => ({
    certain: isWhole ? certain.filter(({ from }) => !places.covers(LATER, from)) : certain,
    perhaps: isWhole ? [] : perhaps.filter((box) => !isNameList(gate, box)),
  })
  const change = { before, after, gained: told(gained), lost: told(lost) }
  const all = [change.gained, change.lost].flatMap(({ certain, perhaps }) => [...certain, ...perhaps])
  return all.length === 0 ? undefined : change
}

/** What the tag of an application rule may let through besides: the tag itself is what is told. */
function isNameList({ name }: Gate, { to }: PacketBox): boolean {
  return name.startsWith('firewall/') && places.covers(tagged(), to)
}

const tagged = lazily(
  (): Places => ({ ...NOWHERE, hosts: nameSets.union(taggedNames(), namePatterns(['<tag *'], 'any') ?? NO_NAMES) }),
)

/** Undefined where the sets have too many pieces to be compared. */
function subtract(a: Bounds<Packets>, b: Bounds<Packets>): Difference | undefined {
  try {
    return {
      certain: subtractPackets(a.certain, b.possible),
      perhaps: subtractPackets(subtractPackets(a.possible, b.possible), a.certain),
    }
  } catch (error) {
    if (error instanceof TooManyPackets) return undefined
    throw error
  }
}

function index(gates: readonly Gate[], identities: AzureIdentities): ReadonlyMap<string, Gate> {
  return new Map(gates.map((gate) => [`${gate.kind} ${identities.of(gate.object)}`, gate]))
}

function* gatesOf(azure: AzureNetwork): Generator<Gate> {
  for (const filter of filtersOf(azure)) {
    // A rule whose group is elsewhere says nothing of what else the group lets through.
    if (filter.object.type.endsWith('/securityrules')) continue
    const name = `nsg/${nameOf(filter.object)}`
    const gate = (kind: Gate['kind'], way: Way): Gate => ({
      object: filter.object,
      name,
      kind,
      isDoor: false,
      source: filter,
      get admits() {
        return filter.admits(way)
      },
      lines: () => filter.of(way).flatMap(toLine),
    })
    yield gate('ingress', 'inbound')
    yield gate('egress', 'outbound')
  }
  for (const rules of firewallPackets(azure)) {
    const { object, admits, translates, lines, translations } = rules
    const gate = { object, name: `firewall/${nameOf(object)}`, source: rules }
    if (admits !== undefined) yield { ...gate, kind: 'egress', isDoor: false, admits, lines }
    if (translates !== undefined)
      yield { ...gate, kind: 'ingress', isDoor: true, admits: translates, lines: translations }
  }
  for (const cluster of azure.clusters.all) {
    const { object } = cluster
    yield {
      object,
      name: `api-server/${nameOf(object)}`,
      kind: 'ingress',
      isDoor: true,
      source: cluster,
      get admits() {
        return toPackets(apiCallersOf(cluster), HTTPS)
      },
      lines: () => linesOf(object, [cluster.api.private, cluster.api.authorizedRanges], HTTPS),
    }
  }
  for (const service of azure.services.all) {
    const { object } = service
    yield {
      object,
      name: `service/${nameOf(object)}`,
      kind: 'ingress',
      isDoor: true,
      // Where a perimeter decides, what it says is all there is.
      source: perimeterOf(azure, service) ?? service,
      get admits() {
        return toPackets(callersOf(azure, service), portsOfService(service))
      },
      lines: () => linesOfService(azure, service),
    }
  }
}

function toLine({ rule, matches }: RulePackets): readonly GateLine[] {
  const { origin, resource, access, isDefault, name, priority } = rule
  if (isDefault || origin === undefined || resource === undefined) return []
  const allows = access === undefined ? undefined : access !== 'Deny'
  return [{ origin, resource, words: `nsg: rule ${name} (${priority})`, allows, matches: matches.possible }]
}

/** Databases have a resource for each rule; other services write theirs in a list. */
function linesOfService({ objects }: AzureNetwork, service: ServiceEndpoint): readonly GateLine[] {
  const { object, kind, publicAccess, defaultAction, ipRules } = service
  const connections = portsOfService(service)
  if (kind.rules !== 'ranges' && kind.rules !== 'flexible')
    return linesOf(object, [publicAccess, defaultAction, ipRules], connections)
  const rules = objects.childrenOf(object, 'firewallRules').map(
    (rule): GateLine => ({
      origin: originOf(rule),
      resource: rule.resource,
      words: `access rule ${nameOf(rule)}`,
      allows: true,
      matches: { from: callersOfRule(rule), to: EVERYWHERE, connections },
    }),
  )
  return [...rules, ...linesOf(object, [publicAccess], connections)]
}

/** Settings may be about any caller; a list that is written is its items. */
function linesOf(
  { resource }: AzureObject,
  settings: readonly (Prop<unknown> | PropList<string>)[],
  connections: ConnectionSet,
): readonly GateLine[] {
  const matches: PacketBox = { from: EVERYWHERE, to: EVERYWHERE, connections }
  return settings.flatMap((setting) => {
    const isWritten = 'items' in setting ? !setting.absent : !('isDefault' in setting && setting.isDefault === true)
    const line = { origin: setting.origin, resource, words: 'access rules', allows: undefined, matches }
    return isWritten ? [line] : []
  })
}

function nameOf(object: AzureObject): string {
  return object.name.known && object.name.value !== '' ? object.name.value : labelOf(object)
}

function toPackets({ certain, possible }: Bounds<Places>, connections: ConnectionSet): Bounds<Packets> {
  const box = (from: Places): Packets => (places.isEmpty(from) ? [] : [{ from, to: EVERYWHERE, connections }])
  return { certain: box(certain), possible: box(possible) }
}
