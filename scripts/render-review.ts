/**
 * Draws a review as GitHub would show it: JSON in, PNG out. For the README's picture, and to look at what people will see.
 *
 *     node scripts/render-review.ts REVIEW.json OUT.png [--format markdown|html|text] [--dark] [--open] [--repository owner/name]
 *
 * Needs a Chromium (`apt-get install chromium`), whose path `CHROMIUM` names where it is not `/usr/bin/chromium`. The page loads
 * nothing from the network.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { marked } from 'marked'
import { diffLineKind } from '../src/report/diff-line.ts'
import { reviewHtml } from '../src/report/html.ts'
import type { ReviewLinks } from '../src/report/links.ts'
import { summaryComment } from '../src/report/markdown/summary-comment.ts'
import type { ReviewReport } from '../src/report/review-report.ts'
import { reviewText } from '../src/report/text.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    format: { type: 'string', default: 'markdown' },
    dark: { type: 'boolean', default: false },
    repository: { type: 'string', default: 'acme/shop' },
    open: { type: 'boolean', default: false },
  },
})
const [input, output] = positionals
if (input === undefined || output === undefined) throw new Error('usage: render-review.ts REVIEW.json OUT.png')
const report = JSON.parse(readFileSync(input, 'utf8')) as ReviewReport

function chromium(options: readonly string[], page: string): string {
  const program = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
  const scheme = values.dark ? ['--blink-settings=preferredColorScheme=0'] : []
  const common = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...scheme]
  return execFileSync(program, [...common, ...options, pathToFileURL(page).href], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 60_000,
    maxBuffer: 64 << 20,
  })
}

function toPage(format: string): string {
  switch (format) {
    case 'html':
      return reviewHtml(report, {})
        .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
        .replace('</body>', `${measure()}</body>`)
    case 'text':
      return terminalPage(reviewText(report, { color: true, width: 100 }))
    default:
      return commentPage(comment())
  }
}

/** The comment as it would be posted; ids of commits are those of the report where they are some. */
function comment(): string {
  const sha = (tree: string) => (/^[0-9a-f]{40,64}$/.test(tree) ? tree : undefined)
  const [base, head] = [sha(report.base.tree), sha(report.head.tree)]
  const links: ReviewLinks = {
    serverUrl: 'https://github.com',
    repository: values.repository,
    headSha: head ?? '0'.repeat(40),
    ...(base === undefined ? {} : { baseSha: base }),
    runUrl: `https://github.com/${values.repository}/actions/runs/1`,
    rulesUrl: 'https://github.com/acme/ringfence/blob/v1/docs/rules',
  }
  return summaryComment(report, {
    links,
    ...(base === undefined ? {} : { base: { sha: base, ref: 'main' } }),
    ...(head === undefined ? {} : { head: { sha: head } }),
    marker: { key: 'default', head: links.headSha, run: '1.1' },
  })
}

/** GitHub's look, near enough to judge by: width, type sizes, tables, code, details. */
function commentPage(markdown: string): string {
  const body = (marked.parse(markdown, { gfm: true, async: false }) as string)
    .replace(/<pre><code class="language-mermaid">([\s\S]*?)<\/code><\/pre>/g, '<pre class="mermaid">$1</pre>')
    .replace(
      /<pre><code class="language-diff">([\s\S]*?)<\/code><\/pre>/g,
      (_, diff: string) => `<pre><code>${colorDiff(diff)}</code></pre>`,
    )
    .replaceAll('<details>', values.open ? '<details open>' : '<details>')
  const mermaid = readFileSync(
    fileURLToPath(new URL('../node_modules/mermaid/dist/mermaid.min.js', import.meta.url)),
    'utf8',
  )
  const theme = values.dark ? 'dark' : 'default'
  return `<!doctype html><html><head><meta charset="utf-8"><style>${GITHUB_STYLE}</style></head><body class="${values.dark ? 'dark' : ''}">
<div class="comment"><div class="bar"><b>ringfence</b> <span>bot</span> commented now</div><div class="body">${body}</div></div>
<script>${mermaid.replaceAll('</script', '<\\/script')}</script>
<script>mermaid.initialize({ startOnLoad: false, theme: '${theme}', securityLevel: 'strict' }); mermaid.run().finally(() => setTimeout(height, 200));
${HEIGHT}</script></body></html>`
}

function colorDiff(diff: string): string {
  return diff
    .split('\n')
    .map((row) => `<span class="${diffLineKind(row)}">${row}</span>`)
    .join('\n')
}

function terminalPage(text: string): string {
  const open = new Map([
    ['1', 'bold'],
    ['2', 'dim'],
    ['1;31', 'bad'],
    ['33', 'warn'],
    ['32', 'good'],
  ])
  const html = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is drawn
    .replace(/\u001b\[([\d;]*)m/g, (_, code: string) =>
      code === '0' ? '</span>' : `<span class="${open.get(code) ?? ''}">`,
    )
  return `<!doctype html><html><head><meta charset="utf-8"><style>
body { margin: 0; background: #0d1117; color: #e6edf3; } pre { margin: 0; padding: 20px 24px; font: 13px/1.5 "DejaVu Sans Mono", monospace; white-space: pre-wrap; }
.bold { font-weight: 700; } .dim { color: #8b949e; } .bad { color: #ff7b72; font-weight: 700; } .warn { color: #e3b341; } .good { color: #56d364; }
</style></head><body><pre>${html}</pre>${measure()}</body></html>`
}

function measure(): string {
  return `<script>${HEIGHT}\nheight()</script>`
}

const HEIGHT =
  'function height() { document.body.setAttribute("data-height", String(Math.ceil(document.documentElement.scrollHeight))) }'

const GITHUB_STYLE = `
body { margin: 0; padding: 16px; background: #fff; color: #1f2328; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, "Noto Color Emoji", sans-serif; }
.comment { max-width: 900px; margin: 0 auto; border: 1px solid #d1d9e0; border-radius: 6px; }
.bar { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; border-radius: 6px 6px 0 0; color: #59636e; }
.bar b { color: #1f2328; } .bar span { border: 1px solid #d1d9e0; border-radius: 2em; padding: 0 6px; font-size: 12px; }
.body { padding: 16px; overflow-wrap: break-word; }
h3 { font-size: 1.25em; line-height: 1.25; margin: 0 0 16px; font-weight: 600; }
p, ul, ol, table, pre, details { margin: 0 0 16px; } ul, ol { padding-left: 2em; }
a { color: #0969da; text-decoration: none; }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em; font: 85% ui-monospace, "DejaVu Sans Mono", monospace; }
pre { background: #f6f8fa; border-radius: 6px; padding: 16px; overflow: auto; font: 85%/1.45 ui-monospace, "DejaVu Sans Mono", monospace; }
pre code { background: none; padding: 0; font-size: 100%; } pre.mermaid { background: none; text-align: center; padding: 8px; }
table { border-collapse: collapse; display: block; overflow: auto; width: max-content; max-width: 100%; } th, td { border: 1px solid #d1d9e0; padding: 6px 13px; } th { font-weight: 600; }
tr:nth-child(2n) td { background: #f6f8fa; } sub { font-size: 12px; vertical-align: baseline; }
summary { cursor: pointer; } details { margin-bottom: 16px; }
.add { background: #dafbe1; } .del { background: #ffebe9; } .hunk { color: #6639ba; }
body.dark { background: #0d1117; color: #f0f6fc; } .dark .comment, .dark .bar, .dark th, .dark td { border-color: #3d444d; }
.dark .bar, .dark pre, .dark tr:nth-child(2n) td { background: #151b23; } .dark .bar b { color: #f0f6fc; } .dark pre.mermaid { background: none; } .dark .add { background: #033a16; } .dark .del { background: #67060c; } .dark .hunk { color: #d2a8ff; }
.dark a { color: #4493f8; }
`

const folder = mkdtempSync(join(tmpdir(), 'ringfence-render-'))
try {
  const page = join(folder, 'page.html')
  writeFileSync(page, toPage(values.format))
  // A first pass measures how high the page is, the second draws that much.
  const dom = chromium(['--dump-dom', '--virtual-time-budget=8000', '--window-size=1000,900'], page)
  const height = Number(/data-height="(\d+)"/.exec(dom)?.[1] ?? 1200)
  chromium(
    [
      '--virtual-time-budget=8000',
      `--window-size=1000,${height}`,
      '--force-device-scale-factor=2',
      '--hide-scrollbars',
      `--screenshot=${output}`,
    ],
    page,
  )
} finally {
  rmSync(folder, { recursive: true })
}
