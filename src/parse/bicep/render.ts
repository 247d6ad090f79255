import type { Problem } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import type { Tree } from '../../source/tree.ts'
import type { UnitRequest } from '../front-end.ts'
import { makeAll } from '../late-entry.ts'
import type { RenderedUnit } from '../resource.ts'
import { finishUnit } from '../template/finish-unit.ts'
import type { Rendered } from '../template/rendered.ts'
import { Run } from '../template/run.ts'
import { BicepDeployment, entryScopeOf } from './deployment.ts'
import { openModule } from './open-module.ts'
import { readParameters } from './parameters.ts'
import { readBicep } from './symbols.ts'

/** Renders a Bicep entry file with the parameter files that the request names. */
export function renderBicep(tree: Tree, request: UnitRequest): RenderedUnit {
  const run = new Run(tree)
  const resources: Rendered[] = []
  const read = readBicep(tree, request.path)
  if ('problem' in read) {
    run.report(read.problem)
    run.incomplete = true
  } else {
    const { symbols } = read
    run.files.add(request.path)
    for (const problem of symbols.file.problems) reportBroken(run, problem)
    const deployment = new BicepDeployment({
      run,
      symbols,
      given: readParameters(request.inputs, run),
      prefix: '',
      scope: entryScopeOf(symbols),
      openModule: openModule(run, []),
    })
    deployment.render(resources, undefined)
    if ([...run.files].some((path) => mayReadFiles(tree, path))) for (const { value } of resources) makeAll(value)
  }
  return finishUnit(run, request, resources)
}

/**
 * Values are evaluated when somebody reads them; those of files that load others or import from them are evaluated at once, so that it
 * is known which files they read and what is wrong with those.
 */
function mayReadFiles(tree: Tree, path: string): boolean {
  const read = tree.read(path)
  if (!read.ok) return false
  let may = READ_FILES.get(read.source)
  if (may === undefined) {
    may = /\bload[A-Z]\w*\s*\(|^\s*import\b/m.test(read.source.text)
    READ_FILES.set(read.source, may)
  }
  return may
}

/** A module is read for every environment that has it. */
const READ_FILES = new WeakMap<SourceText, boolean>()

function reportBroken(run: Run, problem: Problem): void {
  run.report(problem)
  run.incomplete = true
}
