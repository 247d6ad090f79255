import { byCodeUnit } from '../../base/order.ts'
import type { UnknownValue } from '../../base/value.ts'
import type { UnitRequest } from '../front-end.ts'
import type { RenderedUnit, Resource, Unit } from '../resource.ts'
import type { Rendered } from './rendered.ts'
import type { Run } from './run.ts'

/** The unit that a rendering made. Addresses that several resources share are told apart by `#2`, `#3` … */
export function finishUnit(run: Run, request: UnitRequest, rendered: readonly Rendered[]): RenderedUnit {
  const unit: Unit = {
    kind: request.kind,
    path: request.path,
    ...(request.environment !== undefined && { environment: request.environment }),
    files: [...run.files].sort(byCodeUnit),
  }
  const used = new Map<string, number>()
  const resources = rendered.map((one): Resource => {
    const count = (used.get(one.address) ?? 0) + 1
    used.set(one.address, count)
    return new TemplateResource(unit, one, count === 1 ? one.address : `${one.address}#${count}`)
  })
  return {
    unit,
    resources,
    problems: run.problems,
    // A value that is read later may still be one that takes too long.
    get incomplete() {
      return run.incomplete
    },
  }
}

/** A resource whose value may be evaluated only when it is read. */
class TemplateResource implements Resource {
  readonly unit: Unit
  readonly address: string
  readonly kind: string
  readonly origin: Resource['origin']
  readonly maybe?: UnknownValue
  readonly #rendered: Rendered

  constructor(unit: Unit, rendered: Rendered, address: string) {
    this.unit = unit
    this.address = address
    this.kind = rendered.kind
    this.origin = rendered.origin
    if (rendered.maybe !== undefined) this.maybe = rendered.maybe
    this.#rendered = rendered
  }

  get value(): Resource['value'] {
    return this.#rendered.value
  }
}
