import { type Bounds, boundsOf, exactly } from '../../algebra/bounds.ts'
import { serviceSet } from '../../algebra/service-sets.ts'
import type { UnknownValue } from '../../base/value.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { type AzureObject, read } from '../../model/azure/azure-object.ts'
import { at, blocksOf, type Prop, type PropList, textProp } from '../../model/azure/prop.ts'
import { type NetworkTag, networkTag, openTag, serviceTag } from '../../model/azure/service-tags.ts'
import type { Resource } from '../../parse/resource.ts'
import { atAddresses, atServices, EVERYWHERE, NOWHERE, type Places, parsePlaces, parseRange, places } from './places.ts'

/** What a list of prefixes stands for: places that are the same everywhere, and tags that depend on where the rule is used. */
export interface PrefixSet {
  readonly places: Bounds<Places>
  readonly tags: readonly NetworkTag[]
}

export const placeBounds = boundsOf(places)
export const ANYTHING: Bounds<Places> = { certain: NOWHERE, possible: EVERYWHERE }
const NOTHING: Bounds<Places> = exactly(NOWHERE)

/** Reads addresses, ranges, `*`, service tags and references to addresses of the tree. */
export function toPrefixSet(network: AzureNetwork, list: PropList<string>, from: Resource): PrefixSet {
  const parts: Bounds<Places>[] = []
  const tags: NetworkTag[] = []
  for (const item of list.items) {
    const tag = item.known ? networkTag(item.value) : undefined
    if (tag !== undefined) tags.push(tag)
    else parts.push(toPlaces(network, item, from))
  }
  if (!list.complete) parts.push(ANYTHING)
  return { places: parts.reduce(placeBounds.union, NOTHING), tags }
}

/** One prefix that is no network tag. What cannot be read is unknown: it may stand for anything. */
export function toPlaces(network: AzureNetwork, item: Prop<string>, from: Resource): Bounds<Places> {
  if (!item.known) {
    if (item.unknown.kind === 'choice') {
      const options = item.unknown.options.map((option) => toPlaces(network, textProp(option, '', item.origin), from))
      return {
        certain: options.map(({ certain }) => certain).reduce(places.intersect),
        possible: options.map(({ possible }) => possible).reduce(places.union),
      }
    }
    const target = network.objects.resolve(wholeAddress(item.unknown), from)
    const found = target && addressOf(network, target)
    if (found !== undefined) return found
    const tag = serviceTag(openTag(item.unknown) ?? '')
    return tag === undefined ? ANYTHING : exactly(atServices(tag))
  }
  const plain = parsePlaces(item.value)
  if (plain !== undefined) return exactly(plain)
  const tag = serviceTag(item.value)
  return tag === undefined ? NOTHING : exactly(atServices(tag))
}

/** The reference in `${x.ip_address}/32`, which is the address by itself. */
function wholeAddress(value: UnknownValue): UnknownValue {
  const parts = value.parts?.filter((part) => part !== '')
  if (parts?.length !== 2) return value
  const [hole, after] = parts
  return typeof hole === 'object' && (after === '/32' || after === '/128') ? hole : value
}

/** The address that Azure gives to a public address resource, as a place of its own. */
export function publicPlace(object: AzureObject): Places {
  return atServices(serviceSet(publicKey(object)))
}

export function publicKey({ resource }: AzureObject): string {
  return `address of ${resource.address}${resource.unit.path === '.' ? '' : ` in ${resource.unit.path}`}`
}

/** What an address attribute of a resource of the tree can be. */
function addressOf(network: AzureNetwork, object: AzureObject): Bounds<Places> | undefined {
  if (object.existing) return undefined
  if (object.type.endsWith('/publicipaddresses') || object.type.endsWith('/publicipprefixes'))
    return exactly(publicPlace(object))
  if (object.type.endsWith('/networkinterfaces') || object.type.endsWith('/privateendpoints')) {
    const configurations = blocksOf(read(object, 'properties.ipConfigurations')).blocks
    const written = configurations.flatMap((block) => {
      const text = at(block, 'properties.privateIPAddress')
      const range = text?.kind === 'scalar' ? parseRange(`${text.value}`) : undefined
      return range === undefined ? [] : [atAddresses(range)]
    })
    if (written.length > 0 && written.length === configurations.length) return exactly(written.reduce(places.union))
    return undefined
  }
  const firewall = network.firewalls.of(object)
  return firewall && firewallPlace(network, object)
}

/** The firewall's private address: the one written out, else the first free one of its subnet. */
export function firewallPlace(network: AzureNetwork, object: AzureObject): Bounds<Places> | undefined {
  const firewall = network.firewalls.of(object)
  if (firewall === undefined) return undefined
  const written = firewall.privateAddress?.known === true ? parseRange(firewall.privateAddress.value) : undefined
  if (written !== undefined) return exactly(atAddresses(written))
  const subnet = network.subnets.of(firewall.subnet)
  const first = subnet?.prefixes.items[0]
  const range = first?.known === true ? parseRange(first.value) : undefined
  // Azure keeps the network address and the three that follow it.
  const start = range?.v4[0]
  return start === undefined ? undefined : exactly(atAddresses({ v4: [start + 4, start + 5], v6: [] }))
}
