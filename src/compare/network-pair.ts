import type { AzureNetwork } from '../model/azure/azure-network.ts'

/** Compares two networks; `identity` gives the address that the base has for one of the head. */
type Compare<T> = (base: AzureNetwork, head: AzureNetwork, identity: (address: string) => string) => T

/** A comparison that is made once for all states that have the same networks in base and head, and hold no renamed resource. */
export function oncePerPair<T extends object>(compare: Compare<T>): Compare<T> {
  const made = new WeakMap<AzureNetwork, WeakMap<AzureNetwork, T>>()
  return (base, head, identity) => {
    const isRenamed = head.objects.objects.some(({ resource: { address } }) => identity(address) !== address)
    if (isRenamed) return compare(base, head, identity)
    let ofBase = made.get(base)
    if (ofBase === undefined) {
      ofBase = new WeakMap()
      made.set(base, ofBase)
    }
    let known = ofBase.get(head)
    if (known === undefined) {
      known = compare(base, head, identity)
      ofBase.set(head, known)
    }
    return known
  }
}
