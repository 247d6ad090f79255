import type { ClassSets } from '../algebra/classes.ts'
import type { Regions } from '../algebra/regions.ts'
import type { SetAlgebra } from '../algebra/set-algebra.ts'
import type { Endpoint } from './endpoint.ts'
import type { PeerSet } from './peers.ts'

/**
 * The classes of end points of one state, or of base and head together, so that sets of both can be compared.
 *
 * End points that no selector of either state tells apart, in either state, are one class.
 */
export interface Universe {
  readonly classes: readonly EndpointClass[]
  readonly classSets: ClassSets
  readonly peerSets: SetAlgebra<PeerSet> & { readonly all: PeerSet }
  readonly regions: Regions<PeerSet>
}

export interface EndpointClass {
  /** At least one; for one class all are of one kind. */
  readonly members: readonly Endpoint[]
}
