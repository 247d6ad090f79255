import { after, toAddress, toText } from './address.ts'
import type { Service } from './cluster-state.ts'
import type { Dice } from './dice.ts'
import type { Collection, Firewall, IpGroup, RuleGroup } from './firewall-state.ts'
import { numberOf } from './random-network.ts'
import { OUTSIDE_CIDRS } from './random-ranges.ts'
import type { Vnet } from './state.ts'

/** A firewall with a policy, and perhaps a parent of that. */
export function randomFirewall(
  dice: Dice,
  vnet: string,
  vnets: readonly Vnet[],
  services: readonly Service[],
): Firewall {
  const base = `10.${numberOf(vnet)}.3`
  const spaces = [
    ...vnets.map(({ space }) => space),
    ...vnets.flatMap(({ subnets }) => subnets.map(({ prefix }) => prefix)),
  ]
  const ipGroups = dice.times(
    dice.below(3),
    (index): IpGroup => ({
      name: `ips${index}`,
      addresses: [dice.one([...spaces, ...OUTSIDE_CIDRS]), ...dice.some(OUTSIDE_CIDRS, 1)],
    }),
  )
  const collection = collectionOf(dice, spaces, ipGroups, services)
  const group = (index: number): RuleGroup => ({
    priority: 100 + index * 100 + dice.below(90),
    collections: uniquely(dice.times(dice.below(3), collection)),
  })
  return {
    vnet,
    prefix: `${base}.0/26`,
    address: toText(after(toAddress(`${base}.0`)!, 4)),
    groups: dice.times(1 + dice.below(2), group),
    parent: dice.chance(0.25) ? [group(0)] : [],
    dnsProxy: dice.chance(0.6),
    snat: dice.one(['default', 'default', 'default', 'always', 'never']),
    ipGroups,
  }
}

function collectionOf(
  dice: Dice,
  spaces: readonly string[],
  ipGroups: readonly IpGroup[],
  services: readonly Service[],
): () => Collection {
  const groupName = () => (ipGroups.length > 0 && dice.chance(0.25) ? dice.one(ipGroups).name : undefined)
  const from = (): { sources: readonly string[]; sourceGroup?: string } => {
    const sourceGroup = groupName()
    if (sourceGroup !== undefined) return { sources: [], sourceGroup }
    return { sources: dice.chance(0.5) ? ['*'] : [dice.one(spaces)] }
  }
  const targets = services.flatMap(({ address, port }) => (address === undefined ? [] : [{ address, port }]))
  return () => {
    const priority = 100 + dice.below(20) * 100
    const action = dice.one(['Allow', 'Allow', 'Deny'] as const)
    switch (dice.below(targets.length > 0 ? 3 : 2)) {
      case 0:
        return {
          kind: 'network',
          priority,
          action,
          rules: dice.times(1 + dice.below(2), () => {
            const destinationGroup = groupName()
            const isNamed = destinationGroup === undefined && dice.chance(0.15)
            return {
              ...from(),
              destinations:
                destinationGroup !== undefined || isNamed
                  ? []
                  : [
                      dice.one([
                        '*',
                        ...OUTSIDE_CIDRS,
                        ...spaces,
                        'Storage',
                        'AzureKeyVault',
                        'AzureCloud',
                        'AzureCloud.WestEurope',
                      ]),
                    ],
              ...(destinationGroup !== undefined && { destinationGroup }),
              ...(isNamed && { destinationNames: [dice.one(['api.contoso.com', 'other.example'])] }),
              protocols: [dice.one(['TCP', 'UDP', 'Any'])],
              ports: [dice.one(['*', '443', '80-443', '22', '53'])],
            }
          }),
        }
      case 1:
        return {
          kind: 'application',
          priority,
          action,
          rules: dice.times(1 + dice.below(2), () => {
            const isTagged = dice.chance(0.2)
            return {
              ...from(),
              names: isTagged ? [] : [dice.one(PATTERNS)],
              ...(isTagged && { tag: 'AzureKubernetesService' as const }),
              protocols: [dice.one([{ type: 'Https', port: 443 } as const, { type: 'Http', port: 80 } as const])],
            }
          }),
        }
      default: {
        const target = dice.one(targets)
        return {
          kind: 'dnat',
          priority,
          rules: [
            {
              sources: [dice.one(['*', '203.0.113.0/24'])],
              port: target.port,
              address: target.address,
              translatedPort: target.port,
            },
          ],
        }
      }
    }
  }
}

const PATTERNS = [
  '*',
  '*.contoso.com',
  '*contoso.com',
  'api.contoso.com',
  '*.vault.azure.net',
  'kv0.vault.azure.net',
  '*.blob.core.windows.net',
  '*.azmk8s.io',
  'mcr.microsoft.com',
] as const

/** Collections of one group have different priorities. */
function uniquely(collections: readonly Collection[]): readonly Collection[] {
  return collections.filter(
    ({ priority }, index) => collections.findIndex((other) => other.priority === priority) === index,
  )
}
