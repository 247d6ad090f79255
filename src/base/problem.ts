import { type Origin, toPlace } from './origin.ts'

/** Bad or unsupported input. The rest is analysed, and coverage lists every problem. */
export interface Problem {
  readonly code: ProblemCode
  /** One sentence for people. It may hold text of the tree: escape before printing. */
  readonly message: string
  /** The place, or only the file where there is no better place. */
  readonly at: Origin | { readonly file: string }
}

/**
 * - `syntax`: the file, document or block is broken and is left out.
 * - `rejected`: it parses, but the API server or the language refuses it.
 * - `not-rendered`, `not-followed`, `not-readable`, `too-large`: what it holds is not known.
 * - `unsupported`: read, but a feature in it has no model yet.
 * - `duplicate-key`, `duplicate-object`: which one holds depends on the tool that reads it.
 */
export type ProblemCode =
  | 'syntax'
  | 'rejected'
  | 'not-rendered'
  | 'not-followed'
  | 'not-readable'
  | 'too-large'
  | 'unsupported'
  | 'duplicate-key'
  | 'duplicate-object'
  | 'limit-exceeded'

/** Codes after which a file no longer shows all that it holds; with the others it is found by rules, or analysed as unknown. */
export const LEAVES_OUT: ReadonlySet<ProblemCode> = new Set([
  'syntax',
  'rejected',
  'not-rendered',
  'not-followed',
  'not-readable',
  'too-large',
  'limit-exceeded',
])

/** File and 1-based line of a problem; the line is absent where only the file is known. */
export function problemPlace(problem: Problem): { readonly file: string; readonly line?: number } {
  if ('file' in problem.at) return { file: problem.at.file }
  const { file, line } = toPlace(problem.at)
  return { file, line }
}

/** The run cannot go on: no such tree, bad configuration, wrong call. Caught once in the entries, which exit with 2. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly file: string | undefined
  /** 1-based. */
  readonly line: number | undefined

  constructor(message: string, place: { readonly file?: string; readonly line?: number } = {}) {
    super(message)
    this.file = place.file
    this.line = place.line
  }
}

/** What must hold whatever the input is; a failure is a bug of ours. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`invariant: ${message}`)
}

/** Ends a switch over a union: the compiler complains when a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
