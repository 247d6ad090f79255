import { Failure } from './failure.ts'

/** Steps of one argument, local or output: a hundred thousand elements take a few hundred thousand. */
const MAX_STEPS = 3_000_000
/** Steps of one unit, over all of its values. */
const MAX_UNIT_STEPS = 60_000_000
/** Evaluations inside each other, over all references between values. Keeps the stack small. */
const MAX_DEPTH = 600

/** What one unit may still spend. Nothing in a tree can make it run for long: whatever costs more has no value. */
export class Budget {
  #steps = 0
  #unitSteps = 0
  /** Evaluations inside each other right now; whoever catches a failure sets it back. */
  depth = 0

  /** Counts work in proportion to its time. */
  spend(steps: number): void {
    this.#steps += steps
    if (this.#steps > MAX_STEPS) throw new Failure('limit-exceeded', `takes more than ${MAX_STEPS} steps to evaluate`)
    if (this.#unitSteps + this.#steps > MAX_UNIT_STEPS) {
      throw new Failure('limit-exceeded', `the root module takes more than ${MAX_UNIT_STEPS} steps to evaluate`)
    }
  }

  enter(): void {
    if (++this.depth > MAX_DEPTH)
      throw new Failure('limit-exceeded', `refers to values more than ${MAX_DEPTH} levels deep`)
    if (++this.#steps > MAX_STEPS) this.spend(0)
  }

  leave(): void {
    this.depth--
  }

  /** Runs the evaluation of one value with an account of its own. */
  separately<T>(evaluate: () => T): T {
    const steps = this.#steps
    const depth = this.depth
    this.#unitSteps += steps
    this.#steps = 0
    try {
      return evaluate()
    } finally {
      this.#unitSteps += this.#steps - steps
      this.#steps = steps
      this.depth = depth
    }
  }
}
