import type { Problem } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import { get, type MapValue } from '../../base/value.ts'
import type { Tree } from '../../source/tree.ts'
import { type JsonResult, parseJson } from '../json.ts'

/** Characters of a template; the largest compiled ones are about 4 MB. */
const MAX_LENGTH = 8 * 1024 * 1024

/** Nesting of a template; compiled ones with templates inside templates pass 100. */
const MAX_DEPTH = 500

const parsed = new WeakMap<SourceText, JsonResult>()

/** The JSON of a file, comments allowed, parsed once for each version of it. */
export function parseJsonFile(source: SourceText): JsonResult {
  let result = parsed.get(source)
  if (result === undefined) {
    result = parseJson(source, { lenient: true, maxLength: MAX_LENGTH, maxDepth: MAX_DEPTH })
    parsed.set(source, result)
  }
  return result
}

/** What a JSON file is, as far as Azure's deployments are concerned. */
export type AzureFile =
  | { readonly kind: 'template'; readonly root: MapValue; readonly compiled: boolean }
  | { readonly kind: 'parameters'; readonly root: MapValue }
  | { readonly kind: 'broken'; readonly problems: readonly Problem[] }

/** Looks into a JSON file whose text names one of the schemas; undefined for all others. */
export function readAzureFile(tree: Tree, path: string): AzureFile | undefined {
  if (!/\.jsonc?$/i.test(path)) return undefined
  const read = tree.read(path)
  if (!read.ok || !/deployment(?:template|parameters)\.json/i.test(read.source.text)) return undefined
  const { values, problems } = parseJsonFile(read.source)
  const [root] = values
  if (root === undefined && problems.length > 0) return { kind: 'broken', problems }
  if (root?.kind !== 'map') return undefined
  const schema = get(root, '$schema')
  const name = schema?.kind === 'scalar' ? String(schema.value) : ''
  if (/deploymentparameters\.json#?$/i.test(name)) return { kind: 'parameters', root }
  if (!/deploymenttemplate\.json#?$/i.test(name) || get(root, 'resources') === undefined) return undefined
  const generator = get(get(get(root, 'metadata'), '_generator'), 'name')
  return { kind: 'template', root, compiled: generator?.kind === 'scalar' && generator.value === 'bicep' }
}

/** Names of the parameters that a template declares or that a parameter file gives. */
export function parameterNames(root: MapValue): readonly string[] {
  const parameters = get(root, 'parameters')
  return parameters?.kind === 'map' ? [...parameters.entries.keys()] : []
}
