import { byCodeUnit } from '../../base/order.ts'
import type { Tree } from '../../source/tree.ts'
import type { FrontEndClaim } from '../front-end.ts'
import { findEnvironments } from './environments.ts'
import { joinPlans } from './join-plans.ts'
import { argument } from './module-config.ts'
import { folderIndex, joinPath } from './module-files.ts'
import { isConfigurationFile, isVariableFile, parseFile } from './parse-file.ts'

/** What a folder with configuration says without being evaluated. */
export interface ModuleSummary {
  readonly folder: string
  /** Folders of the local modules that it calls. */
  readonly calls: readonly string[]
  readonly variables: ReadonlySet<string>
}

/** Finds the root modules of a tree: folders with configuration that no other folder calls. */
export function findModules(tree: Tree): FrontEndClaim {
  const { folders } = folderIndex(tree)
  const files = new Set<string>()
  const summaries = new Map<string, ModuleSummary>()
  const wanted: string[] = []
  for (const [folder, names] of folders) {
    const path = (name: string) => (folder === '.' ? name : `${folder}/${name}`)
    for (const name of names) {
      if (isConfigurationFile(name) || isVariableFile(name) || name === '.terraform.lock.hcl') files.add(path(name))
      if (isConfigurationFile(name) && !isFetched(folder)) wanted.push(path(name))
    }
  }
  tree.prefetch(wanted)
  for (const [folder, names] of folders) {
    if (isFetched(folder) || !names.some(isConfigurationFile)) continue
    summaries.set(folder, summarize(tree, folder, names.filter(isConfigurationFile)))
  }
  const roots = rootsOf(summaries)
  const environments = findEnvironments(
    tree,
    roots.map((root) => summaries.get(root)!),
    [...files].filter((path) => isVariableFile(path) && !isFetched(path)),
  )
  const plans = joinPlans(tree, roots)
  const units = roots.flatMap((root) => plans.requestsOf(root, environments.get(root) ?? []))
  for (const path of plans.files) files.add(path)
  return { units, files, problems: plans.problems }
}

/** Folders that `init` fills: not part of what people wrote, and read only through the calls that lead there. */
function isFetched(folder: string): boolean {
  return (
    folder === '.terraform' ||
    folder.startsWith('.terraform/') ||
    folder.includes('/.terraform/') ||
    folder.endsWith('/.terraform')
  )
}

function summarize(tree: Tree, folder: string, names: readonly string[]): ModuleSummary {
  const calls: string[] = []
  const variables = new Set<string>()
  for (const name of names) {
    const read = tree.read(folder === '.' ? name : `${folder}/${name}`)
    if (!read.ok) continue
    for (const block of parseFile(read.source).body.blocks) {
      if (block.type === 'variable' && block.labels[0] !== undefined) variables.add(block.labels[0])
      if (block.type !== 'module') continue
      const source = argument(block.body, 'source')?.expression
      if (source?.kind !== 'literal' || typeof source.value !== 'string' || !/^\.\.?(\/|$)/.test(source.value)) continue
      const target = joinPath(folder, source.value.replace('//', '/'))
      if (target !== undefined && target !== folder) calls.push(target)
    }
  }
  return { folder, calls, variables }
}

/** Folders that nobody calls, and one of each ring of folders that call each other and that nobody else calls. */
function rootsOf(summaries: ReadonlyMap<string, ModuleSummary>): readonly string[] {
  const called = new Set<string>()
  for (const { calls } of summaries.values()) for (const call of calls) called.add(call)
  const roots = [...summaries.keys()].filter((folder) => !called.has(folder)).sort(byCodeUnit)
  const reached = new Set<string>()
  const reach = (start: string) => {
    const pending = [start]
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      if (reached.has(folder)) continue
      reached.add(folder)
      pending.push(...(summaries.get(folder)?.calls ?? []))
    }
  }
  for (const root of roots) reach(root)
  for (const folder of [...summaries.keys()].sort(byCodeUnit)) {
    if (reached.has(folder)) continue
    roots.push(folder)
    reach(folder)
  }
  return roots
}
