import { type AddressSet, addressSets } from '../../algebra/addresses.ts'
import type { Truth } from '../../algebra/truth.ts'
import { labelOf } from '../../model/azure/azure-object.ts'
import { type Resolver, resolverOf } from '../layers/dns.ts'
import { rulesetOf } from '../layers/firewall-ruleset.ts'
import { walkToPlatform } from './host-filters.ts'
import { type Host, hostsAt } from './hosts.ts'
import type { Demand } from './leg.ts'
import { anyWay, denied, NOTHING_IN_THE_WAY, type Outcome, unknownAt } from './outcome.ts'
import { canReach } from './peerings.ts'
import { atAddresses, PLATFORM_DNS, PRIVATE_V4, parseRange } from './places.ts'
import type { PolicyEnd } from './pod-policies.ts'
import { firewallPlace } from './prefixes.ts'
import { type Context, judgePolicy, publicGoal } from './question.ts'
import type { Site } from './state.ts'
import { walk, walkToAny } from './walk.ts'

const QUERY: Demand = { protocol: 'UDP', port: 53, name: undefined }

/** Whether a pod reaches the cluster's DNS server, by UDP or TCP; hosts ask those of their network themselves. */
export function asksClusterDns(context: Context, pod: PolicyEnd | undefined): Outcome {
  if (pod === undefined || onHostNetwork(pod)) return NOTHING_IN_THE_WAY
  const asked = anyWay([
    judgePolicy(context, pod, { kind: 'cluster-dns' }, QUERY),
    judgePolicy(context, pod, { kind: 'cluster-dns' }, { ...QUERY, protocol: 'TCP' }),
  ])
  return asked === undefined || asked.answer === 'allowed' ? NOTHING_IN_THE_WAY : { ...asked, layer: 'dns' }
}

function onHostNetwork(pod: PolicyEnd): boolean {
  return pod.kind === 'workload' && pod.workload.hostNetwork === 'yes'
}

/** Whether a host reaches any of its network's DNS servers, and the resolvers of those that it may reach. */
export function askServers(
  site: Site,
  host: Host,
): { readonly asked: Outcome; readonly resolvers: readonly Resolver[] } {
  const { network } = host
  const platform = () => walkToPlatform(site, host, atAddresses(parseRange(PLATFORM_DNS)!), QUERY)
  if (network === undefined || network.dnsServers.absent)
    return { asked: renamed(platform()), resolvers: network === undefined ? [] : [network] }
  const servers = network.dnsServers.items.map((server) => {
    const resolver = resolverOf(site, network, server)
    const asked = server.known
      ? askServer(site, host, server.value, platform)
      : takenToAnswer(canReach(site, network, resolver))
    return { asked, resolver }
  })
  const asked = anyWay(servers.map((server) => server.asked))
  const heard = servers.filter((server) => server.asked.answer !== 'denied').map(({ resolver }) => resolver)
  return { asked: asked === undefined ? NOTHING_IN_THE_WAY : renamed(asked), resolvers: [...new Set(heard)] }
}

function askServer(site: Site, host: Host, text: string, platform: () => Outcome): Outcome {
  const address = parseRange(text)
  if (address === undefined) return unknownAt('dns', `${text} is no address`)
  if (text === PLATFORM_DNS) return platform()
  const inTree = site.topology.locate(address).some((location) => location.network !== undefined)
  return (
    silentFirewall(site, address) ??
    (inTree ? walkToAny(site, host, hostsAt(site, address), QUERY) : walkOutside(site, host, address))
  )
}

/** A server named by a resource of the tree: taken to be reachable where its network is. */
function takenToAnswer(isNear: Truth): Outcome {
  if (isNear === 'yes') return NOTHING_IN_THE_WAY
  return isNear === 'no'
    ? denied('dns', 'the DNS server is in a network that is not peered')
    : unknownAt('dns', 'the DNS server is not known')
}

/** A firewall answers nobody unless it is a DNS proxy. Source: learn.microsoft.com/azure/firewall/dns-details */
function silentFirewall({ azure }: Site, address: AddressSet): Outcome | undefined {
  const firewall = azure.firewalls.all.find((one) => {
    const own = firewallPlace(azure, one.object)
    return own !== undefined && addressSets.covers(own.possible.addresses, address)
  })
  if (firewall === undefined) return undefined
  const { dnsProxy } = rulesetOf(azure, firewall)
  if (dnsProxy === 'yes') return undefined
  const at = { resource: firewall.object.resource }
  return dnsProxy === 'no'
    ? denied('dns', `${labelOf(firewall.object)} is the DNS server and no DNS proxy`, at)
    : unknownAt('dns', `whether ${labelOf(firewall.object)} is a DNS proxy is not known`, at)
}

function walkOutside(site: Site, host: Host, address: AddressSet): Outcome {
  return addressSets.covers(PRIVATE_V4, address)
    ? walkToAny(site, host, hostsAt(site, address), QUERY)
    : walk(site, host, publicGoal(atAddresses(address)), QUERY)
}

/** A denial on the way to the DNS server is one of name resolution. */
function renamed(outcome: Outcome): Outcome {
  return outcome.answer === 'allowed' ? { ...outcome, steps: [] } : { ...outcome, layer: 'dns' }
}
