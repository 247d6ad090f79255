import {
  type AddressSet,
  addressSets,
  firstAddress,
  NO_ADDRESSES,
  parseCidr,
  printAddress,
} from '../algebra/addresses.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import type { Route } from '../model/azure/route-table.ts'
import { serviceTag } from '../model/azure/service-tags.ts'
import { PUBLIC_ADDRESSES } from '../reach/address-ranges.ts'
import { inPlace } from './edit/one-patch.ts'
import { removeResource } from './edit/remove-resource.ts'
import { askAzure, azureWitness, siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { waysOut } from './facts/way-out.ts'
import type { Severity } from './finding.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { lineOf } from './one-line.ts'
import { defineRule } from './rule.ts'

export const routeBypass = defineRule({
  id: 'route-bypass',
  meta: {
    title: 'A more specific route leads around the firewall',
    severity: 'high',
    concepts: ['egress', 'route'],
    layer: 'route',
    why: 'The longest prefix wins: a route to the internet for a range or a service tag takes its part of the traffic past the firewall.',
    fix: 'Remove the route, and allow what is needed in the firewall.',
    sources: [
      'https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#how-azure-selects-a-route',
      'https://learn.microsoft.com/azure/aks/limit-egress-traffic',
    ],
  },

  /** Yields a hit for each route to the internet, narrower than the default route to the firewall, that a subnet of a cluster uses. */
  *check(view) {
    const { azure } = siteOf(view)
    for (const way of waysOut(view)) {
      if (way.exit.kind !== 'firewall' && way.exit.kind !== 'appliance') continue
      const { routes = [] } = azure.routeTables.of(way.subnet.routeTable) ?? {}
      for (const route of routes) {
        const around = partAround(route, routes)
        if (around === undefined) continue
        const query = { from: way.peer, to: around.sample, protocol: 'TCP', port: 443 } as const
        const outcome = askAzure(view, query)
        if (outcome.answer === 'denied') continue
        const past = way.exit.kind === 'firewall' ? labelOf(way.exit.firewall.object) : 'the appliance'
        yield azureHit(view, {
          object: route.object,
          at: originOf(route.object),
          detail: `${around.text} ${subjectOf(view, way.subnet.object)}`,
          severity: outcome.answer === 'allowed' ? around.severity : LESS[around.severity],
          extent: around.extent,
          say: `takes what ${way.carries} of ${labelOf(way.cluster.object)} send to ${around.text} straight to the internet, past ${past} that the default route leads to${around.isTag ? '. A service tag holds the addresses of every customer of the service, so it is a way out for data' : ''}. Remove the route, and allow what is needed in the firewall.`,
          witness: azureWitness(query, outcome),
          because: { line: lineOf(originOf(route.object)), tells: 'path' },
          objectsTo: ({ kind }) => kind === 'egress',
          fix: () =>
            inPlace(
              removeResource(route.object),
              'Removes the route, so the default route to the firewall carries this part too.',
            ),
        })
      }
    }
  },

  merge: mergeAzure,

  /** Without the route. */
  patch: (hit) => hit.fix?.(),
})

const LESS: Record<Severity, Severity> = { critical: 'high', high: 'medium', medium: 'low', low: 'note', note: 'note' }

interface Around {
  readonly text: string
  readonly isTag: boolean
  readonly sample: string
  readonly severity: Severity
  readonly extent: number
}

/** The public part that a route surely takes to the internet; undefined for default routes and for the address of one host. */
function partAround({ prefix, nextHop }: Route, routes: readonly Route[]): Around | undefined {
  if (!prefix.known || !nextHop.known || nextHop.value !== 'Internet') return undefined
  const block = parseCidr(prefix.value)
  if (block === undefined) {
    const isTag = serviceTag(prefix.value) !== undefined
    return isTag ? { text: prefix.value, isTag, sample: `tag/${prefix.value}`, severity: 'high', extent: 1 } : undefined
  }
  const open = addressSets.subtract(
    addressSets.intersect(block.addresses, PUBLIC_ADDRESSES),
    routes.map((one) => narrower(one, block.prefix)).reduce(addressSets.union, NO_ADDRESSES),
  )
  const first = firstAddress(open)
  // The default route and its halves are the way itself; one address is how a firewall's own public address is kept symmetric.
  if (first === undefined || block.prefix <= 1 || block.prefix === 32 || block.prefix === 128) return undefined
  const severity = block.prefix <= NARROW ? 'high' : 'medium'
  return { text: prefix.value, isTag: false, sample: printAddress(first), severity, extent: 128 - block.prefix }
}

/** What a route with a longer prefix takes to another place. */
function narrower({ prefix, nextHop }: Route, length: number): AddressSet {
  const block = prefix.known ? parseCidr(prefix.value) : undefined
  const isOther = !nextHop.known || nextHop.value !== 'Internet'
  return block !== undefined && block.prefix > length && isOther ? block.addresses : NO_ADDRESSES
}

/** Ranges up to this size are more than the few hosts of one partner. */
const NARROW = 24
