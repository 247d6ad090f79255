import type { SourceText } from '../../base/text.ts'

/** What is used of the output of `terraform show -json`. Source: developer.hashicorp.com/terraform/internals/json-format */
export interface PlanFile {
  readonly resources: readonly PlannedResource[]
  readonly configuration: ConfigurationModule | undefined
}

export interface PlannedResource {
  readonly address: string
  /** `module.net`, with instance keys; empty for the root. */
  readonly module: string
  readonly mode: 'managed' | 'data'
  readonly type: string
  readonly name: string
  /** Undefined where the resource is not there before, or after. */
  readonly before: Record<string, unknown> | undefined
  readonly after: Record<string, unknown> | undefined
  /** True at the places that are known after apply only. */
  readonly afterUnknown: unknown
}

export interface ConfigurationModule {
  readonly resources?: readonly { readonly address?: string; readonly expressions?: Record<string, unknown> }[]
  readonly module_calls?: Record<
    string,
    { readonly expressions?: Record<string, unknown>; readonly module?: ConfigurationModule } | undefined
  >
  readonly outputs?: Record<string, { readonly expression?: unknown } | undefined>
}

type Json = Record<string, unknown>

/** A cheap look at the head of a JSON file: plans begin with their version. */
export function looksLikePlan(text: string): boolean {
  return (
    /^\uFEFF?\s*\{/.test(text) && text.slice(0, 400).includes('"format_version"') && text.includes('"planned_values"')
  )
}

/** Reads a plan; undefined where the text is not JSON or no plan. */
export function readPlan(source: SourceText): PlanFile | undefined {
  let document: unknown
  try {
    document = JSON.parse(source.text.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
  if (!isObject(document) || !isObject(document['planned_values'])) return undefined
  const resources = new Map<string, PlannedResource>()
  for (const change of arrayOf(document['resource_changes'])) readChange(change, resources)
  // Data sources that were read while planning are in the prior state only; without changes, all else is in the planned values.
  const prior = isObject(document['prior_state']) ? document['prior_state']['values'] : undefined
  for (const values of [document['planned_values'], prior]) {
    const root = isObject(values) ? values['root_module'] : undefined
    if (isObject(root)) readModule(root, resources)
  }
  const configuration = isObject(document['configuration']) ? document['configuration']['root_module'] : undefined
  return {
    resources: [...resources.values()],
    configuration: isObject(configuration) ? (configuration as ConfigurationModule) : undefined,
  }
}

function readChange(item: unknown, into: Map<string, PlannedResource>): void {
  if (!isObject(item) || !isObject(item['change'])) return
  const { address, type, name } = item
  if (typeof address !== 'string' || typeof type !== 'string' || typeof name !== 'string' || 'deposed' in item) return
  const { before, after, after_unknown: afterUnknown } = item['change']
  into.set(address, {
    address,
    module: typeof item['module_address'] === 'string' ? item['module_address'] : '',
    mode: item['mode'] === 'data' ? 'data' : 'managed',
    type,
    name,
    before: isObject(before) ? before : undefined,
    after: isObject(after) ? after : undefined,
    afterUnknown,
  })
}

/** Modules of a state, from the outside in, without recursion. */
function readModule(root: Json, into: Map<string, PlannedResource>): void {
  const pending: Json[] = [root]
  for (let module = pending.pop(); module !== undefined; module = pending.pop()) {
    for (const item of arrayOf(module['resources'])) {
      if (!isObject(item)) continue
      const { address, type, name, values } = item
      if (typeof address !== 'string' || typeof type !== 'string' || typeof name !== 'string' || !isObject(values))
        continue
      if (into.has(address)) continue
      const mode = item['mode'] === 'data' ? 'data' : 'managed'
      // A managed resource of the prior state that no change names is gone.
      const known = {
        address,
        module: typeof module['address'] === 'string' ? module['address'] : '',
        mode,
        type,
        name,
      } as const
      into.set(address, { ...known, before: values, after: values, afterUnknown: undefined })
    }
    for (const child of arrayOf(module['child_modules'])) if (isObject(child)) pending.push(child)
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
