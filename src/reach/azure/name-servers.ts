import { type AddressSet, addressSets } from '../../algebra/addresses.ts'
import { knownItems } from '../../model/azure/prop.ts'
import type { VirtualNetwork } from '../../model/azure/virtual-network.ts'
import { resolversOf } from '../layers/dns.ts'
import { walkToPlatform } from './host-filters.ts'
import { type Host, hostsAt } from './hosts.ts'
import type { Demand } from './leg.ts'
import { anyWay, denied, inSeriesLazily, NOTHING_IN_THE_WAY, type Outcome, unknownAt } from './outcome.ts'
import { canReach } from './peerings.ts'
import { atAddresses, PLATFORM_DNS, PRIVATE_V4, parseRange } from './places.ts'
import type { PolicyEnd } from './pod-policies.ts'
import { type Context, judgePolicy, publicGoal } from './question.ts'
import type { Site } from './state.ts'
import { walk, walkToAny } from './walk.ts'

/** UDP 53 is enough: of a pod to the cluster's DNS server, and from there to the network's own. */
export function canResolve(context: Context, host: Host, pod: PolicyEnd | undefined): Outcome {
  const { site } = context
  const query: Demand = { protocol: 'UDP', port: 53, name: undefined }
  const asked =
    pod === undefined || onHostNetwork(pod)
      ? NOTHING_IN_THE_WAY
      : (anyWay([
          judgePolicy(context, pod, { kind: 'cluster-dns' }, query),
          judgePolicy(context, pod, { kind: 'cluster-dns' }, { ...query, protocol: 'TCP' }),
        ]) ?? NOTHING_IN_THE_WAY)
  const local = asked.answer === 'allowed' ? NOTHING_IN_THE_WAY : { ...asked, layer: 'dns' as const }
  return inSeriesLazily(
    () => local,
    () => reachesServers(site, host, query),
  )
}

function onHostNetwork(pod: PolicyEnd): boolean {
  return pod.kind === 'workload' && pod.workload.hostNetwork === 'yes'
}

/** One server that answers is enough. */
function reachesServers(site: Site, host: Host, query: Demand): Outcome {
  const { network } = host
  const platform = () => walkToPlatform(site, host, atAddresses(parseRange(PLATFORM_DNS)!), query)
  if (network === undefined || network.dnsServers.absent) return renamed(platform())
  const servers = knownItems(network.dnsServers).map((text) => {
    const address = parseRange(text)
    if (address === undefined) return unknownAt('dns', `${text} is no address`)
    if (text === PLATFORM_DNS) return platform()
    const inTree = site.topology.locate(address).some((location) => location.network !== undefined)
    return inTree ? walkToAny(site, host, hostsAt(site, address), query) : walkOutside(site, host, address, query)
  })
  const unknown = servers.length < network.dnsServers.items.length ? resolversKnown(site, network) : []
  const best = anyWay([...servers, ...unknown])
  return best === undefined ? NOTHING_IN_THE_WAY : renamed(best)
}

/** Servers named by a resource of the tree: taken to be reachable where their network is. */
function resolversKnown(site: Site, network: VirtualNetwork): readonly Outcome[] {
  return resolversOf(site, network).map((home) => {
    const truth = canReach(site, network, home)
    if (truth === 'yes') return NOTHING_IN_THE_WAY
    return truth === 'no'
      ? denied('dns', 'the DNS server is in a network that is not peered')
      : unknownAt('dns', 'the DNS server is not known')
  })
}

function walkOutside(site: Site, host: Host, address: AddressSet, query: Demand): Outcome {
  return addressSets.covers(PRIVATE_V4, address)
    ? walkToAny(site, host, hostsAt(site, address), query)
    : walk(site, host, publicGoal(atAddresses(address)), query)
}

/** A denial on the way to the DNS server is one of name resolution. */
function renamed(outcome: Outcome): Outcome {
  return outcome.answer === 'allowed' ? { ...outcome, steps: [] } : { ...outcome, layer: 'dns' }
}
