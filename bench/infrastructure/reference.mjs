// `node reference.mjs FOLDER …`: the yardstick, one process that reads the files of the folders once by content and parses them with Ringfence's own parsers.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SourceText } from './build/base/text.js'
import { parseBicep } from './build/parse/bicep/parse.js'
import { parseJsonFile } from './build/parse/template/json-file.js'
import { parseFile } from './build/parse/terraform/parse-file.js'

const folders = process.argv.slice(2)

/** By what a name ends with; every file of the generated repository is one of these. */
const PARSERS = [
  [/\.tf(vars)?$/, parseFile],
  [/\.bicep(param)?$/, parseBicep],
  [/\.json$/, parseJsonFile],
]
const seen = new Set()
/** Kept, as a run keeps them. */
const parsed = []
for (const folder of folders) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8')
    if (seen.has(text)) continue
    seen.add(text)
    const [, parse] = PARSERS.find(([pattern]) => pattern.test(entry.name))
    parsed.push(parse(new SourceText(entry.name, text)))
  }
}
console.log(parsed.length)
