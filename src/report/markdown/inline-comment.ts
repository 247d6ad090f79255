import { dropHidden, escapeFenced, fence } from '../../base/escape.ts'
import { isAtLeast } from '../../base/severity.ts'
import type { Finding, FindingPlace, Patch } from '../../rules/finding.ts'
import { code, joined, type Line, line, linked, strong, text, toMarkdown } from '../inline.ts'
import { commitHref, type ReviewLinks, ruleHref } from '../links.ts'
import { messageLine, SEVERITY_MARK, shortenProse } from '../words.ts'
import { formatFindingMarker } from './marker.ts'
import { COMMENT_LIMIT, fixed, layOut, whole } from './page.ts'
import { choiceList, elsewhereList, statesLine, witnessLine } from './sections.ts'

export interface InlineContext {
  readonly links?: ReviewLinks
  /**
   * True where the host will accept a suggestion at this comment: it spans exactly the lines of the patch's suggestion, all of them in
   * one hunk, and the file on the pull request's head is the one that was analysed.
   */
  readonly suggest: boolean
  /** Where else the finding is so. */
  readonly others?: readonly FindingPlace[]
  /** ISO date shown as the expiry of the suppression that the comment offers. */
  readonly suppressUntil?: string
}

/** A comment on a line of the diff, marker included: what the line does, and the fix as a suggestion or as a diff. */
export function inlineComment(finding: Finding, context: InlineContext): string {
  const { severity, rule, patch, choices = [], elsewhere = [], witness, decide } = finding
  const name = linked(ruleHref(context.links, rule), strong(text(SEVERITY_MARK[severity]), text(' '), code(rule)))
  const message = messageLine(finding, shortenProse(finding.message, 2_000))
  const sections = [
    fixed(
      `${formatFindingMarker(finding.fingerprint)}\n${toMarkdown(line`${name} (${text(severity)}): ${message}${statesLine(finding.states)}${othersLine(context.others)}`)}`,
    ),
    fixed(witness === undefined ? '' : toMarkdown(line`${strong(text('Packet:'))} ${witnessLine(witness)}`)),
  ]
  if (patch !== undefined) {
    sections.push(...patchSections(patch, context), ...choiceList(choices).map((list) => whole('patch', list, '')))
  } else if (decide !== undefined) {
    sections.push(fixed(toMarkdown(line`${strong(text('To decide:'))} ${text(shortenProse(decide, 2_000))}`)))
  }
  sections.push(...elsewhereList(elsewhere).map((list) => whole('patch', list, '')))
  sections.push(fixed(`<sub>${toMarkdown(line`Not wanted? ${acceptance(finding, context)}`)}</sub>`))
  return layOut(sections, COMMENT_LIMIT)
}

/** What replaces the comment of a finding that is gone, where somebody has answered it. */
export function fixedInlineComment(fingerprint: string, headSha: string, links?: ReviewLinks): string {
  const commit = linked(commitHref(links, headSha), code(headSha.slice(0, 7)))
  return `${formatFindingMarker(fingerprint)}\n${toMarkdown(line`✅ fixed in ${commit}`)}\n`
}

/**
 * A patch's suggestion where it may be offered: its text has nothing that a reader cannot see, since one click commits it. `undefined`
 * otherwise; the diff is shown then.
 */
export function safeSuggestion(patch: Patch): Patch['suggestion'] {
  const { suggestion } = patch
  if (suggestion === undefined) return undefined
  const lines = suggestion.text.replaceAll('\t', ' ').split(/\r?\n/)
  return lines.every((one) => dropHidden(one) === one) ? suggestion : undefined
}

/** How it can be accepted: a comment beside the line does it below `high`, where the language has comments. */
function acceptance({ rule, severity, file }: Finding, { suppressUntil = 'YYYY-MM-DD' }: InlineContext): Line {
  if (isAtLeast(severity, 'high') || /\.json$/i.test(file))
    return line`A suppression in ${code('.github/ringfence.yml')} accepts it for a time`
  const mark = /\.bicep(?:param)?$/i.test(file) ? '//' : '#'
  return line`${code(`${mark} ringfence:ignore ${rule} until=${suppressUntil} reason="…"`)} above the line`
}

/** The environments that have the same finding, or the files where those have no names. */
function othersLine(others: readonly FindingPlace[] = []): Line {
  if (others.length === 0) return []
  const names = [...new Set(others.flatMap(({ states, file }) => states ?? [file]))]
  const shown = names.slice(0, MAX_OTHERS).map((name): Line => [code(name)])
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : ''
  return line` The same is so in ${joined(shown, ', ')}${text(more)}.`
}

const MAX_OTHERS = 5

function patchSections(patch: Patch, context: InlineContext) {
  const suggestion = context.suggest ? safeSuggestion(patch) : undefined
  const together =
    context.others === undefined || context.others.length === 0 ? '' : ', together with the same fix there,'
  const about: Line = line`Verified${text(together)} by analysing the patched tree again. ${text(shortenProse(patch.summary, 600))}`
  if (suggestion !== undefined) return [fixed(fence('suggestion', suggestion.text)), fixed(toMarkdown(about))]
  const diffs = patch.files.map(({ diff }) => fence('diff', escapeFenced(diff.replace(/\n$/, ''))))
  return [
    fixed(toMarkdown(line`${strong(text('Fix.'))} ${about}`)),
    ...diffs.map((diff) =>
      whole(
        'patch',
        diff,
        toMarkdown([text('The diff is too long for this comment: it is in the patch file of the run.')]),
      ),
    ),
  ]
}
