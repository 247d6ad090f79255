import { type AddressSet, addressSets } from '../../algebra/addresses.ts'
import type { Link } from '../../model/azure/link.ts'
import { knownValue } from '../../model/azure/prop.ts'
import type { Resource } from '../../parse/resource.ts'
import { judgeApiServer } from '../layers/api-server.ts'
import { serviceNamed } from '../layers/dns.ts'
import { type Caller, judgeService } from '../layers/paas-firewall.ts'
import type { AskedEnd } from './asked-ends.ts'
import { frontendsOf } from './frontends.ts'
import { enterFromOutside, isFiltered } from './host-filters.ts'
import { answerPublicly } from './host-routes.ts'
import { type Host, hostsAt, nodeHost, subnetHost } from './hosts.ts'
import { waysIn } from './inbound.ts'
import type { Demand } from './leg.ts'
import {
  allowed,
  anyWay,
  denied,
  inSeries,
  inSeriesLazily,
  type Outcome,
  outcomeOf,
  unknownAt,
  whichever,
} from './outcome.ts'
import type { Places } from './places.ts'
import { type Context, judgeOf, publicEnd } from './question.ts'
import type { Site } from './state.ts'
import { translated } from './translation-ways.ts'
import type { Outsider } from './visit.ts'
import { walkToAny } from './walk.ts'

/** From public addresses. */
export function fromPublic(
  context: Context,
  source: Places,
  target: AskedEnd,
  demand: Demand,
  via?: Resource,
): Outcome {
  const { site } = context
  const caller: Caller = { identity: { certain: source, possible: source }, subnet: undefined, region: undefined }
  switch (target.kind) {
    case 'workload': {
      const { cluster } = site
      if (cluster === undefined) return unknownAt('host', 'the cluster of the manifests is not in the tree')
      const outsider: Outsider = { places: source, host: undefined, end: publicEnd(source) }
      const ways = waysIn({ site, cluster, outsider, workload: target.workload, demand, judge: judgeOf(context), via })
      return (
        anyWay(ways) ??
        denied('service', `nothing public leads to ${target.workload.namespace}/${target.workload.name}`)
      )
    }
    case 'node': {
      const node = nodeHost(site, target.cluster, target.pool)
      if (!target.pool.publicIps.known) return unknownAt('nat', 'whether the nodes have public addresses is not known')
      if (node.publicIps.length > 0) {
        return inSeriesLazily(
          () => enterFromOutside(site, node, source, node.places, demand),
          () => answerPublicly(site, node, source),
        )
      }
      return (
        byTranslation(context, source, node.places.addresses, demand) ?? denied('nat', 'the node has no public address')
      )
    }
    case 'subnet':
    case 'private': {
      const hosts = target.kind === 'subnet' ? [subnetHost(site, target.subnet)] : hostsAt(site, target.addresses)
      return whichever(
        hosts.map((host) =>
          host.publicIps.length > 0 && host.firewall === undefined
            ? toPublicAddress(site, host, source, demand)
            : (byTranslation(context, source, host.places.addresses, demand) ??
              denied('nat', `${host.label} has no public address`)),
        ),
      )
    }
    case 'platform':
      return denied('route', 'platform addresses are reached from hosts in Azure only')
    case 'api-server':
      return judgeApiServer(site, target.cluster, caller, false)
    case 'public': {
      const named = target.name === undefined ? undefined : serviceNamed(site, target.name)
      return named === undefined
        ? allowed('route', 'both ends are outside of the tree')
        : outcomeOf(judgeService(site, named.service, caller))
    }
  }
}

/**
 * Whether filters alone decide who comes to a card by its own public address: Standard ones are closed where no security group stands
 * before them, Basic ones are open.
 * Source: learn.microsoft.com/azure/virtual-network/ip-services/public-ip-addresses#sku
 */
export function opensByAddress(site: Site, host: Host): boolean {
  return isFiltered(site, host) || host.publicIps.some((link) => isBasic(site, link))
}

/** By a card's own public address. */
function toPublicAddress(site: Site, host: Host, source: Places, demand: Demand): Outcome {
  if (!opensByAddress(site, host))
    return denied('nsg', `${host.label}: a Standard public address is closed where no NSG admits anybody`)
  return inSeriesLazily(
    () => enterFromOutside(site, host, source, host.places, demand),
    () => answerPublicly(site, host, source),
  )
}

function isBasic({ azure }: Site, link: Link): boolean {
  const address = azure.publicIps.of(link)
  return address !== undefined && knownValue(address.sku)?.toLowerCase() === 'basic'
}

/** By a NAT rule of a firewall to one of these addresses, which is certain only where they are one. */
function byTranslation(context: Context, source: Places, addresses: AddressSet, demand: Demand): Outcome | undefined {
  const { site } = context
  return anyWay(
    translated(site, source, demand)
      .filter(({ address, port }) => addressSets.covers(addresses, address) && port === demand.port)
      .filter(({ address }) => !isFrontend(site, address))
      .map(({ address, home, arrived }) => {
        const outcome = inSeries(arrived, walkToAny(site, home, hostsAt(site, address), demand))
        if (addressSets.equal(addresses, address)) return outcome
        return whichever([
          outcome,
          denied('nat', 'the NAT rule leads to one address, which may be that of another host'),
        ])
      }),
  )
}

/** Frontends of the cluster's balancers are no hosts. */
function isFrontend(site: Site, address: AddressSet): boolean {
  const { cluster } = site
  return (
    cluster !== undefined && frontendsOf(site, cluster).some((one) => addressSets.equal(one.places.addresses, address))
  )
}
