import { toPlace } from './base/origin.ts'
import { folderOf, normalisePath } from './base/path.ts'
import { InputError } from './base/problem.ts'
import { toJson, type Value } from './base/value.ts'
import type { Call } from './command-line.ts'
import { coverageOf } from './coverage.ts'
import { type FrontEnd, ParseCache, type UnitRequest } from './parse/front-end.ts'
import type { RenderedUnit } from './parse/resource.ts'
import { terraform } from './parse/terraform/index.ts'
import { FRONT_ENDS, findUnits, type ParsedTree, parseTree } from './parse/units.ts'
import type { Tree } from './source/tree.ts'

/** Terraform roots as a fresh checkout plans them: in the default workspace, which a review cannot take for granted. */
const READERS: readonly FrontEnd[] = FRONT_ENDS.map((frontEnd) =>
  frontEnd === terraform
    ? {
        ...frontEnd,
        render: (tree, request, cache) => terraform.render(tree, { workspace: 'default', ...request }, cache),
      }
    : frontEnd,
)

/** What was understood of a tree or of one unit: every resource with its evaluated values. */
export function resources(tree: Tree, call: Call): string {
  const { unit, varFiles, values, parameters } = call.options
  const isOwnChoice = unit !== undefined || varFiles.length + values.length + parameters.length > 0
  const parsed = isOwnChoice ? parseUnit(tree, call) : withPlainRoots(tree, parseTree(tree, { frontEnds: READERS }))
  if (call.format === 'json') return JSON.stringify(toDocument(parsed), null, 1)
  return parsed.units
    .flatMap(({ unit: { path, kind, environment }, resources: all }) => [
      `${path} (${kind}${environment === undefined ? '' : `, ${environment}`})`,
      ...all.map(({ address }) => `  ${address}`),
    ])
    .join('\n')
}

/**
 * A Terraform root that needs no variable file is shown as `terraform plan` would read it, without one; its other variable files are
 * choices, which `--var-file` takes. A root that does need one is shown once for each environment.
 */
function withPlainRoots(tree: Tree, parsed: ParsedTree): ParsedTree {
  const cache = new ParseCache()
  const plain = new Map<string, RenderedUnit | undefined>()
  const units = parsed.units.flatMap((unit): readonly RenderedUnit[] => {
    const { kind, path, environment } = unit.unit
    if (kind !== 'terraform' || environment === undefined) return [unit]
    const isFirst = !plain.has(path)
    if (isFirst) plain.set(path, plainRoot(tree, path, cache))
    const root = plain.get(path)
    if (root === undefined) return [unit]
    return isFirst ? [root] : []
  })
  return { ...parsed, units }
}

function plainRoot(tree: Tree, path: string, cache: ParseCache): RenderedUnit | undefined {
  const root = terraform.render(tree, { kind: 'terraform', path, inputs: [], workspace: 'default' }, cache)
  return root.resources.some(({ value }) => needsVariable(value)) ? undefined : root
}

function needsVariable(value: Value): boolean {
  switch (value.kind) {
    case 'list':
      return value.items.some(needsVariable)
    case 'map':
      return [...value.entries.values()].some((entry) => needsVariable(entry.value))
    case 'choice':
      return value.options.some(needsVariable)
    case 'unknown':
      return value.reason === 'variable-without-default'
    case 'scalar':
    case 'id':
      return false
  }
}

function toDocument(parsed: ParsedTree): object {
  return {
    schemaVersion: 1,
    resources: parsed.units.flatMap(({ unit, resources: all }) =>
      all.map((resource) => {
        const { file, line } = toPlace(resource.origin)
        return {
          unit: unit.path,
          unitKind: unit.kind,
          ...(unit.environment !== undefined && { environment: unit.environment }),
          address: resource.address,
          kind: resource.kind,
          file,
          line,
          ...(resource.maybe && { condition: { $unknown: resource.maybe.detail || resource.maybe.reason } }),
          value: toJson(resource.value),
        }
      }),
    ),
    coverage: coverageOf(parsed, [], new Set()),
  }
}

/** One unit by its path, with inputs of the caller's own choice (relative to the unit's folder). */
function parseUnit(tree: Tree, { options }: Call): ParsedTree {
  const path = normalisePath(options.unit ?? '.')
  const folder = tree.entry(path) === undefined ? path : folderOf(path)
  const own = [...options.values, ...options.varFiles, ...options.parameters]
  const inputs = own.map((file) => within(tree, folder, file))
  const found = findUnits(tree, { frontEnds: READERS }).found
  const asked: Pick<UnitRequest, 'release' | 'namespace' | 'kubeVersion'> = {
    ...(options.release !== undefined && { release: options.release }),
    ...(options.namespace !== undefined && { namespace: options.namespace }),
    ...(options.kubeVersion !== undefined && { kubeVersion: options.kubeVersion }),
  }
  for (const { frontEnd, requests } of found) {
    const requested = requests.filter((request) => normalisePath(request.path) === path)
    if (requested.length === 0) continue
    const first = requested[0]!
    const wanted: readonly UnitRequest[] =
      inputs.length === 0
        ? requested.map((request) => ({ ...request, ...asked }))
        : [{ kind: first.kind, path: first.path, inputs, ...asked }]
    return toParsed(wanted.map((request) => frontEnd.render(tree, request, new ParseCache())))
  }
  // A file that no unit starts with (a module, a generated template) is still a unit when somebody asks for it.
  for (const frontEnd of FRONT_ENDS) {
    const request = frontEnd.adopt?.(tree, path)
    if (request !== undefined)
      return toParsed([frontEnd.render(tree, { ...request, inputs, ...asked }, new ParseCache())])
  }
  throw new InputError(`no unit ${JSON.stringify(path)}; without --unit every unit that was found is printed`)
}

function toParsed(units: readonly RenderedUnit[]): ParsedTree {
  return { units, problems: [], notRendered: [] }
}

function within(tree: Tree, folder: string, file: string): string {
  const path = normalisePath(folder === '.' ? file : `${folder}/${file}`)
  if (tree.entry(path) !== undefined) return path
  const plain = normalisePath(file)
  if (tree.entry(plain) !== undefined) return plain
  throw new InputError(`no file ${JSON.stringify(file)} in the tree`)
}
