import type { Problem } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import type { Tree } from '../../source/tree.ts'
import { parseBicep } from './parse.ts'
import type {
  BicepFile,
  FunctionDeclaration,
  ImportDeclaration,
  ModuleDeclaration,
  OutputDeclaration,
  ParameterDeclaration,
  ResourceDeclaration,
  TypeDeclaration,
  VariableDeclaration,
} from './syntax.ts'

/** A file with its declarations by name. Names that are declared twice keep the first. */
export interface BicepSymbols {
  readonly file: BicepFile
  readonly source: SourceText
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>
  readonly variables: ReadonlyMap<string, VariableDeclaration>
  readonly functions: ReadonlyMap<string, FunctionDeclaration>
  readonly types: ReadonlyMap<string, TypeDeclaration>
  readonly resources: ReadonlyMap<string, ResourceDeclaration>
  readonly modules: ReadonlyMap<string, ModuleDeclaration>
  readonly outputs: ReadonlyMap<string, OutputDeclaration>
  /** By the name that the import gives: a single item, or `*` for the namespace of a whole file. */
  readonly imports: ReadonlyMap<string, Imported>
  readonly targetScope: string | undefined
}

export interface Imported {
  readonly declaration: ImportDeclaration
  /** Name in the other file, or `*`. */
  readonly name: string
}

const parsed = new WeakMap<SourceText, BicepSymbols>()

/** Parses a file of the tree, once for each version of it. */
export function readBicep(
  tree: Tree,
  path: string,
): { readonly symbols: BicepSymbols } | { readonly problem: Problem } {
  const read = tree.read(path)
  if (!read.ok) return { problem: { code: 'not-readable', message: read.message, at: { file: path } } }
  let symbols = parsed.get(read.source)
  if (symbols === undefined) {
    symbols = collectSymbols(parseBicep(read.source))
    parsed.set(read.source, symbols)
  }
  return { symbols }
}

/** As {@link readBicep}; undefined where the file cannot be read. */
export function readSymbols(tree: Tree, path: string): BicepSymbols | undefined {
  const read = readBicep(tree, path)
  return 'symbols' in read ? read.symbols : undefined
}

function collectSymbols(file: BicepFile): BicepSymbols {
  const parameters = new Map<string, ParameterDeclaration>()
  const variables = new Map<string, VariableDeclaration>()
  const functions = new Map<string, FunctionDeclaration>()
  const types = new Map<string, TypeDeclaration>()
  const resources = new Map<string, ResourceDeclaration>()
  const modules = new Map<string, ModuleDeclaration>()
  const outputs = new Map<string, OutputDeclaration>()
  const imports = new Map<string, Imported>()
  let targetScope: string | undefined
  for (const declaration of file.declarations) {
    switch (declaration.kind) {
      case 'parameter':
        addFirst(parameters, declaration)
        break
      case 'variable':
        addFirst(variables, declaration)
        break
      case 'function':
        addFirst(functions, declaration)
        break
      case 'type':
        addFirst(types, declaration)
        break
      case 'resource':
        addFirst(resources, declaration)
        break
      case 'module':
        addFirst(modules, declaration)
        break
      case 'output':
        addFirst(outputs, declaration)
        break
      case 'import':
        if (declaration.alias !== undefined) imports.set(declaration.alias, { declaration, name: '*' })
        for (const item of declaration.items) imports.set(item.alias, { declaration, name: item.name })
        break
      case 'target-scope': {
        const value = declaration.value
        if (value?.kind === 'literal') targetScope = String(value.value)
        break
      }
      default:
        break
    }
  }
  return {
    file,
    source: file.source,
    parameters,
    variables,
    functions,
    types,
    resources,
    modules,
    outputs,
    imports,
    targetScope,
  }
}

function addFirst<T extends { readonly name: string }>(map: Map<string, T>, declaration: T): void {
  if (!map.has(declaration.name)) map.set(declaration.name, declaration)
}
