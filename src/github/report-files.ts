import { toPatchFile } from '../report/patch-file.ts'
import type { AuditReport, ReviewReport } from '../report/review-report.ts'
import type { Tree } from '../source/tree.ts'
import type { Outputs } from './outputs.ts'
import type { Session } from './session.ts'

type FileOutputs = Partial<Pick<Outputs, 'report-file' | 'sarif-file' | 'patch-file'>>

/** Writes the files that the inputs name, and gives the outputs that say so. */
export function writeReports(
  { inputs, runner, stages }: Session,
  report: ReviewReport | AuditReport,
  tree: Tree,
  toJson: () => string,
): FileOutputs {
  const { reportFile, sarifFile, patchFile } = inputs
  if (reportFile !== undefined) runner.write(reportFile, toJson())
  if (sarifFile !== undefined) runner.write(sarifFile, stages.sarif(report))
  if (patchFile !== undefined)
    runner.write(patchFile, toPatchFile(report.findings, (path) => readText(tree, path)).text)
  return {
    ...(reportFile !== undefined && { 'report-file': reportFile }),
    ...(sarifFile !== undefined && { 'sarif-file': sarifFile }),
    ...(patchFile !== undefined && { 'patch-file': patchFile }),
  }
}

function readText(tree: Tree, path: string): string | undefined {
  const read = tree.read(path)
  return read.ok ? read.source.text : undefined
}
