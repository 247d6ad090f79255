import { type Address, type Family, familyOf, toAddress } from './address.ts'
import { anyAddress, podNamed, poolNamed, rangeFor, subnetNamed, type World } from './cards.ts'
import type { Pod, Pool } from './cluster-state.ts'
import { isPublic, type Place } from './places.ts'
import type { Question, State } from './state.ts'
import type { Choose } from './worlds.ts'

/** Who is meant by the end of a question. */
export type Target =
  | { readonly kind: 'pod'; readonly pod: Pod }
  | { readonly kind: 'node'; readonly pool: Pool }
  | { readonly kind: 'private'; readonly address: Address }
  | { readonly kind: 'public'; readonly place: Place; readonly name?: string }
  | { readonly kind: 'metadata' }
  | { readonly kind: 'api-server' }

export function targetOf(world: World, text: string): Target {
  const { state } = world
  if (text === 'internet') return { kind: 'public', place: { kind: 'public' } }
  if (text === 'metadata') return { kind: 'metadata' }
  if (text === 'api-server') return { kind: 'api-server' }
  const [kind, first, second] = text.split('/')
  if (kind === 'tag') {
    const [tag, region] = first!.split('.')
    return { kind: 'public', place: { kind: 'public', tag: tag!, ...(region !== undefined && { region }) } }
  }
  if (kind === 'node') return { kind: 'node', pool: poolNamed(state, first!) }
  if (kind === 'subnet') {
    const { subnet } = subnetNamed(state, first!, second!)
    return { kind: 'private', address: anyAddress(world, text, rangeFor(world, subnet)) }
  }
  const address = toAddress(text)
  if (address !== undefined) {
    const place: Place = { kind: 'address', address }
    return isPublic(state, place) ? { kind: 'public', place } : { kind: 'private', address }
  }
  const pod = podNamed(state, text)
  if (pod !== undefined) return { kind: 'pod', pod }
  return { kind: 'public', place: { kind: 'public' }, name: text }
}

/** What is written decides; between two hosts with both families either may be used. */
export function familyOfPacket(state: State, choose: Choose, { from, to }: Question): Family {
  const [written] = [from, to].flatMap((name) => toAddress(name) ?? [])
  if (written !== undefined) return familyOf(written)
  const hasBoth = (name: string) => {
    const [kind, vnet, subnet] = name.split('/')
    if (kind === 'subnet') return subnetNamed(state, vnet!, subnet!).subnet.prefix6 !== undefined
    return state.cluster.podCidr6 !== undefined && (kind === 'node' || podNamed(state, name) !== undefined)
  }
  // Hosts get to pods with a range of their own by frontends, which have IPv4 addresses.
  if (from.startsWith('subnet/') && podNamed(state, to)?.hostNetwork === false) return 4
  return hasBoth(from) && hasBoth(to) ? choose('family', [4, 6] as const) : 4
}
