/**
 * One escaper per place that text goes to. Everything from the tree is hostile: names, paths, messages that quote them.
 *
 * All of them first drop what cannot be seen ({@link dropHidden}), so that what a person reads is what is there.
 */

/** What a name is cut to: `start…end`. */
const NAME_LIMIT = 120

/** Keeps `@name` from notifying anybody where code spans are not respected (mail, plain text). */
const ZERO_WIDTH_SPACE = '\u200b'

/**
 * Text without what is invisible or moves other text: bidirectional controls, zero-width characters, fillers, tags, control characters.
 * Line ends, tabs and every other white space become one space each; lone surrogates become U+FFFD.
 */
export function dropHidden(text: string): string {
  return [...text.replace(WHITE_SPACE, ' ')].map((char) => (isHidden(char.codePointAt(0)!) ? '' : well(char))).join('')
}

/** Whether {@link dropHidden} would drop something that can deceive a reader: anything but white space. */
export function hasHidden(text: string): boolean {
  for (const char of text) {
    if (isHidden(char.codePointAt(0)!) && !WHITE_SPACE_CHARACTER.test(char)) return true
  }
  return false
}

/** `start…end` in at most `limit` UTF-16 units; never half a surrogate pair. */
export function shorten(text: string, limit = NAME_LIMIT): string {
  if (text.length <= limit) return text
  const head = Math.ceil((limit - 1) / 2)
  const start = text.slice(0, head).replace(/[\ud800-\udbff]$/, '')
  const end = text.slice(text.length - (limit - 1 - head)).replace(/^[\udc00-\udfff]/, '')
  return `${start}…${end}`
}

/** A name as it is shown anywhere: nothing hidden, one line, capped; `(empty)` where nothing is left. */
export function visibleName(text: string): string {
  // Cut before the walk too, so that a name of megabytes costs no more than a long one.
  return shorten(dropHidden(shorten(text, NAME_LIMIT * 8)).trim()) || '(empty)'
}

/**
 * Content of `<code>` in GitHub's Markdown and in HTML: what is not a letter, a digit, a space, `.`, `/` or `-` becomes a numeric
 * entity, so no Markdown, table or HTML syntax is left. Entities decode before mentions and bare URLs are looked for, so U+200B breaks
 * those (Markdown does not know that `<code>` is code).
 */
export function escapeCode(name: string): string {
  return defuseLinks(visibleName(name)).replace(/[^A-Za-z0-9 ./-]/gu, entity)
}

/**
 * Prose in GitHub's Markdown, on one line, in any inline place (table cells included). Beside Markdown and HTML it defuses what GitHub
 * finds in text later: mentions, `#1` and `GH-1` references, bare URLs, `:emoji:`.
 */
export function escapeMarkdown(text: string): string {
  return defuseReferences(dropHidden(text))
    .replace(/ {2,}/g, ' ')
    .replace(/[^A-Za-z0-9 ,;:()'"?%/.…→−·–✅⚠🔴🟡🔵🟢⚪-]|(?<![A-Za-z0-9])-/gu, entity)
    .replace(/^(\d{1,9})([.)])/, (_, digits: string, mark: string) => digits + entity(mark))
}

/** Text or an attribute value of HTML. Line ends stay, for `<pre>`. */
export function escapeHtml(text: string): string {
  return dropHiddenButLines(text).replace(/[&<>"'`]/g, entity)
}

/**
 * A label between the quotes of a Mermaid node or edge. Its own entity syntax is `#code;`; what is left raw has no meaning there, but for
 * `direction TB`, which the lexer takes for a statement anywhere in a line. Checked with the real parser in the tests.
 */
export function escapeMermaidLabel(name: string): string {
  return visibleName(name)
    .replace(/[^A-Za-z0-9 ._/:,()*=+-]/gu, (char) => `#${char.codePointAt(0)};`)
    .replace(/direction(?= )/g, 'directio#110;')
}

/** A string between the quotes of a Graphviz file. */
export function escapeDotString(name: string): string {
  return visibleName(name)
    .replace(/[\\"]/g, '\\$&')
    .replace(/[<>&]/g, (char) => entity(char))
}

/**
 * A line of a workflow's log: no control character, and neither `::command::` nor the legacy `##[command]`, which runners look for
 * anywhere in a line. Source: actions/runner src/Runner.Common/ActionCommand.cs
 */
export function escapeLogLine(text: string): string {
  return dropHidden(text)
    .replace(/:(?=:)/g, `:${ZERO_WIDTH_SPACE}`)
    .replaceAll('##[', `##${ZERO_WIDTH_SPACE}[`)
}

/**
 * A piece of a line for a terminal, without ANSI sequences and control characters. The terminal may be a workflow's log, so a command
 * at its start, or a legacy one anywhere, is broken as in {@link escapeLogLine}; `fd00::1` inside stays as it is.
 */
export function escapeTerminal(text: string): string {
  return dropHidden(text.replace(OSC, '').replace(CSI, '').replace(ESCAPE, ''))
    .replace(/^( *):(?=:)/, `$1:${ZERO_WIDTH_SPACE}`)
    .replaceAll('##[', `##${ZERO_WIDTH_SPACE}[`)
}

/**
 * Plain text of a SARIF message. `[text](1)` is an embedded link there, so brackets are escaped by a backslash (SARIF 2.1.0 §3.11.6),
 * and U+200B keeps `{0}` from being a placeholder (§3.11.5) and `@name` from notifying.
 */
export function escapeSarifText(text: string): string {
  return dropHidden(text)
    .replace(/[\\[\]]/g, '\\$&')
    .replace(/\{(?=\d)/g, `{${ZERO_WIDTH_SPACE}`)
    .replace(/@(?=[A-Za-z0-9])/g, `@${ZERO_WIDTH_SPACE}`)
}

/**
 * Lines for a fenced block that is only looked at: hidden characters are dropped and nothing in it notifies anybody, while `image@sha256:…`
 * and `@@ -1 +1 @@` stay as they are.
 */
export function escapeFenced(text: string): string {
  return dropHiddenButLines(text).replace(/(?<![A-Za-z0-9_])@(?=[A-Za-z0-9])/g, `@${ZERO_WIDTH_SPACE}`)
}

/** A fenced block around lines that are already fit to be shown; its fence is longer than any run of backticks in them. */
export function fence(info: string, content: string): string {
  let longest = 2
  for (const run of content.matchAll(/`+/g)) longest = Math.max(longest, run[0].length)
  const marks = '`'.repeat(longest + 1)
  return content === '' ? `${marks}${info}\n${marks}` : `${marks}${info}\n${content}\n${marks}`
}

// ECMA-48 §5.4, §5.5 and §8.3.89. Each always matches where it starts, so that they are linear; util.stripVTControlCharacters is not.
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the task
const OSC = /\u001b\][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the task
const CSI = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the task
const ESCAPE = /\u001b[ -/]*[0-~]?/g

/** What becomes a space: tabs, line ends (U+2028 and U+2029 included), and every space but U+0020. */
const WHITE_SPACE = /\r\n|[\t\n\v\f\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g
const WHITE_SPACE_CHARACTER = /[\t\n\v\f\r\u0085\u2028\u2029]/

/**
 * Default-ignorable and other invisible characters, and controls.
 * Source: unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt (Default_Ignorable_Code_Point), and C0, C1 and annotation controls
 */
function isHidden(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true
  if (code < 0xad) return false
  return (
    code === 0xad ||
    code === 0x34f ||
    code === 0x61c ||
    (code >= 0x115f && code <= 0x1160) ||
    (code >= 0x17b4 && code <= 0x17b5) ||
    (code >= 0x180b && code <= 0x180f) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x206f) ||
    code === 0x3164 ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    code === 0xfeff ||
    code === 0xffa0 ||
    (code >= 0xfff0 && code <= 0xfffb) ||
    (code >= 0x1bca0 && code <= 0x1bca3) ||
    (code >= 0x1d173 && code <= 0x1d17a) ||
    (code >= 0xe0000 && code <= 0xe0fff)
  )
}

function well(char: string): string {
  const code = char.codePointAt(0)!
  return code >= 0xd800 && code <= 0xdfff ? '\ufffd' : char
}

function dropHiddenButLines(text: string): string {
  return text
    .split(/\r\n|\n/)
    .map((line) => line.split('\t').map(dropHidden).join('\t'))
    .join('\n')
}

function entity(char: string): string {
  return `&#${char.codePointAt(0)};`
}

/** U+200B breaks what is found in the text of the rendered page, wherever it stands. */
function defuseLinks(text: string): string {
  return text
    .replaceAll('@', `@${ZERO_WIDTH_SPACE}`)
    .replace(/:(?=\/\/)/g, `:${ZERO_WIDTH_SPACE}`)
    .replace(/(www)\./gi, `$1${ZERO_WIDTH_SPACE}.`)
}

/** Beside links, what GitHub looks for in prose: `#1`, `GH-1`, `:emoji:`. */
function defuseReferences(text: string): string {
  return defuseLinks(text)
    .replace(/#(?=\d)/g, `#${ZERO_WIDTH_SPACE}`)
    .replace(/\b(GH)-(?=\d)/gi, `$1${ZERO_WIDTH_SPACE}-`)
    .replace(/:(?=[\w+-]{1,64}:)/g, `:${ZERO_WIDTH_SPACE}`)
}
