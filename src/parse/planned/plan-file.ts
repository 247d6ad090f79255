import type { Origin } from '../../base/origin.ts'
import { SourceText } from '../../base/text.ts'

/** What is used of the output of `terraform show -json`. Source: developer.hashicorp.com/terraform/internals/json-format */
export interface PlanFile {
  readonly resources: readonly PlannedResource[]
  /** What the variables of the root module were set to, defaults included. */
  readonly variables: ReadonlyMap<string, unknown>
  readonly configuration: ConfigurationModule | undefined
  /** Where each address, and each variable as `var.NAME`, stands in the file. */
  readonly places: ReadonlyMap<string, Origin>
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

/** Which of the two versions that a plan tells of: what was there when it was made, or what will be there once it is applied. */
export type PlanSide = 'before' | 'after'

/** The text of a plan that was made for a later version: of the version that holds it, it tells what it says of before. */
export class LaterPlanText extends SourceText {}

export function planSide(source: SourceText): PlanSide {
  return source instanceof LaterPlanText ? 'before' : 'after'
}

type Json = Record<string, unknown>

/** A cheap look at the head of a JSON file: plans begin with their version. */
export function looksLikePlan(text: string): boolean {
  return (
    /^\uFEFF?\s*\{/.test(text) && text.slice(0, 400).includes('"format_version"') && text.includes('"planned_values"')
  )
}

const files = new WeakMap<SourceText, { readonly plan: PlanFile | undefined }>()

/** Reads a plan, once for each text; undefined where the text is not JSON or no plan. */
export function readPlan(source: SourceText): PlanFile | undefined {
  let known = files.get(source)
  if (known === undefined) {
    known = { plan: parsePlan(source) }
    files.set(source, known)
  }
  return known.plan
}

function parsePlan(source: SourceText): PlanFile | undefined {
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
  const variables = readVariables(document['variables'])
  return {
    resources: [...resources.values()],
    variables,
    configuration: isObject(configuration) ? (configuration as ConfigurationModule) : undefined,
    places: findPlaces(source, variables.keys()),
  }
}

/** A variable without a value has none here: it was null. */
function readVariables(variables: unknown): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>()
  if (!isObject(variables)) return values
  for (const [name, variable] of Object.entries(variables)) {
    if (isObject(variable)) values.set(name, variable['value'] ?? null)
  }
  return values
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

/** The last place of each address, which is the one of the change where there is one, and where each variable has its value. */
function findPlaces(source: SourceText, variables: Iterable<string>): ReadonlyMap<string, Origin> {
  const places = new Map<string, Origin>()
  for (const match of source.text.matchAll(/"address"\s*:\s*("(?:[^"\\]|\\.)*")/g)) {
    const start = match.index + match[0].length - match[1]!.length
    const address = parsedString(match[1]!)
    if (address !== undefined) places.set(address, { source, start, end: start + match[1]!.length })
  }
  findVariablePlaces(source, variables, places)
  return places
}

/** More variables than this that do not stand where the parsed document has them are not looked for. */
const MAX_MISSES = 10

/** Variables stand in the order in which they were parsed, so each is looked for behind the one before it. */
function findVariablePlaces(source: SourceText, variables: Iterable<string>, places: Map<string, Origin>): void {
  let at = source.text.indexOf('"variables"')
  let misses = at < 0 ? MAX_MISSES : 0
  for (const name of variables) {
    if (misses >= MAX_MISSES) return
    const quoted = JSON.stringify(name)
    const start = source.text.indexOf(`${quoted}:`, at)
    if (start < 0) misses++
    else {
      at = start + quoted.length
      places.set(`var.${name}`, { source, start, end: at })
    }
  }
}

function parsedString(text: string): string | undefined {
  try {
    return String(JSON.parse(text))
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
