import { attempted } from './attempted.ts'
import { evaluate } from './evaluate.ts'
import { argument } from './module-config.ts'
import type { ModuleInstance } from './module-instance.ts'
import type { Attribute, Block } from './syntax.ts'
import type { Val } from './val.ts'
import { declarationOf } from './variable-declaration.ts'
import { watch } from './watched-scope.ts'

/** What is known to satisfy a validation that looks at nothing but its own variable: the same values come from many environments. */
const ADMITTED = new WeakMap<Block, Set<unknown>>()

/** Whether a validation surely refuses the value that a variable has in an instance of its module. What cannot be decided is left alone. */
export function refuses(validation: Block, variable: Block, module: ModuleInstance): boolean {
  const condition = argument(validation.body, 'condition')
  const [name] = variable.labels
  if (condition === undefined || name === undefined) return false
  const key = keyOf(name, variable, module)
  if (key !== undefined && ADMITTED.get(validation)?.has(key) === true) return false
  const { holds, dependsOnModule } = check(condition, name, module)
  if (holds?.kind === 'bool' && !holds.value) return true
  if (key !== undefined && !dependsOnModule) admit(validation, key)
  return false
}

function check(condition: Attribute, own: string, module: ModuleInstance) {
  const scope = watch(module.scope(condition.source), own)
  const { budget } = module.evaluation
  const holds = attempted(() => budget.separately(() => evaluate(condition.expression, scope)))
  return { holds, dependsOnModule: scope.dependsOnModule() }
}

/** What tells a value apart from others wherever it comes from; undefined where that costs more than the validation. */
function keyOf(name: string, variable: Block, module: ModuleInstance): unknown {
  const val: Val | undefined = attempted(() => module.variable(name))
  if (val?.kind === 'string' || val?.kind === 'bool') return val.value
  return val !== undefined && declarationOf(name, variable).isUnassigned(val) ? val : undefined
}

function admit(validation: Block, key: unknown): void {
  const admitted = ADMITTED.get(validation)
  if (admitted === undefined) ADMITTED.set(validation, new Set([key]))
  else admitted.add(key)
}
