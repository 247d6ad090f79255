import type { Origin } from '../../base/origin.ts'
import type { Problem } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import type { UnknownValue, Value } from '../../base/value.ts'
import type { Tree } from '../../source/tree.ts'
import type { DeploymentScope } from './deployment-scope.ts'
import { isTooLarge } from './measure.ts'
import type { Library } from './rendered.ts'
import { unknown } from './values.ts'

/** Expressions evaluated and items made in one rendering; the largest verified module takes under a hundredth of it. */
const MAX_STEPS = 2_000_000
/** What a resource or a module costs besides its expressions, so that their number is bounded as well. */
export const STEPS_OF_RESOURCE = 50
/** Nesting of expressions, variables and modules while evaluating; deeper ones are unknown. */
const MAX_DEPTH = 350
/** Problems of one unit that are told. */
const MAX_PROBLEMS = 500
/** Characters of one computed string. */
const MAX_TEXT = 4 * 1024 * 1024

/** One rendering of one unit: what it read, what went wrong and how much it may still do. */
export class Run {
  readonly tree: Tree
  readonly problems: Problem[] = []
  readonly files = new Set<string>()
  /** Calls whose result is not known, by what tells them apart. */
  readonly unknownCalls = new Map<string, UnknownValue>()
  /** Set when a part of the unit is not in the tree. */
  incomplete = false
  #steps = 0
  #depth = 0
  readonly #told = new Set<string>()
  readonly #libraries = new Map<SourceText, Map<DeploymentScope, Library>>()

  constructor(tree: Tree) {
    this.tree = tree
  }

  /** What can be imported of a file, made once for each scope that uses of it are deployed to. */
  libraryOf(source: SourceText, scope: DeploymentScope, make: () => Library): Library {
    let byScope = this.#libraries.get(source)
    if (byScope === undefined) {
      byScope = new Map()
      this.#libraries.set(source, byScope)
    }
    let library = byScope.get(scope)
    if (library === undefined) {
      library = make()
      byScope.set(scope, library)
    }
    return library
  }

  /** Records a problem, once for each place and message. */
  report(problem: Problem): void {
    const place = 'file' in problem.at ? problem.at.file : `${problem.at.source.path}:${problem.at.start}`
    const key = `${problem.code} ${place} ${problem.message}`
    if (this.#told.has(key)) return
    this.#told.add(key)
    if (this.problems.length < MAX_PROBLEMS) this.problems.push(problem)
    else this.#tell(`there are more than ${MAX_PROBLEMS} problems, and the others are left out`, problem.at)
  }

  /** Counts work; what comes back is set when the rendering has done all it may. */
  spend(steps: number, origin: Origin): UnknownValue | undefined {
    this.#steps += steps
    if (this.#steps <= MAX_STEPS) return undefined
    return this.#exceeded('the template takes too many steps to evaluate', origin)
  }

  /** Whether the rendering has done all that it may: whoever makes more must stop. */
  get isExhausted(): boolean {
    return this.#steps > MAX_STEPS
  }

  /** The value, unless it has become too large to be walked. */
  bounded(value: Value): Value {
    return isTooLarge(value) ? this.#exceeded('the value is too large', value.origin) : value
  }

  /** Goes one level deeper; every call that gives true is followed by one of {@link leave}. */
  enter(): boolean {
    if (this.#depth >= MAX_DEPTH) return false
    this.#depth++
    return true
  }

  leave(): void {
    this.#depth--
  }

  tooDeep(origin: Origin): UnknownValue {
    return this.#exceeded('the expression is nested too deeply', origin)
  }

  /** Counts the work of a string of this length; set where it is not made. */
  tooLong(length: number, origin: Origin): UnknownValue | undefined {
    if (length > MAX_TEXT) return this.#exceeded('the string is too long', origin)
    return length > 1000 ? this.spend(length >> 6, origin) : undefined
  }

  #exceeded(message: string, origin: Origin): UnknownValue {
    this.#tell(message, origin)
    return unknown('limit-exceeded', message, origin)
  }

  #tell(message: string, at: Problem['at']): void {
    if (this.#told.has(message)) return
    this.#told.add(message)
    this.problems.push({ code: 'limit-exceeded', message, at })
    this.incomplete = true
  }
}
