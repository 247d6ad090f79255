import type { Edit } from '../../base/edit.ts'
import type { FilterPackets, Way } from '../../compare/nsg-packets.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { type AzureObject, read } from '../../model/azure/azure-object.ts'
import { originOf } from '../../model/azure/azure-objects.ts'
import type { Block } from '../../parse/terraform/syntax.ts'
import { findBlock } from './hcl-block.ts'
import { appendItem } from './list-items.ts'
import { indentAt, type Literal, layoutOf, lineStart, nextLine, printLiteral } from './literal.ts'
import { addProperty } from './object-property.ts'

/** A denial for whatever a security group is in front of, as ARM names its properties. */
export interface DenialDraft {
  readonly name: string
  readonly priority: number
  readonly direction: 'Inbound' | 'Outbound'
  readonly protocol: '*' | 'Tcp'
  readonly ports: readonly string[]
  /** Addresses, or one service tag. */
  readonly destinations: readonly string[]
}

/**
 * Adds a denial to a security group in the way that its rules are written: inside of it, or as resources of their own. Undefined where the
 * group is made by a loop, or its rules come from somewhere else.
 */
export function addDenial(azure: AzureNetwork, group: AzureObject, draft: DenialDraft): readonly Edit[] | undefined {
  const home = originOf(group)
  if (home.from !== undefined || /\[[^\]]*\]$/.test(group.resource.address)) return undefined
  const rules = azure.objects.childrenOf(group, 'securityRules')
  const isApart = rules.length > 0 && rules.every(({ inline }) => !inline)
  if (group.azurerm !== undefined) {
    const block = findBlock(home)
    if (block === undefined) return undefined
    return [isApart ? ruleResource(block, draft) : ruleBlock(block, draft)]
  }
  if (isApart || group.resource.unit.kind === 'terraform') return undefined
  const list = read(group, 'properties.securityRules')
  if (list === undefined) return addProperty(home, ['properties', 'securityRules'], [toArm(draft)])
  if (list.kind !== 'list') return undefined
  return appendItem(
    list.origin,
    list.items.map(({ origin }) => origin),
    toArm(draft),
  )
}

/** The largest priority that no rule of a direction has and that stands before `below`; undefined where none is left. */
export function freePriority(filter: FilterPackets, way: Way, below = LAST_PRIORITY + 1): number | undefined {
  const taken = new Set(filter.of(way).map(({ rule }) => rule.priority))
  for (let priority = Math.min(below - 1, LAST_PRIORITY); priority >= FIRST_PRIORITY; priority--) {
    if (!taken.has(priority)) return priority
  }
  return undefined
}

/** Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview#security-rules */
const FIRST_PRIORITY = 100
const LAST_PRIORITY = 4096

function toArm({ name, priority, direction, protocol, ports, destinations }: DenialDraft): Literal {
  return {
    name,
    properties: {
      priority,
      direction,
      access: 'Deny',
      protocol,
      sourcePortRange: '*',
      sourceAddressPrefix: '*',
      ...(ports.length === 1 ? { destinationPortRange: ports[0]! } : { destinationPortRanges: ports }),
      ...(destinations.length === 1
        ? { destinationAddressPrefix: destinations[0]! }
        : { destinationAddressPrefixes: destinations }),
    },
  }
}

function toArguments({ name, priority, direction, protocol, ports, destinations }: DenialDraft) {
  return [
    ['name', name],
    ['priority', priority],
    ['direction', direction],
    ['access', 'Deny'],
    ['protocol', protocol],
    ['source_port_range', '*'],
    ['source_address_prefix', '*'],
    ports.length === 1 ? ['destination_port_range', ports[0]!] : ['destination_port_ranges', ports],
    destinations.length === 1
      ? ['destination_address_prefix', destinations[0]!]
      : ['destination_address_prefixes', destinations],
  ] as const satisfies readonly (readonly [string, Literal])[]
}

/** As `terraform fmt` leaves them. */
function printArguments(pairs: readonly (readonly [name: string, text: string])[], indent: string, lineBreak: string) {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, text]) => `${indent}${name.padEnd(width)} = ${text}${lineBreak}`).join('')
}

/** Behind the last rule of the group, or what else stands last in it. */
function ruleBlock(group: Block, draft: DenialDraft): Edit {
  const { text, path } = group.source
  const { lineBreak, step } = layoutOf(text)
  const own = group.body.blocks.filter(({ type, labels }) => type === 'security_rule' || labels[0] === 'security_rule')
  const last = own.at(-1)
  const indent = last === undefined ? indentAt(text, group.start) + step : indentAt(text, last.start)
  const written = toArguments(draft).map(([name, value]) => [name, printLiteral(value, 'hcl')] as const)
  const block = `${indent}security_rule {${lineBreak}${printArguments(written, indent + step, lineBreak)}${indent}}${lineBreak}`
  const at = last === undefined ? lineStart(text, group.end - 1) : nextLine(text, last.end)
  const above = last === undefined || text.slice(nextLine(text, last.end)).startsWith(lineBreak) ? lineBreak : ''
  return { path, start: at, end: at, text: above + block }
}

/** A resource behind the group, which names it. */
function ruleResource(group: Block, draft: DenialDraft): Edit {
  const { text, path } = group.source
  const { lineBreak, step } = layoutOf(text)
  const [type, label] = group.labels
  const owner = `${type}.${label}`
  const written = [
    ...toArguments(draft).map(([name, value]) => [name, printLiteral(value, 'hcl')] as const),
    ['resource_group_name', `${owner}.resource_group_name`],
    ['network_security_group_name', `${owner}.name`],
  ] as const
  const at = nextLine(text, group.end)
  const isLast = at === text.length && !text.endsWith('\n')
  const name = `${label}_${draft.name.replace(/[^a-z0-9]+/gi, '_')}`
  return {
    path,
    start: at,
    end: at,
    text: `${isLast ? lineBreak : ''}${lineBreak}resource "azurerm_network_security_rule" "${name}" {${lineBreak}${printArguments(written, step, lineBreak)}}${lineBreak}`,
  }
}
