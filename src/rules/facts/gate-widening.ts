import { connectionSets, printConnections } from '../../algebra/connections.ts'
import { printEnd } from '../../compare/azure-flows.ts'
import { type GateChange, gateChanges } from '../../compare/gates.ts'
import type { PacketBox, Packets } from '../../compare/packets.ts'
import type { StateView } from '../../compare/state-view.ts'
import { NOWHERE, type Places, places } from '../../reach/azure/places.ts'
import type { ChangeView } from '../rule.ts'
import type { RuleSettings } from '../settings.ts'
import { azureOf } from './azure-view.ts'

const known = new WeakMap<StateView, readonly GateChange[]>()

/** What security groups, firewalls, API servers and PaaS firewalls of one state let through differently after a change. */
export function gateChangesOf({ base, head }: ChangeView): readonly GateChange[] {
  if (base === undefined || head === undefined) return []
  let changes = known.get(head)
  if (changes === undefined) {
    changes = gateChanges(azureOf(base), azureOf(head), head.identity)
    known.set(head, changes)
  }
  return changes
}

/** Packets whose far end the configuration neither trusts nor approves of. */
export function untrusted(packets: Packets, far: 'from' | 'to', { trusted, approved }: RuleSettings): Packets {
  const known: Places = { ...NOWHERE, addresses: trusted, hosts: approved }
  return packets.flatMap((box): Packets => {
    const end = places.subtract(box[far], known)
    return places.isEmpty(end) && !places.isEmpty(box[far]) ? [] : [{ ...box, [far]: end }]
  })
}

/** `TCP 443 from 203.0.113.0/24, TCP 22 from 10.0.0.0/8 and more`: the first of the packets, by their far end. */
export function printPackets(packets: Packets, far: 'from' | 'to'): string {
  const byEnd = new Map<string, PacketBox>()
  for (const box of packets) {
    const end = printEnd(box[far])
    const same = byEnd.get(end)
    byEnd.set(
      end,
      same === undefined ? box : { ...box, connections: connectionSets.union(same.connections, box.connections) },
    )
  }
  const parts = [...byEnd].map(([end, { connections }]) => `${printConnections(connections)} ${far} ${shorten(end)}`)
  return parts.length > 3 ? `${parts.slice(0, 3).join(', ')} and more` : parts.join(', ')
}

function shorten(text: string): string {
  const items = text.split(', ')
  return items.length > 6 ? `${items.slice(0, 5).join(', ')} and ${items.length - 5} more` : text
}
