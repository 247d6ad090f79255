import { shorten } from '../../base/escape.ts'
import type { Finding } from '../../rules/finding.ts'
import { type Flow, hasNetworkEffect, listFlows } from '../flows.ts'
import { findHidden } from '../hidden.ts'
import { code, joined, type Line, line, linked, strong, text, toMarkdown } from '../inline.ts'
import { commitHref, runHref } from '../links.ts'
import type { NotAnalysed, ReviewReport } from '../review-report.ts'
import {
  count,
  firstSentence,
  isGone,
  isNew,
  messageLine,
  SEVERITY_MARK,
  severityCounts,
  shortenProse,
} from '../words.ts'
import { heading } from './blocks.ts'
import type { PageContext } from './context.ts'
import { countFixedSince, formatSummaryMarker, type SummaryMarker, toSummaryMarker } from './marker.ts'
import { COMMENT_LIMIT, fixed, layOut, type Section } from './page.ts'
import {
  allFlows,
  assumptions,
  changeGraph,
  coverageSection,
  decisions,
  FIRST_SCREEN,
  otherFindings,
  packetLine,
  patches,
  placeLists,
  proposals,
  topFindings,
  topFlows,
  undecidedParts,
} from './sections.ts'

/** The one comment of a pull request, marker included: what the change does, or that it does nothing any more. */
export function summaryComment(report: ReviewReport, context: PageContext): string {
  const marker =
    context.marker === undefined ? [] : [fixed(formatSummaryMarker(toSummaryMarker(context.marker, report.findings)))]
  return layOut([...marker, ...reviewSections(report, context)], COMMENT_LIMIT)
}

/** What a comment says while the run that should have judged the head could not. `reason` is shown as prose. */
export function undecidedComment(reason: string, context: PageContext): string {
  const marker = context.marker === undefined ? [] : [fixed(formatSummaryMarker(toSummaryMarker(context.marker, [])))]
  const run = runHref(context.links)
  return layOut(
    [
      ...marker,
      fixed(heading(3, line`⚠ Ringfence could not decide${atHead(context.head?.sha, context)}`)),
      fixed(toMarkdown([text(reason.slice(0, 2_000))])),
      fixed(
        footer(
          line`Check: ${strong(text('failed'))}. Nothing is known about this change until a run succeeds.${run === undefined ? [] : line` ${linked(run, text('Log of the run'))}`}`,
        ),
      ),
    ],
    COMMENT_LIMIT,
  )
}

/** The page's parts in their order, for comment and job summary alike. */
export function reviewSections(report: ReviewReport, context: PageContext): readonly Section[] {
  if (!hasNetworkEffect(report)) return resolvedSections(report, context)
  const flows = listFlows(report)
  const fresh = report.findings.filter(isNew)
  const gone = report.findings.filter(isGone)
  const undecided = report.coverage.notAnalysed.filter(({ changed }) => changed)
  return [
    fixed(heading(3, headline(fresh, gone, flows, undecided))),
    fixed(toMarkdown(countsLine(report, flows, context))),
    topFlows(flows, context),
    topFindings(fresh, context),
    undecidedParts(undecided, context),
    proposals(report.proposedSuppressions ?? [], context),
    packetLine(fresh),
    changeGraph(flows, context),
    decisions(fresh),
    ...patches(fresh),
    ...placeLists(fresh, context),
    otherFindings(fresh, gone, context),
    allFlows(flows, context),
    coverageSection(report.coverage, context),
    assumptions(report.coverage),
    fixed(footer(footerLine(report, fresh, context))),
  ]
}

/** What is left to say where an earlier push had an effect and this one has none. */
function resolvedSections(report: ReviewReport, context: PageContext): readonly Section[] {
  const was = context.previous === undefined ? [] : wasLine(context.previous, report)
  const at = atHead(context.head?.sha ?? report.head.tree, context)
  // A check that fails without any effect could not decide; it must not read as good news.
  const failed = report.summary.verdict === 'fail'
  return [
    fixed(
      heading(
        3,
        failed ? line`⚠ Ringfence could not decide${at}` : line`✅ Ringfence: no change in reachability${at}${was}`,
      ),
    ),
    coverageSection(report.coverage, context),
    assumptions(report.coverage),
    fixed(footer(footerLine(report, [], context))),
  ]
}

/** What happened, in one sentence. */
function headline(
  fresh: readonly Finding[],
  gone: readonly Finding[],
  flows: readonly Flow[],
  undecided: readonly NotAnalysed[],
): Line {
  const worst = fresh[0]
  if (worst !== undefined) {
    const what =
      firstSentence(messageLine(worst), MAX_HEADLINE) ??
      line`${text(shortenProse(worst.title, MAX_HEADLINE))}: ${code(worst.resource)}`
    const more = fresh.length > 1 ? ` (and ${count(fresh.length - 1, 'more finding')})` : ''
    return line`${text(SEVERITY_MARK[worst.severity])} Ringfence: ${what}${text(more)}`
  }
  if (undecided.length > 0)
    return line`⚠ Ringfence: ${text(count(undecided.length, 'changed place'))} could not be judged`
  if (gone.length > 0) return line`🟢 Ringfence: ${text(count(gone.length, 'finding'))} fixed or improved, nothing new`
  const opened = flows.filter(({ change }) => change !== 'gone').length
  const closed = flows.length - opened
  if (opened === 0) return line`🟢 Ringfence: ${text(count(closed, 'connection'))} closed, nothing opened`
  return line`🔵 Ringfence: ${text(count(opened, 'connection'))} opened or changed, no finding`
}

const MAX_HEADLINE = 160

/** How much of each, and what was compared. */
function countsLine(report: ReviewReport, flows: readonly Flow[], context: PageContext): Line {
  const parts: Line[] = []
  const fresh = report.findings.filter(isNew)
  const gone = report.findings.filter(isGone).length
  if (fresh.length > 0)
    parts.push([strong(text(count(fresh.length, 'new finding'))), text(` (${severityCounts(fresh)})`)])
  if (gone > 0) parts.push([text(`${gone} fixed or improved`)])
  for (const [exposure, word] of [
    [true, 'exposure'],
    [false, 'connection'],
  ] as const) {
    const some = flows.filter((flow) => flow.exposure === exposure)
    const number = (change: Flow['change']) => some.filter((flow) => flow.change === change).length
    const [opened, closed, changed] = [number('new'), number('gone'), number('changed')]
    if (opened > 0) parts.push([strong(text(`+${count(opened, word)}`))])
    if (closed > 0) parts.push([strong(text(`−${count(closed, word)}`))])
    if (changed > 0) parts.push([strong(text(`${count(changed, word)} changed`))])
  }
  const left = report.coverage.notAnalysed.length
  if (left > 0) parts.push([text(`${count(left, 'place')} not analysed`)])
  parts.push(comparedLine(report, context))
  return joined(parts, ' · ')
}

function comparedLine(report: ReviewReport, context: PageContext): Line {
  const base = commitLine(context.base?.sha ?? report.base.tree, context)
  const ref = context.base?.ref === undefined ? [] : line` (${code(context.base.ref)})`
  return line`before ${base}${ref} → after ${commitLine(context.head?.sha ?? report.head.tree, context)}`
}

/** Seven digits of a commit's id, linked; anything else as it is. */
function commitLine(tree: string, context: PageContext): Line {
  if (!/^[0-9a-f]{40,64}$/.test(tree)) return [code(tree)]
  return linked(commitHref(context.links, tree), code(tree.slice(0, 7)))
}

function atHead(tree: string | undefined, context: PageContext): Line {
  return tree === undefined ? [] : line` at ${commitLine(tree, context)}`
}

function wasLine(previous: SummaryMarker, report: ReviewReport): Line {
  const parts = [...previous.open].map(([severity, n]) => `${n} ${severity}`)
  if (parts.length === 0) return []
  // Not fixed, where the base has it too by now, or the configuration suppresses it.
  const fixed = countFixedSince(previous, report.findings) === previous.fingerprints.length ? ', fixed' : ''
  return [text(` (was: ${parts.join(', ')}${fixed})`)]
}

function footer(content: Line): string {
  return `<sub>${toMarkdown(content)}</sub>`
}

function footerLine(report: ReviewReport, fresh: readonly Finding[], context: PageContext): Line {
  const { summary } = report
  const parts: Line[] = [
    line`Check: ${strong(text(summary.verdict === 'pass' ? 'passed' : 'failed'))} (${text(shortenProse(summary.reason, 200))})`,
  ]
  if (context.inlineCount !== undefined && fresh.length > 0) {
    parts.push([
      text(
        `${context.inlineCount} of ${count(fresh.length, 'new finding')} also inline, ${Math.min(fresh.length, FIRST_SCREEN.findings)} in the list above`,
      ),
    ])
  }
  // Where something could not be judged, what is not found any more need not be gone.
  const judged = report.coverage.notAnalysed.every(({ changed }) => !changed)
  const before = context.previous === undefined || !judged ? 0 : countFixedSince(context.previous, report.findings)
  if (before > 0) parts.push([text(`since the last push: ${before} fixed`)])
  if (summary.suppressed > 0) parts.push([text(`${summary.suppressed} suppressed`)])
  const hidden = findHidden(report)
  if (hidden !== undefined) {
    const where = hidden.file === undefined ? '' : `, see ${shorten(hidden.file)}`
    parts.push([text(`⚠ hidden characters are left out${where}`)])
  }
  const run = context.marker === undefined ? undefined : runHref(context.links)
  if (run !== undefined) parts.push(linked(run, text('Full report')))
  if (fresh.length > 0) parts.push(line`suppress: ${code('.github/ringfence.yml')}`)
  return joined(parts, ' · ')
}
