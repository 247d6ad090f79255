import { type AddressSet, addressSets } from '../../algebra/addresses.ts'
import { hasNumber } from '../../algebra/intervals.ts'
import type { Resource } from '../../parse/resource.ts'
import { translationsOf } from '../layers/firewall-nat.ts'
import { leadsTo, viaFrontend } from './frontend-ways.ts'
import type { Frontend } from './frontends.ts'
import { firewallHost, type Host } from './hosts.ts'
import type { Demand } from './leg.ts'
import { inSeries, type Outcome, outcomeOf } from './outcome.ts'
import { type Places, places } from './places.ts'
import type { Site } from './state.ts'
import { isMeant, type Visit, visitFrom } from './visit.ts'

/** By NAT rules of firewalls that lead to a frontend of the workload; inside the network the firewall's address is the source. */
export function viaTranslation(visit: Visit, leading: readonly Frontend[]): readonly Outcome[] {
  const { site, outsider, workload, demand } = visit
  return translated(site, outsider.places, demand).flatMap(({ address, home, port, arrived, resource }) => {
    const target = leading.find(({ places: own }) => addressSets.covers(own.addresses, address))
    if (target === undefined || !isMeant(visit, resource)) return []
    if (port !== demand.port && port !== leadsTo(target.service, workload, demand)?.port) return []
    return viaFrontend(visitFrom(visit, home), target).map((rest) => inSeries(arrived, rest))
  })
}

interface Translated {
  readonly address: AddressSet
  readonly port: number
  readonly home: Host
  readonly arrived: Outcome
  /** What holds the rule. */
  readonly resource: Resource
}

/** Where the firewalls' NAT rules send what comes from outside to the asked port. */
export function translated(site: Site, source: Places, demand: Demand): readonly Translated[] {
  return site.azure.firewalls.all.flatMap((firewall) => {
    const home: Host = { ...firewallHost(site, firewall) }
    const taken: { readonly port: number; readonly destination: Places }[] = []
    return translationsOf(site.azure, firewall).flatMap((rule) => {
      if (rule.address === undefined) return []
      const port = rule.port ?? demand.port
      // The asked port is the translated one; the firewall's own port may be another.
      const candidates = hasNumber(rule.ports.possible, demand.port) ? [demand.port] : rule.ports.certain.slice(0, 1)
      return candidates.flatMap((incoming) => {
        const match = rule.matches({
          source,
          destination: places.empty,
          name: undefined,
          protocol: demand.protocol,
          port: incoming,
        })
        if (match === 'no') return []
        // The first rule that matches ends, so a later one for the same public address and port is never asked.
        const { certain } = rule.destination
        if (taken.some(({ port: one, destination }) => one === incoming && places.equal(destination, certain)))
          return []
        if (match === 'yes' && !places.isEmpty(certain)) taken.push({ port: incoming, destination: certain })
        const arrived = match === 'yes' ? outcomeOf(rule.step) : outcomeOf({ ...rule.step, answer: 'unknown' })
        return [
          { address: rule.address!, port, home, arrived, resource: rule.step.resource ?? firewall.object.resource },
        ]
      })
    })
  })
}
