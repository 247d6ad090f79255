import { byCodeUnit } from '../base/order.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import type { CarriedPlaces, Carrier } from '../reach/azure/carriers.ts'
import { type Places, places } from '../reach/azure/places.ts'
import { type AzureIdentities, identitiesOf } from './azure-identity.ts'
import type { Via } from './flows.ts'

/** Destinations to which packets go another way than before. */
export interface WayChange {
  readonly where: Places
  readonly via: Via
}

/** Names for what carries packets in base and head, equal where it is the same resource, whatever it is called. */
export interface CarrierNames {
  readonly base: (carrier: Carrier) => CarrierName
  readonly head: (carrier: Carrier) => CarrierName
}

interface CarrierName {
  /** Equal for one carrier on both sides. */
  readonly key: string
  /** As reports print it: `firewall/hub-fw`, `appliance 10.0.0.4`. */
  readonly name: string
}

/** Destinations that have a way on both sides, and not the same. */
export function wayChanges(
  before: readonly CarriedPlaces[],
  after: readonly CarriedPlaces[],
  names: CarrierNames,
): readonly WayChange[] {
  const was = before.map(({ where, carriers }) => ({ where, way: wayOf(carriers.map(names.base)) }))
  const is = after.map(({ where, carriers }) => ({ where, way: wayOf(carriers.map(names.head)) }))
  return was.flatMap((old) =>
    is.flatMap((now): readonly WayChange[] => {
      if (old.way.key === now.way.key) return []
      const where = places.intersect(old.where, now.where)
      if (places.isEmpty(where)) return []
      const via = { before: old.way.name, after: now.way.name, certain: old.way.certain && now.way.certain }
      return [{ where, via }]
    }),
  )
}

function wayOf(carriers: readonly CarrierName[]): CarrierName & { readonly certain: boolean } {
  const sorted = [...carriers].sort((a, b) => byCodeUnit(a.key, b.key))
  return {
    key: sorted.map(({ key }) => key).join('\0'),
    name: sorted.map(({ name }) => name).join(' or '),
    certain: sorted.length === 1 && sorted[0]!.name !== NOT_KNOWN,
  }
}

/** Where no firewall, appliance or gateway stands on the way. */
export const DIRECT = 'direct'
const NOT_KNOWN = 'not known'

/** `identity` gives the address that the base has for one of the head. */
export function carrierNames(
  base: AzureNetwork,
  head: AzureNetwork,
  identity: (address: string) => string,
): CarrierNames {
  const was = identitiesOf(base.objects, (address) => address, undefined)
  const is = identitiesOf(head.objects, identity, was)
  const namer = (identities: AzureIdentities) => (carrier: Carrier) => nameCarrier(carrier, identities)
  return { base: namer(was), head: namer(is) }
}

function nameCarrier(carrier: Carrier, identities: AzureIdentities): CarrierName {
  switch (carrier.kind) {
    case 'nothing':
      return { key: '', name: DIRECT }
    case 'unknown':
      return { key: '?', name: NOT_KNOWN }
    case 'appliance':
      return { key: carrier.address, name: `appliance ${carrier.address}` }
    case 'firewall':
    case 'gateway': {
      const { object } = carrier
      const name = object.name.known && object.name.value !== '' ? object.name.value : labelOf(object)
      return { key: identities.of(object), name: `${carrier.kind}/${name}` }
    }
  }
}
