import { JSDOM } from 'jsdom'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'

const DOM = new JSDOM('')

const PARSER = unified().use(remarkParse).use(remarkGfm)

interface MarkdownNode {
  readonly type: string
  readonly value?: string
  readonly url?: string
  readonly lang?: string | null
  readonly depth?: number
  readonly ordered?: boolean | null
  readonly children?: readonly MarkdownNode[]
}

/** What a page of Markdown is made of, without its words, whose links must be ours; and the words outside of HTML and fenced blocks. */
export function readMarkdown(page: string): { readonly structure: string; readonly words: string } {
  const seen: string[] = []
  const words: string[] = []
  const walk = (node: MarkdownNode, depth: number) => {
    const { type, value, url, lang } = node
    if (url !== undefined && !OUR_LINKS.test(url)) throw new Error(`foreign link: ${url}`)
    const detail =
      type === 'html'
        ? value
        : type === 'code'
          ? lang
          : type === 'heading'
            ? node.depth
            : type === 'list'
              ? node.ordered
              : ''
    // A name may be text of its own or merge with its neighbours; between two marks there is text in any case.
    if (type === 'text') words.push(value ?? '')
    else seen.push(`${' '.repeat(depth)}${type} ${detail ?? ''}`)
    for (const child of node.children ?? []) walk(child, depth + 1)
  }
  walk(PARSER.parse(page) as MarkdownNode, 0)
  return { structure: seen.join('\n'), words: words.join('') }
}

const OUR_LINKS = /^https:\/\/github\.com\/acme\/(?:shop|ringfence)\/[A-Za-z0-9/._%#?=-]*$/

/** The fenced blocks of one language. */
export function fencedBlocks(page: string, lang: string): readonly string[] {
  const blocks: string[] = []
  const walk = (node: MarkdownNode) => {
    if (node.type === 'code' && node.lang === lang) blocks.push(node.value ?? '')
    for (const child of node.children ?? []) walk(child)
  }
  walk(PARSER.parse(page) as MarkdownNode)
  return blocks
}

/** The elements of a page of HTML with their attributes, without words and the targets of links. */
export function htmlStructure(page: string): string {
  const document = new DOM.window.DOMParser().parseFromString(page, 'text/html')
  const seen: string[] = []
  const walk = (element: Element, depth: number) => {
    const attributes = [...element.attributes].map(({ name, value }) => (name === 'href' ? 'href' : `${name}=${value}`))
    seen.push(`${' '.repeat(depth)}${element.tagName} ${attributes.join(' ')}`)
    for (const child of element.children) walk(child, depth + 1)
  }
  walk(document.documentElement, 0)
  return seen.join('\n')
}

/** Whether every fence and every `<details>` of a page is closed, in the order in which they were opened. */
export function findOpenBlock(page: string): string | undefined {
  let openFence: string | undefined
  let details = 0
  for (const row of page.split('\n')) {
    const marks = /^(`{3,})/.exec(row)?.[1]
    if (openFence !== undefined) {
      if (row === openFence) openFence = undefined
      continue
    }
    if (marks !== undefined) openFence = marks
    details += (row.match(/<details>/g) ?? []).length - (row.match(/<\/details>/g) ?? []).length
    if (details < 0) return 'a details block is closed that was not open'
  }
  if (openFence !== undefined) return 'an open fence'
  return details === 0 ? undefined : 'an open details block'
}
