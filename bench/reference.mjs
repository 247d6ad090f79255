// The yardstick: one process that reads the files of the given folders once by content and parses them with js-yaml.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadAll } from 'js-yaml'

const seen = new Set()
let documents = 0
for (const folder of process.argv.slice(2)) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
    if (seen.has(text)) continue
    seen.add(text)
    documents += loadAll(text).length
  }
}
console.log(documents)
