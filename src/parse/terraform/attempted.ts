import { Failure } from './failure.ts'

/** What a step gives; undefined where the language refuses it, or it would cost too much. */
export function attempted<T>(step: () => T): T | undefined {
  try {
    return step()
  } catch (failure) {
    if (failure instanceof Failure) return undefined
    throw failure
  }
}
