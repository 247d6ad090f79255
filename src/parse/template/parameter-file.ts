import { dig, get, type Value } from '../../base/value.ts'
import { parseJsonFile } from './json-file.ts'
import { type Arguments, NO_ARGUMENTS } from './rendered.ts'
import type { Run } from './run.ts'
import { withSubstitutions } from './substitution.ts'
import { entryOf, unknown } from './values.ts'

/** The parameters of a JSON parameter file. Their values are literal: `[` begins no expression in them. */
export function readJsonParameters(path: string, run: Run): Arguments {
  const root = readJson(path, run)
  if (root === undefined) return NO_ARGUMENTS
  // A file of parameters alone, without its envelope, is what some tools write.
  return argumentsOf(withSubstitutions(get(root, 'parameters') ?? root))
}

/** Parameters written as `{"name": {"value": …}}` or `{"name": {"reference": {"keyVault": …}}}`. */
export function argumentsOf(parameters: Value): Arguments {
  return (name) => {
    if (parameters.kind !== 'map') return undefined
    const entry = entryOf(parameters, name)?.value
    if (entry?.kind !== 'map') return entry?.kind === 'unknown' ? entry : undefined
    const value = entryOf(entry, 'value')?.value
    if (value !== undefined) return value
    if (entryOf(entry, 'reference') === undefined) return undefined
    const secret = dig(entry, 'reference', 'secretName')
    const detail =
      secret?.kind === 'scalar' ? `the secret "${String(secret.value)}" of a key vault` : 'a secret of a key vault'
    return unknown('encrypted', detail, entry.origin)
  }
}

/** The value of a JSON file of the tree, comments allowed; its problems are reported. */
export function readJson(path: string, run: Run): Value | undefined {
  const read = run.tree.read(path)
  if (!read.ok) {
    run.report({ code: 'not-readable', message: read.message, at: { file: path } })
    run.incomplete = true
    return undefined
  }
  run.files.add(path)
  const { values, problems } = parseJsonFile(read.source)
  for (const problem of problems) {
    run.report(problem)
    if (problem.code === 'syntax') run.incomplete = true
  }
  return values[0]
}
