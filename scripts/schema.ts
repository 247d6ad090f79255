/** Writes the JSON schemas of the outputs to `schema/`; with `--check` it only says whether they are up to date. */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { jsonSchemas } from '../src/report/json-schema.ts'

const check = process.argv.includes('--check')
for (const [name, schema] of jsonSchemas()) {
  const file = fileURLToPath(new URL(`../schema/${name}`, import.meta.url))
  const text = `${JSON.stringify(schema, null, 2)}\n`
  if (!check) {
    writeFileSync(file, text)
  } else if (readFileSync(file, 'utf8') !== text) {
    process.stderr.write(`${file} is out of date: run node scripts/schema.ts\n`)
    process.exitCode = 1
  }
}
