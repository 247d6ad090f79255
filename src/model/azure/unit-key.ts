import type { Resource, Unit } from '../../parse/resource.ts'

const KEYS = new WeakMap<Unit, string>()

/** What tells the unit of a resource from the others of its state. */
export function unitKey({ unit }: Resource): string {
  let key = KEYS.get(unit)
  if (key === undefined) {
    key = `${unit.kind}\0${unit.path}\0${unit.environment ?? ''}`
    KEYS.set(unit, key)
  }
  return key
}
