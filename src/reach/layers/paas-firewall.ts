import type { Bounds } from '../../algebra/bounds.ts'
import { ALL_SERVICES } from '../../algebra/service-sets.ts'
import { either, type Truth } from '../../algebra/truth.ts'
import { labelOf, read } from '../../model/azure/azure-object.ts'
import { textProp } from '../../model/azure/prop.ts'
import type { ServiceEndpoint } from '../../model/azure/service.ts'
import { regionKey } from '../../model/azure/service-tags.ts'
import type { Subnet } from '../../model/azure/virtual-network.ts'
import type { Answer, Step } from '../azure/outcome.ts'
import { atServices, isIn, NOWHERE, type Places } from '../azure/places.ts'
import { placeBounds, toPlaces } from '../azure/prefixes.ts'
import type { Site } from '../azure/state.ts'
import { perimeterOf } from '../azure/unwalked.ts'

/** Who calls a public endpoint. */
export interface Caller {
  /** Public addresses that it may come with. */
  readonly identity: Bounds<Places>
  /** The subnet whose service endpoint carries the call: then it has no public address. */
  readonly subnet: Subnet | undefined
  /** Region of the caller, where it is in Azure; a key that is equal for equal regions. */
  readonly region: string | undefined
}

/**
 * Public path: access on, and the default, an IP rule, a network rule or a bypass admits the caller. IP rules of storage do not hold for
 * callers of its own region, who come with private addresses.
 * Source: learn.microsoft.com/azure/storage/common/storage-network-security
 */
export function judgeService(site: Site, service: ServiceEndpoint, caller: Caller): Step {
  const { object, publicAccess, defaultAction } = service
  const at = { layer: 'paas-firewall' as const, resource: object.resource }
  const label = labelOf(object)
  if (service.injectedInto.kind !== 'absent') {
    return {
      ...at,
      answer: 'denied',
      rule: `${label} is in a subnet and has no public endpoint`,
      origin: service.injectedInto.origin,
    }
  }
  const perimeter = perimeterOf(site.azure, service)
  if (perimeter !== undefined) {
    const rule = `${label}: ${labelOf(perimeter)} puts it into a network security perimeter, which decides`
    return { layer: 'paas-firewall', answer: 'unknown', rule, resource: perimeter.resource }
  }
  if (!publicAccess.known)
    return {
      ...at,
      answer: 'unknown',
      rule: `${label}: public network access is not known`,
      origin: publicAccess.origin,
    }
  if (publicAccess.value === 'Disabled') {
    return { ...at, answer: 'denied', rule: `${label}: public network access is disabled`, origin: publicAccess.origin }
  }
  if (publicAccess.value === 'SecuredByPerimeter') {
    return {
      ...at,
      answer: 'unknown',
      rule: `${label}: a network security perimeter decides`,
      origin: publicAccess.origin,
    }
  }
  const byDefault: Truth = !defaultAction.known ? 'maybe' : defaultAction.value === 'Allow' ? 'yes' : 'no'
  const reasons: readonly (readonly [Truth, string])[] = [
    [byDefault, 'all networks are admitted'],
    [byNetwork(site, service, caller), 'a network rule admits the subnet'],
    [byAddress(site, service, caller), 'an IP rule admits the address'],
    [byAzure(service, caller), 'every Azure address is admitted'],
  ]
  const truth = reasons.map(([value]) => value).reduce(either)
  const why = reasons.find(([value]) => value === truth)![1]
  const answer: Answer = truth === 'yes' ? 'allowed' : truth === 'no' ? 'denied' : 'unknown'
  const rule = answer === 'denied' ? 'no rule admits the caller' : answer === 'unknown' ? `perhaps ${why}` : why
  return { ...at, answer, rule: `${label}: ${rule}`, origin: defaultAction.origin }
}

function byNetwork(site: Site, { subnetRules }: ServiceEndpoint, { subnet }: Caller): Truth {
  let truth: Truth = 'no'
  for (const { subnet: link } of subnetRules) {
    const ruled = site.azure.subnets.of(link)
    if (ruled !== undefined && ruled === subnet) return 'yes'
    // A rule for a subnet that is not in the tree is for another one than the caller's.
    if (link.kind === 'unknown' && subnet !== undefined) truth = 'maybe'
  }
  return truth
}

function byAddress(site: Site, service: ServiceEndpoint, caller: Caller): Truth {
  if (caller.subnet !== undefined) return 'no'
  const { ipRules, object, kind } = service
  if (ipRules.absent) return 'no'
  const rules = ipRules.items
    .map((item) => toPlaces(site.azure, item, object.resource))
    .reduce(placeBounds.union, NOTHING)
  const surely = isIn(caller.identity.possible, rules.certain)
  const possibly = isIn(caller.identity.possible, rules.possible) === 'no' ? 'no' : 'maybe'
  const match: Truth = surely === 'yes' ? 'yes' : either(surely, possibly)
  if (match === 'no' || kind.ignoresOwnRegion !== true || caller.region === undefined) return match
  const own = regionOf(object)
  if (own === caller.region) return 'no'
  return own.startsWith('?') || caller.region.startsWith('?') ? 'maybe' : match
}

const NOTHING: Bounds<Places> = { certain: NOWHERE, possible: NOWHERE }
const AZURE = atServices(ALL_SERVICES)

function byAzure({ allowsAzure }: ServiceEndpoint, { identity, subnet }: Caller): Truth {
  if (subnet !== undefined) return 'no'
  if (!allowsAzure.known) return 'maybe'
  return allowsAzure.value ? isIn(identity.possible, AZURE) : 'no'
}

/** A key of a resource's region: its name, or what is said of the unknown value, so that one parameter is one region. */
export function regionOf(object: ServiceEndpoint['object']): string {
  const value = read(object, 'location')
  const location = textProp(value, '', object.resource.origin)
  if (location.known && location.value !== '') return regionKey(location.value)
  return location.known ? '?' : `?${location.unknown.detail}`
}
