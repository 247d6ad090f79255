import { escapeCode, escapeHtml, escapeMarkdown } from '../base/escape.ts'
import { unreachable } from '../base/problem.ts'
import type { Href } from './links.ts'

/**
 * A piece of a line, before it is known where it goes. Reports are built from these and never from strings put together, so that no
 * name of the tree gets into a page without passing the escaper of that place.
 */
export type Inline =
  | {
      readonly kind: 'text'
      readonly text: string
      /** Stays on one line, where the format can say so. */
      readonly nowrap?: true
    }
  /** A name from the tree: capped, shown as code. */
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'strong'; readonly children: Line }
  | { readonly kind: 'link'; readonly href: Href; readonly children: Line }

/** What stands on one line, or in one cell. */
export type Line = readonly Inline[]

/**
 * A line from a template whose words are ours; what is filled in is a node, a line or a number, never a bare string:
 *
 *     line`${code(peer)} can reach ${count} ports`
 */
export function line(words: TemplateStringsArray, ...parts: readonly (Inline | Line | number)[]): Line {
  const nodes: Inline[] = []
  for (const [i, word] of words.entries()) {
    if (word !== '') nodes.push({ kind: 'text', text: word })
    const part = parts[i]
    if (part === undefined) continue
    if (typeof part === 'number') nodes.push({ kind: 'text', text: part.toLocaleString('en-US') })
    else if ('kind' in part) nodes.push(part)
    else for (const node of part) nodes.push(node)
  }
  return nodes
}

/** Prose: words of ours, or a message that may quote the tree. */
export function text(words: string): Inline {
  return { kind: 'text', text: words }
}

/** A few words of a table's cell that stay on one line. */
export function unbroken(words: string): Inline {
  return words.length <= 24 ? { kind: 'text', text: words, nowrap: true } : text(words)
}

export function code(name: string): Inline {
  return { kind: 'code', text: name }
}

export function strong(...children: Line): Inline {
  return { kind: 'strong', children }
}

/** The children as a link, or as they are where there is nothing to link to. */
export function linked(href: Href | undefined, ...children: Line): Line {
  return href === undefined ? children : [{ kind: 'link', href, children }]
}

/** Lines with a separator of ours between them. */
export function joined(lines: readonly Line[], separator: string): Line {
  return lines.flatMap((item, i) => (i === 0 ? item : [text(separator), ...item]))
}

/** GitHub's Markdown, on one line. */
export function toMarkdown(nodes: Line): string {
  // Prose that was divided between nodes is escaped as one, so that no reference hides on the border.
  return mergeText(nodes).map(markdownOf).join('')
}

/** HTML, inside a block. */
export function toHtml(nodes: Line): string {
  return nodes.map(htmlOf).join('')
}

function markdownOf(node: Inline): string {
  switch (node.kind) {
    case 'text':
      return node.nowrap === true ? escapeMarkdown(node.text).replaceAll(' ', '&#160;') : escapeMarkdown(node.text)
    case 'code':
      return `<code>${escapeCode(node.text)}</code>`
    case 'strong':
      // Not `**`: whether that opens or closes depends on the characters beside it, which may be the tree's.
      return `<b>${toMarkdown(node.children)}</b>`
    case 'link':
      return `[${toMarkdown(node.children)}](${node.href})`
    default:
      return unreachable(node)
  }
}

function htmlOf(node: Inline): string {
  switch (node.kind) {
    case 'text':
      return node.nowrap === true ? escapeHtml(node.text).replaceAll(' ', '&#160;') : escapeHtml(node.text)
    case 'code':
      return `<code>${escapeCode(node.text)}</code>`
    case 'strong':
      return `<b>${toHtml(node.children)}</b>`
    case 'link':
      return `<a href="${escapeHtml(node.href)}">${toHtml(node.children)}</a>`
    default:
      return unreachable(node)
  }
}

function mergeText(nodes: Line): Line {
  const merged: Inline[] = []
  for (const node of nodes) {
    const last = merged.at(-1)
    if (node.kind === 'text' && last?.kind === 'text' && node.nowrap === last.nowrap)
      merged[merged.length - 1] = { ...last, text: last.text + node.text }
    else merged.push(node)
  }
  return merged
}
