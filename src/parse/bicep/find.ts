import type { Problem } from '../../base/problem.ts'
import type { Tree } from '../../source/tree.ts'
import type { FrontEndClaim, UnitRequest } from '../front-end.ts'
import { type AzureFile, parameterNames, readAzureFile } from '../template/json-file.ts'
import { type Entry, lowerCased, templateOf, toRequests } from '../template/parameter-files.ts'
import { resolvePath } from '../template/paths.ts'
import { isRemote } from './locate.ts'
import { type BicepSymbols, readSymbols } from './symbols.ts'
import type { PathDeclaration } from './syntax.ts'

/**
 * Entry files are those that deploy something and that no other file uses as a module, or that a `.bicepparam` names. Claimed
 * are all Bicep files, the parameter files of the entries, templates used as modules, and compiled copies of the sources.
 */
export function findBicep(tree: Tree): FrontEndClaim {
  const sources = new Map<string, BicepSymbols>()
  const parameterFiles = new Map<string, BicepSymbols>()
  const json: string[] = []
  for (const { path, kind } of tree.entries) {
    if (kind !== 'file') continue
    if (path.endsWith('.json')) json.push(path)
    const into = path.endsWith('.bicep') ? sources : path.endsWith('.bicepparam') ? parameterFiles : undefined
    if (into === undefined) continue
    const symbols = readSymbols(tree, path)
    if (symbols !== undefined) into.set(path, symbols)
  }
  if (sources.size === 0 && parameterFiles.size === 0) return { units: [], files: new Set(), problems: [] }

  const files = new Set<string>([...sources.keys(), ...parameterFiles.keys()])
  const inputs = new Map<string, string[]>()
  const used = collectModules(sources)
  for (const [path, file] of namedTemplates(parameterFiles)) {
    if (sources.has(path)) addTo(inputs, path, file)
  }
  const entries = pickEntries(sources, used, new Set(inputs.keys()))
  const problems: Problem[] = []
  const compiled: string[] = []
  const described = entries.map((path) => describe(path, sources.get(path)!))
  for (const path of json) {
    if (used.has(path)) files.add(path)
    const file = readAzureFile(tree, path)
    if (file === undefined) continue
    if (isCompiledCopy(path, file, sources)) {
      files.add(path)
      compiled.push(path)
    } else if (file.kind === 'parameters') {
      const entry = templateOf({ path, names: parameterNames(file.root) }, described)
      if (entry === undefined) continue
      files.add(path)
      addTo(inputs, entry.path, path)
    }
  }
  if (compiled.length > 0) problems.push(compiledCopies(compiled))
  const units: UnitRequest[] = entries.flatMap((path) => toRequests('bicep', path, inputs.get(path) ?? []))
  return { units, files, problems }
}

function addTo(inputs: Map<string, string[]>, entry: string, file: string): void {
  const files = inputs.get(entry)
  if (files === undefined) inputs.set(entry, [file])
  else files.push(file)
}

/** The files that modules of the tree refer to. */
function collectModules(sources: ReadonlyMap<string, BicepSymbols>): ReadonlySet<string> {
  const used = new Set<string>()
  for (const [path, symbols] of sources) {
    for (const module of symbols.modules.values()) {
      const target = isRemote(module.path) ? undefined : resolvePath(path, module.path)
      if (target !== undefined) used.add(target)
    }
  }
  return used
}

/** Template and parameter file for each `using`; a file that others extend is no environment of its own. */
function* namedTemplates(parameterFiles: ReadonlyMap<string, BicepSymbols>): Iterable<[string, string]> {
  const bases = new Set<string | undefined>()
  for (const [path, symbols] of parameterFiles) {
    const base = pathDeclaration(symbols, 'extends')?.path
    if (base !== undefined) bases.add(resolvePath(path, base))
  }
  for (const [path, symbols] of parameterFiles) {
    if (bases.has(path)) continue
    const template = pathDeclaration(symbols, 'using')?.path
    const target = template === undefined || isRemote(template) ? undefined : resolvePath(path, template)
    if (target !== undefined) yield [target, path]
  }
}

function pathDeclaration(symbols: BicepSymbols, kind: PathDeclaration['kind']): PathDeclaration | undefined {
  return symbols.file.declarations.find((one): one is PathDeclaration => one.kind === kind)
}

function pickEntries(
  sources: ReadonlyMap<string, BicepSymbols>,
  used: ReadonlySet<string>,
  named: ReadonlySet<string>,
): readonly string[] {
  const deploys = [...sources].filter(
    ([, symbols]) => symbols.resources.size + symbols.modules.size > 0 || symbols.file.problems.length > 0,
  )
  const entries = new Set(deploys.map(([path]) => path).filter((path) => !used.has(path) || named.has(path)))
  // Files that only use each other would never be seen: the first of such a circle is an entry.
  const reached = new Set<string>()
  const reach = (start: string) => {
    const open = [start]
    for (let path = open.pop(); path !== undefined; path = open.pop()) {
      if (reached.has(path)) continue
      reached.add(path)
      for (const module of sources.get(path)?.modules.values() ?? []) {
        const target = isRemote(module.path) ? undefined : resolvePath(path, module.path)
        if (target !== undefined) open.push(target)
      }
    }
  }
  for (const path of entries) reach(path)
  for (const [path] of deploys) {
    if (reached.has(path)) continue
    entries.add(path)
    reach(path)
  }
  return [...entries]
}

function describe(path: string, symbols: BicepSymbols): Entry {
  const required = [...symbols.parameters.values()].filter(
    (parameter) =>
      parameter.value === undefined && parameter.type?.nullable !== true && parameter.type?.name === undefined,
  )
  return { path, declared: lowerCased(symbols.parameters.keys()), required: required.map(({ name }) => name) }
}

/** A template that the compiler wrote beside its source. */
function isCompiledCopy(path: string, file: AzureFile, sources: ReadonlyMap<string, BicepSymbols>): boolean {
  return file.kind === 'template' && file.compiled && sources.has(path.replace(/\.json$/, '.bicep'))
}

function compiledCopies(paths: readonly string[]): Problem {
  const [first] = paths
  const others = paths.length === 1 ? '' : ` and ${paths.length - 1} other compiled templates`
  return {
    code: 'duplicate-object',
    message: `${first}${others} were not read: the Bicep sources beside them were read instead`,
    at: { file: first! },
  }
}

/** Any Bicep file, whoever else uses it. */
export function adoptBicep(tree: Tree, path: string): UnitRequest | undefined {
  if (!path.endsWith('.bicep') || tree.entry(path)?.kind !== 'file') return undefined
  return { kind: 'bicep', path, inputs: [] }
}
