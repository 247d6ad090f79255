// Writes what is generated: the list of rules, the JSON schemas, and docs/rules/ with a page for each rule from what it says of itself
// and from a case that is really run. With --check it only compares, and fails where something is not what the source says.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { escapeMarkdown, fence } from '../src/base/escape.ts'
import { SEVERITIES } from '../src/base/severity.ts'
import type { ReviewReport } from '../src/report/review-report.ts'
import { reviewText } from '../src/report/text.ts'
import { RULES } from '../src/rules/index.ts'
import type { Rule } from '../src/rules/rule.ts'
import { type Case, listCases, reviewCase } from './case-review.ts'

const FOLDER = join(import.meta.dirname, '../docs/rules')
const check = process.argv.includes('--check')
for (const script of ['rule-index.ts', 'schema.ts']) {
  execFileSync(process.execPath, [join(import.meta.dirname, script), ...(check ? ['--check'] : [])], {
    stdio: 'inherit',
  })
}
const cases = new Map(listCases().map((each) => [each.name, each]))
const pages = new Map<string, string>([
  ['README.md', catalogue()],
  ...RULES.map((rule) => [`${rule.id}.md`, page(rule)] as const),
])

if (check) {
  const there = existsSync(FOLDER) ? readdirSync(FOLDER) : []
  const wrong = [
    ...there.filter((name) => !pages.has(name)),
    ...[...pages]
      .filter(([name, text]) => !there.includes(name) || readFileSync(join(FOLDER, name), 'utf8') !== text)
      .map(([name]) => name),
  ]
  for (const name of wrong) console.error(`docs/rules/${name} is not what the source says: npm run docs`)
  process.exitCode = wrong.length === 0 ? 0 : 1
} else {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, text] of pages) writeFileSync(join(FOLDER, name), text)
}

function page(rule: Rule): string {
  const { id, meta } = rule
  const example = cases.get(id)
  return `${[
    `# ${id}`,
    `**${escapeMarkdown(meta.title)}** · usually ${meta.severity} · layer \`${meta.layer}\` · ${meta.concepts.map((concept) => `\`${concept}\``).join(', ')}`,
    `## Why it matters\n${escapeMarkdown(meta.why)}`,
    `## What to do\n${escapeMarkdown(meta.fix)}`,
    ...(example === undefined ? [] : [exampleOf(rule, example)]),
    `## Sources\n${meta.sources.map((source) => `- ${source.startsWith('http') ? `<${source}>` : escapeMarkdown(source)}`).join('\n')}`,
    `Accept one finding for a time with a suppression in \`.github/ringfence.yml\`, or set \`rules: { ${id}: off }\` there.`,
  ].join('\n\n')}\n`
}

/** The case of the rule's name, with what the review of it really says of this rule. */
function exampleOf({ id }: Rule, example: Case): string {
  const report = reviewCase(example)
  const only: ReviewReport = { ...report, findings: report.findings.filter(({ rule }) => rule === id) }
  if (only.findings.length === 0) throw new Error(`test/cases/${id} raises no ${id}`)
  const text = reviewText(only, { color: false, width: 100 })
  return `## Example\n${escapeMarkdown(example.shows)} The whole of it is in [test/cases/${id}](../../test/cases/${id}).\n\n${fence('text', text)}`
}

function catalogue(): string {
  const rows = [...RULES]
    .sort((a, b) => SEVERITIES.indexOf(a.meta.severity) - SEVERITIES.indexOf(b.meta.severity) || (a.id < b.id ? -1 : 1))
    .map(
      ({ id, meta }) => `| [${id}](${id}.md) | ${meta.severity} | \`${meta.layer}\` | ${escapeMarkdown(meta.title)} |`,
    )
  return `# Rules\n\n${RULES.length} rules. The severity is the usual one: a finding says how much of the path is known and how bad it is.\n\n| rule | severity | layer | what it finds |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`
}
