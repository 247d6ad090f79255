/** What a host accepts as one text, and how it counts. */
export interface PageLimit {
  readonly max: number
  readonly measure: (text: string) => number
}

/**
 * For comments: GitHub refuses more than 65,536 characters, in a unit that is not documented; UTF-16 units are an upper bound of
 * characters, and the rest is room for what GitHub's counting may add. Source: 422 "Body is too long" of the comment endpoints
 */
export const COMMENT_LIMIT: PageLimit = { max: 60_000, measure: (text) => text.length }

/** For job summaries: above 1 MiB a step the upload is skipped. Source: actions/runner FileCommandManager.cs `AttachmentSizeLimit` */
export const SUMMARY_LIMIT: PageLimit = { max: 1_000_000, measure: (text) => Buffer.byteLength(text) }

/**
 * A part of a page that is shown whole, with fewer rows, or not at all; it is never cut.
 *
 * A block that has no rows of its own (a graph, a patch) has one row that is all of it.
 */
export interface Section {
  /** Sections that give way when the page is too long, in the order of {@link GIVE_WAY}; absent for what always stays. */
  readonly gives?: (typeof GIVE_WAY)[number]
  readonly rowCount: number
  readonly row: (index: number) => string
  /** The section with its first rows; `left` is the number of those that are not shown. `''` leaves it out. */
  readonly render: (rows: readonly string[], left: number) => string
}

/** What is dropped first stands first. Rows of the first screen go only where names of a hostile length leave no other way. */
export const GIVE_WAY = ['coverage', 'flows', 'findings', 'graph', 'patch', 'screen'] as const

/** A section that always stays. */
export function fixed(text: string): Section {
  return { rowCount: 0, row: () => '', render: () => text }
}

/** A section that is there as a whole or is replaced by a short one. */
export function whole(gives: (typeof GIVE_WAY)[number], text: string, instead = ''): Section {
  return { gives, rowCount: 1, row: () => text, render: (rows) => rows[0] ?? instead }
}

/** The page within its limit: rows go from the end of the sections that give way first. Linear in what can be shown. */
export function layOut(sections: readonly Section[], limit: PageLimit): string {
  const parts = sections.map((section) => fill(section, limit))
  let excess = totalSize(parts, limit) - limit.max
  for (const kind of GIVE_WAY) {
    // Of several sections of a kind the last, least severe, goes first.
    for (let i = parts.length - 1; i >= 0 && excess > 0; i--) {
      const part = parts[i]!
      if (part.section.gives !== kind || part.rows.length === 0) continue
      parts[i] = shrink(part, excess, limit)
      excess = totalSize(parts, limit) - limit.max
    }
  }
  return `${joinParts(parts)}\n`
}

interface Part {
  readonly section: Section
  readonly rows: readonly string[]
  readonly text: string
}

function toPart(section: Section, rows: readonly string[]): Part {
  return { section, rows, text: section.render(rows, section.rowCount - rows.length) }
}

/** No more rows are made than could ever fit, so that a million flows cost no more than a page. */
function fill(section: Section, limit: PageLimit): Part {
  const rows: string[] = []
  let size = 0
  for (let i = 0; i < section.rowCount && size <= limit.max; i++) {
    const row = section.row(i)
    rows.push(row)
    size += limit.measure(row) + 1
  }
  return toPart(section, rows)
}

function shrink(part: Part, excess: number, limit: PageLimit): Part {
  const { section } = part
  // The line about what is left out is in here, with the longest number it can hold.
  const bare = limit.measure(section.render([], section.rowCount))
  const allowed = limit.measure(part.text) - excess
  let size = bare
  let keep = 0
  while (keep < part.rows.length) {
    size += limit.measure(part.rows[keep]!) + 1
    if (size > allowed) break
    keep++
  }
  return toPart(section, part.rows.slice(0, Math.min(keep, part.rows.length - 1)))
}

function totalSize(parts: readonly Part[], limit: PageLimit): number {
  let size = 1
  for (const part of parts) if (part.text !== '') size += limit.measure(part.text) + 2
  return size
}

/** An empty line between blocks: Markdown inside `<details>`, and the end of an HTML block, need one. */
function joinParts(parts: readonly Part[]): string {
  return parts
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join('\n\n')
}
