import type { SourceText } from '../../base/text.ts'
import { parseNative } from './parse-body.ts'
import { parseJsonConfiguration, parseJsonValues } from './parse-json.ts'
import type { ParsedFile } from './syntax.ts'

const parsed = new WeakMap<SourceText, ParsedFile>()

/**
 * Parses a configuration or variable file by its name, once for each text: base and head hold the identical `SourceText`
 * where a file did not change.
 */
export function parseFile(source: SourceText): ParsedFile {
  let file = parsed.get(source)
  if (file === undefined) {
    file = parseByName(source)
    parsed.set(source, file)
  }
  return file
}

function parseByName(source: SourceText): ParsedFile {
  if (source.path.endsWith('.tfvars.json')) return parseJsonValues(source)
  return source.path.endsWith('.json') ? parseJsonConfiguration(source) : parseNative(source)
}

/** Configuration of a module, in native or JSON syntax. */
export function isConfigurationFile(name: string): boolean {
  return /\.(tf|tofu|tf\.json|tofu\.json)$/.test(name) && !name.startsWith('.')
}

export function isVariableFile(name: string): boolean {
  return /\.tfvars(\.json)?$/.test(name)
}
