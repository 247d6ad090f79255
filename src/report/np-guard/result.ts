import { NpGuardFailure } from './input.ts'

/** What a command writes, and its exit status. */
export interface NpGuardResult {
  /** Standard output, with a final line end where there is any. */
  readonly output: string
  /** Lines of standard error. */
  readonly messages: readonly string[]
  readonly exit: 0 | 1
}

/** Runs a command body; what it finds fatal is a message and exit status 1, with nothing on standard output. */
export function toResult(
  run: () => { readonly output: readonly string[]; readonly messages: readonly string[] },
): NpGuardResult {
  try {
    const { output, messages } = run()
    return { output: output.map((line) => `${line}\n`).join(''), messages, exit: 0 }
  } catch (error) {
    if (!(error instanceof NpGuardFailure)) throw error
    return { output: '', messages: [error.message], exit: 1 }
  }
}
