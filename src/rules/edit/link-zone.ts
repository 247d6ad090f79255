import type { PrivateDnsZone } from '../../model/azure/private-link.ts'
import type { VirtualNetwork } from '../../model/azure/virtual-network.ts'
import type { ProposedPatch } from '../rule.ts'
import { findBlock } from './hcl-block.ts'
import { lineBreakOf, nextLine } from './literal.ts'

/**
 * Links a private zone to one more network: a copy of the link that is there, with that network in its place. Undefined where the zone
 * has no link of native Terraform in the file to copy, or the network has another module.
 */
export function linkZone(zone: PrivateDnsZone, { object }: VirtualNetwork): ProposedPatch | undefined {
  const link = zone.links.find(({ object: one }) => one.azurerm !== undefined && one.resource.origin.from === undefined)
  const target = object.resource.address
  const name = /^azurerm_virtual_network\.([\w-]+)$/.exec(target)?.[1]
  if (link === undefined || name === undefined || object.resource.unit !== link.object.resource.unit) return undefined
  const block = findBlock(link.object.resource.origin)
  const [type, label] = block?.labels ?? []
  if (block === undefined || type !== 'azurerm_private_dns_zone_virtual_network_link' || label === undefined)
    return undefined
  const { text, path } = block.source
  const argument = (key: string) => block.body.attributes.find((one) => one.name === key)?.expression
  const [network, own] = [argument('virtual_network_id'), argument('name')]
  if (
    network === undefined ||
    own === undefined ||
    block.body.attributes.some((one) => one.name === 'for_each' || one.name === 'count')
  )
    return undefined
  const quoted = `"${label}"`
  const at = text.indexOf(quoted, text.indexOf(type, block.start) + type.length)
  if (at < 0 || at > block.end) return undefined
  const copied = splice(text, block.start, block.end, [
    { start: at, end: at + quoted.length, text: `"${label}_${name}"` },
    { start: network.start, end: network.end, text: `${target}.id` },
    { start: own.start, end: own.end, text: JSON.stringify(`link-${name}`) },
  ])
  const lineBreak = lineBreakOf(text)
  const after = nextLine(text, block.end)
  const isLast = after === text.length && !text.endsWith('\n')
  return {
    edit: {
      edits: [{ path, start: after, end: after, text: `${isLast ? lineBreak : ''}${lineBreak}${copied}${lineBreak}` }],
      newFiles: new Map(),
    },
    summary: `Links the zone to ${target}, as it is linked to another network.`,
  }
}

function splice(
  text: string,
  start: number,
  end: number,
  parts: readonly { readonly start: number; readonly end: number; readonly text: string }[],
): string {
  let made = ''
  let here = start
  for (const part of [...parts].sort((a, b) => a.start - b.start)) {
    made += text.slice(here, part.start) + part.text
    here = part.end
  }
  return made + text.slice(here, end)
}
