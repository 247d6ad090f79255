import type { AddressSet } from '../algebra/addresses.ts'
import type { Bounds } from '../algebra/bounds.ts'
import type { ConnectionSet } from '../algebra/connections.ts'
import type { ConnectionChange } from './change.ts'

/**
 * One pair of peers whose connections differ between two states.
 *
 * `connection`: both ends are workloads of the state, or pods that may exist in it. `ingress` and `egress`: one end is outside.
 */
export interface Flow {
  readonly kind: 'connection' | 'ingress' | 'egress'
  readonly from: FlowEnd
  readonly to: FlowEnd
  readonly before: Bounds<ConnectionSet>
  readonly after: Bounds<ConnectionSet>
  /** What carries the packets on their way out, where that is not the same on both sides. */
  readonly via?: Via
  readonly cause?: NonNullable<ConnectionChange['cause']>
}

/** `firewall/hub-fw`, `appliance 10.0.0.4`, `gateway/vpn`; `direct` where none stands on the way; several that may be with ` or ` between. */
export interface Via {
  readonly before: string
  readonly after: string
  /** False where nobody can tell which route is there, or where it leads. */
  readonly certain: boolean
}

/** One end of a flow. */
export interface FlowEnd {
  /** As reports print it: `shop/web`, `any pod in namespaces labelled team=a`, `internet`, `10.2.0.0/16`. */
  readonly name: string
  /** Id of the workload, where it is one. */
  readonly workload?: string
  /** Addresses outside the state, where it is some. */
  readonly addresses?: AddressSet
}
