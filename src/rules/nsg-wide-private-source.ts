import { addressSets, cidr } from '../algebra/addresses.ts'
import { connectionSets, NO_CONNECTIONS } from '../algebra/connections.ts'
import { filtersOf } from '../compare/nsg-packets.ts'
import { azureOf } from './facts/azure-view.ts'
import { ADMIN_PORTS, adminPorts, isAnyPort, isWide } from './facts/internet-admission.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { takesRule } from './hits/rule-object.ts'
import { defineRule } from './rule.ts'

export const nsgWidePrivateSource = defineRule({
  id: 'nsg-wide-private-source',
  meta: {
    title: 'Administration or data port is open to a whole private range',
    severity: 'low',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'A rule for 10.0.0.0/8 holds every network that is or will be connected: other teams, other environments, on-premises.',
    fix: 'Name the subnets that need it.',
    sources: ['https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview'],
  },

  /** Yields a hit for each rule of its own that lets a /8 of private addresses, or the whole private space, through to such a port. */
  *check(view, { trusted }) {
    const azure = azureOf(view)
    for (const filter of filtersOf(azure)) {
      for (const { rule, passes } of filter.of('inbound')) {
        if (rule.isDefault) continue
        const wide = passes.certain.filter(
          ({ from }) =>
            !isWide(from, trusted) &&
            WIDE_PRIVATE.some((range) => addressSets.covers(addressSets.subtract(from.addresses, trusted), range)),
        )
        const connections = wide.map((box) => box.connections).reduce(connectionSets.union, NO_CONNECTIONS)
        const ports = adminPorts(connections)
        if (ports.length === 0 || isAnyPort(connections)) continue
        const hit = azureHit(view, {
          object: filter.object,
          at: rule.origin,
          detail: `private ${ports.join(' ')}`,
          severity: 'low',
          extent: ports.length,
          say: `lets a whole private range through to ${listNames(ports.map((port) => `${ADMIN_PORTS.get(port)} (TCP ${port})`))} by rule ${rule.name} (priority ${rule.priority}): every connected network, now and later. Name the subnets that need it.`,
          decide: 'Which subnets need it?',
        })
        yield takesRule(hit, rule)
      }
    }
  },

  merge: mergeAzure,
})

const WIDE_PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(cidr)
