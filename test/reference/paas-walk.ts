import { contains } from './address.ts'
import type { Place } from './places.ts'
import type { Identity } from './public-walk.ts'
import type { Paas, State } from './state.ts'
import { ARRIVES, type Arrival, type Choose, stopped } from './worlds.ts'

const SUFFIXES = { vault: 'vault.azure.net', storage: 'blob.core.windows.net', sql: 'database.windows.net' } as const
const TAGS = { vault: 'AzureKeyVault', storage: 'Storage', sql: 'Sql' } as const

/** The public name of a service. */
export function paasName({ kind, name }: Paas): string {
  return `${name}.${SUFFIXES[kind]}`
}

export function paasNamed({ paas }: State, name: string): Paas | undefined {
  return paas.find((one) => paasName(one) === name)
}

/** Where its public endpoint is: an address of its service in the region of the state. */
export function paasPlace({ kind }: Paas): Place {
  return { kind: 'public', tag: TAGS[kind], region: 'WestEurope' }
}

/** §7.1, the public path for a client of the state's networks. */
export function admitsCaller(paas: Paas, identity: Identity, choose: Choose): Arrival {
  const closed = stopped('paas-firewall')
  const bySelf = (isListed: boolean) => (isOpen(paas) || (paas.publicAccess && isListed) ? ARRIVES : closed)
  if (paas.perimeter === 'Enforced') return choose('the perimeter admits', [ARRIVES, closed])
  if (typeof identity !== 'string') return bySelf(paas.subnets.some(({ subnet }) => subnet === identity.subnet.name))
  // IP rules of storage: "no effect for callers in the same region".
  const isListed = paas.kind !== 'storage' && paas.ipRules.includes(identity)
  return bySelf(isListed || paas.admitsAzure)
}

/** §7.1 for a client outside Azure. */
export function admitsOutsider(paas: Paas, client: Place, choose: Choose): Arrival {
  const closed = stopped('paas-firewall')
  if (paas.perimeter === 'Enforced') return choose('the perimeter admits', [ARRIVES, closed])
  const isListed =
    client.kind === 'address' && paas.ipRules.some((rule) => /^\d/.test(rule) && contains(rule, client.address))
  return isOpen(paas) || (paas.publicAccess && isListed) ? ARRIVES : closed
}

/** To all networks. */
function isOpen({ publicAccess, defaultAction }: Paas): boolean {
  return publicAccess && defaultAction === 'Allow'
}
