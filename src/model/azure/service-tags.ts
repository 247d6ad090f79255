import { ALL_SERVICES, regionSet, type ServiceSet, serviceSet, symbolSet } from '../../algebra/service-sets.ts'
import type { UnknownValue } from '../../base/value.ts'
import { SERVICE_KINDS } from './service.ts'

/** Tags that stand for something of the network they are used in, or for the platform, and not for a service's public addresses. */
export const NETWORK_TAGS = [
  'VirtualNetwork',
  'Internet',
  'AzureLoadBalancer',
  'AzurePlatformDNS',
  'AzurePlatformIMDS',
  'AzurePlatformLKM',
] as const
export type NetworkTag = (typeof NETWORK_TAGS)[number]

/** Tags with a dot that is part of their name and does not lead to a region. Source: learn.microsoft.com/azure/virtual-network/service-tags-overview, August 2026. */
const DOTTED = ['azurefrontdoor', 'azureactivedirectorydomainservices']

/** The network tag of a text, compared without case; undefined for addresses and services. */
export function networkTag(text: string): NetworkTag | undefined {
  const lower = text.toLowerCase()
  return NETWORK_TAGS.find((tag) => tag.toLowerCase() === lower)
}

/**
 * The public addresses that a service tag stands for; undefined where the text is no tag at all.
 *
 * Every well-formed word is a tag: those that are not known stay sets of their own. `Tag.Region` lies in `Tag`, and every tag in
 * `AzureCloud`, which holds for most services and is not guaranteed by Azure.
 */
export function serviceTag(text: string): ServiceSet | undefined {
  if (!/^[A-Za-z][A-Za-z0-9]*(?:\.(?:[A-Za-z0-9]+|<[^<>]+>))*$/.test(text)) return undefined
  const lower = text.toLowerCase()
  const dot = lower.indexOf('.')
  const [name, region] = dot < 0 ? [lower, undefined] : [lower.slice(0, dot), lower.slice(dot + 1)]
  if (region === undefined) return name === 'azurecloud' ? ALL_SERVICES : serviceSet(name)
  if (DOTTED.includes(name)) return serviceSet(lower)
  return name === 'azurecloud' ? regionSet(symbolSet([region])) : serviceSet(name, symbolSet([region]))
}

/**
 * A tag of which only the region is not known, with the name of what will give it: `AzureCloud.<location>`. Undefined for any other
 * unknown text.
 */
export function openTag({ prefix, detail, parts }: UnknownValue): string | undefined {
  const service = /^([A-Za-z][A-Za-z0-9]*)\.$/.exec(prefix ?? '')?.[1]
  if (service === undefined || (parts !== undefined && parts.length > 2)) return undefined
  const name = /"([^"<>]+)"/.exec(detail)?.[1] ?? 'region'
  return `${service}.<${name}>`
}

/** True for a region of {@link openTag}: it may be any. */
export function isOpenRegion(region: string): boolean {
  return region.startsWith('<')
}

/** `West Europe` and `westeurope` are one region. */
export function regionKey(location: string): string {
  return location.toLowerCase().replaceAll(' ', '')
}

/**
 * Well-known names of Azure services that have a tag. Sources: the tags' own descriptions and AKS's required outbound rules
 * (learn.microsoft.com/azure/aks/outbound-rules-control-egress), August 2026.
 */
const NAMES: readonly (readonly [suffix: string, tag: string])[] = [
  ['mcr.microsoft.com', 'MicrosoftContainerRegistry'],
  ['management.azure.com', 'AzureResourceManager'],
  ['login.microsoftonline.com', 'AzureActiveDirectory'],
  ['ods.opinsights.azure.com', 'AzureMonitor'],
  ['oms.opinsights.azure.com', 'AzureMonitor'],
  ['monitoring.azure.com', 'AzureMonitor'],
  ['ingest.monitor.azure.com', 'AzureMonitor'],
  ...SERVICE_KINDS.flatMap(({ tag, suffixes }) =>
    tag === undefined ? [] : Object.values(suffixes).map((suffix) => [suffix, tag] as const),
  ),
]

/** The tag whose service answers under a public name; undefined for names that are not Azure's. */
export function tagOfName(name: string): string | undefined {
  const lower = name.toLowerCase()
  return NAMES.find(([suffix]) => lower === suffix || lower.endsWith(`.${suffix}`))?.[1]
}
