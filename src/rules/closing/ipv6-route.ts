import type { Edit } from '../../base/edit.ts'
import type { Origin } from '../../base/origin.ts'
import type { StateView } from '../../compare/state-view.ts'
import type { AzureObject } from '../../model/azure/azure-object.ts'
import { originOf } from '../../model/azure/azure-objects.ts'
import { knownValue } from '../../model/azure/prop.ts'
import { findBlock } from '../edit/hcl-block.ts'
import { indentAt, layoutOf, lineBreakOf, lineStart, nextLine, printLiteral, syntaxOf } from '../edit/literal.ts'
import { inPlace } from '../edit/one-patch.ts'
import { siteOf } from '../facts/azure-site.ts'
import type { WayOut } from '../facts/way-out.ts'
import type { ProposedPatch } from '../rule.ts'

/**
 * A route for ::/0 beside the one for 0.0.0.0/0, written like it. It leads to the same gateway, else to nowhere: an IPv4 address cannot be
 * its next hop, and Azure Firewall filters no IPv6 (learn.microsoft.com/azure/firewall/firewall-known-issues). Undefined where the route
 * of IPv4 is made by a loop.
 */
export function addIpv6Route(view: StateView, { subnet, exit }: WayOut): ProposedPatch | undefined {
  if (exit.kind === 'unknown' || exit.route.kind !== 'user') return undefined
  const table = siteOf(view).azure.routeTables.of(subnet.routeTable)
  const route = table?.routes.find(({ object }) => originOf(object) === exit.route.origin)?.object
  if (route === undefined) return undefined
  const hop = exit.kind === 'gateway' ? 'VirtualNetworkGateway' : 'None'
  const where = hop === 'None' ? 'to nowhere' : 'to the gateway'
  return inPlace(besides(route, hop), `Routes IPv6 ${where}, so that none of it leaves past what filters IPv4.`)
}

function besides(route: AzureObject, hop: string): readonly Edit[] | undefined {
  const origin = originOf(route)
  if (origin.from !== undefined) return undefined
  const name = `${knownValue(route.name) ?? 'default'}-ipv6`
  switch (syntaxOf(origin.source.path)) {
    case 'hcl':
      return besidesBlock(origin, name, hop)
    case 'bicep':
    case 'json':
      return origin.source.text[origin.start] === '{'
        ? besidesItem(origin, name, hop)
        : besidesResource(origin, name, hop)
    case undefined:
      return undefined
  }
}

/** A copy of the block, with its own name, prefix and next hop. */
function besidesBlock(origin: Origin, name: string, hop: string): readonly Edit[] | undefined {
  const block = findBlock(origin)
  if (block === undefined || block.type === 'content') return undefined
  const { text, path } = block.source
  const own = new Map(block.body.attributes.map((attribute) => [attribute.name, attribute]))
  if (own.has('for_each') || own.has('count') || text.slice(lineStart(text, block.start), block.start).trim() !== '')
    return undefined
  const values = { name, address_prefix: '::/0', next_hop_type: hop }
  const parts: Part[] = Object.entries(values).flatMap(([key, value]): readonly Part[] => {
    const expression = own.get(key)?.expression
    return expression === undefined ? [] : [{ ...expression, text: JSON.stringify(value) }]
  })
  const address = own.get('next_hop_in_ip_address')
  if (address !== undefined) {
    const line = lineStart(text, address.start)
    parts.push({ start: line, end: nextLine(text, address.expression.end), text: '' })
  }
  const [, label] = block.labels
  if (label !== undefined) {
    const at = text.indexOf(`"${label}"`, block.start)
    parts.push({ start: at, end: at + label.length + 2, text: `"${label}_ipv6"` })
  }
  return insertAfter(origin, copy(text, block.start, block.end, parts), path, label === undefined ? 1 : 2)
}

/** An item of the list of routes. */
function besidesItem(origin: Origin, name: string, hop: string): readonly Edit[] | undefined {
  const { source, start, end } = origin
  const { text, path } = source
  const syntax = syntaxOf(path)!
  if (text.slice(lineStart(text, start), start).trim() !== '') return undefined
  const [indent, layout] = [indentAt(text, start), layoutOf(text)]
  const item = { name, properties: { addressPrefix: '::/0', nextHopType: hop } }
  const comma = syntax === 'json' ? ',' : ''
  return [
    {
      path,
      start: end,
      end,
      text: `${comma}${layout.lineBreak}${indent}${printLiteral(item, syntax, indent, layout)}`,
    },
  ]
}

/** A copy of a resource of Bicep, with its own symbol, name, prefix and next hop. */
function besidesResource(origin: Origin, name: string, hop: string): readonly Edit[] | undefined {
  const { source, start, end } = origin
  const own = source.text.slice(start, end)
  const symbol = /^resource\s+(\w+)\s/.exec(own)?.[1]
  if (syntaxOf(source.path) !== 'bicep' || symbol === undefined || /=\s*\[/.test(own.slice(0, 500))) return undefined
  const text = own
    .replace(/^(resource\s+\w+)/, '$1Ipv6')
    .replace(/^(\s*name:\s*).*$/m, (_, key: string) => `${key}${printLiteral(name, 'bicep')}`)
    .replace(/^(\s*addressPrefix:\s*).*$/m, "$1'::/0'")
    .replace(/^(\s*nextHopType:\s*).*$/m, `$1'${hop}'`)
    .replace(/^[ \t]*nextHopIpAddress:.*\r?\n/m, '')
  return insertAfter(origin, text, source.path, 2)
}

interface Part {
  readonly start: number
  readonly end: number
  readonly text: string
}

function copy(text: string, start: number, end: number, parts: readonly Part[]): string {
  let made = ''
  let here = start
  for (const part of [...parts].sort((a, b) => a.start - b.start)) {
    made += text.slice(here, part.start) + part.text
    here = part.end
  }
  return made + text.slice(here, end)
}

function insertAfter({ source: { text }, start, end }: Origin, copied: string, path: string, breaks: number) {
  const gap = lineBreakOf(text).repeat(breaks)
  return [{ path, start: end, end, text: `${gap}${indentAt(text, start)}${copied}` }]
}
