/** Thrown by the parser where the grammar is broken, and caught by the nearest block that can go on without it. Not an `Error`: no stack is wanted. */
export class SyntaxFailure {
  readonly message: string
  /** Offset in the text that is parsed. */
  readonly at: number

  constructor(message: string, at: number) {
    this.message = message
    this.at = at
  }
}
