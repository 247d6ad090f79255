import type { Reference } from '../../base/value.ts'
import { arrayOf, type ConfigurationModule, isObject, type PlannedResource } from '../planned/plan-file.ts'

/** Variables and outputs that a value may pass on its way: more than any configuration has. */
const MAX_STEPS = 32

/**
 * Which attribute of which resource a planned value that is not known yet will be taken from, as the configuration in the plan
 * says: through variables up to the caller, through outputs down into modules.
 */
export class PlanReferences {
  readonly #root: ConfigurationModule | undefined
  readonly #addresses: ReadonlySet<string>
  /** Addresses without instance keys, with the one instance that has it, or null where there are several. */
  readonly #single = new Map<string, string | null>()

  constructor(root: ConfigurationModule | undefined, resources: readonly PlannedResource[]) {
    this.#root = root
    this.#addresses = new Set(resources.map((resource) => resource.address))
    for (const { address } of resources) {
      const plain = withoutKeys(address)
      this.#single.set(plain, this.#single.has(plain) ? null : address)
    }
  }

  /** The reference of the argument at `path` (`subnet_id`, `ip_configuration[0].subnet_id`) of a resource, if it is one for certain. */
  find(resource: PlannedResource, path: readonly (string | number)[]): Reference | undefined {
    const module = this.#moduleAt(resource.module)
    const wanted = `${resource.mode === 'data' ? 'data.' : ''}${resource.type}.${resource.name}`
    const config = module?.resources?.find((candidate) => candidate.address === wanted)
    let expression: unknown = config?.expressions
    for (const step of path) {
      if (isReferences(expression)) break
      expression = Array.isArray(expression)
        ? (expression[Number(step)] ?? expression[0])
        : isObject(expression)
          ? expression[String(step)]
          : undefined
    }
    return this.#follow(expression, resource.module, 0)
  }

  #moduleAt(address: string): ConfigurationModule | undefined {
    let module = this.#root
    for (const name of callNames(address)) module = module?.module_calls?.[name]?.module
    return module
  }

  #follow(expression: unknown, module: string, steps: number): Reference | undefined {
    if (steps > MAX_STEPS || !isReferences(expression)) return undefined
    // The first is the whole reference; those behind it are its shorter forms.
    const names = arrayOf(expression.references).filter((name): name is string => typeof name === 'string')
    const [first] = names
    if (first === undefined || names.some((name) => !first.startsWith(name))) return undefined
    const prefix = module === '' ? '' : `${module}.`
    const variable = /^var\.([\w-]+)/.exec(first)
    if (variable !== null) {
      const cut = module.lastIndexOf('module.')
      const caller = cut <= 0 ? '' : module.slice(0, cut - 1)
      const name = callNames(module).at(-1)
      const call = name === undefined ? undefined : this.#moduleAt(caller)?.module_calls?.[name]
      return this.#follow(call?.expressions?.[variable[1]!], caller, steps + 1)
    }
    const output = /^module\.([\w-]+)(\[[^\]]*\])?\.([\w-]+)/.exec(first)
    if (output !== null) {
      const [, name = '', key = '', attribute = ''] = output
      const inner = this.#moduleAt(module)?.module_calls?.[name]?.module
      return this.#follow(inner?.outputs?.[attribute]?.expression, `${prefix}module.${name}${key}`, steps + 1)
    }
    const direct = /^((?:data\.)?[\w-]+\.[\w-]+)(\[[^\]]*\])?(?:\.(.+))?$/.exec(first)
    if (direct === null || /^(local|each|count|path|terraform|self)\./.test(first)) return undefined
    const [, name = '', key = '', attribute = ''] = direct
    const address = this.#addressOf(`${prefix}${name}${key}`)
    return address === undefined ? undefined : { address, attribute }
  }

  #addressOf(address: string): string | undefined {
    return this.#addresses.has(address) ? address : (this.#single.get(withoutKeys(address)) ?? undefined)
  }
}

function isReferences(value: unknown): value is { readonly references: unknown } {
  return isObject(value) && Array.isArray(value['references'])
}

function withoutKeys(address: string): string {
  return address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '')
}

function callNames(address: string): readonly string[] {
  return [...withoutKeys(address).matchAll(/module\.([\w-]+)/g)].map((match) => match[1]!)
}
