import { escapeFenced, escapeHtml } from '../base/escape.ts'
import { placesOf } from '../rules/copies.ts'
import type { Choice, ElsewhereChoice, Finding, Witness } from '../rules/finding.ts'
import { diffLineKind } from './diff-line.ts'
import { type Flow, flowPorts, hasNetworkEffect, listFlows } from './flows.ts'
import { findHidden } from './hidden.ts'
import { STYLE } from './html-style.ts'
import { code, joined, type Line, line, linked, strong, text, toHtml, unbroken } from './inline.ts'
import { commitHref, fileHref, type ReviewLinks, ruleHref } from './links.ts'
import { outcome, packetWords } from './packet.ts'
import type { AuditReport, Coverage, ReviewReport } from './review-report.ts'
import {
  CHOICES_HEADING,
  count,
  ELSEWHERE_HEADING,
  isGone,
  isNew,
  LAYER_NAME,
  messageLine,
  peerNode,
  STATUS_WORD,
  SUGGESTED,
  severityCounts,
  shortenProse,
  sideOf,
  VERDICT_WORD,
} from './words.ts'

export interface HtmlContext {
  readonly links?: ReviewLinks
}

/** A page for a browser that loads nothing: one file, light and dark, no script. */
export function reviewHtml(report: ReviewReport, context: HtmlContext = {}): string {
  const flows = listFlows(report)
  const fresh = report.findings.filter(isNew)
  const gone = report.findings.filter(isGone)
  const { summary } = report
  const effect = hasNetworkEffect(report) || summary.verdict === 'fail'
  const compared = line`before ${treeLine(report.base.tree, context)} → after ${treeLine(report.head.tree, context)}`
  return page('Ringfence review', [
    header(summary.verdict, [text(effect ? summary.reason : 'no change in reachability')], compared),
    tiles([
      ['new findings', fresh.length, fresh.length > 0 ? 'bad' : ''],
      ['fixed or improved', gone.length, gone.length > 0 ? 'good' : ''],
      ['opened', flows.filter(({ change }) => change === 'new').length, ''],
      ['changed', flows.filter(({ change }) => change === 'changed').length, ''],
      ['closed', flows.filter(({ change }) => change === 'gone').length, ''],
      ['not analysed', report.coverage.notAnalysed.length, ''],
    ]),
    section('What opens and closes', flowTable(flows, context)),
    section(fresh.length === 0 ? '' : `New findings: ${severityCounts(fresh)}`, findingList(fresh, context)),
    section('Fixed or improved', findingTable(gone, context)),
    section('Proposed by this change, not in force yet', proposalList(report)),
    coverageBlock(report.coverage, context),
    note(report),
  ])
}

/** As {@link reviewHtml}, of every finding of one state. */
export function auditHtml(report: AuditReport, context: HtmlContext = {}): string {
  const findings = report.findings.filter(({ suppressed }) => suppressed === undefined)
  return page('Ringfence audit', [
    header(report.summary.verdict, [text(report.summary.reason)], line`tree ${treeLine(report.head.tree, context)}`),
    tiles([
      ['findings', findings.length, findings.length > 0 ? 'bad' : 'good'],
      ['suppressed', report.summary.suppressed, ''],
      ['not analysed', report.coverage.notAnalysed.length, ''],
    ]),
    section(findings.length === 0 ? '' : `Findings: ${severityCounts(findings)}`, findingList(findings, context)),
    coverageBlock(report.coverage, context),
  ])
}

/** More rows than this make a page that no browser scrolls well; the JSON has all of them. */
const MAX_ROWS = 5_000
const MAX_MESSAGE = 4_000
const MAX_PLACES = 100

function page(title: string, blocks: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${blocks.filter((block) => block !== '').join('\n')}
</main>
</body>
</html>
`
}

function header(verdict: 'pass' | 'fail', reason: Line, compared: Line): string {
  const words = verdict === 'pass' ? 'Passed' : 'Failed'
  return `<header><h1><span class="verdict ${verdict}">${words}</span> ${toHtml(reason)}</h1><p class="dim">${toHtml(compared)}</p></header>`
}

function tiles(items: readonly (readonly [label: string, n: number, tone: string])[]): string {
  const cells = items.map(
    ([label, n, tone]) => `<li class="${tone}"><b>${n.toLocaleString('en-US')}</b> ${escapeHtml(label)}</li>`,
  )
  return `<ul class="tiles">${cells.join('')}</ul>`
}

function section(title: string, content: string): string {
  if (content === '') return ''
  return `<section>${title === '' ? '' : `<h2>${escapeHtml(title)}</h2>`}\n${content}</section>`
}

function table(head: readonly string[], rows: readonly (readonly Line[])[], total: number): string {
  if (rows.length === 0) return ''
  const header = head.map((cell) => `<th>${escapeHtml(cell)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${toHtml(cell)}</td>`).join('')}</tr>`).join('\n')
  const left =
    total > rows.length ? `<p class="dim">… and ${(total - rows.length).toLocaleString('en-US')} more</p>` : ''
  return `<div class="wide"><table><thead><tr>${header}</tr></thead><tbody>\n${body}\n</tbody></table></div>${left}`
}

function flowTable(flows: readonly Flow[], context: HtmlContext): string {
  const rows = flows.slice(0, MAX_ROWS).map((flow): readonly Line[] => {
    const { from, to, certain, cause, states } = flow.connection
    const word = certain ? flow.change : `maybe ${flow.change}`
    const why: Line = cause === undefined ? [] : line`${placeLine(cause, context, cause.side)} ${text(cause.why)}`
    return [
      [unbroken(flow.severity === undefined ? word : `${word}, ${flow.severity}`)],
      [peerNode(from)],
      [peerNode(to)],
      [unbroken(flowPorts(flow))],
      [...why, ...statesLine(states)],
    ]
  })
  return table(['change', 'from', 'to', 'port', 'why now'], rows, flows.length)
}

function findingTable(findings: readonly Finding[], context: HtmlContext): string {
  const rows = findings
    .slice(0, MAX_ROWS)
    .map((finding): readonly Line[] => [
      [text(STATUS_WORD[finding.status])],
      [code(finding.rule)],
      findingPlaces(finding, context),
      messageLine(finding, shortenProse(finding.message, MAX_MESSAGE)),
    ])
  return table(['', 'rule', 'where', 'what'], rows, findings.length)
}

function findingList(findings: readonly Finding[], context: HtmlContext): string {
  const cards = findings.slice(0, MAX_ROWS).map((finding, i) => findingCard(finding, i + 1, context))
  if (findings.length > cards.length)
    cards.push(`<p class="dim">… and ${(findings.length - cards.length).toLocaleString('en-US')} more</p>`)
  return cards.join('\n')
}

function findingCard(finding: Finding, number: number, context: HtmlContext): string {
  const { severity, rule, status, witness, patch, choices, elsewhere, decide, states } = finding
  const name = linked(ruleHref(context.links, rule), code(rule))
  const worse = status === 'worsened' ? ', worse' : ''
  return [
    `<article class="${severity}"><h3>${number}. <span class="severity">${severity}${worse}</span> ${toHtml(name)} <small>${toHtml(findingPlaces(finding, context))}${toHtml(statesLine(states))}</small></h3>`,
    `<p>${toHtml(messageLine(finding, shortenProse(finding.message, MAX_MESSAGE)))}</p>`,
    witness === undefined ? '' : witnessBlock(witness, context),
    patch === undefined
      ? ''
      : `<details open><summary>Fix, verified: ${toHtml([text(patch.summary)])}</summary>${patch.files.map(({ diff }) => diffBlock(diff)).join('')}</details>`,
    choices === undefined ? '' : choiceList(choices),
    patch === undefined && decide !== undefined ? `<p><b>To decide:</b> ${toHtml([text(decide)])}</p>` : '',
    elsewhere === undefined ? '' : elsewhereList(elsewhere),
    '</article>',
  ].join('')
}

/** The diff of the first is the fix, which stands above. */
function choiceList(choices: readonly Choice[]): string {
  const items = choices.map(({ layer, what, cost, files }, i) => {
    const words = line`${strong(text(LAYER_NAME[layer]))}${text(i === 0 ? ` (${SUGGESTED})` : '')}: ${text(`${what} ${cost}`)}`
    const diffs = i === 0 ? '' : files.map(({ diff }) => diffBlock(diff)).join('')
    return `<li>${toHtml(words)}${diffs === '' ? '' : `<details><summary>The edit</summary>${diffs}</details>`}</li>`
  })
  return `<p>${CHOICES_HEADING}</p><ul>${items.join('')}</ul>`
}

function elsewhereList(choices: readonly ElsewhereChoice[]): string {
  const items = choices.map(
    ({ layer, what, cost }) =>
      `<li>${toHtml(line`${strong(text(LAYER_NAME[layer]))}: ${text(`${what} ${cost}`)}`)}</li>`,
  )
  return `<p>${ELSEWHERE_HEADING}</p><ul>${items.join('')}</ul>`
}

function witnessBlock(witness: Witness, context: HtmlContext): string {
  const steps = witness.path.map((step) => {
    const place: Line =
      step.file === undefined
        ? []
        : line` ${placeLine({ file: step.file, ...(step.line === undefined ? {} : { line: step.line }) }, context)}`
    const words = line`${text(LAYER_NAME[step.layer])} ${text(VERDICT_WORD[step.verdict])}: ${text(step.rule)}${place}`
    return `<li class="${step.verdict}">${toHtml(words)}</li>`
  })
  return `<div class="path"><p>Packet ${toHtml([code(packetWords(witness))])}</p><ol>${steps.join('')}<li><b>${outcome(witness)}</b></li></ol></div>`
}

function diffBlock(diff: string): string {
  const rows = escapeFenced(diff.replace(/\n$/, ''))
    .split('\n')
    .map((row) => {
      const kind = diffLineKind(row)
      return kind === 'context' ? escapeHtml(row) : `<span class="${kind}">${escapeHtml(row)}</span>`
    })
  return `<pre>${rows.join('\n')}</pre>`
}

function proposalList(report: ReviewReport): string {
  const items = (report.proposedSuppressions ?? []).map(({ rule, reason, expires, file, line: at }) => {
    return `<li>${toHtml(line`${code(`${file}:${at}`)} would suppress ${code(rule)} until ${code(expires)}: ${text(reason)}`)}</li>`
  })
  return items.length === 0 ? '' : `<ul>${items.join('')}</ul>`
}

function coverageBlock(coverage: Coverage, context: HtmlContext): string {
  const resources = coverage.units.reduce((sum, unit) => sum + unit.resources, 0)
  const rows = coverage.notAnalysed
    .slice(0, MAX_ROWS)
    .map((part): readonly Line[] => [
      placeLine(part, context),
      [text(part.reason)],
      [text(part.changed ? 'yes' : 'no')],
    ])
  const notes = coverage.notes.map((one) => `<p>${toHtml([text(one)])}</p>`).join('')
  const summary = `${count(resources, 'resource')} in ${count(coverage.units.length, 'unit')} understood`
  return section(
    'Coverage',
    `<p>${escapeHtml(summary)}</p>${notes}${table(['not analysed', 'why', 'changed here'], rows, coverage.notAnalysed.length)}`,
  )
}

function note(report: ReviewReport): string {
  const hidden = findHidden(report)
  if (hidden === undefined) return ''
  return `<p class="warn">⚠ Hidden characters are left out here${hidden.file === undefined ? '' : ` (${toHtml([code(hidden.file)])})`}.</p>`
}

function placeLine(
  place: { readonly file: string; readonly line?: number },
  context: HtmlContext,
  side?: 'base' | 'head',
): Line {
  const name = place.line === undefined ? place.file : `${place.file}:${place.line}`
  return linked(fileHref(context.links, place, side), code(name))
}

function findingPlaces(finding: Finding, context: HtmlContext): Line {
  const places = placesOf(finding).slice(0, MAX_PLACES)
  const left = placesOf(finding).length - places.length
  const more = left > 0 ? ` and ${count(left, 'more place')}` : ''
  return line`${joined(
    places.map((place) => placeLine(place, context, sideOf(finding))),
    ', ',
  )}${text(more)}`
}

function treeLine(tree: string, context: HtmlContext): Line {
  if (!/^[0-9a-f]{40,64}$/.test(tree)) return [code(tree)]
  return linked(commitHref(context.links, tree), code(tree.slice(0, 7)))
}

function statesLine(states: readonly string[] | undefined): Line {
  if (states === undefined || states.length === 0) return []
  return line` (in ${joined(
    states.map((state): Line => [code(state)]),
    ', ',
  )})`
}
