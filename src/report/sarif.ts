import { dropHidden, escapeSarifText } from '../base/escape.ts'
import { atPlaces, type SpreadFinding } from '../rules/copies.ts'
import type { ElsewhereChoice, Finding, PathStep, Severity } from '../rules/finding.ts'
import type { RuleMeta } from '../rules/rule.ts'
import { print } from './json.ts'
import type { AuditReport, ReviewReport } from './review-report.ts'
import { LAYER_NAME, VERDICT_WORD } from './words.ts'

export interface SarifTool {
  readonly version: string
  /** Project page. */
  readonly informationUri: string
  /** Folder of the rules' pages; a rule's id and `.md` are put behind it. */
  readonly rulesUri: string
  /** The catalogue; results refer to it by position. */
  readonly rules: readonly { readonly id: string; readonly meta: RuleMeta }[]
}

/**
 * GitHub reads 25,000 results of a run and keeps the top 5,000; of a result 1,000 locations, 100 shown.
 * Source: docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
 */
const MAX_RESULTS = 5_000
const MAX_RELATED_LOCATIONS = 100
/** docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning */
const MAX_TAGS = 20

/**
 * A SARIF 2.1.0 log of what is there on the head: fixed findings are not in it, so that code scanning closes their alerts. A finding at
 * several places is a result at each: one result has several locations only where all must be edited to correct it at all (§3.27.12),
 * and code scanning shows the first alone.
 */
export function toSarif(report: ReviewReport | AuditReport, tool: SarifTool): string {
  const present = report.findings.filter(({ status }) => status !== 'fixed').flatMap(atPlaces)
  const findings = present.slice(0, MAX_RESULTS)
  const indexes = new Map(tool.rules.map(({ id }, i): [string, number] => [id, i]))
  const compared = 'base' in report
  return print({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Ringfence',
            semanticVersion: tool.version,
            informationUri: tool.informationUri,
            rules: tool.rules.map(({ id, meta }) => toRule(id, meta, tool)),
          },
        },
        automationDetails: { id: 'ringfence/' },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'Root of the repository.' } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notifications(report, present.length - findings.length),
          },
        ],
        results: findings.map((result) => toResult(result, indexes, compared)),
      },
    ],
  })
}

function toRule(id: string, meta: RuleMeta, tool: SarifTool): object {
  const sources = meta.sources.length === 0 ? '' : `\n\nSources: ${meta.sources.join(', ')}`
  return {
    id,
    name: id.replace(/(?:^|-)([a-z0-9])/g, (_, char: string) => char.toUpperCase()),
    shortDescription: { text: escapeSarifText(meta.title) },
    fullDescription: { text: escapeSarifText(meta.why) },
    help: { text: `${meta.why}\n\n${meta.fix}${sources}` },
    helpUri: `${tool.rulesUri}/${encodeURIComponent(id)}.md`,
    defaultConfiguration: { level: LEVELS[meta.severity] },
    properties: {
      tags: ['security', 'network', ...new Set(meta.concepts)].slice(0, MAX_TAGS),
      precision: 'high',
      'security-severity': SECURITY_SEVERITY[meta.severity],
    },
  }
}

function toResult(
  { finding, place, others }: SpreadFinding,
  indexes: ReadonlyMap<string, number>,
  compared: boolean,
): object {
  const {
    rule,
    severity,
    file,
    line,
    endLine,
    fingerprint,
    status,
    suppressed,
    witness,
    patch,
    choices,
    elsewhere,
    states,
  } = finding
  const index = indexes.get(rule)
  const related = (witness?.path ?? []).filter(hasPlace).slice(0, MAX_RELATED_LOCATIONS)
  const where = states === undefined || states.length === 0 ? '' : ` (in ${states.join(', ')})`
  return {
    ruleId: rule,
    ...(index === undefined ? {} : { ruleIndex: index }),
    level: LEVELS[severity],
    message: { text: escapeSarifText(`${finding.message}${where}`) },
    locations: [
      {
        physicalLocation: physicalLocation(file, line, endLine),
        logicalLocations: [{ fullyQualifiedName: dropHidden(finding.resource), kind: 'resource' }],
      },
    ],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((step, i) => ({
            id: i,
            physicalLocation: physicalLocation(step.file, step.line, step.line),
            message: { text: escapeSarifText(`${LAYER_NAME[step.layer]} ${VERDICT_WORD[step.verdict]}: ${step.rule}`) },
          })),
        }),
    partialFingerprints: {
      'ringfence/v1': fingerprint,
      ...(others.length > 0 && { 'ringfence/place/v1': place.fingerprint }),
    },
    ...(compared ? { baselineState: BASELINE_STATES[status] } : {}),
    ...(suppressed === undefined
      ? {}
      : { suppressions: [{ kind: 'external', status: 'accepted', justification: dropHidden(suppressed.reason) }] }),
    ...(patch?.suggestion === undefined
      ? {}
      : {
          fixes: [
            {
              description: { text: escapeSarifText(patch.summary) },
              artifactChanges: [
                {
                  artifactLocation: artifactLocation(patch.suggestion.file),
                  replacements: [
                    {
                      // Without columns a region is whole lines, without the last line's end (SARIF 2.1.0 §3.30.5 to 3.30.8).
                      deletedRegion: { startLine: patch.suggestion.startLine, endLine: patch.suggestion.endLine },
                      insertedContent: { text: patch.suggestion.text },
                    },
                  ],
                },
              ],
            },
          ],
        }),
    properties: {
      severity,
      status,
      resource: dropHidden(finding.resource),
      layer: finding.layer,
      ...(choices && { choices: choices.map(toChoice) }),
      ...(elsewhere && { elsewhere: elsewhere.map(toChoice) }),
    },
  }
}

function toChoice({ layer, what, cost }: ElsewhereChoice): object {
  return { layer, what: dropHidden(what), cost }
}

/** What was not analysed is told in the run, so that no results do not read as no problems. */
function notifications(report: ReviewReport | AuditReport, left: number): readonly object[] {
  const places = report.coverage.notAnalysed.slice(0, MAX_RESULTS).map(({ file, line, reason, changed }) => ({
    level: changed ? 'error' : 'note',
    message: { text: escapeSarifText(`Not analysed: ${reason}`) },
    locations: [{ physicalLocation: physicalLocation(file, line, line) }],
  }))
  if (left === 0) return places
  return [{ level: 'warning', message: { text: `${left} more results, less severe, are left out.` } }, ...places]
}

function physicalLocation(file: string, startLine: number | undefined, endLine: number | undefined): object {
  const region =
    startLine === undefined ? {} : { region: { startLine, endLine: Math.max(startLine, endLine ?? startLine) } }
  return { artifactLocation: artifactLocation(file), ...region }
}

function artifactLocation(file: string): object {
  const uri = file
    .split('/')
    .map((segment) => encodeURIComponent(segment.replace(/\p{Surrogate}/gu, '\ufffd')))
    .join('/')
  return { uri, uriBaseId: 'SRCROOT' }
}

function hasPlace(step: PathStep): step is PathStep & { readonly file: string } {
  return step.file !== undefined
}

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  note: 'note',
}

/** In the middle of GitHub's bands: critical above 9, high from 7, medium from 4, low below. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.5',
  note: '0.5',
}

const BASELINE_STATES: Readonly<Record<Finding['status'], string>> = {
  introduced: 'new',
  worsened: 'updated',
  existing: 'unchanged',
  improved: 'updated',
  fixed: 'absent',
}
