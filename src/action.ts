import { audit } from './audit.ts'
import { runAction } from './github/run-action.ts'
import { judge } from './judge.ts'
import { createProcessRunner } from './process-runner.ts'
import { toSarif } from './report/sarif.ts'
import { review } from './review.ts'
import { RULES } from './rules/index.ts'
import { sarifTool } from './sarif-tool.ts'

process.exitCode = await runAction(createProcessRunner(process.env, new Date()), {
  rules: new Set(RULES.map(({ id }) => id)),
  review,
  audit,
  judgeAudit: (findings, coverage, options) => judge(findings, coverage, options, [], () => true),
  sarif: (report) => toSarif(report, sarifTool()),
})
