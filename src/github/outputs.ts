import { randomUUID } from 'node:crypto'

/** The action's outputs: enums, counts, ids and paths that we choose, never a name from the tree. The same list as in `action.yml`. */
export interface Outputs {
  readonly conclusion: 'pass' | 'fail' | 'undecided' | 'skipped'
  readonly 'reachability-changed': 'true' | 'false' | ''
  readonly 'findings-new': string
  readonly 'findings-fixed': string
  readonly 'findings-suppressed': string
  readonly 'highest-severity': string
  readonly unknowns: string
  /** Part of the files with resources that were understood, in per cent. */
  readonly coverage: string
  readonly 'base-sha': string
  readonly 'head-sha': string
  readonly 'report-file': string
  readonly 'sarif-file': string
  readonly 'patch-file': string
  readonly 'comment-url': string
}

/**
 * The lines for the file that `GITHUB_OUTPUT` names. The delimiter is random, so no value can end its own block.
 * Source: docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#multiline-strings
 */
export function writeOutputs(outputs: Outputs): string {
  const delimiter = `ringfence_${randomUUID()}`
  return Object.entries(outputs)
    .map(([name, value]) => `${name}<<${delimiter}\n${value}\n${delimiter}\n`)
    .join('')
}
