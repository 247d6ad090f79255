import type { Origin } from '../../base/origin.ts'
import type { MapEntry, MapValue, Value } from '../../base/value.ts'
import type { Tree } from '../../source/tree.ts'
import type { FrontEnd, FrontEndClaim, UnitRequest } from '../front-end.ts'
import {
  isObject,
  looksLikePlan,
  type PlannedResource,
  type PlanSide,
  planSide,
  readPlan,
} from '../planned/plan-file.ts'
import type { RenderedUnit, Resource, Unit } from '../resource.ts'
import { PlanReferences } from './references.ts'

/** Levels of a value: deeper is no plan of a provider. */
const MAX_DEPTH = 100

/**
 * Terraform plans as `terraform show -json` prints them: each file whose root module is not in the tree is a unit. It gives what will
 * be there after the plan was applied, and for the version before the one that the plan was made for what was there before. Values
 * have the place of their resource in the plan file, because a plan does not say where in the code they come from.
 */
export const plan: FrontEnd = {
  find: findPlans,
  render: (tree, request, cache) =>
    cache.parsed('plan', request.path, tree.entry(request.path)?.id ?? '', () => {
      const read = tree.read(request.path)
      return renderPlan(tree, request, read.ok ? planSide(read.source) : 'after')
    }),
}

function findPlans(tree: Tree): FrontEndClaim {
  const units: UnitRequest[] = []
  const files = new Set<string>()
  for (const { path, kind } of tree.entries) {
    if (kind !== 'file' || !path.endsWith('.json')) continue
    const read = tree.read(path)
    if (!read.ok || !looksLikePlan(read.source.text)) continue
    units.push({ kind: 'plan', path, inputs: [] })
    files.add(path)
  }
  return { units, files, problems: [] }
}

/** The resources of a plan before or after it is applied. */
export function renderPlan(tree: Tree, request: UnitRequest, side: PlanSide): RenderedUnit {
  const { path } = request
  const unit: Unit = { kind: 'plan', path, files: [path] }
  const read = tree.read(path)
  if (!read.ok) {
    return {
      unit,
      resources: [],
      problems: [{ code: 'not-readable', message: read.message, at: { file: path } }],
      incomplete: true,
    }
  }
  const { source } = read
  const file = readPlan(source)
  if (file === undefined) {
    const message = 'the file is not the output of terraform show -json'
    return { unit, resources: [], problems: [{ code: 'syntax', message, at: { file: path } }], incomplete: true }
  }
  const references = new PlanReferences(file.configuration, file.resources)
  const resources: Resource[] = []
  for (const resource of file.resources) {
    const values = resource[side]
    if (values === undefined) continue
    const origin = file.places.get(resource.address) ?? { source, start: 0, end: 0 }
    const unknown = side === 'after' ? resource.afterUnknown : undefined
    const value = toMap(values, unknown, { resource, origin, references }, [])
    const kind = resource.mode === 'data' ? `data.${resource.type}` : resource.type
    resources.push({ unit, address: resource.address, kind, value, origin })
  }
  return { unit, resources, problems: [] }
}

interface Context {
  readonly resource: PlannedResource
  readonly origin: Origin
  readonly references: PlanReferences
}

function toMap(
  values: Record<string, unknown>,
  unknown: unknown,
  context: Context,
  path: readonly (string | number)[],
): MapValue {
  const entries = new Map<string, MapEntry>()
  const unknowns = isObject(unknown) ? unknown : {}
  for (const [name, value] of Object.entries(values)) {
    entries.set(name, { value: toValue(value, unknowns[name], context, [...path, name]) })
  }
  for (const [name, part] of Object.entries(unknowns)) {
    if (!entries.has(name) && part !== false)
      entries.set(name, { value: toValue(undefined, part, context, [...path, name]) })
  }
  return { kind: 'map', entries, origin: context.origin }
}

function toValue(value: unknown, unknown: unknown, context: Context, path: readonly (string | number)[]): Value {
  const { origin } = context
  if (unknown === true || path.length > MAX_DEPTH) return toUnknown(context, path)
  if (Array.isArray(value) || (value === undefined && Array.isArray(unknown))) {
    const items = Array.isArray(value) ? value : []
    const unknowns = Array.isArray(unknown) ? unknown : []
    const length = Math.max(items.length, unknowns.length)
    const list = Array.from({ length }, (_, i) => toValue(items[i], unknowns[i], context, [...path, i]))
    return { kind: 'list', items: list, origin }
  }
  if (isObject(value)) return toMap(value, unknown, context, path)
  if (value === undefined && isObject(unknown)) return toMap({}, unknown, context, path)
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
  return { kind: 'scalar', value: scalar, origin }
}

function toUnknown({ resource, origin, references }: Context, path: readonly (string | number)[]): Value {
  const attribute = path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`))
    .join('')
  const reference = references.find(resource, path) ?? { address: resource.address, attribute }
  const detail = `${resource.address}.${attribute} is known after apply`
  return { kind: 'unknown', reason: 'provider-computed', detail, origin, reference }
}
