import { escapeTerminal, shorten } from '../base/escape.ts'
import type { Choice, ElsewhereChoice, Finding, Severity, Witness } from '../rules/finding.ts'
import { diffLineKind } from './diff-line.ts'
import { type Flow, flowPorts, hasNetworkEffect, listFlows } from './flows.ts'
import { findHidden } from './hidden.ts'
import { outcome, packetWords } from './packet.ts'
import type { AuditReport, Coverage, ReviewReport } from './review-report.ts'
import {
  CHOICES_HEADING,
  count,
  ELSEWHERE_HEADING,
  isGone,
  isNew,
  LAYER_NAME,
  peerWords,
  STATUS_WORD,
  SUGGESTED,
  severityCounts,
  VERDICT_WORD,
} from './words.ts'

export interface TextOptions {
  /** True where the output is a terminal that shows colour. */
  readonly color: boolean
  /** Columns that prose is wrapped to; 100 where absent. */
  readonly width?: number
}

/** A review for a terminal: the verdict, what opens and closes, the findings, the coverage. */
export function reviewText(report: ReviewReport, options: TextOptions): string {
  const page = new TextPage(options)
  const flows = listFlows(report)
  const fresh = report.findings.filter(isNew)
  const gone = report.findings.filter(isGone)
  const { summary } = report
  page.line([
    verdictPart(summary.verdict),
    [`  ${hasNetworkEffect(report) || summary.verdict === 'fail' ? summary.reason : 'no change in reachability'}`],
  ])
  page.line([[`before ${shortTree(report.base.tree)} → after ${shortTree(report.head.tree)}`, 'dim']])
  writeFlows(
    page,
    'Opens',
    flows.filter(({ change }) => change === 'new'),
  )
  writeFlows(
    page,
    'Changes',
    flows.filter(({ change }) => change === 'changed'),
  )
  writeFlows(
    page,
    'Closes',
    flows.filter(({ change }) => change === 'gone'),
  )
  if (fresh.length > 0) page.title(`${count(fresh.length, 'new finding')} (${severityCounts(fresh)})`)
  writeFindings(page, fresh)
  if (gone.length > 0) page.title(`${count(gone.length, 'finding')} fixed or improved`)
  for (const finding of gone) {
    const where = `  ${finding.rule}  ${finding.file}:${finding.line}  ${finding.resource}`
    page.wrappedParts([[STATUS_WORD[finding.status], 'good'], [where]], 2, 4)
    const others = otherPlaces(finding)
    if (others !== '') page.wrapped(others, 6, 'dim')
  }
  const proposed = report.proposedSuppressions ?? []
  if (proposed.length > 0) page.title('Proposed by this change, not in force yet')
  for (const { rule, reason, expires, file, line } of proposed) {
    page.wrapped(`would suppress ${rule} until ${expires}: ${reason} (${file}:${line})`, 2, 'plain', 2)
  }
  const rest = [
    ...(summary.existing > 0 ? [`${count(summary.existing, 'finding')} already there in what the change touches`] : []),
    ...(summary.suppressed > 0 ? [`${summary.suppressed} suppressed`] : []),
  ]
  if (rest.length > 0) page.title(rest.join(', '), 'dim')
  writeCoverage(page, report.coverage, MAX_UNTOUCHED)
  const hidden = findHidden(report)
  if (hidden !== undefined)
    page.title(`Hidden characters are left out here${hidden.file === undefined ? '' : `, see ${hidden.file}`}`, 'warn')
  return page.toString()
}

/** An audit for a terminal: the verdict, every finding, the coverage. */
export function auditText(report: AuditReport, options: TextOptions): string {
  const page = new TextPage(options)
  const { summary } = report
  const findings = report.findings.filter(({ suppressed }) => suppressed === undefined)
  page.line([verdictPart(summary.verdict), [`  ${summary.reason}`]])
  page.line([[`tree ${shortTree(report.head.tree)}`, 'dim']])
  page.title(
    findings.length === 0 ? 'No findings' : `${count(findings.length, 'finding')} (${severityCounts(findings)})`,
  )
  writeFindings(page, findings)
  if (summary.suppressed > 0) page.title(`${summary.suppressed} suppressed`, 'dim')
  writeCoverage(page, report.coverage, MAX_PLACES)
  return page.toString()
}

/** More rows than this are no help to a person; the JSON has all of them. */
const MAX_FLOWS = 200
const MAX_PLACES = 50
const MAX_OTHER_PLACES = 20
const MAX_COPIES = 5
/** Places that the change does not touch, which are no news. */
const MAX_UNTOUCHED = 5
const MAX_STATES = 6

interface FlowRow {
  readonly peers: string
  readonly ports: string
  readonly why: string
  readonly tone: Tone
}

/** A table where the page is wide enough for it, else each flow with its reason below it. */
function writeFlows(page: TextPage, title: string, flows: readonly Flow[]): void {
  if (flows.length === 0) return
  page.title(title)
  const shown = flows.slice(0, MAX_FLOWS)
  const rows = shown.map((flow): FlowRow => {
    const { from, to, certain, cause, states } = flow.connection
    const why = cause === undefined ? '' : `${cause.file}:${cause.line}  ${cause.why}`
    const { severity } = flow
    return {
      peers: `${name(from)} → ${name(to)}`,
      ports: `${shorten(flowPorts(flow), 80)}${certain || /\bperhaps\b/.test(flowPorts(flow)) ? '' : ' (maybe)'}`,
      why: why + (states === undefined || states.length === 0 ? '' : `  ${inStates(states)}`),
      tone: flow.change === 'gone' ? 'good' : severity === undefined ? 'plain' : TONES[severity],
    }
  })
  const widest = (column: 'peers' | 'ports' | 'why') =>
    Math.max(...rows.map((row) => escapeTerminal(row[column]).length))
  const [peers, ports] = [widest('peers'), widest('ports')]
  const fits = page.width >= 2 + peers + 2 + ports + 2 + widest('why')
  for (const row of rows) {
    if (fits) {
      page.line([['  '], [pad(row.peers, peers), row.tone], [`  ${pad(row.ports, ports)}  `], [row.why, 'dim']])
    } else {
      page.wrappedParts([[row.peers, row.tone], [`  ${row.ports}`]], 2, 2)
      if (row.why !== '') page.wrappedParts([[row.why, 'dim']], 6, 2)
    }
  }
  if (flows.length > shown.length)
    page.line([[`  … and ${(flows.length - shown.length).toLocaleString('en-US')} more`, 'dim']])
}

function writeFindings(page: TextPage, findings: readonly Finding[]): void {
  /** Number of the finding that each patch was shown for. */
  const shown = new Map<string, number>()
  for (const [i, finding] of findings.entries()) {
    const { severity, status, rule, file, line, states, witness, patch, choices, elsewhere, decide } = finding
    const worse = status === 'worsened' ? ' (worse)' : ''
    if (i > 0) page.blank()
    page.wrappedParts(
      [
        [`${String(i + 1).padStart(2)}  `, 'dim'],
        [severity.toUpperCase(), TONES[severity]],
        [`${worse}  ${rule}  `],
        [`${file}:${line}`, 'bold'],
        [states === undefined || states.length === 0 ? '' : `  ${inStates(states)}`, 'dim'],
      ],
      0,
      4,
    )
    const others = otherPlaces(finding)
    if (others !== '') page.wrapped(others, 4, 'dim')
    page.wrapped(finding.message, 4)
    if (witness !== undefined) writeWitness(page, witness)
    if (patch !== undefined) {
      const key = JSON.stringify(patch.files.map(({ path, diff }) => [path, diff]))
      const same = shown.get(key)
      if (same === undefined) {
        shown.set(key, i + 1)
        page.wrapped(`fix (verified): ${patch.summary}`, 4)
        // Copies get the same edit: a few show what it is.
        const diffs = finding.places === undefined ? patch.files : patch.files.slice(0, MAX_COPIES)
        for (const { diff } of diffs) page.diff(diff, 6)
        const left = patch.files.length - diffs.length
        if (left > 0) page.wrapped(`… and in ${count(left, 'more file')}, which --format json shows`, 6, 'dim')
      } else {
        page.wrapped(`fix (verified): that of finding ${same}`, 4)
      }
      if (choices !== undefined) writeChoices(page, choices)
    } else if (decide !== undefined) {
      page.wrapped(`to decide: ${decide}`, 4)
    }
    if (elsewhere !== undefined) writeElsewhere(page, elsewhere)
  }
}

function inStates(states: readonly string[]): string {
  const shown = states.slice(0, MAX_STATES).join(', ')
  return states.length > MAX_STATES ? `in ${shown} and ${states.length - MAX_STATES} more` : `in ${shown}`
}

/** Where the finding is so beside its own place; `''` where there is none. */
function otherPlaces({ places = [] }: Finding): string {
  if (places.length < 2) return ''
  const shown = places.slice(1, 1 + MAX_OTHER_PLACES).map(({ file, line }) => `${file}:${line}`)
  const left = places.length - 1 - shown.length
  return `also ${shown.join(', ')}${left > 0 ? ` and ${left.toLocaleString('en-US')} more` : ''}`
}

function writeChoices(page: TextPage, choices: readonly Choice[]): void {
  page.wrapped(CHOICES_HEADING, 4)
  for (const [i, { layer, what, cost }] of choices.entries()) {
    page.wrapped(`${LAYER_NAME[layer]}${i === 0 ? ` (${SUGGESTED})` : ''}: ${what} ${cost}`, 6, 'plain', 2)
  }
}

function writeElsewhere(page: TextPage, choices: readonly ElsewhereChoice[]): void {
  page.wrapped(ELSEWHERE_HEADING, 4)
  for (const { layer, what, cost } of choices) page.wrapped(`${LAYER_NAME[layer]}: ${what} ${cost}`, 6, 'plain', 2)
}

/** The packet and, below it, a line for each layer: who decides, what it says, by which rule. */
function writeWitness(page: TextPage, witness: Witness): void {
  page.wrappedParts([['packet  ', 'dim'], [packetWords(witness)]], 4, 4)
  const width = Math.max(0, ...witness.path.map(({ layer }) => LAYER_NAME[layer].length))
  for (const { layer, verdict, rule, file, line } of witness.path) {
    const place = file === undefined ? '' : `  ${line === undefined ? file : `${file}:${line}`}`
    const tone: Tone = verdict === 'allow' ? 'plain' : verdict === 'deny' ? 'good' : 'warn'
    page.wrappedParts(
      [[`${LAYER_NAME[layer].padEnd(width)}  `, 'dim'], [VERDICT_WORD[verdict], tone], [`  ${rule}`], [place, 'dim']],
      6,
      4,
    )
  }
  page.line([[`      ${outcome(witness)}`, 'bold']])
}

/** `untouched` is how many places that the change does not touch are named. */
function writeCoverage(page: TextPage, coverage: Coverage, untouched: number): void {
  const resources = coverage.units.reduce((sum, unit) => sum + unit.resources, 0)
  page.title(`Coverage: ${count(resources, 'resource')} in ${count(coverage.units.length, 'unit')}`, 'dim')
  const changed = coverage.notAnalysed.filter((place) => place.changed)
  const others = coverage.notAnalysed.filter((place) => !place.changed)
  const write = (places: Coverage['notAnalysed'], most: number, word: string, rest: string, tone: Tone) => {
    const shown = places.slice(0, most)
    for (const file of new Set(shown.map((place) => place.file))) {
      const here = shown.filter((place) => place.file === file)
      const [first] = here
      if (here.length === 1) {
        const place = first!.line === undefined ? file : `${file}:${first!.line}`
        page.wrapped(`${word}${place}: ${first!.reason}`, 2, tone, 2)
        continue
      }
      page.wrapped(`${word}${file}`, 2, tone, 2)
      for (const { line, reason } of here)
        page.wrapped(line === undefined ? reason : `line ${line}: ${reason}`, 4, tone, 2)
    }
    const left = places.length - most
    if (left > 0) page.line([[`  … and ${count(left, 'more place')} ${rest}`, tone]])
  }
  write(changed, MAX_PLACES, 'not judged, changed here: ', 'changed here and not judged', 'warn')
  write(others, untouched, 'not analysed: ', 'not analysed', 'dim')
  for (const note of coverage.notes) page.wrapped(note, 2, 'dim', 2)
}

type Tone = 'plain' | 'bold' | 'dim' | 'bad' | 'warn' | 'good'
type Part = readonly [words: string, tone?: Tone]

/** SGR parameters, ECMA-48 §8.3.117. */
const SGR: Readonly<Record<Tone, string>> = { plain: '', bold: '1', dim: '2', bad: '1;31', warn: '33', good: '32' }

const TONES: Readonly<Record<Severity, Tone>> = {
  critical: 'bad',
  high: 'bad',
  medium: 'warn',
  low: 'plain',
  note: 'dim',
}

const DIFF_TONES: Readonly<Record<ReturnType<typeof diffLineKind>, Tone>> = {
  add: 'good',
  del: 'bad',
  hunk: 'dim',
  context: 'plain',
}

/** Lines of a terminal; every word is escaped here, so that nothing above has to think of it. */
class TextPage {
  readonly #lines: string[] = []
  readonly #color: boolean
  readonly width: number

  constructor({ color, width = 100 }: TextOptions) {
    this.#color = color
    this.width = Math.max(40, width)
  }

  line(parts: readonly Part[]): void {
    this.#lines.push(
      parts
        .map(([words, tone]) => this.#paint(escapeTerminal(words), tone ?? 'plain'))
        .join('')
        .trimEnd(),
    )
  }

  blank(): void {
    this.#lines.push('')
  }

  title(words: string, tone: Tone = 'bold'): void {
    this.blank()
    this.line([[words, tone]])
  }

  /** Prose between words; further rows are indented by `hang` more. */
  wrapped(prose: string, indent: number, tone: Tone = 'plain', hang = 0): void {
    this.wrappedParts([[prose, tone]], indent, hang)
  }

  /** As {@link wrapped}, of several tones; spaces at the start of a part are kept where a row does not end there. */
  wrappedParts(parts: readonly Part[], indent: number, hang: number): void {
    let row: Part[] = [[' '.repeat(indent)]]
    let length = indent
    let isEmpty = true
    for (const [words, tone = 'plain'] of parts) {
      for (const [, space = '', word = ''] of escapeTerminal(words).matchAll(/( *)([^ ]+|$)/g)) {
        if (!isEmpty && word !== '' && length + space.length + word.length > this.width) {
          this.line(row)
          row = [[' '.repeat(indent + hang)], [word, tone]]
          length = indent + hang + word.length
        } else {
          const last = row.at(-1)!
          if (last[1] === tone) row[row.length - 1] = [last[0] + space + word, tone]
          else row.push([space + word, tone])
          length += space.length + word.length
        }
        isEmpty = false
      }
    }
    if (!isEmpty) this.line(row)
  }

  diff(diff: string, indent: number): void {
    for (const row of diff.replace(/\n$/, '').split(/\r?\n/)) {
      const tone = DIFF_TONES[diffLineKind(row)]
      this.line([[' '.repeat(indent)], [row, tone]])
    }
  }

  toString(): string {
    return `${this.#lines.join('\n')}\n`
  }

  #paint(words: string, tone: Tone): string {
    return this.#color && SGR[tone] !== '' && words !== '' ? `\u001b[${SGR[tone]}m${words}\u001b[0m` : words
  }
}

function verdictPart(verdict: 'pass' | 'fail'): Part {
  return verdict === 'pass' ? ['PASS', 'good'] : ['FAIL', 'bad']
}

function pad(words: string, width: number): string {
  return escapeTerminal(words).padEnd(width)
}

function name(peer: string): string {
  return shorten(peerWords(peer))
}

function shortTree(tree: string): string {
  return /^[0-9a-f]{40,64}$/.test(tree) ? tree.slice(0, 7) : tree
}
