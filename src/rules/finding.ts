import { SEVERITIES, type Severity } from '../base/severity.ts'

/** A rule's verdict on a change or a state, as the JSON output and every report give it. */
export interface Finding {
  readonly rule: string
  /** Coarse labels of the catalogue: `egress`, `nsg-open-port` … */
  readonly concepts: readonly string[]
  readonly severity: Severity
  readonly status: FindingStatus
  readonly title: string
  /** Says what is wrong, why it matters and what to do, for somebody who is no network specialist. Holds text of the tree: escape. */
  readonly message: string
  /** Address of the resource the finding is about. */
  readonly resource: string
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly endLine: number
  /** The tree that the line stands in; that of the status where absent, which is the base for what is fixed and else the head. */
  readonly side?: 'base'
  readonly layer: Layer
  readonly witness?: Witness
  readonly patch?: Patch
  /**
   * One way to close it for each layer that can, where several can; all are proven like the patch. The first needs the smallest edit and
   * is the patch.
   */
  readonly choices?: readonly Choice[]
  /** Layers outside of this tree that could close it, at which no proven choice does. */
  readonly elsewhere?: readonly ElsewhereChoice[]
  /** What a person must decide, where no patch was proven. */
  readonly decide?: string
  /** The states (environments) in which it is so; absent where the tree has one. */
  readonly states?: readonly string[]
  /**
   * Where it is so, where that is at several places: each folder of an environment that holds a copy of the object. The first is the
   * finding's own; the witness is that of the first, the patch closes it at all of them.
   */
  readonly places?: readonly FindingPlace[]
  /** Hex; of rule, flow and object, not of lines: stable when the file is edited elsewhere or moved. */
  readonly fingerprint: string
  /** Set where the configuration suppresses it; then it decides nothing. */
  readonly suppressed?: { readonly reason: string; readonly expires: string }
}

/** One of several places of a finding, with what differs from place to place. */
export interface FindingPlace {
  readonly file: string
  /** 1-based. */
  readonly line: number
  readonly endLine: number
  readonly side?: 'base'
  readonly states?: readonly string[]
  readonly witness?: Witness
  /** The part of the finding's patch that closes it here. */
  readonly patch?: Patch
  /** Hex; of the finding and the file, not of lines. */
  readonly fingerprint: string
}

export { SEVERITIES, type Severity }
export type FindingStatus = 'introduced' | 'worsened' | 'existing' | 'improved' | 'fixed'

export const LAYERS = [
  'network-policy',
  'admin-policy',
  'cilium',
  'calico',
  'mesh',
  'service',
  'ingress',
  'nsg',
  'security-admin',
  'route',
  'firewall',
  'nat',
  'private-endpoint',
  'dns',
  'paas-firewall',
  'api-server',
  'host',
] as const
/** One place that can drop a packet, in no order; the order on a path is the path's. */
export type Layer = (typeof LAYERS)[number]

/** One concrete packet that proves a finding, with the layers in the order it meets them. */
export interface Witness {
  readonly packet: Packet
  readonly path: readonly PathStep[]
}

export interface Packet {
  /** Peer names as in `design.md` §4: `shop/web`, `internet`, an address. */
  readonly from: string
  readonly to: string
  /** Header address where it is known. */
  readonly sourceAddress?: string
  readonly destinationAddress?: string
  readonly protocol: 'TCP' | 'UDP' | 'SCTP' | 'ICMP' | 'any'
  readonly port?: number
  /** The name that the client asks for. */
  readonly name?: string
}

export interface PathStep {
  readonly layer: Layer
  readonly verdict: 'allow' | 'deny' | 'unknown'
  /** The rule that says so, in words: `no policy selects shop/web`, `NetworkPolicy/shop/allow-web ingress rule 1`. */
  readonly rule: string
  readonly resource?: string
  readonly file?: string
  readonly line?: number
}

export interface Patch {
  readonly files: readonly { readonly path: string; readonly diff: string }[]
  /** Always true for a patch that is shown. */
  readonly verified: true
  /** Where the whole patch is one replacement of consecutive lines (1-based, inclusive) of one existing file. */
  readonly suggestion?: {
    readonly file: string
    readonly startLine: number
    readonly endLine: number
    /** Without the final line end. */
    readonly text: string
  }
  /** What the patch does, in one sentence, and which evidence each allowed connection came from. */
  readonly summary: string
}

/** A way to close a finding at one layer. */
export interface Choice {
  readonly layer: Layer
  /** What it does, in one sentence. Text of the tree: escape. */
  readonly what: string
  /** Money first, then what one gets and what one gives up. */
  readonly cost: string
  readonly files: Patch['files']
}

/** A layer that could close a finding by no edit of this tree: it is not there, or another repository holds it. Nothing of it is proven. */
export type ElsewhereChoice = Omit<Choice, 'files'>
