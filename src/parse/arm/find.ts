import type { Problem } from '../../base/problem.ts'
import { get, type MapValue, type Value } from '../../base/value.ts'
import type { Tree } from '../../source/tree.ts'
import type { FrontEndClaim, UnitRequest } from '../front-end.ts'
import { parameterNames, readAzureFile } from '../template/json-file.ts'
import { type Entry, lowerCased, templateOf, toRequests } from '../template/parameter-files.ts'
import { resolvePath } from '../template/paths.ts'

/** Nesting of resources and templates that is looked through for links. */
const MAX_DEPTH = 100

/** Entries are the templates that no other links by a relative path. All templates and parameter files are claimed. */
export function findArm(tree: Tree): FrontEndClaim {
  const templates = new Map<string, MapValue>()
  const parameters = new Map<string, readonly string[]>()
  const broken: string[] = []
  const problems: Problem[] = []
  for (const { path, kind } of tree.entries) {
    if (kind !== 'file') continue
    const file = readAzureFile(tree, path)
    if (file?.kind === 'template') templates.set(path, file.root)
    else if (file?.kind === 'parameters') parameters.set(path, parameterNames(file.root))
    else if (file?.kind === 'broken') {
      broken.push(path)
      problems.push(...file.problems)
    }
  }
  const linked = new Set<string>()
  for (const [path, root] of templates) {
    for (const link of relativePaths(get(root, 'resources'), 0)) {
      const target = resolvePath(path, link)
      if (target !== undefined && target !== path) linked.add(target)
    }
  }
  const entries = [...templates].filter(([path]) => !linked.has(path)).map(([path, root]) => describe(path, root))
  const inputs = new Map<string, string[]>()
  for (const [path, names] of parameters) {
    const entry = templateOf({ path, names }, entries)
    if (entry === undefined) continue
    const files = inputs.get(entry.path)
    if (files === undefined) inputs.set(entry.path, [path])
    else files.push(path)
  }
  return {
    units: entries.flatMap(({ path }) => toRequests('arm', path, inputs.get(path) ?? [])),
    files: new Set([...templates.keys(), ...parameters.keys(), ...broken]),
    problems,
  }
}

/** Every literal `templateLink.relativePath` below a value. */
function* relativePaths(value: Value | undefined, depth: number): Iterable<string> {
  if (value === undefined || depth > MAX_DEPTH) return
  if (value.kind === 'list') for (const item of value.items) yield* relativePaths(item, depth + 1)
  if (value.kind !== 'map') return
  const link = get(get(value, 'templateLink'), 'relativePath')
  if (link?.kind === 'scalar' && typeof link.value === 'string') yield link.value
  for (const entry of value.entries.values()) yield* relativePaths(entry.value, depth + 1)
}

function describe(path: string, root: MapValue): Entry {
  const declared = get(root, 'parameters')
  const required: string[] = []
  if (declared?.kind === 'map') {
    for (const [name, { value }] of declared.entries) {
      const isOptional = get(value, 'defaultValue') !== undefined || get(value, 'nullable') !== undefined
      if (!isOptional && get(value, '$ref') === undefined) required.push(name)
    }
  }
  return { path, declared: lowerCased(parameterNames(root)), required }
}

/** Any template: one that others link, and one that the Bicep compiler wrote beside its source. */
export function adoptArm(tree: Tree, path: string): UnitRequest | undefined {
  return readAzureFile(tree, path)?.kind === 'template' ? { kind: 'arm', path, inputs: [] } : undefined
}
