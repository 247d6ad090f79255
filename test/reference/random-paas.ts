import type { Dice } from './dice.ts'
import type { Endpoint, Paas, State, Vnet, Zone } from './state.ts'

/** Services with public names; their rules name what the state has. */
export function randomPaas(
  dice: Dice,
  { vnets, firewall, balancer }: Pick<State, 'vnets' | 'firewall' | 'balancer'>,
): readonly Paas[] {
  const hasNat = vnets.some(({ subnets }) => subnets.some(({ nat }) => nat))
  const identities = [
    ...(firewall === undefined ? [] : ['firewall']),
    ...(hasNat ? ['nat'] : []),
    ...(balancer?.outbound ? ['balancer'] : []),
  ]
  return dice.times(dice.below(4), (index): Paas => {
    const kind = dice.one(['vault', 'vault', 'storage', 'sql'] as const)
    const isDatabase = kind === 'sql'
    return {
      kind,
      name: `${{ vault: 'kv', storage: 'st', sql: 'sq' }[kind]}${index}`,
      publicAccess: dice.chance(0.75),
      defaultAction: isDatabase ? 'Deny' : dice.one(['Allow', 'Deny', 'Deny']),
      ipRules: dice.some(['203.0.113.0/24', '198.51.100.9/32', ...(isDatabase ? [] : identities)], 2),
      admitsAzure: isDatabase && dice.chance(0.4),
      subnets: isDatabase ? [] : dice.some(subnetsWith(vnets, kind === 'vault' ? 'AzureKeyVault' : 'Storage'), 2),
      ...(dice.chance(0.08) && { perimeter: dice.one(['Enforced', 'Learning'] as const) }),
    }
  })
}

function subnetsWith(vnets: readonly Vnet[], tag: string): Paas['subnets'] {
  return vnets.flatMap((vnet) =>
    vnet.subnets
      .filter(({ serviceEndpoints }) => serviceEndpoints.includes(tag))
      .map((subnet) => ({ vnet: vnet.name, subnet: subnet.name })),
  )
}

/** A private endpoint for each of some services, in the third subnet of a network, where nothing else is. */
export function randomEndpoints(dice: Dice, vnets: readonly Vnet[], paas: readonly Paas[]): readonly Endpoint[] {
  const homes = vnets.filter(({ subnets }) => subnets.some(({ name }) => name.endsWith('-2')))
  return paas
    .filter(() => dice.chance(0.5))
    .slice(0, 2)
    .map((service, index): Endpoint => {
      const { name } = dice.one(homes)
      const { prefix } = vnets.flatMap(({ subnets }) => subnets).find((subnet) => subnet.name === `${name}-2`)!
      return {
        service: service.name,
        vnet: name,
        subnet: `${name}-2`,
        ...(dice.chance(0.4) && { address: prefix.replace('.0/24', `.${30 + index}`) }),
        recorded: dice.chance(0.85),
        manual: dice.chance(0.1),
        groups: [],
      }
    })
}

/** The zones of the kinds that have endpoints, linked to some networks. */
export function randomZones(
  dice: Dice,
  vnets: readonly Vnet[],
  paas: readonly Paas[],
  endpoints: readonly Endpoint[],
): readonly Zone[] {
  const kinds = paas.filter(({ name }) => endpoints.some(({ service }) => service === name)).map(({ kind }) => kind)
  return [...new Set(kinds)]
    .filter(() => dice.chance(0.8))
    .map((kind) => ({
      kind,
      links: dice.some(vnets, 2).map(({ name }) => ({ vnet: name, fallsBack: dice.chance(0.2) })),
    }))
}
