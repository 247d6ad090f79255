import type { InstanceKey } from './expansion.ts'
import type { Failure } from './failure.ts'
import type { Names, Scope } from './scope.ts'
import type { TraversalNode } from './syntax.ts'
import type { Val } from './val.ts'

/** The names of a module, and what `count` or `each` mean in one instance of a resource or module. */
export class InstanceNames implements Names {
  readonly #outer: Names
  readonly #instance: InstanceKey
  readonly #failure: Failure | undefined

  constructor(outer: Names, instance: InstanceKey, failure?: Failure) {
    this.#outer = outer
    this.#instance = instance
    this.#failure = failure
  }

  resolve(node: TraversalNode, scope: Scope): { readonly val: Val; readonly used: number } {
    const { root, steps } = node
    const name = steps[0]?.kind === 'attribute' ? steps[0].name : undefined
    const { index, eachKey, eachValue } = this.#instance
    const found =
      root === 'count' && name === 'index'
        ? index
        : root === 'each'
          ? name === 'key'
            ? eachKey
            : name === 'value'
              ? eachValue
              : undefined
          : undefined
    if (found !== undefined) return { val: found, used: 1 }
    if ((root === 'count' || root === 'each') && this.#failure !== undefined) throw this.#failure
    return this.#outer.resolve(node, scope)
  }
}
