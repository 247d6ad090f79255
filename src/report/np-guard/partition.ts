import { type AddressSet, toRanges } from '../../algebra/addresses.ts'
import type { KubernetesNetwork } from '../../model/kubernetes/kubernetes-network.ts'
import type { Direction } from '../../model/kubernetes/network-policy.ts'

/** A contiguous range of IPv4 addresses in which every policy of the input treats all addresses alike. */
export interface AddressRange {
  readonly first: number
  /** Exclusive. */
  readonly end: number
}

const END = 2 ** 32

/** Where the IPv4 blocks of all rules of a direction begin and end; exceptions that touch are one. */
export function addressCuts({ policies, adminPolicies }: KubernetesNetwork, direction: Direction): ReadonlySet<number> {
  const cuts = new Set<number>()
  for (const policy of policies) {
    for (const rule of policy.rules[direction]) {
      for (const peer of rule.peers ?? []) {
        if (peer.kind !== 'block') continue
        for (const cut of peer.addresses.v4) cuts.add(cut)
      }
    }
  }
  for (const { rules } of adminPolicies) {
    for (const peer of rules[direction].flatMap((rule) => rule.peers)) {
      if (peer.kind === 'networks') for (const cut of peer.addresses.v4) cuts.add(cut)
    }
  }
  return cuts
}

/** All IPv4 addresses, cut at the given places. */
export function rangesBetween(cuts: Iterable<number>): readonly AddressRange[] {
  const borders = [...new Set([0, ...cuts, END])].sort((a, b) => a - b)
  return borders.slice(1).map((end, i) => ({ first: borders[i]!, end }))
}

export function printRange({ first, end }: AddressRange): string {
  const addresses: AddressSet = { v4: [first, end], v6: [] }
  return `${toRanges(addresses)[0]}[External]`
}
