import { type AddressSet, addressSets, NO_ADDRESSES } from '../../algebra/addresses.ts'
import { connectionSets } from '../../algebra/connections.ts'
import type { StateView } from '../../compare/state-view.ts'
import { PUBLIC_ADDRESSES } from '../../reach/address-ranges.ts'
import type { Door } from '../../reach/door.ts'
import type { Reachability } from '../../reach/reachability.ts'
import { countAddresses, HALF_OF_V4, publicPart } from './open-egress.ts'

/** How sure it is that the internet gets in: past every layer that the tree shows, or as far as anybody knows. */
export type Side = 'certain' | 'possible'

interface Exposed {
  readonly trusted: AddressSet
  readonly doors: Readonly<Record<Side, ReadonlyMap<number, readonly Door[]>>>
}

const known = new WeakMap<Reachability, Exposed>()

/** The ways by which the internet gets to pods, by the number of their class; trusted ranges and lists of ranges are not the internet. */
export function exposedClasses(
  { reach }: StateView,
  trusted: AddressSet,
  side: Side,
): ReadonlyMap<number, readonly Door[]> {
  const made = known.get(reach)
  if (made !== undefined && addressSets.equal(made.trusted, trusted)) return made.doors[side]
  const doors = reach.doors()
  const exposed = {
    trusted,
    doors: { certain: byClass(doors, trusted, 'certain'), possible: byClass(doors, trusted, 'possible') },
  }
  known.set(reach, exposed)
  return exposed.doors[side]
}

function byClass(doors: readonly Door[], trusted: AddressSet, side: Side): ReadonlyMap<number, readonly Door[]> {
  const found = new Map<number, Door[]>()
  for (const door of doors) {
    if (!isOpenToInternet(door, trusted, side)) continue
    const same = found.get(door.subject)
    if (same === undefined) found.set(door.subject, [door])
    else same.push(door)
  }
  return found
}

/** Whether strangers get through the door to the pods behind it. */
export function isOpenToInternet({ internet, admitted }: Door, trusted: AddressSet, side: Side): boolean {
  return !connectionSets.isEmpty(internet[side]) && countAddresses(publicPart(admitted[side], trusted)) >= HALF_OF_V4
}

/** Everybody whom a state does not let in through any of the ways to a class; everybody at all where that leaves nobody. */
export function newcomers(before: StateView | undefined, trusted: AddressSet, subject: number): AddressSet {
  const doors = before?.reach.doors().filter((door) => door.subject === subject) ?? []
  const known = doors
    .filter(({ internet }) => !connectionSets.isEmpty(internet.possible))
    .reduce((sum, { admitted }) => addressSets.union(sum, admitted.possible), NO_ADDRESSES)
  const others = addressSets.subtract(addressSets.subtract(PUBLIC_ADDRESSES, trusted), known)
  return addressSets.isEmpty(others) ? PUBLIC_ADDRESSES : others
}

const KINDS: Readonly<Record<Door['kind'], string>> = {
  'load-balancer': '',
  'node-port': 'the node port of ',
  'external-ip': 'an external address of ',
  ingress: '',
  'host-port': 'the host port of ',
  'host-network': 'the network of the nodes that it shares, by ',
  'firewall-nat': 'a DNAT rule of ',
}

/** `Service/shop/web`, `the node port of Service/shop/web`. */
export function doorWords({ kind, resource }: Door): string {
  return `${KINDS[kind]}${resource.address}`
}
