import { type AddressSet, ALL_ADDRESSES, addressSets, NO_ADDRESSES } from '../algebra/addresses.ts'
import type { ClassSet, ClassSets } from '../algebra/classes.ts'
import type { SetAlgebra } from '../algebra/set-algebra.ts'

/**
 * A set of peers: classes of end points, and addresses.
 *
 * Classes are numbers of one {@link Universe}; sets of two universes must not be mixed. An address here is one that is no pod's.
 */
export interface PeerSet {
  readonly classes: ClassSet
  readonly addresses: AddressSet
}

export interface PeerSetAlgebra extends SetAlgebra<PeerSet> {
  /** Every class and every address. */
  readonly all: PeerSet
}

/** The algebra of peer sets of one universe. */
export function peerSetsOf(classSets: ClassSets): PeerSetAlgebra {
  const combine =
    (classes: (a: ClassSet, b: ClassSet) => ClassSet, addresses: (a: AddressSet, b: AddressSet) => AddressSet) =>
    (a: PeerSet, b: PeerSet): PeerSet => ({
      classes: classes(a.classes, b.classes),
      addresses: addresses(a.addresses, b.addresses),
    })
  return {
    empty: { classes: classSets.empty, addresses: NO_ADDRESSES },
    all: { classes: classSets.all, addresses: ALL_ADDRESSES },
    union: combine(classSets.union, addressSets.union),
    intersect: combine(classSets.intersect, addressSets.intersect),
    subtract: combine(classSets.subtract, addressSets.subtract),
    isEmpty: (a) => addressSets.isEmpty(a.addresses) && classSets.isEmpty(a.classes),
    equal: (a, b) => a === b || (addressSets.equal(a.addresses, b.addresses) && classSets.equal(a.classes, b.classes)),
    covers: (a, b) =>
      a === b || (addressSets.covers(a.addresses, b.addresses) && classSets.covers(a.classes, b.classes)),
  }
}
