import type { Problem } from '../../base/problem.ts'
import type { Tree } from '../../source/tree.ts'
import type { UnitRequest } from '../front-end.ts'
import { looksLikePlan, type PlanFile, readPlan } from '../planned/plan-file.ts'
import { Budget } from './budget.ts'
import type { Environment } from './environments.ts'
import { Failure } from './failure.ts'
import { folderIndex } from './module-files.ts'
import { isConfigurationFile, isVariableFile, parseFile } from './parse-file.ts'
import { agrees } from './planned-values.ts'
import { automaticFiles, toAssignment } from './variable-files.ts'

/** Plans that are those of root modules of the tree. */
export interface JoinedPlans {
  /** The requests of a root module, each with its plan where it has one. */
  requestsOf(root: string, environments: readonly Environment[]): readonly UnitRequest[]
  /** Plans that belong to a root module, whether they fit one of its environments or not. */
  readonly files: ReadonlySet<string>
  /** Plans that fit none of the environments that they could be of: known after {@link requestsOf} was asked for every root. */
  readonly problems: readonly Problem[]
}

interface Plan {
  readonly path: string
  readonly folder: string
  readonly file: PlanFile
}

/**
 * Finds the root module of each plan: the one in its folder, where it declares anything that the plan was made of; elsewhere the one
 * that declares most of the same and at least half. Plans that have no root here are units of their own.
 */
export function joinPlans(tree: Tree, roots: readonly string[]): JoinedPlans {
  const declared = new Map<string, ReadonlySet<string>>()
  const declaredIn = (root: string): ReadonlySet<string> => {
    let names = declared.get(root)
    if (names === undefined) {
      names = declarations(tree, root)
      declared.set(root, names)
    }
    return names
  }
  const byRoot = new Map<string, Plan[]>()
  const files = new Set<string>()
  const known = new Set(roots)
  for (const plan of roots.length === 0 ? [] : readPlans(tree)) {
    const root = rootOf(plan, roots, known, declaredIn)
    if (root === undefined) continue
    files.add(plan.path)
    const list = byRoot.get(root)
    if (list === undefined) byRoot.set(root, [plan])
    else list.push(plan)
  }
  const problems: Problem[] = []
  return {
    files,
    problems,
    requestsOf: (root, environments) => requestsOf(tree, root, environments, byRoot.get(root) ?? [], problems),
  }
}

function readPlans(tree: Tree): readonly Plan[] {
  const plans: Plan[] = []
  for (const { path, kind } of tree.entries) {
    if (kind !== 'file' || !path.endsWith('.json') || path.includes('.terraform/')) continue
    if (isConfigurationFile(path) || isVariableFile(path)) continue
    const read = tree.read(path)
    if (!read.ok || !looksLikePlan(read.source.text)) continue
    const file = readPlan(read.source)
    const slash = path.lastIndexOf('/')
    if (file !== undefined) plans.push({ path, folder: slash < 0 ? '.' : path.slice(0, slash), file })
  }
  return plans
}

function rootOf(
  { folder, file }: Plan,
  roots: readonly string[],
  known: ReadonlySet<string>,
  declaredIn: (root: string) => ReadonlySet<string>,
): string | undefined {
  const planned = plannedNames(file)
  if (known.has(folder) && shared(planned, declaredIn(folder)) > 0) return folder
  let best: { readonly root: string; readonly score: number } | undefined
  let isTie = false
  for (const root of roots) {
    const names = declaredIn(root)
    const both = shared(planned, names)
    const score = both / (planned.size + names.size - both || 1)
    if (score < 0.5 || score < (best?.score ?? 0)) continue
    isTie = score === best?.score
    best = { root, score }
  }
  return isTie ? undefined : best?.root
}

function shared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let count = 0
  for (const name of a) if (b.has(name)) count++
  return count
}

/** Addresses of resources of a root module, and its calls as `module.NAME`, from its files alone. */
function declarations(tree: Tree, root: string): ReadonlySet<string> {
  const names = new Set<string>()
  for (const name of folderIndex(tree).filesOf(root)) {
    if (!isConfigurationFile(name)) continue
    const read = tree.read(root === '.' ? name : `${root}/${name}`)
    if (!read.ok) continue
    for (const { type, labels } of parseFile(read.source).body.blocks) {
      if (type === 'resource') names.add(labels.join('.'))
      else if (type === 'data' || type === 'module') names.add(`${type}.${labels.join('.')}`)
    }
  }
  return names
}

/** The same as {@link declarations}, as the plan has them. */
function plannedNames({ configuration, resources }: PlanFile): ReadonlySet<string> {
  const names = new Set<string>()
  for (const resource of configuration?.resources ?? [])
    if (typeof resource?.address === 'string') names.add(resource.address)
  for (const name of Object.keys(configuration?.module_calls ?? {})) names.add(`module.${name}`)
  if (names.size > 0) return names
  for (const { module, mode, type, name } of resources) {
    const call = /^module\.[\w-]+/.exec(module)
    names.add(call === null ? `${mode === 'data' ? 'data.' : ''}${type}.${name}` : call[0])
  }
  return names
}

function requestsOf(
  tree: Tree,
  root: string,
  environments: readonly Environment[],
  plans: readonly Plan[],
  problems: Problem[],
): readonly UnitRequest[] {
  const base = { kind: 'terraform', path: root } as const
  if (environments.length === 0) {
    const [only] = plans
    if (only === undefined) return [{ ...base, inputs: [] }]
    if (plans.length === 1) return [{ ...base, inputs: [], plan: only.path }]
    // Several plans of one root module are those of several environments, whose variables are not in the tree.
    return plans.map(({ path }) => ({ ...base, inputs: [], environment: environmentOf(path), plan: path }))
  }
  const unused = new Set(plans)
  const requests = environments.map(({ name, inputs }): UnitRequest => {
    const request = { ...base, inputs, environment: name }
    const plan = planFor(
      name,
      plans.filter((candidate) => fits(tree, request, candidate)),
    )
    if (plan === undefined) return request
    unused.delete(plan)
    return { ...request, plan: plan.path }
  })
  for (const { path } of unused) {
    const message = `the plan is that of none of the environments of ${root}: its variables have other values, or several plans fit one environment`
    problems.push({ code: 'not-followed', message, at: { file: path } })
  }
  return requests
}

function environmentOf(path: string): string {
  const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.json$/, '')
  return stem.replace(/[._-]?(?:tf)?plan[._-]?/i, '') || stem
}

function planFor(environment: string, fitting: readonly Plan[]): Plan | undefined {
  if (fitting.length < 2) return fitting[0]
  const named = fitting.filter(({ path }) => path.toLowerCase().includes(environment.toLowerCase()))
  return named.length === 1 ? named[0] : undefined
}

/** Whether the plan was made with the values that the variable files of an environment give. */
function fits(tree: Tree, request: UnitRequest, { file }: Plan): boolean {
  const budget = new Budget()
  for (const path of [...automaticFiles(folderIndex(tree), request.path), ...request.inputs]) {
    const read = tree.read(path)
    if (!read.ok) continue
    for (const attribute of parseFile(read.source).body.attributes) {
      if (!file.variables.has(attribute.name) || isOverridden(tree, request, path, attribute.name)) continue
      try {
        const val = toAssignment(attribute, budget).evaluate()
        if (!agrees(val, { value: file.variables.get(attribute.name), unknown: undefined })) return false
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure
      }
    }
  }
  return true
}

/** Whether a file that is read later gives the variable too. */
function isOverridden(tree: Tree, request: UnitRequest, path: string, name: string): boolean {
  const all = [...automaticFiles(folderIndex(tree), request.path), ...request.inputs]
  return all.slice(all.indexOf(path) + 1).some((later) => {
    const read = tree.read(later)
    return read.ok && parseFile(read.source).body.attributes.some((attribute) => attribute.name === name)
  })
}
