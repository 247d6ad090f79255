import { singlePort } from './algebra/connections.ts'
import type { StateView } from './compare/state-view.ts'
import type { Config } from './config/config.ts'
import { type InlineSuppression, matchEndedInline, matchInline } from './config/inline-suppression.ts'
import { matchEnded, matchSuppression, type Suppression } from './config/suppression.ts'
import type { Accepts, AssessedFinding } from './rules/assess.ts'
import type { Finding, Severity } from './rules/finding.ts'
import type { ChangeView, Hit, Rule, RuleHit } from './rules/rule.ts'
import type { RuleSettings } from './rules/settings.ts'

/** What the rules found, and the ids of rules that failed: a failure must not look like silence. */
export interface RuleRun {
  readonly hits: readonly RuleHit[]
  readonly failed: readonly RuleFailure[]
}

export interface RuleFailure {
  readonly rule: string
  readonly message: string
}

/**
 * Runs every check of a state; against the other side of a change, what both have in common may be left out. A rule that throws is named;
 * the others still report.
 */
export function checkState(
  rules: readonly Rule[],
  view: StateView,
  settings: RuleSettings,
  against?: StateView,
): RuleRun {
  return run(rules, view.name, (rule) => rule.check?.(view, settings, against))
}

/** Runs every check of the change itself. */
export function checkChange(rules: readonly Rule[], change: ChangeView, settings: RuleSettings): RuleRun {
  return run(rules, change.head?.name ?? change.base?.name ?? '', (rule) => rule.checkChange?.(change, settings))
}

export function joinRuns(runs: readonly RuleRun[]): RuleRun {
  return { hits: runs.flatMap(({ hits }) => hits), failed: runs.flatMap(({ failed }) => failed) }
}

/** What of the configuration rules may ask for. */
export function ruleSettings(config: Config, today: string): RuleSettings {
  return {
    trusted: config.trusted,
    trustedRanges: config.trustedRanges,
    approved: config.approved,
    intents: config.intents,
    today,
  }
}

/** The configuration has the last word on how bad a finding is. */
export function severityBy(config: Config): (rule: Rule, hit: Hit) => Severity | 'off' {
  return (rule, hit) => config.severities.get(rule.id) ?? hit.severity ?? rule.meta.severity
}

/** Tells what the configuration or a comment accepts; undefined where they accept nothing. */
export function acceptedBy(config: Config, inline: readonly InlineSuppression[], today: string): Accepts | undefined {
  const rules = new Set([...config.suppressions, ...inline].map(({ rule }) => rule))
  if (rules.size === 0) return undefined
  return (rule, make) => {
    if (!rules.has(rule.id)) return undefined
    const finding = make()
    const by = matchSuppression(config.suppressions, toTarget(finding), today)
    if (by !== undefined) return `suppression ${config.suppressions.indexOf(by)}`
    const comment = matchInline(inline, finding, today, config.inlineSuppressions)
    return comment && `comment ${comment.path}:${comment.line}`
  }
}

/** The findings with those marked that the configuration or a comment accepts, and which suppressions did so. */
export function suppress(
  findings: readonly AssessedFinding[],
  config: Config,
  inline: readonly InlineSuppression[],
  today: string,
): { readonly findings: readonly AssessedFinding[]; readonly used: ReadonlySet<Suppression> } {
  const used = new Set<Suppression>()
  const marked = findings.map((assessed): AssessedFinding => {
    const { finding } = assessed
    const rule = matchSuppression(config.suppressions, toTarget(finding), today)
    if (rule !== undefined) used.add(rule)
    const by = rule ?? matchInline(inline, finding, today, config.inlineSuppressions)
    if (by === undefined) return withEnded(assessed, config, inline, today)
    return { ...assessed, finding: { ...finding, suppressed: { reason: by.reason, expires: by.expires } } }
  })
  return { findings: marked, used }
}

/** A finding that was accepted for a time says that the time is over. */
function withEnded(
  assessed: AssessedFinding,
  config: Config,
  inline: readonly InlineSuppression[],
  today: string,
): AssessedFinding {
  const { finding } = assessed
  const by =
    matchEnded(config.suppressions, toTarget(finding), today) ??
    matchEndedInline(inline, finding, today, config.inlineSuppressions)
  if (by === undefined) return assessed
  const message = `${finding.message} It was accepted until ${by.expires} (${by.reason}), which is over.`
  return { ...assessed, finding: { ...finding, message } }
}

function toTarget({ rule, resource, witness }: Finding) {
  if (witness === undefined) return { rule, resource }
  const { from, to, protocol, port } = witness.packet
  const connections =
    port !== undefined && protocol !== 'ICMP' && protocol !== 'any' ? singlePort(protocol, port) : undefined
  return { rule, resource, from, to, ...(connections && { connections }) }
}

function run(rules: readonly Rule[], state: string, check: (rule: Rule) => Iterable<Hit> | undefined): RuleRun {
  const hits: RuleHit[] = []
  const failed: RuleFailure[] = []
  for (const rule of rules) {
    try {
      for (const hit of check(rule) ?? []) hits.push({ rule, hit, state })
    } catch (error) {
      failed.push({ rule: rule.id, message: error instanceof Error ? error.message : String(error) })
    }
  }
  return { hits, failed }
}
