import { type AddressSet, ALL_ADDRESSES, ALL_V4, addressSets, NO_ADDRESSES } from '../algebra/addresses.ts'
import type { Bounds } from '../algebra/bounds.ts'
import { type ConnectionSet, connectionSets, singlePort } from '../algebra/connections.ts'
import { ALL_SERVICES } from '../algebra/service-sets.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { type AzureObject, fullName, labelOf, read } from '../model/azure/azure-object.ts'
import type { AzureObjects } from '../model/azure/azure-objects.ts'
import type { Cluster } from '../model/azure/cluster.ts'
import { type PropList, surely, textProp } from '../model/azure/prop.ts'
import type { ServiceEndpoint } from '../model/azure/service.ts'
import { PUBLIC_ADDRESSES } from '../reach/address-ranges.ts'
import { atAddresses, atServices, INTERNET, NOWHERE, type Places, parseRange, places } from '../reach/azure/places.ts'
import { perimeterOf } from '../reach/azure/unwalked.ts'
import { standIn } from './stand-in.ts'

/** Who may call the public endpoint of a service: as far as its own rules say, and nobody for certain where a perimeter may decide. */
export function callersOf(azure: AzureNetwork, service: ServiceEndpoint): Bounds<Places> {
  const own = callersByRules(azure, service)
  return perimeterOf(azure, service) === undefined ? own : { certain: NOWHERE, possible: ANYBODY }
}

function callersByRules(azure: AzureNetwork, service: ServiceEndpoint): Bounds<Places> {
  const { publicAccess, injectedInto, defaultAction, ipRules, allowsAzure, subnetRules } = service
  if (injectedInto.kind === 'found' || injectedInto.kind === 'outside') return { certain: NOWHERE, possible: NOWHERE }
  if (publicAccess.known && publicAccess.value === 'Disabled') return { certain: NOWHERE, possible: NOWHERE }
  const isOn = surely(publicAccess, 'Enabled') && injectedInto.kind === 'absent'
  if (surely(defaultAction, 'Allow')) return { certain: isOn ? ANYBODY : NOWHERE, possible: ANYBODY }
  const ranges = rangesOf(ipRules)
  const services = allowsAzure.known && allowsAzure.value ? atServices(ALL_SERVICES) : NOWHERE
  const subnets = subnetRules
    .map(({ subnet }) => (subnet.kind === 'found' ? standIn(`subnet ${armNameOf(azure, subnet.object)}`) : NOWHERE))
    .reduce(places.union, NOWHERE)
  const known = [admitted(ranges.certain), services, subnets].reduce(places.union)
  const isOpenEnded = !defaultAction.known || !allowsAzure.known || !ipRules.complete
  return { certain: isOn ? known : NOWHERE, possible: isOpenEnded ? ANYBODY : known }
}

/** `vnet/subnet`, whatever address the code gives it; its label where it has no known name, or not it alone has it. */
function armNameOf({ objects }: AzureNetwork, object: AzureObject): string {
  let counts = counted.get(objects)
  if (counts === undefined) {
    counts = new Map()
    for (const subnet of objects.ofType(object.type)) {
      const name = fullName(subnet).toLowerCase()
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    counted.set(objects, counts)
  }
  const name = fullName(object)
  return name.includes('?') || counts.get(name.toLowerCase()) !== 1 ? labelOf(object) : name
}

/** How many subnets have a name. */
const counted = new WeakMap<AzureObjects, Map<string, number>>()

/** Whom one rule of a database admits; anybody where its ends are not known. */
export function callersOfRule(rule: AzureObject): Places {
  const end = (...names: readonly string[]) =>
    textProp(
      names.map((name) => read(rule, `properties.${name}`)).find((value) => value !== undefined),
      '',
      rule.resource.origin,
    )
  const [first, last] = [end('startIpAddress', 'startIP'), end('endIpAddress', 'endIP')]
  if (!first.known || !last.known) return ANYBODY
  if (first.value === '0.0.0.0' && last.value === '0.0.0.0') return atServices(ALL_SERVICES)
  const range = parseRange(`${first.value}-${last.value}`)
  return range === undefined ? ANYBODY : admitted(range)
}

/** Who may connect to the public API server of a cluster. */
export function apiCallersOf({ api }: Cluster): Bounds<Places> {
  if (api.private.known && api.private.value) return { certain: NOWHERE, possible: NOWHERE }
  const { authorizedRanges: ranges } = api
  const isPublic = surely(api.private, false)
  if (ranges.complete && ranges.items.length === 0) return { certain: isPublic ? ANYBODY : NOWHERE, possible: ANYBODY }
  const { certain, possible } = rangesOf(ranges)
  return { certain: isPublic ? admitted(certain) : NOWHERE, possible: admitted(possible) }
}

/** What is filled in later is one thing: which value that will be is no news. */
export const LATER = standIn('an address that is filled in later')
/** The internet, whoever will be filled in included. */
export const ANYBODY: Places = places.union(INTERNET, LATER)

/** Ranges that hold every public address of IPv4 admit everybody, however they are written. */
function admitted(addresses: AddressSet): Places {
  return addressSets.covers(addresses, PUBLIC_V4) ? ANYBODY : atAddresses(addresses)
}

const PUBLIC_V4 = addressSets.intersect(PUBLIC_ADDRESSES, ALL_V4)

/** Addresses that a list holds. An item that is not known is some address, and not everybody; a list that is not known may be any. */
function rangesOf({ items, complete }: PropList<string>): Bounds<AddressSet> {
  const known = items
    .map((item) => (item.known ? (parseRange(item.value) ?? NO_ADDRESSES) : LATER.addresses))
    .reduce(addressSets.union, complete ? NO_ADDRESSES : LATER.addresses)
  return { certain: known, possible: complete ? known : ALL_ADDRESSES }
}

export const HTTPS: ConnectionSet = singlePort('TCP', 443)

/** Ports of a service, by its ARM type; HTTPS for all others. Sources: each product's connectivity page, August 2026. */
const PORTS: Readonly<Record<string, readonly number[]>> = {
  'microsoft.sql/servers': [1433],
  'microsoft.dbforpostgresql/flexibleservers': [5432],
  'microsoft.dbforpostgresql/servers': [5432],
  'microsoft.dbformysql/flexibleservers': [3306],
  'microsoft.dbformysql/servers': [3306],
  'microsoft.dbformariadb/servers': [3306],
  'microsoft.cache/redis': [6379, 6380],
  'microsoft.servicebus/namespaces': [443, 5671, 5672],
  'microsoft.eventhub/namespaces': [443, 5671, 5672, 9093],
}

export function portsOfService({ kind }: ServiceEndpoint): ConnectionSet {
  return (PORTS[kind.type] ?? [443]).map((port) => singlePort('TCP', port)).reduce(connectionSets.union)
}
