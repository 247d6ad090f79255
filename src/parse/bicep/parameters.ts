import type { SourceText } from '../../base/text.ts'
import type { Value } from '../../base/value.ts'
import { readJsonParameters } from '../template/parameter-file.ts'
import { type Arguments, NO_ARGUMENTS } from '../template/rendered.ts'
import type { Run } from '../template/run.ts'
import { BicepDeployment, entryScopeOf } from './deployment.ts'
import { locate } from './locate.ts'
import { openModule } from './open-module.ts'
import { readBicep } from './symbols.ts'
import type { PathDeclaration } from './syntax.ts'

/** Files that `extends` leads through. */
const MAX_BASES = 20

/** The parameters that files give, `.bicepparam` or JSON; of several files the last one that gives a parameter counts. */
export function readParameters(paths: readonly string[], run: Run): Arguments {
  const files = paths.map((path) =>
    path.toLowerCase().endsWith('.bicepparam') ? readBicepParameters(path, run, []) : readJsonParameters(path, run),
  )
  files.reverse()
  return (name) => firstOf(files, name)
}

function firstOf(files: readonly Arguments[], name: string): Value | undefined {
  for (const file of files) {
    const value = file(name)
    if (value !== undefined) return value
  }
  return undefined
}

/** `above` are the files that extend this one. */
function readBicepParameters(path: string, run: Run, above: readonly string[]): Arguments {
  const read = readBicep(run.tree, path)
  if ('problem' in read) {
    run.report(read.problem)
    run.incomplete = true
    return NO_ARGUMENTS
  }
  const { symbols } = read
  run.files.add(path)
  for (const problem of symbols.file.problems) run.report(problem)
  const base = symbols.file.declarations.find((one): one is PathDeclaration => one.kind === 'extends')
  const inherited = base === undefined ? NO_ARGUMENTS : readBase(base, symbols.source, run, [...above, path])
  const file = new BicepDeployment({
    run,
    symbols,
    given: NO_ARGUMENTS,
    prefix: '',
    scope: entryScopeOf(symbols),
    openModule: openModule(run, []),
  })
  return (name) => (symbols.parameters.has(name) ? file.parameter(name) : inherited(name))
}

/** The parameters of the file that one extends. */
function readBase(
  { path, start, end }: PathDeclaration,
  source: SourceText,
  run: Run,
  stack: readonly string[],
): Arguments {
  const at = { source, start, end }
  const found = path === undefined ? undefined : locate(path, at, run)
  if (found === undefined) return NO_ARGUMENTS
  if (!stack.includes(found) && stack.length < MAX_BASES) return readBicepParameters(found, run, stack)
  run.report({ code: 'rejected', message: `the parameter file ${found} extends itself`, at })
  run.incomplete = true
  return NO_ARGUMENTS
}
