import { type Origin, toPlace } from './base/origin.ts'
import { type Problem, problemPlace } from './base/problem.ts'
import { SourceText } from './base/text.ts'
import type { Config } from './config/config.ts'
import { divideInline, findInlineSuppressions, type InlineSuppression } from './config/inline-suppression.ts'
import { readConfig } from './config/load-config.ts'
import {
  checkSuppressions,
  describeSuppression,
  hasEnded,
  type Suppression,
  type SuppressionNotice,
} from './config/suppression.ts'
import type { ProposedSuppression } from './report/review-report.ts'
import { configurationRefused } from './rules/configuration-refused.ts'
import { RULES } from './rules/index.ts'
import type { Rule, RuleHit } from './rules/rule.ts'
import { suppressionExpired } from './rules/suppression-expired.ts'
import { suppressionIneffective } from './rules/suppression-ineffective.ts'
import type { Tree } from './source/tree.ts'

/** What a change does to the configuration of this tool, in its file and in comments. */
export interface ConfigurationChange {
  /** Comments that count: the base has them as well. */
  readonly inForce: readonly InlineSuppression[]
  /** What the head adds, in its configuration and in comments: shown, and not in force. */
  readonly proposed: readonly ProposedSuppression[]
  /** What is wrong with the configuration of each side. */
  readonly baseHits: readonly RuleHit[]
  readonly headHits: readonly RuleHit[]
}

export interface ConfigurationInput {
  readonly base: Tree
  readonly head: Tree
  /** In force. */
  readonly config: Config
  /** Of the configuration in the trees, where the workflow names another place. */
  readonly path?: string
  /** Paths that the change touches: the comments of their files are read. */
  readonly touched: Iterable<string>
  /** ISO date. */
  readonly today: string
}

/** Compares the configurations of base and head. What covers nothing cannot be told here: a review judges only what differs. */
export function reviewConfiguration(input: ConfigurationInput): ConfigurationChange {
  const { base, head, config, today, touched } = input
  const place = { rules: RULE_IDS, ...(input.path !== undefined && { path: input.path }) }
  const [before, after] = [readConfig(base, place), readConfig(head, place)]
  const paths = [...touched]
  const [was, is] = [readComments(base, paths), readComments(head, paths)]
  const inline = divideInline(was.suppressions, is.suppressions)
  return {
    inForce: inline.inForce,
    proposed: proposals(config, after.config, inline.proposed),
    baseHits: [...refusals(before.problems), ...fileHits(before.config, today), ...commentHits(was, today)],
    headHits: [...refusals(after.problems), ...fileHits(after.config, today), ...commentHits(is, today)],
  }
}

/** What is wrong with the suppressions of one tree, and a sentence for each that ends soon. `used` are those that cover a finding. */
export function auditConfiguration(
  config: Config,
  comments: Comments,
  today: string,
  used: ReadonlySet<Suppression>,
): { readonly hits: readonly RuleHit[]; readonly notes: readonly string[] } {
  const notices = checkSuppressions(config.suppressions, today, { rules: RULE_IDS, used })
  return {
    hits: [...noticeHits(notices), ...commentHits(comments, today)],
    notes: notices
      .filter(({ kind }) => kind === 'expires-soon')
      .map(({ message, file, line }) => `${file}:${line}: ${message}.`),
  }
}

const RULE_IDS: ReadonlySet<string> = new Set(RULES.map(({ id }) => id))

/** Comments that accept findings, and those that were meant to and do not. */
export interface Comments {
  readonly suppressions: readonly InlineSuppression[]
  readonly mistakes: readonly { readonly message: string; readonly at: Origin }[]
  /** The place of a suppression. */
  readonly placeOf: (suppression: InlineSuppression) => Origin
}

/** Files in which a comment is one; prose may quote what a comment looks like. */
const COMMENTED = /\.(?:ya?ml|json|tf|tfvars|hcl|bicep|bicepparam|tpl)$/i

/** The comments of some files of a tree; files that cannot be read have none. */
export function readComments(tree: Tree, paths: Iterable<string>): Comments {
  const suppressions: InlineSuppression[] = []
  const mistakes: Comments['mistakes'][number][] = []
  const sources = new Map<string, SourceText>()
  for (const path of paths) {
    if (!COMMENTED.test(path) || tree.entry(path) === undefined) continue
    const read = tree.read(path)
    if (!read.ok) continue
    const found = findInlineSuppressions(read.source)
    sources.set(path, read.source)
    suppressions.push(...found.suppressions)
    mistakes.push(...found.mistakes.map(({ message, line }) => ({ message, at: lineOrigin(read.source, line) })))
  }
  return { suppressions, mistakes, placeOf: ({ path, line }) => lineOrigin(sources.get(path)!, line) }
}

function lineOrigin(source: SourceText, line: number): Origin {
  return { source, start: source.lineStart(line), end: source.lineStart(line + 1) }
}

/** More of one file's problems than this say nothing new. */
const MOST_REFUSALS = 10

function refusals(problems: readonly Problem[]): readonly RuleHit[] {
  return problems.slice(0, MOST_REFUSALS).map((problem) => {
    const { file } = problemPlace(problem)
    const at = 'file' in problem.at ? { source: new SourceText(file, ''), start: 0, end: 0 } : problem.at
    const message = `The configuration cannot be read: ${sentence(problem.message)} Once this is merged, no change can be judged: every check fails until the file is mended.`
    return toHit(configurationRefused, { resource: file, at, subject: problem.message, message })
  })
}

function fileHits(config: Config, today: string): readonly RuleHit[] {
  return noticeHits(checkSuppressions(config.suppressions, today, { rules: RULE_IDS }))
}

function noticeHits(notices: readonly SuppressionNotice[]): readonly RuleHit[] {
  return notices
    .filter(({ kind }) => kind !== 'expires-soon')
    .map(({ kind, message, at }) =>
      toHit(kind === 'expired' ? suppressionExpired : suppressionIneffective, {
        resource: toPlace(at).file,
        at,
        subject: message,
        message: sentence(`T${message.slice(1)}`),
        // Nobody is misled by what is only left over.
        ...(kind === 'unused' && { severity: 'note' as const }),
      }),
    )
}

function commentHits({ suppressions, mistakes, placeOf }: Comments, today: string): readonly RuleHit[] {
  const counts = new Map<string, number>()
  // Neither line nor path: a comment that moves with its file is the same one.
  const numbered = (what: string) => {
    const count = (counts.get(what) ?? 0) + 1
    counts.set(what, count)
    return `${what} ${count}`
  }
  const ended = suppressions.filter((one) => hasEnded(one, today))
  return [
    ...mistakes.map(({ message, at }) =>
      toHit(suppressionIneffective, {
        resource: at.source.path,
        at,
        subject: numbered(message),
        message: `The comment accepts nothing: ${sentence(message)}`,
      }),
    ),
    ...ended.map((one) =>
      toHit(suppressionExpired, {
        resource: one.path,
        at: placeOf(one),
        subject: numbered(`${one.rule} ${one.expires} ${one.anchor}`),
        message: `The comment that accepted ${one.rule} ended on ${one.expires}; what it covered is a finding again.`,
      }),
    ),
  ]
}

function toHit(rule: Rule, hit: RuleHit['hit']): RuleHit {
  return { rule, hit, state: '' }
}

function sentence(words: string): string {
  return /[.?!]$/.test(words) ? words : `${words}.`
}

function proposals(config: Config, head: Config, inline: readonly InlineSuppression[]): readonly ProposedSuppression[] {
  const inForce = new Set(config.suppressions.map(suppressionKey))
  const added = head.suppressions.filter((suppression) => !inForce.has(suppressionKey(suppression)))
  return [
    ...added.map((suppression): ProposedSuppression => {
      const { file, line } = toPlace(suppression.origin)
      return { rule: suppression.rule, reason: suppression.reason, expires: suppression.expires, file, line }
    }),
    ...inline.map(
      ({ rule, reason, expires, path, line }): ProposedSuppression => ({ rule, reason, expires, file: path, line }),
    ),
  ]
}

function suppressionKey(suppression: Suppression): string {
  return `${describeSuppression(suppression)} ${suppression.reason} ${suppression.expires}`
}
