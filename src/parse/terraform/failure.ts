import type { UnknownReason } from '../../base/value.ts'

/**
 * Thrown where an expression has no value: the language refuses it, or it would cost too much. Caught where a value is asked
 * for (an argument, a local, an output) and by `try` and `can`. Not an `Error`: it is part of evaluating, and no stack is wanted.
 */
export class Failure {
  readonly reason: UnknownReason
  readonly message: string
  /** True where it comes from another object than the one evaluated: then `try` does not help, because the whole plan fails. */
  final: boolean

  constructor(reason: UnknownReason, message: string, final = false) {
    this.reason = reason
    this.message = message
    this.final = final || reason !== 'evaluation-error'
  }
}

/** The language refuses this. `message` is a sentence without a full stop. */
export function refuse(message: string): never {
  throw new Failure('evaluation-error', message)
}

/** A name that means nothing: found before anything is evaluated, so that no `try` helps. */
export function undeclared(message: string): never {
  throw new Failure('evaluation-error', message, true)
}
