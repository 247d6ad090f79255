import {
  type AddressSet,
  ALL_V4,
  ALL_V6,
  addressSets,
  parseAddress,
  parseCidr,
  singleAddress,
} from '../algebra/addresses.ts'
import type { ConnectionSet } from '../algebra/connections.ts'
import { compileGlob, type Glob } from './glob.ts'
import { parsePort } from './port.ts'

/**
 * One end of a connection as the configuration names it.
 *
 * `outside` is whatever is not in the cluster: the internet, addresses, domains, service tags and subnets. `name` is a glob of
 * what reports print for a peer: `payments/*`, `tag/Storage.*`, `node/system`, `api-server`, `metadata`.
 */
export type PeerPattern =
  | { readonly kind: 'any' | 'internet' | 'outside'; readonly text: string }
  | { readonly kind: 'addresses'; readonly text: string; readonly addresses: AddressSet }
  | { readonly kind: 'domain'; readonly text: string; readonly name: string; readonly subdomains: boolean }
  | { readonly kind: 'name'; readonly text: string; readonly glob: Glob }

/** A peer with the connections that are meant; every one where no port is named. */
export interface Destination {
  readonly text: string
  readonly peer: PeerPattern
  readonly connections?: ConnectionSet
}

/** Reads a peer, or says what is wrong with it. */
export function parsePeer(text: string): PeerPattern | { readonly error: string } {
  if (text === 'any' || text === '*' || text === '**') return { kind: 'any', text }
  if (text === 'internet' || text === 'outside') return { kind: text, text }
  const addresses = parseRange(text)
  if (addresses !== undefined) return { kind: 'addresses', text, addresses }
  if (/^[0-9a-f.:]+(?:\/\d+)?$/i.test(text) && /[.:]/.test(text))
    return { error: `${text} is not an address or CIDR block` }
  if (DOMAIN.test(text)) {
    const subdomains = text.startsWith('*.')
    return { kind: 'domain', text, name: (subdomains ? text.slice(2) : text).toLowerCase(), subdomains }
  }
  if (!text.includes('/') && !SINGLE_NAMES.has(text)) {
    return { error: `${JSON.stringify(text)} is no peer; a workload is written namespace/name, as in "${text}/*"` }
  }
  const glob = compileGlob(text)
  return 'error' in glob ? glob : { kind: 'name', text, glob }
}

/** Peers that stand alone. */
const SINGLE_NAMES = new Set(['api-server', 'metadata', 'nodes'])
const DOMAIN = /^(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i

/** Reads `peer`, `peer:port` or `peer:port/PROTOCOL`; a block of IPv6 with a port stands in brackets. */
export function parseDestination(text: string): Destination | { readonly error: string } {
  const { peer: peerText, port } = splitPort(text)
  const peer = parsePeer(peerText)
  if ('error' in peer) return peer
  if (port === undefined) return { text, peer }
  const connections = parsePort(port)
  return connections === undefined ? { error: `${JSON.stringify(port)} is not a port` } : { text, peer, connections }
}

function splitPort(text: string): { readonly peer: string; readonly port?: string } {
  const bracketed = /^\[([^\]]*)\](\/\d+)?(?::(.*))?$/.exec(text)
  if (bracketed !== null) {
    const [, address, prefix = '', port] = bracketed
    return { peer: `${address}${prefix}`, ...(port !== undefined && { port }) }
  }
  const colon = text.lastIndexOf(':')
  // More than one colon is an IPv6 address.
  if (colon === -1 || text.indexOf(':') !== colon) return { peer: text }
  return { peer: text.slice(0, colon), port: text.slice(colon + 1) }
}

/** An address or a CIDR block as a set; undefined for anything else. */
export function parseRange(text: string): AddressSet | undefined {
  if (text.includes('/')) return parseCidr(text)?.addresses
  const address = parseAddress(text)
  return address === undefined ? undefined : singleAddress(address)
}

/**
 * True where the pattern covers all of a peer, which is named as reports print it. A range is covered by a range that holds it,
 * and the internet by all addresses of a family.
 */
export function coversPeer(pattern: PeerPattern, peer: string): boolean {
  switch (pattern.kind) {
    case 'any':
      return true
    case 'internet':
      return isInternet(peer)
    case 'outside':
      return isOutside(peer)
    case 'addresses': {
      if (peer === 'internet') return isAllOfFamily(pattern.addresses)
      const addresses = parseRange(peer)
      return addresses !== undefined && addressSets.covers(pattern.addresses, addresses)
    }
    case 'domain': {
      const name = peer.toLowerCase()
      if (pattern.subdomains) return name.endsWith(`.${pattern.name}`)
      return name === pattern.name
    }
    case 'name':
      return pattern.glob.matches(peer)
  }
}

function isInternet(peer: string): boolean {
  if (peer === 'internet') return true
  const addresses = parseRange(peer)
  return addresses !== undefined && isAllOfFamily(addresses)
}

function isAllOfFamily(addresses: AddressSet): boolean {
  return addressSets.covers(addresses, ALL_V4) || addressSets.covers(addresses, ALL_V6)
}

function isOutside(peer: string): boolean {
  return peer === 'internet' || parseRange(peer) !== undefined || DOMAIN.test(peer) || /^(?:tag|subnet)\//.test(peer)
}
