import type { Origin } from '../../base/origin.ts'
import type { PlannedInstance } from './planned-root.ts'
import { agrees, fillFromPlan, fromPlan, type Planned, plannedAttribute, plannedItem } from './planned-values.ts'
import type { UnknownVal, Val } from './val.ts'

/** What a plan says of one instance of a resource, of which it says nothing else than the configuration. */
export class InstancePlan {
  readonly #planned: PlannedInstance
  readonly #address: string
  /** Of the block that configures it: where the chain of what only the plan knows ends. */
  readonly #home: Origin

  constructor(planned: PlannedInstance, address: string, home: Origin) {
    this.#planned = planned
    this.#address = address
    this.#home = home
  }

  /** An attribute that only the provider gives; undefined where the plan does not know it. */
  attribute(name: string): Val | undefined {
    return this.#part(this.#planned, name, name)
  }

  /** The same of a block at a path, `ip_configuration[0].subnet[1]`. */
  ofBlock(block: UnknownVal, path: string, name: string): Val | undefined {
    const part = this.#at(path)
    // Elements of a set have another order in the plan.
    return part !== undefined && agrees(block, part) ? this.#part(part, name, `${path}.${name}`) : undefined
  }

  /** The value of an argument, or of the blocks of a type, with what is unknown in it filled in. */
  fill(name: string, val: Val, isBlocks: boolean): Val {
    const part = plannedAttribute(this.#planned, name)
    return part === undefined ? val : fillFromPlan(val, part, this.#planned.place, isBlocks)
  }

  #part(within: Planned, name: string, path: string): Val | undefined {
    const part = plannedAttribute(within, name)
    const origin = { ...this.#planned.place, from: this.#home }
    return part && fromPlan(part, origin, { address: this.#address, attribute: path })
  }

  #at(path: string): Planned | undefined {
    let at: Planned | undefined = this.#planned
    for (const step of path.split('.')) {
      const [, name = '', index = '0'] = /^(.*?)(?:\[(\d+)\])?$/.exec(step)!
      const list: Planned | undefined = at && plannedAttribute(at, name)
      at = list && plannedItem(list, Number(index))
    }
    return at
  }
}
