import { InputError } from '../base/problem.ts'
import { SEVERITIES } from '../base/severity.ts'

/**
 * The action's inputs as the workflow gives them; undefined where it does not, so that the configuration file decides, and
 * after it the defaults. `action.yml` has no defaults but the token's for that reason.
 */
export type ActionInputs = ReturnType<typeof readInputs>

type Variables = Readonly<Record<string, string | undefined>>

const SWITCH = ['true', 'false'] as const
const COMMENT_MODES = ['changes', 'on-failure', 'always', 'never'] as const
const FAIL_ON = ['none', ...SEVERITIES] as const

/** Most inline comments that can be asked for: beyond them a review trips GitHub's secondary rate limit. */
const MOST_INLINE = 30

/** Reads the runner's `INPUT_…` variables. Throws an {@link InputError} that names the input and what it may be. */
export function readInputs(variables: Variables) {
  const text = (name: string) => {
    // The runner keeps hyphens. Source: actions/runner src/Runner.Worker/Handlers/NodeScriptActionHandler.cs
    const value = variables[`INPUT_${name.toUpperCase()}`]?.trim()
    return value === '' ? undefined : value
  }
  const oneOf = <T extends string>(name: string, allowed: readonly T[]) => {
    const value = text(name)
    if (value === undefined) return undefined
    const found = allowed.find((one) => one === value.toLowerCase())
    if (found === undefined)
      throw new InputError(`the input ${name} is ${JSON.stringify(value)}: it may be ${allowed.join(', ')}`)
    return found
  }
  const flag = (name: string) => {
    const value = oneOf(name, SWITCH)
    return value === undefined ? undefined : value === 'true'
  }
  const lines = (name: string) =>
    text(name)
      ?.split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
  return {
    token: text('github-token'),
    mode: oneOf('mode', ['auto', 'pr', 'audit']),
    baseRef: text('base-ref'),
    headRef: text('head-ref'),
    /** Globs, one a line. */
    paths: lines('paths'),
    pathsIgnore: lines('paths-ignore'),
    configFile: text('config-file'),
    configFrom: oneOf('config-from', ['base', 'head']),
    failOn: oneOf('fail-on', FAIL_ON),
    failOnUnknown: oneOf('fail-on-unknown', ['changed', 'any', 'none']),
    comment: oneOf('comment', COMMENT_MODES),
    commentKey: commentKey(text('comment-key')),
    inlineComments: inlineComments(text('inline-comments')),
    suggestions: flag('suggestions'),
    graph: flag('graph'),
    baselineFile: text('baseline-file'),
    sarifFile: text('sarif-file'),
    reportFile: text('report-file'),
    patchFile: text('patch-file'),
    summary: flag('summary'),
  }
}

/** What the marker of a comment can hold. */
const COMMENT_KEY = /^[A-Za-z0-9._-]{1,64}$/

function commentKey(value: string | undefined): string | undefined {
  if (value === undefined || (COMMENT_KEY.test(value) && !value.includes('--'))) return value
  throw new InputError('the input comment-key may hold letters, digits, ".", "_" and "-", at most 64 of them')
}

function inlineComments(value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  if (/^\d{1,2}$/.test(value) && Number(value) <= MOST_INLINE) return Number(value)
  throw new InputError(`the input inline-comments is ${JSON.stringify(value)}: it may be 0 to ${MOST_INLINE}`)
}
