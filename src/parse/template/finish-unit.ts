import { byCodeUnit } from '../../base/order.ts'
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
    return { unit, ...one, address: count === 1 ? one.address : `${one.address}#${count}` }
  })
  return { unit, resources, problems: run.problems, ...(run.incomplete && { incomplete: true }) }
}
