import { attempted } from './attempted.ts'
import type { ModuleInstance } from './module-instance.ts'
import type { ResourceInstance } from './resource-instance.ts'

/** Finds managed resources by type and by the names that a data source looks for. */
export class ManagedIndex {
  readonly #root: () => ModuleInstance | undefined
  #instances: Map<string, ResourceInstance[]> | undefined
  #busy = false

  constructor(root: () => ModuleInstance | undefined) {
    this.#root = root
  }

  find(type: string, wanted: ReadonlyMap<string, string>): ResourceInstance | undefined {
    // While the names of resources are compared, a data source that one of them needs has no twin.
    if (this.#busy) return undefined
    this.#busy = true
    try {
      this.#instances ??= this.#index()
      const found = (this.#instances.get(type) ?? []).filter((instance) => matches(instance, wanted))
      return found.length === 1 ? found[0] : undefined
    } finally {
      this.#busy = false
    }
  }

  #index(): Map<string, ResourceInstance[]> {
    const instances = new Map<string, ResourceInstance[]>()
    const visit = (module: ModuleInstance) => {
      for (const set of module.resources.values()) {
        if (set.config.mode !== 'managed') continue
        const list = instances.get(set.config.type) ?? []
        instances.set(set.config.type, list)
        for (const key of attempted(() => set.expansion.instances) ?? []) list.push(set.instance(key))
      }
      for (const call of module.calls.values()) {
        for (const key of attempted(() => call.expansion.instances) ?? []) {
          const inner = call.instance(key)
          if (inner !== undefined) visit(inner)
        }
      }
    }
    const root = this.#root()
    if (root !== undefined) visit(root)
    return instances
  }
}

function matches(instance: ResourceInstance, wanted: ReadonlyMap<string, string>): boolean {
  for (const [name, text] of wanted) {
    const val = attempted(() => instance.attribute(name))
    if (val?.kind !== 'string' || val.value !== text) return false
  }
  return true
}
