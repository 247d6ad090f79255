import type { Tree } from '../source/tree.ts'
import { type Hunk, hunkHolds, mapLines, readHunks, splitLines } from './diff-lines.ts'
import { type ChangedFile, type Host, HostError, type NewReviewComment, type ReviewComment } from './host.ts'
import { isOwn, readSubject, readsAs, toSubjectId } from './own-comments.ts'

/** A place of a finding that may get a comment on a line. Lines are 1-based, inclusive, and of the tree that was judged. */
export interface InlineCandidate {
  /** Of the place. */
  readonly fingerprint: string
  /** Fingerprint of the finding, which may have other places. */
  readonly finding: string
  readonly file: string
  readonly line: number
  /** Lines that the whole patch replaces, where it is one replacement of consecutive lines. */
  readonly suggestion?: { readonly file: string; readonly startLine: number; readonly endLine: number }
  /** The comment with a marker of this id; with a suggestion block only where that can be applied. */
  render(id: string, withSuggestion: boolean): string
}

export interface InlineComments {
  readonly pullRequest: number
  readonly key: string
  /** The head commit that was pushed. */
  readonly head: string
  /** The tree that was judged: the test merge, whose lines may differ from the head's. */
  readonly tree: Tree
  /** Most important first; every place of what is open, so that a comment on any other is known to be done with. */
  readonly candidates: readonly InlineCandidate[]
  /** How many comments may stand at once. */
  readonly limit: number
  /** What stands in place of a comment whose finding is gone, with a marker of this id. */
  renderFixed(id: string): string
}

export interface InlinePosted {
  /** Comments that stand now. */
  readonly standing: number
  /** Findings that have one of them. */
  readonly findings: number
  readonly created: number
  readonly fixed: number
  /** GitHub refused the review: its findings stand in the summary comment only. */
  readonly refused: boolean
  /** The pull request has moved on: nothing was written. */
  readonly stale: boolean
}

/**
 * Brings the comments on lines in step with the findings: a new finding gets one comment, in one review; one that has its comment
 * keeps it; the comment of a finding that is gone is deleted, or marked and folded away where somebody has answered.
 */
export async function postInlineComments(host: Host, inline: InlineComments): Promise<InlinePosted> {
  const all = await host.reviewComments(inline.pullRequest)
  const own = await ownComments(host, all, inline.key)
  const open = new Set(inline.candidates.map((candidate) => candidate.fingerprint))
  const standing = new Map([...own].filter(([fingerprint]) => open.has(fingerprint)))
  const gone = [...own].filter(([fingerprint]) => !open.has(fingerprint)).map(([, comment]) => comment)

  const room = Math.max(0, inline.limit - standing.size)
  const unposted = new Map(inline.candidates.map((candidate) => [candidate.fingerprint, candidate]))
  for (const fingerprint of standing.keys()) unposted.delete(fingerprint)
  const mayPlace = room > 0 && unposted.size > 0
  const places = mayPlace || standing.size > 0 ? await placer(host, inline) : undefined
  const comments: NewReviewComment[] = []
  const commented = new Set<string>()
  for (const candidate of mayPlace ? unposted.values() : []) {
    const place = await places?.(candidate)
    if (place !== undefined) {
      comments.push(toNewComment(inline.key, candidate, place))
      commented.add(candidate.finding)
    }
    if (comments.length === room) break
  }
  const edits: { readonly id: number; readonly body: string }[] = []
  for (const candidate of inline.candidates) {
    const comment = standing.get(candidate.fingerprint)
    const place = comment === undefined ? undefined : await places?.(candidate)
    // Where it stands no longer, a suggestion in it would replace other lines than it was made for: it is left as it is.
    if (comment === undefined || place === undefined || !standsAt(comment, place)) continue
    const { body } = toNewComment(inline.key, candidate, place)
    if (!readsAs(comment, body)) edits.push({ id: comment.id, body })
  }

  const before = new Set(
    inline.candidates.filter(({ fingerprint }) => standing.has(fingerprint)).map(({ finding }) => finding),
  )
  const nothing = {
    standing: standing.size,
    findings: before.size,
    created: 0,
    fixed: 0,
    refused: false,
    stale: false,
  }
  if (comments.length + edits.length + gone.length === 0) return nothing
  if ((await host.pullRequest(inline.pullRequest)).head !== inline.head) return { ...nothing, stale: true }
  const answered = new Set(all.map((comment) => comment.replyTo))
  for (const comment of gone) await retire(host, comment, answered.has(comment.id), inline)
  for (const { id, body } of edits) await host.updateReviewComment(id, body)
  const created = comments.length > 0 && (await createReview(host, inline, comments))
  return {
    standing: standing.size + (created ? comments.length : 0),
    findings: created ? new Set([...before, ...commented]).size : before.size,
    created: created ? comments.length : 0,
    fixed: gone.length,
    refused: comments.length > 0 && !created,
    stale: false,
  }
}

/** By fingerprint, those that still say that something is wrong. */
async function ownComments(
  host: Host,
  all: readonly ReviewComment[],
  key: string,
): Promise<ReadonlyMap<string, ReviewComment>> {
  const marked = all.filter((comment) => readSubject(comment.body)?.key === key)
  if (marked.length === 0) return new Map()
  const viewer = await host.viewer()
  const own = new Map<string, ReviewComment>()
  for (const comment of marked) {
    const subject = readSubject(comment.body)
    if (subject !== undefined && !subject.fixed && isOwn(comment.author, viewer)) own.set(subject.fingerprint, comment)
  }
  return own
}

async function retire(host: Host, comment: ReviewComment, answered: boolean, inline: InlineComments): Promise<void> {
  if (!answered) {
    await host.deleteReviewComment(comment.id)
    return
  }
  const fingerprint = readSubject(comment.body)?.fingerprint ?? ''
  const id = toSubjectId({ key: inline.key, fingerprint, fixed: true })
  await host.updateReviewComment(comment.id, inline.renderFixed(id))
  await host.minimizeComment(comment.nodeId)
}

/** False where GitHub refuses it: one comment off the diff loses all, and the answer does not name it. */
async function createReview(
  host: Host,
  inline: InlineComments,
  comments: readonly NewReviewComment[],
): Promise<boolean> {
  try {
    await host.createReview(inline.pullRequest, { commit: inline.head, body: '', comments })
    return true
  } catch (error) {
    if (error instanceof HostError && error.kind === 'refused') return false
    throw error
  }
}

/** Lines of the head, 1-based and inclusive. */
interface InlinePlace {
  readonly path: string
  readonly startLine: number
  readonly endLine: number
  readonly withSuggestion: boolean
}

function toNewComment(key: string, candidate: InlineCandidate, place: InlinePlace): NewReviewComment {
  const id = toSubjectId({ key, fingerprint: candidate.fingerprint, fixed: false })
  return {
    path: place.path,
    line: place.endLine,
    ...(place.startLine < place.endLine && { startLine: place.startLine }),
    body: candidate.render(id, place.withSuggestion),
  }
}

function standsAt(comment: ReviewComment, place: InlinePlace): boolean {
  const startLine = comment.startLine ?? comment.line
  return comment.path === place.path && comment.line === place.endLine && startLine === place.startLine
}

type Placer = (candidate: InlineCandidate) => Promise<InlinePlace | undefined>

/** Finds the place of a comment in the pull request's diff; undefined where the diff does not show the lines. */
async function placer(host: Host, inline: InlineComments): Promise<Placer> {
  const files = new Map((await host.changedFiles(inline.pullRequest)).map((file) => [file.path, file]))
  const known = new Map<string, Promise<FileLines | undefined>>()
  const linesOf = (path: string) => {
    const lines = known.get(path) ?? readLines(host, inline.tree, files.get(path))
    known.set(path, lines)
    return lines
  }
  return async ({ file, line, suggestion }) => {
    if (suggestion !== undefined) {
      const range = await findRange(linesOf, suggestion.file, suggestion.startLine, suggestion.endLine)
      if (range !== undefined) return { ...range, withSuggestion: true }
    }
    const range = await findRange(linesOf, file, line, line)
    return range === undefined ? undefined : { ...range, withSuggestion: false }
  }
}

interface FileLines {
  readonly hunks: readonly Hunk[]
  readonly judged: readonly string[]
  /** Line of the head for a line that was judged; undefined where the head has no such line. */
  headLine(line: number): number | undefined
}

async function readLines(host: Host, tree: Tree, file: ChangedFile | undefined): Promise<FileLines | undefined> {
  if (file?.patch === undefined || file.status === 'removed') return undefined
  const read = tree.read(file.path)
  // Lines that end in a lone carriage return are lines to YAML, and none to a diff.
  if (!read.ok || /\r(?!\n)/.test(read.source.text)) return undefined
  const hunks = readHunks(file.patch)
  const judged = splitLines(read.source.text)
  if (tree.entry(file.path)?.id === file.id) return { hunks, judged, headLine: (line) => line }
  // The base has changed the same file meanwhile: the merge's lines are not the head's.
  const head = splitLines(Buffer.from(await host.blob(file.id)).toString('utf8'))
  const lines = mapLines(judged, head)
  return lines && { hunks, judged, headLine: (line) => lines.get(line) }
}

async function findRange(
  linesOf: (path: string) => Promise<FileLines | undefined>,
  path: string,
  startLine: number,
  endLine: number,
): Promise<Omit<InlinePlace, 'withSuggestion'> | undefined> {
  const lines = await linesOf(path)
  const start = lines?.headLine(startLine)
  const end = lines?.headLine(endLine)
  if (lines === undefined || start === undefined || end === undefined) return undefined
  const text = lines.judged.slice(startLine - 1, endLine)
  // The text is compared too: GitHub replaces the head's lines, and they must be the ones that the patch was made for.
  return hunkHolds(lines.hunks, start, end, text) ? { path, startLine: start, endLine: end } : undefined
}
