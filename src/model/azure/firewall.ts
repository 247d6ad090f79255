import type { Value } from '../../base/value.ts'
import { type AzureObject, read } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { type Link, linkAt, toLink } from './link.ts'
import {
  at,
  blocksOf,
  flagProp,
  joinLists,
  numberProp,
  optionalText,
  type Prop,
  type PropList,
  textProp,
  textsProp,
  wordProp,
} from './prop.ts'

/** `Microsoft.Network/azureFirewalls`. */
export interface Firewall {
  readonly object: AzureObject
  /** Its subnet, `AzureFirewallSubnet`; absent for a firewall of a virtual hub. */
  readonly subnet: Link
  readonly publicIps: readonly Link[]
  readonly policy: Link
  /** Where there is no policy: the classic collections. A firewall with a policy ignores them. */
  readonly collections: readonly RuleCollection[]
  readonly threatIntelligence: Prop<'Alert' | 'Deny' | 'Off'>
  readonly dnsProxy: Prop<boolean>
  readonly dnsServers: PropList<string>
  /** Destinations that are not translated; absent means RFC 1918 and RFC 6598. */
  readonly privateRanges: PropList<string>
  readonly virtualHub: Link
  /** Given by hand; otherwise Azure takes the first free address of the subnet. */
  readonly privateAddress: Prop<string> | undefined
}

/** `Microsoft.Network/firewallPolicies` with its own groups; the parent's come before them in evaluation. */
export interface FirewallPolicy {
  readonly object: AzureObject
  readonly base: Link
  readonly tier: Prop<string>
  readonly threatIntelligence: Prop<'Alert' | 'Deny' | 'Off'>
  readonly intrusionDetection: Prop<'Off' | 'Alert' | 'Deny'>
  readonly dnsProxy: Prop<boolean>
  readonly dnsServers: PropList<string>
  readonly privateRanges: PropList<string>
  readonly groups: readonly RuleCollectionGroup[]
}

export interface RuleCollectionGroup {
  readonly object: AzureObject
  readonly priority: Prop<number>
  readonly collections: readonly RuleCollection[]
  readonly complete: boolean
}

/** Rules of one kind and one action; `nat` rules have the action `Dnat`. */
export interface RuleCollection {
  readonly name: Prop<string>
  readonly kind: 'nat' | 'network' | 'application'
  readonly priority: Prop<number>
  readonly action: Prop<'Allow' | 'Deny' | 'Dnat'>
  readonly rules: readonly FirewallRule[]
  /** False where there are rules that could not be read. */
  readonly complete: boolean
  readonly object: AzureObject
}

export interface FirewallRule {
  readonly name: Prop<string>
  readonly kind: 'nat' | 'network' | 'application'
  /** The rule as written, for its origin. */
  readonly value: Value
  readonly sources: PropList<string>
  readonly sourceGroups: readonly Link[]
  /** `TCP`, `UDP`, `ICMP`, `Any` of network and NAT rules. */
  readonly protocols: PropList<string>
  /** Addresses, ranges, `*` or service tags. */
  readonly destinations: PropList<string>
  readonly destinationGroups: readonly Link[]
  readonly destinationPorts: PropList<string>
  /** Names of network rules: exact, and only with the DNS proxy. */
  readonly destinationNames: PropList<string>
  /** Application rules. */
  readonly services: readonly ApplicationService[]
  readonly targetNames: PropList<string>
  readonly targetUrls: PropList<string>
  readonly nameTags: PropList<string>
  readonly webCategories: PropList<string>
  /** NAT rules. */
  readonly translatedAddress: Prop<string> | undefined
  readonly translatedName: Prop<string> | undefined
  readonly translatedPort: Prop<string> | undefined
}

export interface ApplicationService {
  readonly protocol: Prop<'Http' | 'Https' | 'Mssql'>
  readonly port: Prop<number>
}

const THREAT_MODES = ['Alert', 'Deny', 'Off'] as const
const CLASSIC = [
  ['networkRuleCollections', 'network'],
  ['applicationRuleCollections', 'application'],
  ['natRuleCollections', 'nat'],
] as const

export function toFirewall(objects: AzureObjects, object: AzureObject): Firewall {
  const { origin } = object.resource
  const configurations = blocksOf(read(object, 'properties.ipConfigurations')).blocks
  const subnets = configurations
    .map((block) => at(block, 'properties.subnet.id'))
    .filter((value) => value !== undefined)
  const addresses = configurations
    .map((block) => at(block, 'properties.privateIPAddress'))
    .filter((value) => value !== undefined)
  return {
    object,
    subnet: toLink(objects, object, subnets[0]),
    publicIps: configurations.map((block) => toLink(objects, object, at(block, 'properties.publicIPAddress.id'))),
    policy: linkAt(objects, object, 'properties.firewallPolicy.id'),
    collections: CLASSIC.flatMap(([type, kind]) =>
      objects.childrenOf(object, type).map((child) => classicCollection(objects, child, kind)),
    ),
    threatIntelligence: wordProp(read(object, 'properties.threatIntelMode'), THREAT_MODES, 'Alert', origin),
    dnsProxy: flagProp(
      read(object, 'properties.dnsProxyEnabled') ?? additional(object, 'Network.DNS.EnableProxy'),
      false,
      origin,
    ),
    dnsServers: textsProp(read(object, 'properties.dnsServers') ?? additional(object, 'Network.DNS.Servers'), origin),
    privateRanges: textsProp(
      read(object, 'properties.privateRanges') ?? additional(object, 'Network.SNAT.PrivateRanges'),
      origin,
    ),
    virtualHub: linkAt(objects, object, 'properties.virtualHub.id'),
    privateAddress: addresses[0] === undefined ? undefined : textProp(addresses[0], '', origin),
  }
}

/** Keys of `additionalProperties` hold dots. */
function additional(object: AzureObject, key: string): Value | undefined {
  const map = read(object, 'properties.additionalProperties')
  return map?.kind === 'map' ? map.entries.get(key)?.value : map
}

function classicCollection(objects: AzureObjects, object: AzureObject, kind: RuleCollection['kind']): RuleCollection {
  return toCollection(objects, object, object.name, read(object, 'properties'), kind)
}

export function toFirewallPolicy(objects: AzureObjects, object: AzureObject): FirewallPolicy {
  const { origin } = object.resource
  const groups = objects.childrenOf(object, 'ruleCollectionGroups').map((group) => toGroup(objects, group))
  return {
    object,
    base: linkAt(objects, object, 'properties.basePolicy.id'),
    tier: textProp(read(object, 'properties.sku.tier'), 'Standard', origin),
    threatIntelligence: wordProp(read(object, 'properties.threatIntelMode'), THREAT_MODES, 'Alert', origin),
    intrusionDetection: wordProp(
      read(object, 'properties.intrusionDetection.mode'),
      ['Off', 'Alert', 'Deny'],
      'Off',
      origin,
    ),
    dnsProxy: flagProp(read(object, 'properties.dnsSettings.enableProxy'), false, origin),
    dnsServers: textsProp(read(object, 'properties.dnsSettings.servers'), origin),
    privateRanges: textsProp(read(object, 'properties.snat.privateRanges'), origin),
    groups: groups.sort((a, b) => numberOr(a.priority) - numberOr(b.priority)),
  }
}

/** `firewallPolicies/ruleCollectionGroups`. */
export function toGroup(objects: AzureObjects, object: AzureObject): RuleCollectionGroup {
  const { blocks, complete } = blocksOf(read(object, 'properties.ruleCollections'))
  const collections = blocks.map((block) => {
    const isNat = `${textOr(at(block, 'ruleCollectionType'))}`.toLowerCase() === 'firewallpolicynatrulecollection'
    return toCollection(
      objects,
      object,
      textProp(at(block, 'name'), '', block.origin),
      block,
      isNat ? 'nat' : kindOfRules(block),
    )
  })
  return {
    object,
    priority: numberProp(read(object, 'properties.priority'), 65000, object.resource.origin),
    collections: collections.sort((a, b) => numberOr(a.priority) - numberOr(b.priority)),
    complete,
  }
}

/** A filter collection holds rules of one kind; the first says which. */
function kindOfRules(block: Value): 'network' | 'application' {
  const first = blocksOf(at(block, 'rules')).blocks[0]
  return `${textOr(at(first, 'ruleType'))}`.toLowerCase() === 'applicationrule' ? 'application' : 'network'
}

function toCollection(
  objects: AzureObjects,
  object: AzureObject,
  name: Prop<string>,
  value: Value | undefined,
  kind: RuleCollection['kind'],
): RuleCollection {
  const { blocks, complete } = blocksOf(at(value, 'rules'))
  const { origin } = object.resource
  return {
    name,
    kind,
    priority: numberProp(at(value, 'priority'), 65000, origin),
    action:
      kind === 'nat'
        ? { known: true, value: 'Dnat', origin }
        : wordProp(at(value, 'action.type'), ['Allow', 'Deny', 'Dnat'], 'Deny', origin),
    rules: blocks.map((block) => toRule(objects, object, block, kind)),
    complete,
    object,
  }
}

function toRule(objects: AzureObjects, object: AzureObject, block: Value, kind: RuleCollection['kind']): FirewallRule {
  const origin = block.origin
  const texts = (path: string) => unlessEmpty(textsProp(at(block, path), origin))
  const groups = (path: string) => linksOf(objects, object, at(block, path))
  return {
    name: textProp(at(block, 'name'), '', origin),
    kind,
    value: block,
    sources: texts('sourceAddresses'),
    sourceGroups: groups('sourceIpGroups'),
    // Policies write `ipProtocols`, classic network and NAT rules `protocols`.
    protocols: kind === 'application' ? texts('ipProtocols') : joinLists(texts('ipProtocols'), texts('protocols')),
    destinations: texts('destinationAddresses'),
    destinationGroups: groups('destinationIpGroups'),
    destinationPorts: texts('destinationPorts'),
    destinationNames: texts('destinationFqdns'),
    services: kind === 'application' ? servicesOf(at(block, 'protocols')) : [],
    targetNames: texts('targetFqdns'),
    targetUrls: texts('targetUrls'),
    nameTags: texts('fqdnTags'),
    webCategories: texts('webCategories'),
    translatedAddress: optionalText(at(block, 'translatedAddress')),
    translatedName: optionalText(at(block, 'translatedFqdn')),
    translatedPort: optionalText(at(block, 'translatedPort')),
  }
}

/** `targetUrls: []` is what templates that were exported write for what is not used. */
function unlessEmpty<T>(list: PropList<T>): PropList<T> {
  return list.complete && list.items.length === 0 ? { ...list, absent: true } : list
}

function servicesOf(value: Value | undefined): ApplicationService[] {
  return blocksOf(value).blocks.map((block) => ({
    protocol: wordProp(at(block, 'protocolType'), ['Http', 'Https', 'Mssql'], 'Https', block.origin),
    port: numberProp(at(block, 'port'), 443, block.origin),
  }))
}

function linksOf(objects: AzureObjects, object: AzureObject, value: Value | undefined): Link[] {
  if (value === undefined) return []
  return (value.kind === 'list' ? value.items : [value]).map((item) => toLink(objects, object, item))
}

function numberOr(prop: Prop<number>): number {
  return prop.known ? prop.value : Number.MAX_SAFE_INTEGER
}

function textOr(value: Value | undefined): string {
  return value?.kind === 'scalar' ? `${value.value}` : ''
}

/** `Microsoft.Network/ipGroups`: a set of addresses that rules name. */
export interface IpGroup {
  readonly object: AzureObject
  readonly addresses: PropList<string>
}

export function toIpGroup(objects: AzureObjects, object: AzureObject): IpGroup {
  const { origin } = object.resource
  const separate = objects
    .childrenOf(object, 'cidrs')
    .map((child) => textProp(read(child, 'properties.cidr'), '', origin))
  const inline = textsProp(read(object, 'properties.ipAddresses'), origin)
  return {
    object,
    addresses: joinLists(inline, { items: separate, complete: true, origin, absent: separate.length === 0 }),
  }
}
