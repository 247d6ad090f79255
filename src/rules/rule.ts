import type { TreeEdit } from '../base/edit.ts'
import type { Origin } from '../base/origin.ts'
import type { Flow } from '../compare/flows.ts'
import type { StateView } from '../compare/state-view.ts'
import type { ElsewhereChoice, Layer, Severity, Witness } from './finding.ts'
import type { Because } from './one-line.ts'
import type { RuleSettings } from './settings.ts'

/**
 * One check of the catalogue. It finds; it neither prints, ranks nor compares: the same check runs on base and on head, and the
 * status follows from where a hit is found.
 */
export interface Rule {
  /** The condition found, in kebab case: `egress-internet`. */
  readonly id: string
  readonly meta: RuleMeta
  /**
   * Yields what is wrong with one state. Where it is asked against the other side of a change, it may leave out what it would find there
   * as well: nobody asks a review for what the change does not touch.
   */
  check?(view: StateView, settings: RuleSettings, against?: StateView): Iterable<Hit>
  /** Yields what is wrong with the change itself; such hits are introduced by their nature. */
  checkChange?(change: ChangeView, settings: RuleSettings): Iterable<Hit>
  /**
   * The smallest edit that removes the hit, or undefined where none can be named. It need not be right: it is applied to a copy of the
   * tree, analysed again, and shown only when proven.
   */
  patch?(hit: Hit, view: StateView, settings: RuleSettings): ProposedPatch | undefined
  /** One hit that speaks for several of one cause, of which the first is given first: fifty workloads of a namespace are one finding. */
  merge?(hits: readonly Hit[]): Hit
  /** How many of one cause are still shown one by one; 1 unless it is said. */
  readonly mergeAbove?: number
}

export interface RuleMeta {
  readonly title: string
  /** What it usually is; a hit may say otherwise, the configuration has the last word. */
  readonly severity: Severity
  /** Coarse labels, for grouping and for other tools. */
  readonly concepts: readonly string[]
  readonly layer: Layer
  /** Why it matters, one or two sentences. */
  readonly why: string
  /** What to do, one or two sentences. */
  readonly fix: string
  /** Where the facts come from: documentation addresses, CVE numbers. */
  readonly sources: readonly string[]
}

/** What a rule found at one place. */
export interface Hit {
  /** Address of the resource that the hit is about. */
  readonly resource: string
  /** Where a person must look; findings point to the end of its chain, where the value can be edited. */
  readonly at: Origin
  /** Set where that is in the base, because the head has nothing to look at any more. */
  readonly side?: 'base'
  /**
   * What is wrong with what, within the state, without lines and paths: equal subjects of one rule in base and head are the same
   * finding. Names of workloads are those of the base where the change renames them.
   */
  readonly subject: string
  /** What, why and what to do, for somebody who is no network specialist. */
  readonly message: string
  readonly severity?: Severity
  readonly layer?: Layer
  /** How much is open, on a scale of the rule's own: more than in the base is worsened, less is improved. */
  readonly extent?: number
  readonly witness?: Witness | undefined
  /** What a person must decide where there is no patch. */
  readonly decide?: string
  /** True for a connection that the finding objects to: a patch may close it. Without this, a patch may close nothing that the base had. */
  readonly objectsTo?: (flow: Flow) => boolean
  /** What makes it so. Hits of one rule, cause, status and severity are shown as one finding, where the rule says how: `merge`. */
  readonly cause?: string
  /** The line of which this is one of several consequences: findings of several rules about one line are shown as one. */
  readonly because?: Because
  /** A wider finding that says this as well. This one is compared, and shown only where the wider one is not or is no news. */
  readonly within?: { readonly rule: string; readonly subject: string }
  /** True for what is compared with the other side and never shown: it is so, and nothing in the tree is answerable for it. */
  readonly hidden?: boolean
  /** Labels of this hit, where one rule has several kinds; those of the rule where absent. */
  readonly concepts?: readonly string[]
  /**
   * What several states have in common in which one line makes it so, whatever their resources are called: hits of one rule, place and
   * equal text here are one finding for all environments.
   */
  readonly across?: string
  /** The edit, where only the check has what it takes to write it; made on demand. */
  readonly fix?: () => ProposedPatch | undefined
  /**
   * Edits that close the same at other layers, or at the same one in another way; made on demand. They are tried beside the rule's patch,
   * the smallest first, and those that are proven are the choices of the finding.
   */
  readonly otherwise?: () => readonly ProposedPatch[]
  /** Layers that could close it and that no edit of the tree can change; made on demand. */
  readonly elsewhere?: () => readonly ElsewhereChoice[]
}

/** A hit with the rule that made it, the state it was made in, and the side. */
export interface RuleHit {
  readonly rule: Rule
  readonly hit: Hit
  readonly state: string
}

export interface ProposedPatch {
  readonly edit: TreeEdit
  /** What it does, in one sentence, and the evidence for each connection that it allows. */
  readonly summary: string
  /** The layer that it closes; that of the finding where absent. */
  readonly layer?: Layer
}

/** Both sides of one state; a side is undefined where the state is only on the other. */
export interface ChangeView {
  readonly base: StateView | undefined
  readonly head: StateView | undefined
  /** What opened and closed, with the most exact peers. */
  readonly flows: readonly Flow[]
}

/** Checks the shape of a rule at compile time; the catalogue is the list in `index.ts`. */
export function defineRule(rule: Rule): Rule {
  return rule
}
