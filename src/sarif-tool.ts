import type { SarifTool } from './report/sarif.ts'
import { RULES } from './rules/index.ts'
import { VERSION } from './version.ts'

/** What SARIF says of the tool and of each rule. */
export function sarifTool(): SarifTool {
  return { version: VERSION, rules: RULES }
}
