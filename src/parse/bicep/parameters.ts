import type { Value } from '../../base/value.ts'
import { readJsonParameters } from '../template/parameter-file.ts'
import { resolvePath } from '../template/paths.ts'
import { type Arguments, NO_ARGUMENTS } from '../template/rendered.ts'
import type { Run } from '../template/run.ts'
import { BicepDeployment, entryScopeOf } from './deployment.ts'
import { openModule } from './open-module.ts'
import { readBicep } from './symbols.ts'
import type { PathDeclaration } from './syntax.ts'

/** Files that `extends` leads through. */
const MAX_BASES = 20

/** The parameters that files give, `.bicepparam` or JSON; of several files the last one that gives a parameter counts. */
export function readParameters(paths: readonly string[], run: Run): Arguments {
  const files = paths.map((path) =>
    path.toLowerCase().endsWith('.bicepparam') ? readBicepParameters(path, run, 0) : readJsonParameters(path, run),
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

function readBicepParameters(path: string, run: Run, depth: number): Arguments {
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
  const basePath = base?.path === undefined ? undefined : resolvePath(path, base.path)
  const inherited =
    basePath === undefined || depth >= MAX_BASES ? NO_ARGUMENTS : readBicepParameters(basePath, run, depth + 1)
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
