import type { Problem } from '../../base/problem.ts'
import type { Tree } from '../../source/tree.ts'
import type { UnitRequest } from '../front-end.ts'
import { makeAll } from '../late-entry.ts'
import type { RenderedUnit, Resource, Unit } from '../resource.ts'
import { attempted } from './attempted.ts'
import { Budget } from './budget.ts'
import type { Evaluation } from './evaluation.ts'
import { callFunction } from './functions/index.ts'
import { helmReleaseProblem, toKubernetesObject } from './kubernetes-objects.ts'
import { ManagedIndex } from './managed-index.ts'
import type { ModuleCall } from './module-call.ts'
import { argument, type ModuleConfig, readModule } from './module-config.ts'
import { folderIndex, ModuleFiles } from './module-files.ts'
import { type Assignment, ModuleInstance } from './module-instance.ts'
import { PlannedRoot } from './planned-root.ts'
import { agrees } from './planned-values.ts'
import { ModuleCallResource, TerraformResource } from './rendered-resource.ts'
import type { Block } from './syntax.ts'
import { refuses } from './validation.ts'
import { readVariableFiles } from './variable-files.ts'
import { readVendored } from './vendored.ts'
import { versionsResource } from './versions.ts'
import { findWorkspace, workspaceAt } from './workspace.ts'

/** Resources of one unit; what comes behind is left out and named in a problem. */
const MAX_RESOURCES = 100_000
/** Instances of modules of one unit. */
const MAX_MODULES = 20_000

/** Evaluates a root module with the variable files of the request. */
export function renderModule(
  tree: Tree,
  request: UnitRequest,
): { readonly rendered: RenderedUnit; readonly files: ModuleFiles } {
  const files = new ModuleFiles(tree)
  const folders = folderIndex(tree)
  const modules = new Map<string, ModuleConfig | undefined>()
  const problems: Problem[] = []
  const module = (folder: string): ModuleConfig | undefined => {
    if (!modules.has(folder)) {
      const config = readModule(files, folders, folder)
      modules.set(folder, config.files.length === 0 && config.problems.length === 0 ? undefined : config)
      problems.push(...config.problems)
    }
    return modules.get(folder)
  }
  const rootConfig = module(request.path)
  const assignments =
    rootConfig === undefined
      ? new Map<string, Assignment>()
      : readVariableFiles(files, folders, request, rootConfig, problems)
  const workspace = rootConfig && findWorkspace(request, rootConfig, files)
  const planned = readPlanned(files, request, problems)
  const evaluation: Evaluation = {
    rootFolder: request.path,
    planned,
    workspace: (place) => workspaceAt(place, workspace),
    budget: new Budget(),
    files,
    call: (name, args, scope, origin) => callFunction(name, args, { scope, origin, evaluation, folders }),
    module,
    vendored: readVendored(files, request.path),
    instantiate: (config, place, given) => new ModuleInstance(config, evaluation, place, given),
    findManaged: (type, wanted) => managed.find(type, wanted),
  }
  const managed = new ManagedIndex(() => root)
  const root =
    rootConfig && new ModuleInstance(rootConfig, evaluation, { prefix: '', callPath: '', ancestors: [] }, assignments)
  const unit: { -readonly [K in keyof Unit]: Unit[K] } = {
    kind: 'terraform',
    path: request.path,
    ...(request.environment === undefined ? {} : { environment: request.environment }),
    files: [],
  }
  const collector = new Collector(unit, problems)
  if (root !== undefined) collector.module(root)
  if (planned !== undefined && root !== undefined) compareWithPlan(collector, root, planned)
  if (mayReadFiles([...modules.values()])) for (const { value } of collector.resources) makeAll(value)
  const versions = root && versionsResource(unit, [...modules.values()], files, request.path)
  unit.files = files.paths
  const declared = versions ? [versions, ...collector.resources] : collector.resources
  const resources: Resource[] = []
  for (const resource of declared) {
    resources.push(toKubernetesObject(resource) ?? resource)
    const problem = helmReleaseProblem(resource)
    if (problem === undefined) continue
    problems.push(problem)
    collector.incomplete = true
  }
  const note = planned?.note
  const rendered: RenderedUnit = {
    unit,
    resources,
    problems,
    ...(note === undefined ? {} : { notes: [note] }),
    ...(collector.incomplete ? { incomplete: true } : {}),
  }
  return { rendered, files }
}

function readPlanned(files: ModuleFiles, { plan }: UnitRequest, problems: Problem[]): PlannedRoot | undefined {
  if (plan === undefined) return undefined
  const read = files.read(plan)
  const planned = read.ok ? PlannedRoot.read(read.source) : undefined
  if (planned === undefined) {
    const message = read.ok ? 'the file is not the output of terraform show -json' : read.message
    problems.push({ code: 'not-readable', message, at: { file: plan } })
  }
  return planned
}

/** Finds out at once where the plan and the configuration differ, so that coverage can say it. */
function compareWithPlan(collector: Collector, root: ModuleInstance, planned: PlannedRoot): void {
  collector.compare()
  for (const name of root.config.variables.keys()) {
    const given = planned.given(name)
    const val = given && attempted(() => root.variable(name))
    if (given !== undefined && val !== undefined && !agrees(val, given)) planned.disagree(`var.${name}`)
  }
}

/** Values are evaluated when somebody reads them; those that read files are evaluated at once, so that it is known which. */
function mayReadFiles(modules: readonly (ModuleConfig | undefined)[]): boolean {
  return modules.some((module) => {
    if (module === undefined) return false
    let may = READ_FILES.get(module)
    if (may === undefined) {
      may = module.files.some(({ source }) => /\b(?:file\w*|templatefile)\s*\(/.test(source.text))
      READ_FILES.set(module, may)
    }
    return may
  })
}

const READ_FILES = new WeakMap<ModuleConfig, boolean>()

/** Walks the modules and lists the resources that they declare. */
class Collector {
  readonly resources: Resource[] = []
  incomplete = false
  readonly #unit: Unit
  readonly #problems: Problem[]
  readonly #reported = new Set<unknown>()
  #modules = 0

  constructor(unit: Unit, problems: Problem[]) {
    this.#unit = unit
    this.#problems = problems
  }

  module(module: ModuleInstance): void {
    if (++this.#modules > MAX_MODULES) {
      const [file] = module.config.files
      if (file !== undefined) this.#hasRoom({ source: file.source, start: 0, end: 0 })
      return
    }
    for (const block of module.config.variables.values()) this.#validate(module, block)
    for (const set of module.resources.values()) {
      for (const key of set.expansion.instances) {
        if (!this.#hasRoom(set.config.block)) return
        this.resources.push(new TerraformResource(this.#unit, set.instance(key)))
      }
    }
    for (const call of module.calls.values()) this.#call(call)
  }

  /** A value that a validation refuses fails the plan. */
  #validate(module: ModuleInstance, variable: Block): void {
    for (const validation of variable.body.blocks) {
      if (validation.type !== 'validation' || this.#reported.has(validation)) continue
      if (!refuses(validation, variable, module)) continue
      this.#reported.add(validation)
      const text = argument(validation.body, 'error_message')
      const told = text && attempted(() => module.evaluation.budget.separately(() => module.evaluateAttribute(text)))
      const reason = told?.kind === 'string' ? told.value : 'its validation fails'
      const at = { source: validation.source, start: validation.start, end: validation.end }
      this.#problems.push({
        code: 'rejected',
        message: `${module.prefix}var.${variable.labels[0] ?? ''}: ${reason}`,
        at,
      })
    }
  }

  #call(call: ModuleCall): void {
    const { target } = call
    if (!('config' in target) && !this.#reported.has(call.block)) {
      this.#reported.add(call.block)
      this.incomplete = true
      this.#problems.push(target.problem)
    }
    for (const key of call.expansion.instances) {
      const inner = call.instance(key)
      if (inner !== undefined) this.module(inner)
      else if (!('config' in target) && target.isRemote && this.#hasRoom(call.block)) {
        this.resources.push(new ModuleCallResource(this.#unit, call, key))
      }
    }
  }

  /** Compares each instance of a resource with what the plan says of it. */
  compare(): void {
    for (const resource of this.resources) if (resource instanceof TerraformResource) resource.compareWithPlan()
  }

  #hasRoom(block: {
    readonly source: Resource['origin']['source']
    readonly start: number
    readonly end: number
  }): boolean {
    if (this.resources.length < MAX_RESOURCES && this.#modules <= MAX_MODULES) return true
    if (!this.#reported.has('limit')) {
      this.#reported.add('limit')
      const at = { source: block.source, start: block.start, end: block.end }
      this.#problems.push({
        code: 'limit-exceeded',
        message: `more than ${MAX_RESOURCES} resources or ${MAX_MODULES} modules: the rest is left out`,
        at,
      })
    }
    return false
  }
}
