import { addressSets } from '../algebra/addresses.ts'
import { type Bounds, exactly } from '../algebra/bounds.ts'
import { ALL_CONNECTIONS } from '../algebra/connections.ts'
import { toPlace } from '../base/origin.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { type AzureObject, labelOf } from '../model/azure/azure-object.ts'
import { linksAt } from '../model/azure/link.ts'
import type { NetworkInterface } from '../model/azure/outbound.ts'
import { knownValue } from '../model/azure/prop.ts'
import { answerable } from '../reach/azure/arrivals.ts'
import { azureEgress } from '../reach/azure/azure-egress.ts'
import { azureIngress } from '../reach/azure/azure-ingress.ts'
import { type PlaceRegion, placeRegions, regionBounds } from '../reach/azure/flows.ts'
import { opensByAddress } from '../reach/azure/from-internet.ts'
import { type Host, hostOfCard } from '../reach/azure/hosts.ts'
import { atAddresses, EVERYWHERE, INTERNET, PLATFORM, type Places, places } from '../reach/azure/places.ts'
import { type Site, toSite } from '../reach/azure/state.ts'
import { keyOf } from './attachments.ts'
import { printEnd } from './azure-flows.ts'
import { identitiesOf } from './azure-identity.ts'
import type { Flow, FlowEnd } from './flows.ts'
import { namePlaces } from './name-places.ts'
import { oncePerPair } from './network-pair.ts'
import { divide } from './pieces.ts'

/**
 * What a change opens and closes for single machines by the security groups that it attaches to their cards and takes off them, with the
 * group of the subnet beside them. What the rules of a group say is compared where they are written.
 */
export function cardFlows(
  base: AzureNetwork,
  head: AzureNetwork,
  identity: (address: string) => string,
): readonly Flow[] {
  return base === head ? [] : flowsOfPair(base, head, identity)
}

const flowsOfPair = oncePerPair((base, head, identity): readonly Flow[] => {
  const [before, after] = [toSite({ azure: base }), toSite({ azure: head })]
  return alteredCards(base, head, identity).flatMap((card) => flowsOf(card, before, after))
})

/** A card that has another security group than before. */
interface AlteredCard {
  readonly was: NetworkInterface
  readonly is: NetworkInterface
}

function alteredCards(
  base: AzureNetwork,
  head: AzureNetwork,
  identity: (address: string) => string,
): readonly AlteredCard[] {
  const before = identitiesOf(base.objects, (address) => address, undefined)
  const after = identitiesOf(head.objects, identity, before)
  const old = new Map(base.interfaces.filter(({ many }) => !many).map((card) => [before.of(card.object), card]))
  return head.interfaces.flatMap((is): readonly AlteredCard[] => {
    const was = is.many ? undefined : old.get(after.of(is.object))
    if (was === undefined || was === is) return []
    return keyOf(was.securityGroup, before) === keyOf(is.securityGroup, after) ? [] : [{ was, is }]
  })
}

/** Platform addresses are reached whatever filters say. */
const BEYOND = places.subtract(EVERYWHERE, atAddresses(PLATFORM))

function flowsOf({ was, is }: AlteredCard, before: Site, after: Site): readonly Flow[] {
  const [old, now] = [hostOfCard(before, was), hostOfCard(after, is)]
  if (old === undefined || now === undefined) return []
  const own: FlowEnd = { name: nameOf(after.azure, is) }
  const regions = { ingress: arriving, egress: azureEgress }
  const others = exactly(placeRegions.of(BEYOND, ALL_CONNECTIONS))
  const cause = causeOf(was, is)
  return (['ingress', 'egress'] as const).flatMap((kind) => {
    const side = (site: Site, host: Host) => regionBounds.intersect(regions[kind](site, host), others)
    return divide(side(before, old), side(after, now)).flatMap((piece): readonly Flow[] => {
      const rest = { before: piece.before, after: piece.after, cause }
      return kind === 'ingress'
        ? nameSources(piece.where).map((from) => ({ kind, from, to: own, ...rest }))
        : namePlaces(piece.where).map((to) => ({ kind, from: own, to, ...rest }))
    })
  })
}

/** What gets to a machine: the internet by its own public address, where that is open and the answer goes straight back. */
function arriving(site: Site, host: Host): Bounds<PlaceRegion> {
  const isOpen = host.publicIps.length > 0 && opensByAddress(site, host)
  const all = azureIngress(site, isOpen ? host : { ...host, publicIps: [] })
  if (!isOpen) return all
  const inside = places.subtract(EVERYWHERE, INTERNET)
  const { certain, possible } = answerable(site, host)
  const from = (where: Places) => placeRegions.of(places.union(where, inside), ALL_CONNECTIONS)
  return regionBounds.intersect(all, { certain: from(certain), possible: from(possible) })
}

/** Clients have no names: those of the internet are told by what they are not. */
function nameSources(where: Places): readonly FlowEnd[] {
  const outside = places.intersect(where, INTERNET)
  const inside = namePlaces(atAddresses(addressSets.subtract(where.addresses, outside.addresses)))
  if (places.isEmpty(outside)) return inside
  return [{ name: printEnd(outside), addresses: outside.addresses }, ...inside]
}

/** `vm/jump`, or `nic/jump` where no machine of the tree has the card. */
function nameOf({ objects }: AzureNetwork, card: NetworkInterface): string {
  const machine = objects
    .ofType('microsoft.compute/virtualmachines')
    .find((one) =>
      linksAt(objects, one, 'properties.networkProfile.networkInterfaces', 'id').some(
        (link) => link.kind === 'found' && link.object === card.object,
      ),
    )
  return machine === undefined ? `nic/${plainName(card.object)}` : `vm/${plainName(machine)}`
}

function plainName(object: AzureObject): string {
  return knownValue(object.name) ?? object.resource.address
}

/** The line that attaches, on the side that has it; of the head where both do. */
function causeOf(was: NetworkInterface, is: NetworkInterface): NonNullable<Flow['cause']> {
  const isGone = is.securityGroup.kind === 'absent'
  const { securityGroup: link, object } = isGone ? was : is
  const { file, line } = toPlace(link.origin)
  const group = link.kind === 'found' ? labelOf(link.object) : 'a security group that is not in the tree'
  const words = `${labelOf(object)} ${isGone ? 'had' : 'has'} ${group} attached`
  return {
    file,
    line,
    resource: object.resource.address,
    why: `nsg: ${words}`,
    ...(isGone && { side: 'base' as const }),
  }
}
