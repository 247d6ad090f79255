// `node reference.mjs BUILD FOLDER …`: the yardstick, one process that reads the files of the folders once by content and parses them with Ringfence's own parsers.
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const [build, ...folders] = process.argv.slice(2)
const load = (path) => import(join(resolve(build), path))
const { SourceText } = await load('base/text.js')
const { parseFile } = await load('parse/terraform/parse-file.js')
const { parseBicep } = await load('parse/bicep/parse.js')
const { parseJsonFile } = await load('parse/template/json-file.js')

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
