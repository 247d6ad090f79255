import type { Origin } from '../../base/origin.ts'
import { convert, explain } from './convert.ts'
import { argument } from './module-config.ts'
import type { Scope } from './scope.ts'
import type { Attribute, Block } from './syntax.ts'
import { DYNAMIC } from './type.ts'
import { applyDefaults, readTypeConstraint, type TypeConstraint } from './type-constraint.ts'
import type { Val } from './val.ts'
import { watch } from './watched-scope.ts'

/** The scope of the module that asks, without names, made when something has to be evaluated in it. */
type ScopeOf = () => Scope

/**
 * What a `variable` block says, whatever instance of its module asks: neither in a type nor in a default are names known, so all
 * instances, environments and versions that have the block share what was read of it. Only what reads a file is read each time.
 */
export class VariableDeclaration {
  readonly name: string
  readonly block: Block
  readonly fallback: Attribute | undefined
  /** `nullable = false`: null stands for the default. */
  readonly refusesNull: boolean
  #constraint: TypeConstraint | undefined
  #unassigned: Val | undefined

  constructor(name: string, block: Block) {
    this.name = name
    this.block = block
    this.fallback = argument(block.body, 'default')
    const nullable = argument(block.body, 'nullable')
    this.refusesNull = nullable?.expression.kind === 'literal' && nullable.expression.value === false
  }

  get origin(): Origin {
    const { source, start, end } = this.block
    return { source, start, end }
  }

  constraint(scope: ScopeOf): TypeConstraint {
    if (this.#constraint !== undefined) return this.#constraint
    const type = argument(this.block.body, 'type')
    if (type === undefined) return ANYTHING
    const watched = watch(scope())
    const constraint = explain(`the type of variable ${JSON.stringify(this.name)}`, () =>
      readTypeConstraint(type.expression, type.source, (node, source) =>
        watched.evaluate(node, { ...watched, source }),
      ),
    )
    if (!watched.dependsOnModule()) this.#constraint = constraint
    return constraint
  }

  /** A value as the variable has it. */
  toDeclared(given: Val, scope: ScopeOf): Val {
    const { type, defaults } = this.constraint(scope)
    return explain(`the value of variable ${JSON.stringify(this.name)}`, () =>
      convert(defaults === undefined ? given : applyDefaults(given, defaults), type),
    )
  }

  /** The value where nothing is assigned; undefined without a default. */
  unassigned(scope: ScopeOf): Val | undefined {
    const { fallback } = this
    if (this.#unassigned !== undefined || fallback === undefined) return this.#unassigned
    const watched = watch(scope())
    const given = watched.evaluate(fallback.expression, { ...watched, source: fallback.source })
    const val = this.toDeclared(given, () => watched)
    if (!watched.dependsOnModule()) this.#unassigned = val
    return val
  }

  /** Whether this is the value that all share who assign nothing. */
  isUnassigned(val: Val): boolean {
    return val === this.#unassigned
  }
}

const ANYTHING: TypeConstraint = { type: DYNAMIC, defaults: undefined }

const DECLARATIONS = new WeakMap<Block, VariableDeclaration>()

/** The declaration of a block, the same each time. */
export function declarationOf(name: string, block: Block): VariableDeclaration {
  let declaration = DECLARATIONS.get(block)
  if (declaration === undefined) {
    declaration = new VariableDeclaration(name, block)
    DECLARATIONS.set(block, declaration)
  }
  return declaration
}
