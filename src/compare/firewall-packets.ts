import { type Bounds, exactly } from '../algebra/bounds.ts'
import { connectionSets, singlePort } from '../algebra/connections.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import type { AzureObject } from '../model/azure/azure-object.ts'
import {
  type Firewall,
  type FirewallPolicy,
  type FirewallRule,
  type RuleCollectionGroup,
  toGroup,
} from '../model/azure/firewall.ts'
import type { Link } from '../model/azure/link.ts'
import { knownValue } from '../model/azure/prop.ts'
import { taggedNames } from '../reach/azure/aks-names.ts'
import { EVERYWHERE, NOWHERE, type Places, places } from '../reach/azure/places.ts'
import { type RuleLine, type RuleSets, ruleLinesOf, ruleSetsOf } from '../reach/layers/firewall-sets.ts'
import { namesToCome } from '../reach/layers/firewall-targets.ts'
import type { GateLine } from './gate-lines.ts'
import { translatedPackets, translationLines } from './nat-packets.ts'
import { isEmptyBox, type PacketBox, type Packets, subtractPackets, TooManyPackets } from './packets.ts'
import { standIn } from './stand-in.ts'

/** The rules of a firewall, of a policy, or of a group whose policy is elsewhere, as sets of packets. */
export interface FirewallPackets {
  readonly object: AzureObject
  /** What network and application rules let through. Undefined where rules could not be read. */
  readonly admits: Bounds<Packets> | undefined
  /** What NAT rules let in, by where they send it. Undefined where rules could not be read. */
  readonly translates: Bounds<Packets> | undefined
  /** Each network and application rule by itself. */
  lines(): readonly GateLine[]
  /** Each NAT rule by itself. */
  translations(): readonly GateLine[]
}

const known = new WeakMap<AzureNetwork, readonly FirewallPackets[]>()

/**
 * What each rule set of a state lets through: policies with the parents that the tree holds, classic firewalls, groups of policies that
 * are not in the tree. What an unseen parent says comes before and is the same on both sides of a change.
 */
export function firewallPackets(azure: AzureNetwork): readonly FirewallPackets[] {
  let made = known.get(azure)
  if (made === undefined) {
    made = [...policies(azure), ...looseGroups(azure), ...classic(azure)]
    known.set(azure, made)
  }
  return made
}

function policies(azure: AzureNetwork): readonly FirewallPackets[] {
  const absent = (link: Link): Link => ({ kind: 'absent', origin: link.origin })
  return azure.firewallPolicies.all.map((policy) => {
    const of = (target: Link | AzureObject | undefined): FirewallPolicy | undefined => {
      const found = azure.firewallPolicies.of(target)
      return found && { ...found, base: found.base.kind === 'found' ? found.base : absent(found.base) }
    }
    const link: Link = { kind: 'found', object: policy.object, origin: policy.object.resource.origin }
    const network = { ...azure, firewallPolicies: { all: azure.firewallPolicies.all, of } }
    return toPackets(network, policy.object, firewallOf(policy, link))
  })
}

/** Groups whose policy is not in the tree. */
export function groupsOfOthers({ objects }: AzureNetwork): readonly RuleCollectionGroup[] {
  return objects
    .ofType('microsoft.network/firewallpolicies/rulecollectiongroups')
    .filter(({ parent, existing }) => (parent === undefined || parent.existing) && !existing)
    .map((object) => toGroup(objects, object))
}

function looseGroups(azure: AzureNetwork): readonly FirewallPackets[] {
  return groupsOfOthers(azure).map((group) => {
    const { object } = group
    const { origin } = object.resource
    const link: Link = { kind: 'absent', origin }
    const word = <T>(value: T) => ({ known: true, value, origin }) as const
    const list = { items: [], complete: true, origin, absent: true }
    const policy: FirewallPolicy = {
      object,
      base: link,
      tier: word('Standard'),
      threatIntelligence: word('Alert'),
      intrusionDetection: word('Off'),
      dnsProxy: word(true),
      dnsServers: list,
      privateRanges: list,
      groups: [group],
    }
    const of = (): FirewallPolicy => policy
    const network = { ...azure, firewallPolicies: { all: [policy], of } }
    return toPackets(network, object, firewallOf(policy, { kind: 'found', object, origin }))
  })
}

function classic(azure: AzureNetwork): readonly FirewallPackets[] {
  return azure.firewalls.all
    .filter(({ policy }) => policy.kind === 'absent')
    .map((firewall) => toPackets(azure, firewall.object, firewall))
}

function toPackets(azure: AzureNetwork, object: AzureObject, firewall: Firewall): FirewallPackets {
  return {
    object,
    admits: admitted(azure, firewall),
    translates: translatedPackets(azure, firewall),
    lines: () => ruleLinesOf(azure, firewall).map(toLine),
    translations: () => translationLines(azure, firewall),
  }
}

function toLine({ source, destination, connections, allows, rule, collection }: RuleLine): GateLine {
  const label = `${knownValue(collection.name) ?? '?'}/${knownValue(rule.name) ?? '?'}`
  return {
    origin: rule.value.origin,
    resource: collection.object.resource,
    words: `firewall: ${rule.kind} rule ${label}`,
    allows,
    matches: {
      from: overV4(named(source).possible),
      to: overV4(destination.possible),
      connections: connections.possible,
    },
  }
}

/** A policy is asked as the firewall that it would be. */
function firewallOf(policy: FirewallPolicy, link: Link): Firewall {
  const absent: Link = { kind: 'absent', origin: link.origin }
  return {
    object: policy.object,
    subnet: absent,
    publicIps: [],
    policy: link,
    collections: [],
    threatIntelligence: policy.threatIntelligence,
    dnsProxy: policy.dnsProxy,
    dnsServers: policy.dnsServers,
    privateRanges: policy.privateRanges,
    virtualHub: absent,
    privateAddress: undefined,
  }
}

function admitted(azure: AzureNetwork, firewall: Firewall): Bounds<Packets> | undefined {
  const sets = ruleSetsOf(azure, firewall)
  if (sets === undefined) return undefined
  const certain: PacketBox[] = []
  const possible: PacketBox[] = []
  const mayDeny: PacketBox[] = []
  const surelyDenies: PacketBox[] = []
  try {
    for (const { source: written, allows, ...set } of sets) {
      const source = named(written)
      const { destination, connections } = set.unnamed === undefined ? set : withNames(set, set.unnamed)
      const sure = { from: overV4(source.certain), to: overV4(destination.certain), connections: connections.certain }
      const perhaps = {
        from: overV4(source.possible),
        to: overV4(destination.possible),
        connections: connections.possible,
      }
      if (allows === true && !isEmptyBox(sure)) certain.push(...subtractPackets([sure], mayDeny))
      if (allows !== false && !isEmptyBox(perhaps)) possible.push(...subtractPackets([perhaps], surelyDenies))
      if (allows !== true && !isEmptyBox(perhaps)) mayDeny.push(perhaps)
      if (allows === false && !isEmptyBox(sure)) surelyDenies.push(sure)
    }
  } catch (error) {
    if (error instanceof TooManyPackets) return undefined
    throw error
  }
  return { certain, possible }
}

/** Clients that are filled in later are somebody: who it will be is no news. */
const LATER = standIn('clients that are filled in later')

function named(source: Bounds<Places>): Bounds<Places> {
  const isUnknown = places.isEmpty(source.certain) && places.covers(source.possible, EVERYWHERE)
  return isUnknown ? { certain: LATER, possible: LATER } : source
}

type Reached = Pick<RuleSets, 'destination' | 'connections'>

/**
 * Names that are filled in later, or that a tag or a category holds, are told by what stands for them. A tag may hold plain HTTP beside
 * the HTTPS that rules write for it. Source: learn.microsoft.com/azure/firewall/fqdn-tags
 */
function withNames({ destination, connections }: Reached, rule: FirewallRule): Reached {
  const certain = places.union(destination.certain, { ...NOWHERE, hosts: namesToCome(rule) })
  if (rule.nameTags.absent) return { destination: exactly(certain), connections }
  return {
    destination: { certain, possible: places.union(certain, { ...NOWHERE, hosts: taggedNames() }) },
    connections: {
      certain: connections.certain,
      possible: connectionSets.union(connections.possible, singlePort('TCP', 80)),
    },
  }
}

/** Azure Firewall filters IPv4 alone, so `*` and `0.0.0.0/0` are the same to it. Source: learn.microsoft.com/azure/firewall/firewall-faq */
function overV4(where: Places): Places {
  return where.addresses.v6.length === 0 ? where : { ...where, addresses: { v4: where.addresses.v4, v6: [] } }
}
