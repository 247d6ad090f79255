import type { Origin } from '../../base/origin.ts'
import type { Value } from '../../base/value.ts'
import { type AzureObject, read } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { type Link, linksAt } from './link.ts'
import {
  at,
  defaultTo,
  joinLists,
  listProp,
  numberProp,
  type Prop,
  type PropList,
  textProp,
  textsProp,
  wordProp,
} from './prop.ts'

/** `Microsoft.Network/networkSecurityGroups`; inline and separate rules together, by priority. */
export interface SecurityGroup {
  readonly object: AzureObject
  readonly rules: readonly SecurityRule[]
  /** False where there are rules that could not be read. */
  readonly complete: boolean
}

export interface SecurityRule {
  readonly object: AzureObject
  readonly name: Prop<string>
  readonly priority: Prop<number>
  readonly direction: Prop<'Inbound' | 'Outbound'>
  readonly access: Prop<'Allow' | 'Deny'>
  readonly protocol: Prop<RuleProtocol>
  readonly source: RuleEnd
  readonly destination: RuleEnd
  /** `*`, `n` or `n-m`; source ports are those of clients and narrow nothing in practice. */
  readonly sourcePorts: PropList<string>
  readonly destinationPorts: PropList<string>
}

export const RULE_PROTOCOLS = ['*', 'Tcp', 'Udp', 'Icmp', 'Esp', 'Ah'] as const
export type RuleProtocol = (typeof RULE_PROTOCOLS)[number]

/** One side of a rule: the union of singular and plural field, or application security groups instead. */
export interface RuleEnd {
  /** `*`, an address, a CIDR or a service tag. */
  readonly prefixes: PropList<string>
  readonly groups: readonly Link[]
}

export function toSecurityGroup(objects: AzureObjects, object: AzureObject): SecurityGroup {
  const rules = objects.childrenOf(object, 'securityRules').map((rule) => toSecurityRule(objects, rule))
  return {
    object,
    rules: [...rules].sort((a, b) => priorityOf(a) - priorityOf(b)),
    complete: rules.every((rule) => rule.priority.known && rule.direction.known),
  }
}

function priorityOf({ priority }: SecurityRule): number {
  return priority.known ? priority.value : 0
}

export function toSecurityRule(objects: AzureObjects, object: AzureObject): SecurityRule {
  const { origin } = object.resource
  const property = (name: string) => read(object, `properties.${name}`)
  const union = (one: string, many: string) =>
    joinLists(textsProp(property(one), origin), textsProp(property(many), origin))
  const end = (side: 'source' | 'destination'): RuleEnd => ({
    prefixes: union(`${side}AddressPrefix`, `${side}AddressPrefixes`),
    groups: linksAt(objects, object, `properties.${side}ApplicationSecurityGroups`, 'id'),
  })
  return {
    object,
    name: object.name,
    priority: numberProp(property('priority'), 4096, origin),
    direction: wordProp(property('direction'), ['Inbound', 'Outbound'], 'Inbound', origin),
    access: wordProp(property('access'), ['Allow', 'Deny'], 'Allow', origin),
    protocol: wordProp(property('protocol'), RULE_PROTOCOLS, '*', origin),
    source: end('source'),
    destination: end('destination'),
    sourcePorts: union('sourcePortRange', 'sourcePortRanges'),
    destinationPorts: union('destinationPortRange', 'destinationPortRanges'),
  }
}

/** `Microsoft.Network/applicationSecurityGroups`. */
export interface ApplicationSecurityGroup {
  readonly object: AzureObject
}

/** One security admin rule of Virtual Network Manager, with what decides where it holds. */
export interface AdminRule {
  readonly object: AzureObject
  readonly name: Prop<string>
  readonly access: Prop<'Allow' | 'AlwaysAllow' | 'Deny'>
  readonly direction: Prop<'Inbound' | 'Outbound'>
  readonly priority: Prop<number>
  readonly protocol: Prop<RuleProtocol>
  readonly source: RuleEnd
  readonly destination: RuleEnd
  readonly destinationPorts: PropList<string>
  readonly sourcePorts: PropList<string>
  /** Networks that the collection's groups hold by static membership. */
  readonly networks: readonly Link[]
  /** True where every group's members are known: membership by policy is not. */
  readonly networksComplete: boolean
  /** Whether a deployment commits the configuration: `no` is never told, since others may deploy it. */
  readonly deployed: 'yes' | 'unknown'
}

const MANAGER = 'microsoft.network/networkmanagers'
const CONFIGURATION = `${MANAGER}/securityadminconfigurations`

/** All security admin rules, by priority. */
export function toAdminRules(objects: AzureObjects): readonly AdminRule[] {
  const deployed = new Set<AzureObject>()
  for (const deployment of objects.ofType(`${MANAGER}/deployments`)) {
    const commit = textProp(read(deployment, 'properties.commitType'), '', deployment.resource.origin)
    if (commit.known && commit.value.toLowerCase() !== 'securityadmin') continue
    for (const link of linksAt(objects, deployment, 'properties.configurationIds')) {
      if (link.kind === 'found') deployed.add(link.object)
    }
  }
  const rules = objects
    .ofType(`${CONFIGURATION}/rulecollections/rules`)
    .map((rule) => toAdminRule(objects, rule, deployed))
  return rules.sort((a, b) => (a.priority.known ? a.priority.value : 0) - (b.priority.known ? b.priority.value : 0))
}

function toAdminRule(objects: AzureObjects, object: AzureObject, deployed: ReadonlySet<AzureObject>): AdminRule {
  const { origin } = object.resource
  const property = (name: string) => read(object, `properties.${name}`)
  const collection = object.parent
  const groups =
    collection === undefined ? [] : linksAt(objects, collection, 'properties.appliesToGroups', 'networkGroupId')
  const networks = groups.flatMap((group) =>
    group.kind === 'found'
      ? objects
          .childrenOf(group.object, 'staticMembers')
          .flatMap((member) => linksAt(objects, member, 'properties.resourceId'))
      : [],
  )
  const end = (side: 'sources' | 'destinations'): RuleEnd => ({
    prefixes: addressesOf(property(side), origin),
    groups: [],
  })
  return {
    object,
    name: object.name,
    access: wordProp(property('access'), ['Allow', 'AlwaysAllow', 'Deny'], 'Allow', origin),
    direction: wordProp(property('direction'), ['Inbound', 'Outbound'], 'Inbound', origin),
    priority: numberProp(property('priority'), 4096, origin),
    protocol: adminProtocol(property('protocol'), origin),
    source: end('sources'),
    destination: end('destinations'),
    sourcePorts: textsProp(property('sourcePortRanges'), origin),
    destinationPorts: textsProp(property('destinationPortRanges'), origin),
    networks,
    networksComplete:
      collection !== undefined &&
      groups.every((group) => group.kind === 'found') &&
      networks.every(({ kind }) => kind === 'found'),
    deployed: collection?.parent !== undefined && deployed.has(collection.parent) ? 'yes' : 'unknown',
  }
}

/** Admin rules write `Any` for what NSG rules write as `*`. */
function adminProtocol(value: Value | undefined, origin: Origin): Prop<RuleProtocol> {
  const word = wordProp<RuleProtocol | 'Any'>(value, [...RULE_PROTOCOLS, 'Any'], 'Any', origin)
  return word.known ? { ...word, value: word.value === 'Any' ? '*' : word.value } : word
}

/** `{addressPrefix, addressPrefixType}` items as a list of prefixes; none means any. */
function addressesOf(value: Value | undefined, origin: Origin): PropList<string> {
  const list = listProp(value, origin, (item) =>
    textProp(item.kind === 'map' ? at(item, 'addressPrefix') : item, '*', item.origin),
  )
  return list.absent ? { items: [defaultTo('*', origin)], complete: true, origin, absent: false } : list
}
