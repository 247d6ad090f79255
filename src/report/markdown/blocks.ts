import { type Line, toHtml, toMarkdown } from '../inline.ts'
import type { Section } from './page.ts'

/** `### …` */
export function heading(level: number, content: Line): string {
  return `${'#'.repeat(level)} ${toMarkdown(content)}`
}

/** The head of a table and the line below it. Cells are aligned left. */
export function tableHead(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n|${cells.map(() => ' --- |').join('')}`
}

export function tableRow(cells: readonly Line[]): string {
  return `| ${cells.map(toMarkdown).join(' | ')} |`
}

/** A block that is folded away. Its summary is HTML for Markdown; the content stands between empty lines and so is Markdown. */
export function details(summary: Line, content: string): string {
  return `<details><summary>${toHtml(summary)}</summary>\n\n${content}\n\n</details>`
}

/** A folded table that gives its rows from the end; where none is left, `instead` stands for it. */
export function foldedTable(table: {
  readonly gives: NonNullable<Section['gives']>
  readonly summary: Line
  readonly head: readonly string[]
  readonly rowCount: number
  readonly row: (index: number) => readonly Line[]
  /** Says how many rows are not shown, and where they are. */
  readonly rest: (left: number) => Line
}): Section {
  return {
    gives: table.gives,
    rowCount: table.rowCount,
    row: (index) => tableRow(table.row(index)),
    render(rows, left) {
      const content: string[] = []
      if (rows.length > 0) content.push([tableHead(table.head), ...rows].join('\n'))
      if (left > 0) content.push(toMarkdown(table.rest(left)))
      return details(table.summary, content.join('\n\n'))
    },
  }
}
