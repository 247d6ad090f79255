import type { Origin } from '../../base/origin.ts'
import type { MapValue, UnknownValue, Value } from '../../base/value.ts'

/** One resource that a deployment makes, before it belongs to a unit. */
export interface Rendered {
  readonly address: string
  readonly kind: string
  readonly value: MapValue
  readonly origin: Origin
  readonly maybe?: UnknownValue
}

/** One use of a template, whichever language it is written in. */
export interface Deployment {
  /** An output; undefined where the template has none of that name. */
  output(name: string, origin: Origin): Value | undefined
  /** Adds what is deployed. `maybe` is set where it is not known whether the template is deployed at all. */
  render(into: Rendered[], maybe: UnknownValue | undefined): void
}

/** What other files can import of a template. Undefined for what it does not declare. */
export interface Library {
  exportedVariable(name: string, origin: Origin): Value | undefined
  applyExported(name: string, values: readonly Value[], origin: Origin): Value | undefined
}

/** The parameters given to a template: undefined where none is given, so that its default counts. */
export type Arguments = (name: string) => Value | undefined

export const NO_ARGUMENTS: Arguments = () => undefined

/** What both of two conditions give: false if either is, otherwise the first that is open. */
export function both(outer: UnknownValue | undefined, inner: boolean | UnknownValue): boolean | UnknownValue {
  return inner === true && outer !== undefined ? outer : inner
}
