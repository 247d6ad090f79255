import type { Witness } from '../rules/finding.ts'

/** `10.244.1.7 (payments/checkout) → 198.51.100.7:4444 TCP` */
export function packetWords({ packet }: Witness): string {
  const source = packet.sourceAddress === undefined ? packet.from : `${packet.sourceAddress} (${packet.from})`
  const host = packet.name ?? packet.destinationAddress ?? packet.to
  const bracketed = host.includes(':') && packet.port !== undefined ? `[${host}]` : host
  const target = packet.port === undefined ? bracketed : `${bracketed}:${packet.port}`
  const peer = host === packet.to || packet.to === 'internet' ? '' : ` (${packet.to})`
  const protocol = packet.protocol === 'any' ? 'any protocol' : packet.protocol
  return `${source} → ${target}${peer} ${protocol}`
}

/** What becomes of the packet, as its path says. */
export function outcome({ path }: Witness): 'delivered' | 'dropped' | 'may be delivered' {
  if (path.some(({ verdict }) => verdict === 'deny')) return 'dropped'
  return path.some(({ verdict }) => verdict === 'unknown') ? 'may be delivered' : 'delivered'
}
