import { openTemplate } from '../template/arm-deployment.ts'
import type { Run } from '../template/run.ts'
import type { OpenModule } from './deployed-module.ts'
import { BicepDeployment, entryScopeOf, levelOf } from './deployment.ts'
import { isRemote, locate } from './locate.ts'
import { readBicep } from './symbols.ts'

/** Modules inside modules. */
const MAX_MODULE_DEPTH = 40

/** Opens the modules of a file that lies below the files of `stack`; a module that contains itself is reported. */
export function openModule(run: Run, stack: readonly string[]): OpenModule {
  return ({ path, origin, given, prefix, scope, outerScope }) => {
    if (isRemote(path)) return undefined
    const found = locate(path, origin, run)
    if (found === undefined) return undefined
    if (stack.includes(found) || stack.length >= MAX_MODULE_DEPTH) {
      const message = stack.includes(found) ? `the module ${found} contains itself` : 'modules are nested too deeply'
      run.report({ code: 'rejected', message, at: origin })
      run.incomplete = true
      return undefined
    }
    const below = [...stack, found]
    if (!found.endsWith('.bicep')) {
      return openTemplate({ run, path: found, given, prefix, scope: scope ?? outerScope, stack: below, origin })
    }
    const read = readBicep(run.tree, found)
    if ('problem' in read) {
      run.report(read.problem)
      run.incomplete = true
      return undefined
    }
    const { symbols } = read
    run.files.add(found)
    for (const problem of symbols.file.problems) {
      run.report(problem)
      run.incomplete = true
    }
    const own = scope ?? (levelOf(symbols) === outerScope.level ? outerScope : entryScopeOf(symbols))
    return new BicepDeployment({ run, symbols, given, prefix, scope: own, openModule: openModule(run, below) })
  }
}
