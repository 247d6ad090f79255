import { escapeFenced, fence, shorten } from '../../base/escape.ts'
import { placesOf } from '../../rules/copies.ts'
import type { Choice, ElsewhereChoice, Finding, Patch, PathStep, Witness } from '../../rules/finding.ts'
import { type Flow, flowPorts } from '../flows.ts'
import { graphOfFlows } from '../graph.ts'
import { code, joined, type Line, line, linked, strong, text, toMarkdown, unbroken } from '../inline.ts'
import { fileHref, type ReviewLinks, ruleHref, runHref } from '../links.ts'
import { toMermaid } from '../mermaid.ts'
import { outcome, packetWords } from '../packet.ts'
import type { Coverage, NotAnalysed, ProposedSuppression } from '../review-report.ts'
import {
  CHOICES_HEADING,
  count,
  ELSEWHERE_HEADING,
  isGone,
  LAYER_NAME,
  messageLine,
  peerNode,
  SEVERITY_MARK,
  STATUS_WORD,
  SUGGESTED,
  shortenProse,
  sideOf,
  VERDICT_WORD,
} from '../words.ts'
import { details, foldedTable, tableHead, tableRow } from './blocks.ts'
import type { PageContext } from './context.ts'
import { fixed, type Section, whole } from './page.ts'

/** What a person sees without unfolding anything stays within these. */
export const FIRST_SCREEN = {
  flows: 5,
  findings: 3,
  places: 3,
  notAnalysed: 3,
  edges: 12,
  message: 400,
  why: 160,
  steps: 8,
} as const

/** Patches with a block of their own; the others are in the patch file. */
const MAX_PATCHES = 20

const FLOW_HEAD = ['', 'from', 'to', 'port', 'why now'] as const

function flowRow(flow: Flow, context: PageContext): readonly Line[] {
  const { connection } = flow
  return [
    [unbroken(flowWord(flow))],
    [peerNode(connection.from)],
    [peerNode(connection.to)],
    [unbroken(shorten(flowPorts(flow), 200))],
    [...whyLine(flow, context), ...statesLine(connection.states)],
  ]
}

/** Says in words whether it is new or gone; the colour repeats it. */
function flowWord(flow: Flow): string {
  const word = flow.connection.certain ? flow.change : `maybe ${flow.change}`
  if (flow.change === 'gone') return `🟢 ${word}`
  return `${flow.severity === undefined ? '🔵' : SEVERITY_MARK[flow.severity]} ${word}`
}

function whyLine(flow: Flow, context: PageContext): Line {
  const { cause } = flow.connection
  if (cause === undefined) return []
  const side = cause.side ?? 'head'
  return [
    ...placeLink({ file: cause.file, line: cause.line }, context.links, side, true),
    text(` ${shorten(cause.why, FIRST_SCREEN.why)}`),
  ]
}

/** `file:line`, to the commit; `brief` shows the file's name alone. */
export function placeLink(
  place: { readonly file: string; readonly line?: number; readonly endLine?: number },
  links: ReviewLinks | undefined,
  side: 'base' | 'head' = 'head',
  brief = false,
): Line {
  const file = brief ? place.file.slice(place.file.lastIndexOf('/') + 1) || place.file : place.file
  const name = place.line === undefined ? file : `${file}:${place.line}`
  return linked(fileHref(links, place, side), code(name))
}

export function statesLine(states: readonly string[] | undefined): Line {
  if (states === undefined || states.length === 0) return []
  const shown = states.slice(0, 3).map((state): Line => [code(state)])
  return line` (in ${joined(shown, ', ')}${text(states.length > 3 ? ` and ${states.length - 3} more` : '')})`
}

/** The table of the first screen. */
export function topFlows(flows: readonly Flow[], context: PageContext): Section {
  return {
    gives: 'screen',
    rowCount: Math.min(flows.length, FIRST_SCREEN.flows),
    row: (index) => tableRow(flowRow(flows[index]!, context)),
    render: (rows) => (rows.length === 0 ? '' : [tableHead(FLOW_HEAD), ...rows].join('\n')),
  }
}

/** Every flow, folded away; `''` where the first screen has them all. */
export function allFlows(flows: readonly Flow[], context: PageContext): Section {
  if (flows.length <= FIRST_SCREEN.flows) return fixed('')
  return foldedTable({
    gives: 'flows',
    summary: line`All ${count_(flows.length, 'changed connection')}`,
    head: FLOW_HEAD,
    rowCount: flows.length,
    row: (index) => flowRow(flows[index]!, context),
    rest: (left) => line`… and ${left} more: ${fullReport(context)}`,
  })
}

/** Where everything is that a page has no room for. */
function fullReport(context: PageContext): Line {
  const href = context.marker === undefined ? undefined : runHref(context.links)
  if (href !== undefined) return line`full table in the ${linked(href, text('job summary'))}`
  if (context.reportFile !== undefined) return line`full table in ${code(context.reportFile)}`
  return [text('run with --format json for the full table')]
}

/** The worst findings as a numbered list. */
export function topFindings(findings: readonly Finding[], context: PageContext): Section {
  return {
    gives: 'screen',
    rowCount: Math.min(findings.length, FIRST_SCREEN.findings),
    row: (index) => `${index + 1}. ${toMarkdown(findingLine(findings[index]!, context, FIRST_SCREEN.message))}`,
    render: (rows) => rows.join('\n'),
  }
}

/** Severity, rule, place and message of a finding. */
export function findingLine(finding: Finding, context: PageContext, limit: number): Line {
  const message = messageLine(finding, shortenProse(finding.message, limit))
  const worse = finding.status === 'worsened' ? ', worse' : ''
  return line`${text(SEVERITY_MARK[finding.severity])} ${strong(text(finding.severity))}${text(worse)} · ${ruleName(finding, context)} · ${findingPlace(finding, context)}: ${message}${statesLine(finding.states)}`
}

function ruleName(finding: Finding, context: PageContext): Line {
  return linked(ruleHref(context.links, finding.rule), code(finding.rule))
}

/** Its places, as many as the first screen has room for; what is gone stands on a line of the base. */
function findingPlace(finding: Finding, context: PageContext): Line {
  const places = placesOf(finding)
  const shown = places.slice(0, FIRST_SCREEN.places).map((place) => placeLink(place, context.links, sideOf(finding)))
  const left = places.length - shown.length
  return [...joined(shown, ', '), ...(left > 0 ? [text(` and ${count(left, 'more place')}`)] : [])]
}

/** For each finding with more places than its line has room for: all of them, folded away. */
export function placeLists(findings: readonly Finding[], context: PageContext): readonly Section[] {
  return findings.flatMap((finding, i): readonly Section[] => {
    const places = placesOf(finding)
    if (places.length <= FIRST_SCREEN.places) return []
    return [
      foldedTable({
        gives: 'findings',
        summary: line`All ${count_(places.length, 'place')} of finding ${i + 1}`,
        head: ['where', 'in'],
        rowCount: places.length,
        row: (index) => {
          const { states = [], ...place } = places[index]!
          const names = states.map((state): Line => [code(state)])
          return [placeLink(place, context.links, sideOf(finding)), joined(names, ', ')]
        },
        rest: (left) => line`… and ${left} more: ${fullReport(context)}`,
      }),
    ]
  })
}

/** The findings that the first screen has no room for, and those that the change removes. */
export function otherFindings(fresh: readonly Finding[], gone: readonly Finding[], context: PageContext): Section {
  const rest = fresh.slice(FIRST_SCREEN.findings)
  const rows = [...rest, ...gone]
  if (rows.length === 0) return fixed('')
  const parts: Line[] = []
  if (rest.length > 0) parts.push([text(`${count(rest.length, 'more new finding')}`)])
  if (gone.length > 0) parts.push([text(`${count(gone.length, 'finding')} fixed or improved`)])
  return foldedTable({
    gives: 'findings',
    summary: joined(parts, ', '),
    head: ['', 'rule', 'where', 'what'],
    rowCount: rows.length,
    row: (index) => findingRow(rows[index]!, context),
    rest: (left) => line`… and ${left} more: ${fullReport(context)}`,
  })
}

/** A finding as a table's row: status and severity, rule, place, message. */
export function findingRow(finding: Finding, context: PageContext): readonly Line[] {
  const mark = isGone(finding) ? '🟢' : SEVERITY_MARK[finding.severity]
  return [
    [unbroken(`${mark} ${STATUS_WORD[finding.status]}, ${finding.severity}`)],
    ruleName(finding, context),
    findingPlace(finding, context),
    [...messageLine(finding, shortenProse(finding.message, FIRST_SCREEN.message)), ...statesLine(finding.states)],
  ]
}

/** The packet of the worst finding that has one. */
export function packetLine(findings: readonly Finding[]): Section {
  const index = findings.findIndex(({ witness }) => witness !== undefined)
  if (index === -1) return fixed('')
  const finding = findings[index]!
  // Of several environments it is the first's.
  const states = finding.places?.[0]?.states ?? []
  const about: Line[] = [
    ...(findings.length > 1 ? [line`finding ${index + 1}`] : []),
    ...(states.length > 0 ? [line`in ${code(states[0]!)}`] : []),
  ]
  const which = about.length === 0 ? [] : line` (${joined(about, ', ')})`
  return whole(
    'screen',
    toMarkdown(line`${strong(text('Packet that proves it'), ...which, text(':'))} ${witnessLine(finding.witness!)}`),
  )
}

/** The packet and the layers that it meets, up to what becomes of it. */
export function witnessLine(witness: Witness): Line {
  const steps = witness.path.slice(0, FIRST_SCREEN.steps).map(stepLine)
  if (witness.path.length > steps.length) steps.push([text(`${witness.path.length - steps.length} more`)])
  return joined([line`${code(packetWords(witness))}`, ...steps, [strong(text(outcome(witness)))]], ' → ')
}

/** The words of a rule, with the resource that they begin with as a name. */
function ruleWords(rule: string, resource: string | undefined): Line {
  const words = shorten(rule, FIRST_SCREEN.why)
  if (resource === undefined || resource === '' || !words.startsWith(resource)) return [text(words)]
  return words === resource ? [code(resource)] : [code(resource), text(words.slice(resource.length))]
}

function stepLine(step: PathStep): Line {
  const where =
    step.file === undefined
      ? []
      : line` (${placeLink({ file: step.file, ...(step.line === undefined ? {} : { line: step.line }) }, undefined, 'head', true)})`
  return line`${text(LAYER_NAME[step.layer])} ${text(VERDICT_WORD[step.verdict])}: ${ruleWords(step.rule, step.resource)}${where}`
}

export function changeGraph(flows: readonly Flow[], context: PageContext): Section {
  if (context.graph === false) return fixed('')
  const drawing = toMermaid(graphOfFlows(flows, FIRST_SCREEN.edges))
  return drawing === '' ? fixed('') : whole('graph', fence('mermaid', drawing))
}

/** A block for each patch; findings that one patch removes share it. */
export function patches(findings: readonly Finding[]): readonly Section[] {
  const groups = groupPatches(findings)
  const sections = groups.slice(0, MAX_PATCHES).map(({ numbers, patch, choices, elsewhere }) => {
    const summary = line`Fix for ${text(findingNumbers(numbers))} (verified by analysing the patched tree again)`
    const diffs = patch.files.map(({ diff }) => fence('diff', escapeFenced(diff.replace(/\n$/, ''))))
    const instead = line`The fix for ${text(findingNumbers(numbers))} is too long for this page: it is in the patch file of the run.`
    return whole(
      'patch',
      details(
        summary,
        [
          toMarkdown([text(shortenProse(patch.summary, 600))]),
          ...diffs,
          ...choiceList(choices),
          ...elsewhereList(elsewhere),
        ].join('\n\n'),
      ),
      toMarkdown(instead),
    )
  })
  const left = groups.length - sections.length
  if (left > 0) sections.push(fixed(toMarkdown(line`${left} more fixes are in the patch file of the run.`)))
  return [...sections, ...waysElsewhere(findings)]
}

/** Findings without a patch that a layer outside of the repository could close; those of equal ways share a block. */
function waysElsewhere(findings: readonly Finding[]): readonly Section[] {
  const groups = new Map<string, number[]>()
  for (const [i, { patch, elsewhere = [] }] of findings.entries()) {
    const [list] = patch === undefined ? elsewhereList(elsewhere) : []
    if (list !== undefined) groups.set(list, [...(groups.get(list) ?? []), i + 1])
  }
  return [...groups]
    .slice(0, MAX_PATCHES)
    .map(([list, numbers]) =>
      whole('patch', details(line`Layers that could close ${text(findingNumbers(numbers))}`, list), ''),
    )
}

interface PatchGroup {
  /** 1-based numbers of the findings in the list. */
  readonly numbers: number[]
  readonly patch: Patch
  /** Of the first finding. */
  readonly choices: readonly Choice[]
  readonly elsewhere: readonly ElsewhereChoice[]
}

/** The layers at which a finding can be closed, with what each costs; nothing where there is one. */
export function choiceList(choices: readonly Choice[]): readonly string[] {
  if (choices.length === 0) return []
  const items = choices.map(({ layer, what, cost }, i) => {
    const about = i === 0 ? ` (${SUGGESTED})` : ''
    return `- ${toMarkdown(line`${strong(text(LAYER_NAME[layer]))}${text(about)}: ${text(shortenProse(what, FIRST_SCREEN.message))} ${text(cost)}`)}`
  })
  return [[toMarkdown([text(CHOICES_HEADING)]), '', ...items].join('\n')]
}

/** Layers outside of the repository that could close a finding, with what each costs; nothing where there is none. */
export function elsewhereList(choices: readonly ElsewhereChoice[]): readonly string[] {
  if (choices.length === 0) return []
  const items = choices.map(
    ({ layer, what, cost }) =>
      `- ${toMarkdown(line`${strong(text(LAYER_NAME[layer]))}: ${text(shortenProse(what, FIRST_SCREEN.message))} ${text(cost)}`)}`,
  )
  return [[toMarkdown([text(ELSEWHERE_HEADING)]), '', ...items].join('\n')]
}

function groupPatches(findings: readonly Finding[]): readonly PatchGroup[] {
  const groups = new Map<string, PatchGroup>()
  for (const [i, { patch, choices = [], elsewhere = [] }] of findings.entries()) {
    if (patch === undefined) continue
    const key = JSON.stringify(patch.files.map(({ path, diff }) => [path, diff]))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { numbers: [i + 1], patch, choices, elsewhere })
    else group.numbers.push(i + 1)
  }
  return [...groups.values()]
}

function findingNumbers(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 8).join(', ')
  return numbers.length === 1 ? `finding ${shown}` : `findings ${shown}${numbers.length > 8 ? ' …' : ''}`
}

/** What a person must decide, for the new findings without a patch. */
export function decisions(findings: readonly Finding[]): Section {
  const items = findings
    .slice(0, FIRST_SCREEN.findings)
    .flatMap(({ patch, decide }, i) => (patch === undefined && decide !== undefined ? [{ number: i + 1, decide }] : []))
  return {
    gives: 'screen',
    rowCount: items.length,
    row(index) {
      const { number, decide } = items[index]!
      return `- ${toMarkdown(line`Finding ${number}: ${text(shortenProse(decide, FIRST_SCREEN.message))}`)}`
    },
    render: (rows) => (rows.length === 0 ? '' : [toMarkdown([strong(text('To decide:'))]), ...rows].join('\n')),
  }
}

/** What the change touches and nobody could judge: it stands on the first screen, since it makes the check fail. */
export function undecidedParts(parts: readonly NotAnalysed[], context: PageContext): Section {
  return {
    gives: 'screen',
    rowCount: Math.min(parts.length, FIRST_SCREEN.notAnalysed),
    row: (index) => `- ${toMarkdown(notAnalysedLine(parts[index]!, context))}`,
    render(rows) {
      if (parts.length === 0) return ''
      const left = parts.length - rows.length
      const rest = left > 0 ? [`- ${toMarkdown(line`${left} more, listed under coverage`)}`] : []
      return [toMarkdown([strong(text('⚠ Changed here, but not judged:'))]), ...rows, ...rest].join('\n')
    },
  }
}

/** Suppressions that the change brings along: they are not in force, since the configuration is that of the base. */
export function proposals(proposed: readonly ProposedSuppression[], context: PageContext): Section {
  return {
    gives: 'screen',
    rowCount: Math.min(proposed.length, FIRST_SCREEN.findings),
    row: (index) => {
      const { file, line: at, rule, reason, expires } = proposed[index]!
      const words = line`${placeLink({ file, line: at }, context.links)} would suppress ${code(rule)} until ${code(expires)}: ${text(shortenProse(reason, FIRST_SCREEN.why))}`
      return `- ${toMarkdown(words)}`
    },
    render(rows) {
      if (proposed.length === 0) return ''
      const left = proposed.length - rows.length
      const rest = left > 0 ? [`- ${toMarkdown(line`${left} more`)}`] : []
      return [toMarkdown([strong(text('Proposed by this change, not in force yet:'))]), ...rows, ...rest].join('\n')
    },
  }
}

function notAnalysedLine(part: NotAnalysed, context: PageContext): Line {
  return line`${placeLink(part, context.links)}: ${text(shortenProse(part.reason, FIRST_SCREEN.message))}`
}

/** What was read, and what was not and why. */
export function coverageSection(coverage: Coverage, context: PageContext): Section {
  const resources = coverage.units.reduce((sum, unit) => sum + unit.resources, 0)
  const { notAnalysed } = coverage
  // What the change touches first.
  const rows = [...notAnalysed.filter(({ changed }) => changed), ...notAnalysed.filter(({ changed }) => !changed)]
  const left =
    notAnalysed.length === 0 ? 'nothing left out' : `${count(notAnalysed.length, 'place')} not analysed, and why`
  const summary = line`Coverage: ${count_(resources, 'resource')} in ${count_(coverage.units.length, 'unit')} understood; ${text(left)}`
  if (rows.length === 0) return fixed(`<sub>${toMarkdown(summary)}</sub>`)
  return foldedTable({
    gives: 'coverage',
    summary,
    head: ['not analysed', 'why', 'changed here'],
    rowCount: rows.length,
    row: (index) => {
      const part = rows[index]!
      return [
        placeLink(part, context.links),
        [text(shortenProse(part.reason, FIRST_SCREEN.message))],
        [text(part.changed ? 'yes' : 'no')],
      ]
    },
    rest: (left) => line`… and ${left} more: ${fullReport(context)}`,
  })
}

/** What the answer rests on beside the tree, folded away. */
export function assumptions(coverage: Coverage): Section {
  const { notes } = coverage
  return {
    gives: 'coverage',
    rowCount: notes.length,
    row: (index) => `- ${toMarkdown([text(shortenProse(notes[index]!, FIRST_SCREEN.message))])}`,
    render(rows, left) {
      if (notes.length === 0) return ''
      const rest = left > 0 ? [`- ${toMarkdown(line`… and ${left} more`)}`] : []
      return details(line`Assumed: ${count_(notes.length, 'note')}`, [...rows, ...rest].join('\n'))
    },
  }
}

function count_(n: number, one: string): Line {
  return [text(count(n, one))]
}
