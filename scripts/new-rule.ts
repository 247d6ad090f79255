// Starts a rule: `npm run new-rule egress-internet` writes src/rules/egress-internet.ts and a case to judge it by.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..')
const id = process.argv[2]
if (id === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id)) {
  console.error('usage: npm run new-rule ID   (the condition found, in kebab case: egress-internet)')
  process.exit(2)
}
const name = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

write(
  `src/rules/${id}.ts`,
  `import { defineRule } from './rule.ts'

export const ${name} = defineRule({
  id: '${id}',
  meta: {
    title: '',
    severity: 'medium',
    concepts: [],
    layer: 'network-policy',
    why: '',
    fix: '',
    sources: [],
  },

  /** Yields a hit for … */
  *check(view) {},
})
`,
)
write(
  `src/rules/${id}.test.ts`,
  `import { describe } from 'vitest'
import { ${name} } from './${id}.ts'
import { finds, silent } from '../../test/rule-table.ts'

describe('${id}', () => {
  finds(${name}, 'what it is there for', {})
  silent(${name}, 'the near miss', {})
})
`,
)
mkdirSync(join(ROOT, 'test/cases', id, 'before'), { recursive: true })
mkdirSync(join(ROOT, 'test/cases', id, 'after'), { recursive: true })
write(`test/cases/${id}/README.md`, 'One line that says what the case shows.\n')

function write(path: string, text: string): void {
  if (existsSync(join(ROOT, path))) {
    console.error(`${path} is there already`)
    process.exit(2)
  }
  writeFileSync(join(ROOT, path), text)
  console.log(path)
}
