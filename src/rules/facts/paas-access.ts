import { type AddressSet, NO_ADDRESSES } from '../../algebra/addresses.ts'
import type { Origin } from '../../base/origin.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { type AzureObject, read } from '../../model/azure/azure-object.ts'
import type { PropList } from '../../model/azure/prop.ts'
import { surely, textProp } from '../../model/azure/prop.ts'
import type { ServiceEndpoint } from '../../model/azure/service.ts'
import { addressesOf, foreignPart, isInternet } from './public-ranges.ts'

/** Addresses that one service admits, or one rule of a service that is not in the tree. */
export interface AdmittedRanges {
  readonly object: AzureObject
  /** Public addresses that are not trusted, for certain. */
  readonly addresses: AddressSet
  readonly items: PropList<string>
  /** Every address of Azure, whosever, for certain. */
  readonly azure: Origin | undefined
}

/** A public endpoint that is certainly on: neither switched off nor placed into a subnet. */
export function hasPublicEndpoint({ publicAccess, injectedInto }: ServiceEndpoint): boolean {
  return surely(publicAccess, 'Enabled') && injectedInto.kind === 'absent'
}

/** Whether everybody may call the public endpoint: no rules, a default that allows, or ranges that add up to the internet. */
export function isOpenToAll(service: ServiceEndpoint, trusted: AddressSet): boolean {
  if (!hasPublicEndpoint(service) || service.kind.rules === 'none') return false
  return (
    surely(service.defaultAction, 'Allow') || isInternet(foreignPart(addressesOf(service.ipRules).certain, trusted))
  )
}

/** Whether the public endpoint is on and its rules let nobody in yet. */
export function admitsNobody({ kind, defaultAction, ipRules, subnetRules, allowsAzure }: ServiceEndpoint): boolean {
  return (
    kind.rules !== 'none' &&
    surely(defaultAction, 'Deny') &&
    ipRules.complete &&
    ipRules.items.length === 0 &&
    subnetRules.length === 0 &&
    surely(allowsAzure, false)
  )
}

/** What the rules of services admit, service by service; rules whose server is elsewhere stand for themselves. */
export function admittedRanges(azure: AzureNetwork, trusted: AddressSet): readonly AdmittedRanges[] {
  const own = azure.services.all
    .filter((service) => hasPublicEndpoint(service) && !surely(service.defaultAction, 'Allow'))
    .map(
      (service): AdmittedRanges => ({
        object: service.object,
        addresses: foreignPart(addressesOf(service.ipRules).certain, trusted),
        items: service.ipRules,
        azure: surely(service.allowsAzure, true) ? azureRule(azure, service) : undefined,
      }),
    )
  return [...own, ...orphanRules(azure, trusted)]
}

/** Where the rule that admits every Azure address stands. */
function azureRule({ objects }: AzureNetwork, { object }: ServiceEndpoint): Origin {
  const rule = objects.childrenOf(object, 'firewallRules').find((child) => rangeText(child) === AZURE)
  return rule?.resource.origin ?? object.resource.origin
}

/** The rule that means every Azure address. Source: learn.microsoft.com/azure/azure-sql/database/firewall-configure#connections-from-inside-azure */
const AZURE = '0.0.0.0-0.0.0.0'

function orphanRules({ objects }: AzureNetwork, trusted: AddressSet): readonly AdmittedRanges[] {
  return objects.objects
    .filter(
      ({ type, parent, existing }) =>
        DATABASE_RULE.test(type) && (parent === undefined || parent.existing) && !existing,
    )
    .map((object): AdmittedRanges => {
      const { origin } = object.resource
      const text = rangeText(object)
      const isAzure = text === AZURE
      const items: PropList<string> = {
        items: text === undefined || isAzure ? [] : [{ known: true, value: text, origin }],
        complete: text !== undefined,
        origin,
        absent: false,
      }
      return {
        object,
        addresses: text === undefined || isAzure ? NO_ADDRESSES : foreignPart(addressesOf(items).certain, trusted),
        items,
        azure: isAzure ? origin : undefined,
      }
    })
}

const DATABASE_RULE = /^microsoft\.(?:sql|dbforpostgresql|dbformysql|dbformariadb|cache)\/.*\/firewallrules$/

/** `first-last` of a rule with known ends. */
function rangeText(object: AzureObject): string | undefined {
  const end = (...names: readonly string[]) => {
    const value = names.map((name) => read(object, `properties.${name}`)).find((found) => found !== undefined)
    const text = textProp(value, '', object.resource.origin)
    return text.known && text.value !== '' ? text.value : undefined
  }
  const [first, last] = [end('startIpAddress', 'startIP'), end('endIpAddress', 'endIP')]
  return first === undefined || last === undefined ? undefined : `${first}-${last}`
}
