// Writes src/rules/index.ts: every rule, sorted by id. A rule is a file src/rules/<id>.ts that exports one `defineRule({ id })`.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const RULES = join(import.meta.dirname, '../src/rules')
const INDEX = join(RULES, 'index.ts')

interface RuleFile {
  readonly id: string
  readonly name: string
}

function listRuleFiles(): readonly RuleFile[] {
  return readdirSync(RULES)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && file !== 'index.ts')
    .flatMap((file) => {
      const match = /^export const (\w+)(?:: Rule)? = defineRule\(\{\n\s*id: '([\w-]+)'/m.exec(
        readFileSync(join(RULES, file), 'utf8'),
      )
      if (match === null) return []
      if (`${match[2]}.ts` !== file)
        throw new Error(`src/rules/${file} defines the rule ${match[2]}: name the file after it`)
      return [{ id: match[2]!, name: match[1]! }]
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

function ruleIndex(): string {
  const rules = listRuleFiles()
  return [
    '// Written by `npm run docs`: every rule, sorted by id.',
    ...rules.map(({ id, name }) => `import { ${name} } from './${id}.ts'`),
    "import type { Rule } from './rule.ts'",
    '',
    '/** The catalogue, sorted by id. */',
    'export const RULES: readonly Rule[] = [',
    ...rules.map(({ name }) => `  ${name},`),
    ']',
    '',
  ].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  if (!process.argv.includes('--check')) writeFileSync(INDEX, ruleIndex())
  else if (readFileSync(INDEX, 'utf8') !== ruleIndex()) {
    console.error('src/rules/index.ts is not the list of rules: npm run docs')
    process.exitCode = 1
  }
}
