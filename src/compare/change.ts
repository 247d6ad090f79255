/** A connection as the JSON output gives it; `before` and `after` are connection strings, `''` where there is none. */
export interface ConnectionChange {
  readonly from: string
  readonly to: string
  readonly before: string
  readonly after: string
  /** False where an unknown decides whether the change is real. */
  readonly certain: boolean
  /**
   * What carries the packets out of their subnet, where the change moves them to another way: `firewall/hub-fw`, `appliance 10.0.0.4`,
   * `gateway/vpn`, or `direct` where none of these stands on the way. `before` and `after` of the connection may then be equal.
   */
  readonly via?: { readonly before: string; readonly after: string }
  /** The states (environments) in which it is so; absent where the tree has one. */
  readonly states?: readonly string[]
  /** The source line because of which it changed, where one could be told. */
  readonly cause?: {
    readonly file: string
    /** 1-based. */
    readonly line: number
    readonly resource: string
    readonly why: string
    /** The tree that the line stands in; the head where absent. */
    readonly side?: 'base' | 'head'
  }
}

/** Connections that came, went and are another. */
export interface ConnectionChanges {
  readonly added: readonly ConnectionChange[]
  readonly removed: readonly ConnectionChange[]
  readonly changed: readonly ConnectionChange[]
}

/** What comes in from outside of the state, and what leaves it. */
export interface ExposureChanges {
  readonly ingress: ConnectionChanges
  readonly egress: ConnectionChanges
}
