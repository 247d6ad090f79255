import type { TreeEdit } from '../base/edit.ts'
import type { StateView } from '../compare/state-view.ts'
import type { AssessedFinding } from '../rules/assess.ts'
import { costOf } from '../rules/closing/layer-costs.ts'
import { type Copies, joinCopies } from '../rules/copies.ts'
import type { Choice, ElsewhereChoice, Finding } from '../rules/finding.ts'
import type { RuleSettings } from '../rules/settings.ts'
import type { Tree } from '../source/tree.ts'
import { type Candidate, candidatesOf, type JointCandidate, joinCandidates } from './candidates.ts'
import { type EditedOutcome, type KnownHits, verifyPatch } from './verify.ts'

/**
 * Patches cost an analysis each, of every state that changes; the most severe findings come first. A change of many environments gets
 * fewer, so that a review ends in time.
 */
const MAX_PATCHES = 25
const MIN_PATCHES = 4
const MAX_ANALYSES = 100
/** Analyses for choices at other layers, once every finding has had its turn. */
const MAX_CHOICES = 15
/** Candidates of one finding that may fail before it goes without a patch. */
const MAX_TRIES = 4

export interface PatchRun {
  readonly tree: Tree
  /** How many states the change reaches. */
  readonly states: number
  /** Whether the change touches a file. */
  readonly isTouched: (path: string) => boolean
  /** Files of which the head shows less than the analysis holds: offsets in them are those of another text. */
  readonly isUnreadable: (path: string) => boolean
  /** The head's side of a state by name. */
  readonly view: (state: string) => StateView | undefined
  /** What a patch brings back of it is nothing new. */
  readonly known: KnownHits
  readonly settings: RuleSettings
  /** The whole analysis on the head with an edit laid over it. */
  readonly analyse: (edit: TreeEdit) => EditedOutcome
  readonly wants: (finding: Finding) => boolean
}

interface Offer {
  readonly copies: Copies<AssessedFinding>
  /** Proven, the smallest first, each at a layer of its own. */
  readonly proven: JointCandidate[]
  /** Not tried yet, the smallest first. */
  readonly rest: JointCandidate[]
}

/**
 * The findings, one for all copies, each with its patch where one was proven, and with the choices where it can be closed at several
 * layers; in the order given. The patch is the smallest edit of all, made at each place of the finding.
 */
export function offerPatches(findings: readonly Copies<AssessedFinding>[], run: PatchRun): readonly Finding[] {
  const most = Math.min(MAX_PATCHES, Math.max(MIN_PATCHES, Math.floor(MAX_ANALYSES / run.states)))
  const closed = findings.flatMap((copies) => copies.filter(({ finding }) => finding.status === 'fixed'))
  let left = most
  const holds = ({ copies, proven, rest }: Offer): boolean => {
    const next = rest.shift()!
    left--
    const isProven = verifyPatch(copies, run.known, closed, next.edit, run.analyse) === undefined
    if (isProven) proven.push(next)
    return isProven
  }
  const tryOut = (copies: Copies<AssessedFinding>): Offer => {
    const rest = left > 0 && run.wants(copies[0].finding) ? jointCandidatesOf(copies, run) : []
    const offer: Offer = { copies, proven: [], rest: [...rest] }
    for (let tries = 0; offer.rest.length > 0 && left > 0 && tries < MAX_TRIES; tries++) if (holds(offer)) break
    return offer
  }
  const offers = findings.flatMap((copies): readonly Offer[] => {
    const offer = tryOut(copies)
    return offer.proven.length > 0 || copies.length === 1 ? [offer] : tryApart(copies, tryOut)
  })
  left = Math.min(MAX_CHOICES, most)
  for (const offer of offers) {
    if (offer.proven.length === 0) continue
    while (left > 0 && dropClosedLayers(offer) > 0) holds(offer)
  }
  return offers.map((offer) => withPatch(offer, run))
}

/** Where no one edit closes all copies, those that an edit of their own closes are findings of their own, and the others stay one. */
function tryApart(
  copies: Copies<AssessedFinding>,
  tryOut: (copies: Copies<AssessedFinding>) => Offer,
): readonly Offer[] {
  const closed: Offer[] = []
  const open: AssessedFinding[] = []
  for (const one of copies) {
    // What cannot be closed at the first place is taken to be so at the others: each try costs an analysis.
    const offer = open.length > closed.length ? undefined : tryOut([one])
    if (offer !== undefined && offer.proven.length > 0) closed.push(offer)
    else open.push(one)
  }
  const [first, ...others] = open
  return first === undefined ? closed : [...closed, { copies: [first, ...others], proven: [], rest: [] }]
}

function jointCandidatesOf(copies: Copies<AssessedFinding>, run: PatchRun): readonly JointCandidate[] {
  const of = ({ hit }: AssessedFinding): readonly Candidate[] => {
    const view = run.view(hit.state)
    return view === undefined ? [] : candidatesOf(hit, view, run)
  }
  const [first, ...others] = copies
  return joinCandidates([of(first), ...others.map(of)], run.tree)
}

/** One way for each layer is enough, and the first that was proven is the smallest; gives how many are left to try. */
function dropClosedLayers({ proven, rest }: Offer): number {
  const open = rest.filter(({ layer }) => !proven.some((one) => one.layer === layer))
  rest.splice(0, rest.length, ...open)
  return rest.length
}

function withPatch({ copies, proven }: Offer, run: PatchRun): Finding {
  const [one] = proven
  const [first, ...others] = copies.map(({ finding }, i): Finding => {
    const part = one?.parts[i]
    return part === undefined ? finding : { ...finding, ...placeOfChange(finding, part, run), patch: part.patch }
  }) as [Finding, ...Finding[]]
  const placed = joinCopies([first, ...others], one?.patch)
  const elsewhere = run.wants(placed) ? elsewhereOf(copies[0], proven) : []
  return {
    ...placed,
    ...(proven.length > 1 && { choices: proven.map(toChoice) }),
    ...(elsewhere.length > 0 && { elsewhere }),
  }
}

/** Layers outside of the tree; those at which an edit is proven need none. */
function elsewhereOf({ hit: { hit } }: AssessedFinding, proven: readonly Candidate[]): readonly ElsewhereChoice[] {
  return (hit.elsewhere?.() ?? []).filter(({ layer }) => !proven.some((one) => one.layer === layer))
}

/**
 * Where the finding stands on a line that the change does not touch (a module's, whose variable has another value now), and what the
 * change did there is taken back in one place that it touches: that is where a reviewer must look.
 */
function placeOfChange({ file }: Finding, { patch: { suggestion } }: Candidate, { isTouched }: PatchRun) {
  if (suggestion === undefined || isTouched(file) || !isTouched(suggestion.file)) return {}
  return { file: suggestion.file, line: suggestion.startLine, endLine: suggestion.endLine }
}

function toChoice({ layer, patch: { summary, files } }: Candidate): Choice {
  return { layer, what: summary, cost: costOf(layer), files }
}
