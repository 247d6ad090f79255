import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SourceText } from '../../src/base/text.ts'
import { parseConfig } from '../../src/config/config.ts'
import { RULES } from '../../src/rules/index.ts'

const RULE_IDS = new Set(RULES.map(({ id }) => id))

describe.each(['docs/configuration.md', 'README.md'])('%s', (file) => {
  const text = readFileSync(join(import.meta.dirname, '../..', file), 'utf8')
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)]
    .map(([, block]) => block!)
    .filter((block) => !/^on:/m.test(block) && !/^ *- uses:/m.test(block))

  it('shows configurations that are accepted', () => {
    expect(blocks).not.toEqual([])
    for (const block of blocks) {
      const { problems } = parseConfig(new SourceText('ringfence.yml', block), RULE_IDS)
      expect(problems).toEqual([])
    }
  })
})

it('the page names every key of a pull request that the action takes as an input too', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8')
  const action = readFileSync(join(import.meta.dirname, '../../action.yml'), 'utf8')
  const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../schema/ringfence.schema.json'), 'utf8')) as {
    properties: object
  }
  for (const key of Object.keys(schema.properties)) {
    if (action.includes(`\n  ${key}:\n`)) expect(text).toContain(`\`${key}\``)
  }
})
