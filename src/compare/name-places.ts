import { ALL_V4, addressSets } from '../algebra/addresses.ts'
import { ALL_NAMES, hasName, nameSets, printNames } from '../algebra/names.ts'
import { ALL_SERVICES, serviceSets } from '../algebra/service-sets.ts'
import { PUBLIC_ADDRESSES } from '../reach/address-ranges.ts'
import { AKS_REQUIRED_NAMES } from '../reach/azure/aks-names.ts'
import { spellStandIns } from '../reach/azure/name-stand-ins.ts'
import { NOWHERE, type Places, printPlaces } from '../reach/azure/places.ts'
import type { FlowEnd } from './flows.ts'
import { nameAddresses } from './name-peers.ts'

const MOST_NAMES = 6
const PUBLIC_V4 = addressSets.intersect(PUBLIC_ADDRESSES, ALL_V4)

/** Places outside a cluster as people call them: the internet with what is left out of it, domain names, service tags, ranges. */
export function namePlaces(where: Places): readonly FlowEnd[] {
  const ends: FlowEnd[] = []
  let { addresses } = where
  if (hasName(where.hosts, '') && addressSets.covers(addresses, PUBLIC_V4)) {
    const isAll = addressSets.covers(addresses, PUBLIC_ADDRESSES)
    const internet = isAll ? PUBLIC_ADDRESSES : PUBLIC_V4
    const except = exceptions(where)
    ends.push({
      name: `internet${isAll ? '' : ' (IPv4)'}${except.length === 0 ? '' : ` except ${except.join(' and ')}`}`,
      addresses: internet,
    })
    addresses = addressSets.subtract(addresses, internet)
  } else {
    if (!nameSets.isEmpty(where.hosts)) ends.push(...nameHosts(where))
    if (!serviceSets.isEmpty(where.services)) ends.push({ name: printPlaces({ ...NOWHERE, services: where.services }) })
  }
  return [...ends, ...nameAddresses(addresses)]
}

function nameHosts({ hosts }: Places): readonly FlowEnd[] {
  const needed = nameSets.intersect(hosts, AKS_REQUIRED_NAMES.names)
  const isEvery = nameSets.equal(needed, AKS_REQUIRED_NAMES.names)
  const rest = isEvery ? nameSets.subtract(hosts, needed) : hosts
  return [
    ...(isEvery ? [{ name: 'names that AKS itself needs' }] : []),
    ...(nameSets.isEmpty(rest) ? [] : [{ name: spellStandIns(printNames(rest, MOST_NAMES)) }]),
  ]
}

/** What of the internet is not meant, where that is said in few words. */
function exceptions({ hosts, services }: Places): readonly string[] {
  const missing = nameSets.subtract(ALL_NAMES, hosts)
  const noServices = serviceSets.subtract(ALL_SERVICES, services)
  return [
    ...nameHosts({ ...NOWHERE, hosts: missing }).map(({ name }) => name),
    ...(serviceSets.isEmpty(noServices) ? [] : [printPlaces({ ...NOWHERE, services: noServices })]),
  ].filter((name) => name !== '')
}
