import type { Origin } from '../../base/origin.ts'
import type { SourceText } from '../../base/text.ts'
import { withoutOptional } from './convert.ts'
import { evaluate } from './evaluate.ts'
import type { Evaluation } from './evaluation.ts'
import {
  type Expansion,
  expandAsPlanned,
  expandCount,
  expandEnabled,
  expandForEach,
  failedExpansion,
  SINGLE,
} from './expansion.ts'
import { Failure, refuse, undeclared } from './failure.ts'
import { makeString } from './make-val.ts'
import { ModuleCall } from './module-call.ts'
import { argument, type ModuleConfig } from './module-config.ts'
import { relativePath } from './module-files.ts'
import { ResourceSet } from './resource-set.ts'
import { type Bound, type Names, NO_NAMES, originOf, type Scope } from './scope.ts'
import type { Attribute, Block, TraversalNode } from './syntax.ts'
import type { UnknownVal, Val } from './val.ts'
import { declarationOf, type VariableDeclaration } from './variable-declaration.ts'

/** The value of an argument of a module, or of a root module's variable. */
export interface Assignment {
  /** Evaluates the value, in the scope of whoever gives it. */
  readonly evaluate: () => Val
  readonly origin: Origin
}

/** What is given to the variables of a module, by their names. */
export interface Assignments {
  get(name: string): Assignment | undefined
}

/** Where an instance of a module stands in the tree of calls. */
export interface ModulePlace {
  readonly prefix: string
  readonly callPath: string
  readonly ancestors: readonly string[]
  /** Why it is not certain that the instance is there. */
  readonly maybe?: UnknownVal
}

/** One instance of a module: its variables have values, and all that it declares is evaluated when it is asked for. */
export class ModuleInstance implements Names {
  readonly config: ModuleConfig
  /** `module.a["k"].`, empty for the root. */
  readonly prefix: string
  readonly evaluation: Evaluation
  readonly calls = new Map<string, ModuleCall>()
  readonly resources = new Map<string, ResourceSet>()
  /** Folders of the modules that this one is inside of, its own included. */
  readonly ancestors: readonly string[]
  /** Keys of the calls from the root to here, as `.terraform/modules/modules.json` names them. */
  readonly callPath: string
  readonly maybe: UnknownVal | undefined
  readonly #assignments: Assignments
  readonly #made = new Map<string, Val | Failure | typeof PENDING>()

  constructor(config: ModuleConfig, evaluation: Evaluation, place: ModulePlace, assignments: Assignments) {
    this.config = config
    this.evaluation = evaluation
    this.prefix = place.prefix
    this.callPath = place.callPath
    this.maybe = place.maybe
    this.ancestors = [...place.ancestors, config.folder]
    this.#assignments = assignments
    for (const [address, resource] of config.resources)
      this.resources.set(address, new ResourceSet(this, address, resource))
    for (const [name, block] of config.modules) this.calls.set(name, new ModuleCall(this, name, block))
  }

  /** The scope of an expression of this module. */
  scope(source: SourceText, names: Names = this, bound?: Bound): Scope {
    const { budget, call } = this.evaluation
    const scope = { source, names, budget, call, evaluate }
    return bound === undefined ? scope : { ...scope, bound }
  }

  evaluateAttribute(attribute: Attribute, names: Names = this, bound?: Bound): Val {
    return evaluate(attribute.expression, this.scope(attribute.source, names, bound))
  }

  resolve(node: TraversalNode, scope: Scope): { readonly val: Val; readonly used: number } {
    const { root, steps } = node
    const first = steps[0]
    const name = first?.kind === 'attribute' ? first.name : undefined
    switch (root) {
      case 'var':
        return { val: this.variable(name ?? refuse('"var" needs the name of a variable')), used: 1 }
      case 'local':
        return { val: this.local(name ?? refuse('"local" needs the name of a local value')), used: 1 }
      case 'module': {
        const call = this.calls.get(name ?? '')
        if (call === undefined) return undeclared(`there is no module ${JSON.stringify(name ?? '')}`)
        return call.resolve(steps, 1, scope)
      }
      case 'path':
        return { val: this.#path(name, originOf(node, scope)), used: 1 }
      case 'terraform':
      case 'tofu':
        if (name === 'workspace') return { val: this.evaluation.workspace(originOf(node, scope)), used: 1 }
        return undeclared(`there is no ${root}.${name ?? ''}`)
      case 'each':
      case 'count':
      case 'self':
        return undeclared(`${JSON.stringify(root)} has no meaning here`)
      case 'data':
      case 'ephemeral':
        return this.#resource(node, `${root}.`, [], scope)
      case 'resource':
        return this.#resource(node, '', [], scope)
      default:
        return this.#resource(node, '', [root], scope)
    }
  }

  #resource(
    node: TraversalNode,
    mode: string,
    first: readonly string[],
    scope: Scope,
  ): { readonly val: Val; readonly used: number } {
    const names = [...first]
    let used = 0
    while (names.length < 2) {
      const step = node.steps[used]
      if (step?.kind !== 'attribute') return undeclared(`${JSON.stringify(node.root)} is not declared`)
      names.push(step.name)
      used++
    }
    const address = `${mode}${names.join('.')}`
    const set = this.resources.get(address)
    if (set === undefined) return undeclared(`${address} is not declared in this module`)
    return set.resolve(node.steps, used, scope)
  }

  #path(name: string | undefined, origin: Origin): Val {
    const { rootFolder } = this.evaluation
    switch (name) {
      case 'module':
        return makeString(relativePath(rootFolder, this.config.folder), origin)
      case 'root':
        return makeString('.', origin)
      case 'cwd':
        return {
          kind: 'unknown',
          type: { kind: 'string' },
          reason: 'deployment-context',
          detail: 'path.cwd depends on the machine',
          origin,
          notNull: true,
        }
      default:
        return undeclared(`there is no path.${name ?? ''}`)
    }
  }

  local(name: string): Val {
    const attribute = this.config.locals.get(name)
    if (attribute === undefined) return undeclared(`there is no local value ${JSON.stringify(name)}`)
    return this.#remember(`local.${name}`, () => this.evaluateAttribute(attribute))
  }

  variable(name: string): Val {
    const block = this.config.variables.get(name)
    if (block === undefined) return undeclared(`there is no variable ${JSON.stringify(name)}`)
    return this.#remember(`var.${name}`, () => this.#variableValue(name, block))
  }

  output(name: string): Val {
    const block = this.config.outputs.get(name)
    if (block === undefined) return refuse(`the module has no output ${JSON.stringify(name)}`)
    return this.#remember(`output.${name}`, () => {
      const value = argument(block.body, 'value')
      return value === undefined
        ? refuse(`the output ${JSON.stringify(name)} has no value`)
        : this.evaluateAttribute(value)
    })
  }

  /** Evaluates once. A value that needs itself has none. */
  #remember(key: string, make: () => Val): Val {
    const made = this.#made.get(key)
    if (made !== undefined) {
      if (made === PENDING) throw new Failure('evaluation-error', `${this.prefix}${key} depends on itself`, true)
      if (made instanceof Failure) throw made
      return made
    }
    this.#made.set(key, PENDING)
    try {
      const val = this.evaluation.budget.separately(make)
      this.#made.set(key, val)
      return val
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      // Whoever refers to it cannot do without: the tool fails as a whole.
      const final = new Failure(failure.reason, failure.message, true)
      this.#made.set(key, final)
      throw final
    }
  }

  #variableValue(name: string, block: Block): Val {
    const declaration = declarationOf(name, block)
    const { fallback, refusesNull } = declaration
    const scope = () => this.scope(block.source, NO_NAMES)
    // A wrong type counts before a wrong value.
    declaration.constraint(scope)
    const assignment = this.#assignments.get(name)
    const given = assignment?.evaluate()
    const isGiven = given !== undefined && !(given.kind === 'null' && refusesNull)
    const val = isGiven ? declaration.toDeclared(given, scope) : declaration.unassigned(scope)
    if (val === undefined) {
      return assignment === undefined
        ? this.#unknownVariable(declaration, scope)
        : refuse(`the variable ${JSON.stringify(name)} may not be null`)
    }
    // What overrides the default stands behind it, so that the chain leads to the line that decides.
    if (assignment === undefined || fallback === undefined) return val
    const { source, expression } = fallback
    return { ...val, origin: { source, start: expression.start, end: expression.end, from: val.origin } }
  }

  /** A variable that nobody gives a value: what a plan says of it, or unknown. */
  #unknownVariable(declaration: VariableDeclaration, scope: () => Scope): Val {
    const { name, origin, refusesNull } = declaration
    const told = this.prefix === '' ? this.evaluation.planned?.variable(name, origin) : undefined
    if (told !== undefined && !(told.kind === 'null' && refusesNull)) return declaration.toDeclared(told, scope)
    return {
      kind: 'unknown',
      type: withoutOptional(declaration.constraint(scope).type),
      reason: 'variable-without-default',
      detail: `variable ${JSON.stringify(name)} has no default`,
      origin,
      ...(refusesNull ? { notNull: true } : {}),
    }
  }

  /** The instances that `count`, `for_each` or `enabled` of a block ask for; `address` is its own, from the root of the unit. */
  expand(body: Block['body'], address: string): Expansion {
    const expansion = this.#expand(body)
    const suffixes = expansion.unknown && this.evaluation.planned?.suffixesOf(address)
    return suffixes === undefined || suffixes.length === 0 ? expansion : expandAsPlanned(expansion, suffixes)
  }

  #expand(body: Block['body']): Expansion {
    const count = argument(body, 'count')
    const forEach = argument(body, 'for_each')
    const enabled = body.blocks.find((block) => block.type === 'lifecycle')
    const condition = enabled && argument(enabled.body, 'enabled')
    const attribute = count ?? forEach ?? condition
    if (attribute === undefined) return SINGLE
    const by = count !== undefined ? 'count' : forEach !== undefined ? 'for_each' : 'none'
    try {
      const val = this.evaluation.budget.separately(() => this.evaluateAttribute(attribute))
      return by === 'count' ? expandCount(val) : by === 'for_each' ? expandForEach(val) : expandEnabled(val)
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure
      const { source, expression } = attribute
      return failedExpansion(by, failure, { source, start: expression.start, end: expression.end })
    }
  }
}

const PENDING = Symbol('pending')
