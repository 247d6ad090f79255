import { findHiddenCharacters, type HiddenCharacter, nameCharacter } from '../base/hidden-text.ts'
import type { Origin } from '../base/origin.ts'
import type { SourceText } from '../base/text.ts'
import type { StateView } from '../compare/state-view.ts'
import type { Resource } from '../parse/resource.ts'
import { without } from './each.ts'
import { inPlace } from './edit/one-patch.ts'
import { defineRule } from './rule.ts'

export const hiddenCharacters = defineRule({
  id: 'hidden-characters',
  meta: {
    title: 'Manifest holds characters that cannot be seen',
    severity: 'medium',
    concepts: ['manifest'],
    layer: 'network-policy',
    why: 'What a reviewer reads is not what is applied: two labels that look alike differ, and text may stand in another order than it has.',
    fix: 'Remove what is hidden, or write the line anew.',
    sources: ['https://www.unicode.org/reports/tr55/', 'CVE-2021-42574', 'https://trojansource.codes/'],
  },

  /** Yields a hit for each line that holds some, comments included, in the files of the state. */
  *check(view, _settings, against) {
    const counts = new Map<string, number>()
    for (const [source, address] of filesOf(without(view.resources, against?.resources))) {
      for (const line of hiddenLines(source)) {
        const { at, text, characters } = line
        const resource = holderOf(view, at) ?? address
        // Without place, so that a line that moves is the same one.
        const what = `${view.identity(resource)} ${text}`
        const count = (counts.get(what) ?? 0) + 1
        counts.set(what, count)
        const names = [...new Set(characters.map(({ codePoint }) => nameCharacter(codePoint)))]
        const shown = names.length > MOST_NAMES ? [...names.slice(0, MOST_NAMES), 'others'] : names
        yield {
          resource,
          at,
          subject: `${what} ${count}`,
          cause: source.path,
          message: `This line holds ${characters.length === 1 ? 'a character' : 'characters'} that a reader cannot see (${shown.join(', ')}), so what is reviewed is not what is applied: names that look alike may differ, and text may run in another order than it seems to. ${ADVICE}`,
          fix: () =>
            inPlace(
              characters.map(({ start, end }) => ({ path: source.path, start, end, text: '' })),
              'Removes the characters that cannot be seen.',
            ),
        }
      }
    }
  },

  merge(hits) {
    const [first] = hits
    const fixes = hits.map(({ fix }) => fix?.())
    return {
      ...first!,
      message: first!.message.replace(ADVICE, `So do ${hits.length - 1} more of the file's lines. ${ADVICE}`),
      fix: () =>
        inPlace(
          fixes.flatMap((fix) => fix?.edit.edits ?? []),
          'Removes the characters that cannot be seen.',
        ),
    }
  },

  /** The lines without those characters. */
  patch: (hit) => hit.fix?.(),
})

const ADVICE = 'Remove what is hidden, or write the line anew.'
/** Kinds of characters that a message names. */
const MOST_NAMES = 4

interface HiddenLine {
  readonly at: Origin
  /** The line as it stands, without space around. */
  readonly text: string
  readonly characters: readonly HiddenCharacter[]
}

/** Base and head share the files that are equal in both; each is looked through once. */
const KNOWN = new WeakMap<SourceText, readonly HiddenLine[]>()

function hiddenLines(source: SourceText): readonly HiddenLine[] {
  const known = KNOWN.get(source)
  if (known !== undefined) return known
  const byLine = new Map<number, HiddenCharacter[]>()
  for (const character of findHiddenCharacters(source.text)) {
    const { line } = source.position(character.start)
    const same = byLine.get(line)
    if (same === undefined) byLine.set(line, [character])
    else same.push(character)
  }
  const lines = [...byLine].map(([line, characters]): HiddenLine => {
    const [start, end] = [source.lineStart(line), source.lineStart(line + 1)]
    return { at: { source, start, end }, text: source.text.slice(start, end).trim(), characters }
  })
  KNOWN.set(source, lines)
  return lines
}

/** Each file with the address of the first resource in it. */
function filesOf(resources: readonly Resource[]): ReadonlyMap<SourceText, string> {
  const files = new Map<SourceText, string>()
  for (const { origin, address } of resources) if (!files.has(origin.source)) files.set(origin.source, address)
  return files
}

function holderOf({ resources }: StateView, at: Origin): string | undefined {
  return resources.find(({ origin }) => origin.source === at.source && origin.start < at.end && at.start < origin.end)
    ?.address
}
