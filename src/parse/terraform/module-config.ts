import { haveSameItems } from '../../base/identity.ts'
import type { Problem } from '../../base/problem.ts'
import { findLocalCycles } from './local-cycles.ts'
import type { FolderIndex, ModuleFiles, ModuleListing } from './module-files.ts'
import { isConfigurationFile, parseFile } from './parse-file.ts'
import type { Attribute, Block, Body, ParsedFile } from './syntax.ts'

/** What the files of one folder declare, override files merged in. Not evaluated, and the same for every call of the module. */
export interface ModuleConfig {
  /** Relative to the tree; `.` for its root. */
  readonly folder: string
  readonly files: readonly ParsedFile[]
  readonly variables: ReadonlyMap<string, Block>
  readonly locals: ReadonlyMap<string, Attribute>
  readonly outputs: ReadonlyMap<string, Block>
  /** By address: `azurerm_subnet.a`, `data.azurerm_subnet.a`. */
  readonly resources: ReadonlyMap<string, ResourceConfig>
  readonly modules: ReadonlyMap<string, Block>
  readonly providers: readonly Block[]
  readonly settings: readonly Block[]
  readonly problems: readonly Problem[]
}

export interface ResourceConfig {
  readonly mode: 'managed' | 'data' | 'ephemeral'
  readonly type: string
  readonly name: string
  readonly block: Block
}

interface ReadModule {
  readonly config: ModuleConfig
  readonly listing: ModuleListing
}

const modules = new WeakMap<FolderIndex, Map<string, ReadModule>>()

/** Reads the module of a folder, once for each tree. Files that are not text are problems, not failures. */
export function readModule(files: ModuleFiles, folders: FolderIndex, folder: string): ModuleConfig {
  let known = modules.get(folders)
  if (known === undefined) {
    known = new Map()
    modules.set(folders, known)
  }
  files.listed(folder)
  let module = known.get(folder)
  if (module === undefined) {
    const names = folders.filesOf(folder).filter(isConfigurationFile)
    const config = readFiles(files, folder, names)
    const paths = names.map((name) => (folder === '.' ? name : `${folder}/${name}`))
    module = { config, listing: { files: new Map(paths.map((path) => [path, files.idOf(path)])) } }
    known.set(folder, module)
  }
  files.note(module.listing)
  return module.config
}

function readFiles(files: ModuleFiles, folder: string, names: readonly string[]): ModuleConfig {
  const problems: Problem[] = []
  const parsed: ParsedFile[] = []
  let isComplete = true
  for (const name of names) {
    // OpenTofu's own variant of a file takes the place of the common one.
    const replaced = name.replace(/\.tf(\.json)?$/, '.tofu$1')
    if (replaced !== name && names.includes(replaced)) continue
    const path = folder === '.' ? name : `${folder}/${name}`
    const read = files.read(path)
    if (!read.ok) {
      isComplete = false
      problems.push({
        code: read.reason === 'too-large' ? 'too-large' : 'not-readable',
        message: read.message,
        at: { file: path },
      })
      continue
    }
    const file = parseFile(read.source)
    problems.push(...file.problems)
    parsed.push(file)
  }
  return isComplete ? sharedConfig(folder, parsed, problems) : declare(folder, parsed, problems)
}

/** By their first file: base and head hold the identical files of a module that a change does not touch. */
const CONFIGS = new WeakMap<ParsedFile, ModuleConfig[]>()

function sharedConfig(folder: string, files: readonly ParsedFile[], problems: Problem[]): ModuleConfig {
  const [first] = files
  if (first === undefined) return declare(folder, files, problems)
  const known = CONFIGS.get(first) ?? []
  const same = known.find((config) => haveSameItems(config.files, files))
  if (same !== undefined) return same
  const config = declare(folder, files, problems)
  CONFIGS.set(first, [...known, config])
  return config
}

/** What files in the order of their names declare, override files after all others. Adds what is wrong to `problems`. */
function declare(folder: string, files: readonly ParsedFile[], problems: Problem[]): ModuleConfig {
  const draft = new ModuleDraft(folder, problems)
  const overrides = files.filter(isOverride)
  const parsed = files.filter((file) => !isOverride(file))
  for (const file of parsed) draft.declare(file)
  for (const file of overrides) draft.override(file)
  const config = draft.finish([...parsed, ...overrides])
  problems.push(...findLocalCycles(config.locals))
  return config
}

function isOverride({ source }: ParsedFile): boolean {
  const name = source.path.slice(source.path.lastIndexOf('/') + 1)
  return /^(?:.*_)?override\.(?:tf|tofu)(?:\.json)?$/.test(name)
}

class ModuleDraft {
  readonly #folder: string
  readonly #problems: Problem[]
  readonly #variables = new Map<string, Block>()
  readonly #locals = new Map<string, Attribute>()
  readonly #outputs = new Map<string, Block>()
  readonly #resources = new Map<string, ResourceConfig>()
  readonly #modules = new Map<string, Block>()
  readonly #providers: Block[] = []
  readonly #settings: Block[] = []

  constructor(folder: string, problems: Problem[]) {
    this.#folder = folder
    this.#problems = problems
  }

  declare(file: ParsedFile): void {
    for (const attribute of file.body.attributes) {
      this.#reject(`the argument ${attribute.name} stands outside of a block`, attribute, attribute.nameEnd)
    }
    for (const block of file.body.blocks) this.#declareBlock(block, false)
  }

  /** Source: developer.hashicorp.com/terraform/language/files/override */
  override(file: ParsedFile): void {
    for (const block of file.body.blocks) this.#declareBlock(block, true)
  }

  finish(files: readonly ParsedFile[]): ModuleConfig {
    return {
      folder: this.#folder,
      files,
      variables: this.#variables,
      locals: this.#locals,
      outputs: this.#outputs,
      resources: this.#resources,
      modules: this.#modules,
      providers: this.#providers,
      settings: this.#settings,
      problems: this.#problems,
    }
  }

  #declareBlock(block: Block, overrides: boolean): void {
    const [first, second] = block.labels
    switch (block.type) {
      case 'resource':
      case 'data':
      case 'ephemeral': {
        if (first === undefined || second === undefined) {
          this.#reject(`${block.type} needs a type and a name`, block)
          return
        }
        const mode = block.type === 'resource' ? 'managed' : block.type
        const address = mode === 'managed' ? `${first}.${second}` : `${mode}.${first}.${second}`
        const before = this.#resources.get(address)
        if (before !== undefined && !overrides) {
          this.#duplicate(address, block)
          return
        }
        const merged = before === undefined ? block : mergeBlocks(before.block, block)
        this.#resources.set(address, { mode, type: first, name: second, block: merged })
        return
      }
      case 'variable':
        this.#named(this.#variables, 'var', block, overrides)
        return
      case 'output':
        this.#named(this.#outputs, 'output', block, overrides)
        return
      case 'module':
        this.#named(this.#modules, 'module', block, overrides)
        return
      case 'locals':
        for (const attribute of block.body.attributes) {
          if (this.#locals.has(attribute.name) && !overrides) {
            this.#problems.push({
              code: 'duplicate-object',
              message: `local.${attribute.name} is declared twice`,
              at: { source: attribute.source, start: attribute.start, end: attribute.nameEnd },
            })
          } else this.#locals.set(attribute.name, attribute)
        }
        return
      case 'provider':
        this.#providers.push(block)
        return
      case 'terraform':
        this.#settings.push(block)
        return
      case 'moved':
      case 'import':
      case 'removed':
      case 'check':
        // They concern the state of what is deployed, or assert; none of them changes what the configuration asks for.
        return
      default:
        this.#reject(`${block.type} is no block of a module`, block)
    }
  }

  #named(into: Map<string, Block>, prefix: string, block: Block, overrides: boolean): void {
    const [name] = block.labels
    if (name === undefined) {
      this.#reject(`${block.type} needs a name`, block)
      return
    }
    const before = into.get(name)
    if (before !== undefined && !overrides) this.#duplicate(`${prefix}.${name}`, block)
    else into.set(name, before === undefined ? block : mergeBlocks(before, block))
  }

  #duplicate(address: string, block: Block): void {
    const at = { source: block.source, start: block.start, end: block.end }
    this.#problems.push({ code: 'duplicate-object', message: `${address} is declared twice`, at })
  }

  #reject(message: string, item: Attribute | Block, end = item.start + 1): void {
    this.#problems.push({ code: 'rejected', message, at: { source: item.source, start: item.start, end } })
  }
}

/** The arguments of the second win, and its nested blocks take the place of all of the same type. */
function mergeBlocks(base: Block, override: Block): Block {
  return { ...base, body: mergeBodies(base.body, override.body) }
}

function mergeBodies(base: Body, override: Body): Body {
  const names = new Set(override.attributes.map((attribute) => attribute.name))
  const types = new Set(override.blocks.map(blockName))
  const lifecycle = override.blocks.find((block) => block.type === 'lifecycle')
  const baseLifecycle = base.blocks.find((block) => block.type === 'lifecycle')
  const blocks = [...base.blocks.filter((block) => !types.has(blockName(block))), ...override.blocks]
  return {
    attributes: [...base.attributes.filter((attribute) => !names.has(attribute.name)), ...override.attributes],
    blocks:
      lifecycle !== undefined && baseLifecycle !== undefined
        ? blocks.map((block) => (block === lifecycle ? mergeBlocks(baseLifecycle, lifecycle) : block))
        : blocks,
  }
}

function blockName(block: Block): string {
  return block.type === 'dynamic' ? (block.labels[0] ?? '') : block.type
}

/** The expression of an argument, where it is set. */
export function argument(body: Body, name: string): Attribute | undefined {
  return body.attributes.find((attribute) => attribute.name === name)
}
