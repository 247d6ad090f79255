import type { SarifTool } from './report/sarif.ts'
import { RULES } from './rules/index.ts'
import { PROJECT_URL, VERSION } from './version.ts'

/** What SARIF says of the tool and of each rule. */
export function sarifTool(): SarifTool {
  return {
    version: VERSION,
    informationUri: PROJECT_URL,
    rulesUri: `${PROJECT_URL}/blob/v${VERSION}/docs/rules`,
    rules: RULES,
  }
}
