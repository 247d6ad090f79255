import type { Origin } from '../../base/origin.ts'
import type { Run } from '../template/run.ts'
import { locate } from './locate.ts'
import { type BicepSymbols, readBicep } from './symbols.ts'

/** The declarations of a Bicep file of the tree that an import names; undefined where there is none, which is reported. */
export function openLibrary(path: string, origin: Origin, run: Run): BicepSymbols | undefined {
  const found = locate(path, origin, run)
  if (found === undefined || !found.endsWith('.bicep')) return undefined
  const read = readBicep(run.tree, found)
  if ('problem' in read) {
    run.report({ code: 'not-followed', message: `${path}: ${read.problem.message}`, at: origin })
    return undefined
  }
  run.files.add(found)
  for (const problem of read.symbols.file.problems) run.report(problem)
  return read.symbols
}
