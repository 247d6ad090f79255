import type { Origin } from '../../base/origin.ts'
import type { UnitRequest } from '../front-end.ts'
import { makeString } from './make-val.ts'
import { argument, type ModuleConfig } from './module-config.ts'
import { joinPath, type ModuleFiles } from './module-files.ts'
import { STRING } from './type.ts'
import type { Val } from './val.ts'

/** A workspace that is known, and what tells it. */
export interface NamedWorkspace {
  readonly name: string
  /** Absent where the caller says it. */
  readonly origin?: Origin
}

/**
 * The workspace that a root module is planned in: where the caller says it, where the root module is bound to one, and where somebody
 * committed which one is selected. Else it is not known, because every root module may have any number of them.
 */
export function findWorkspace(
  request: UnitRequest,
  root: ModuleConfig,
  files: ModuleFiles,
): NamedWorkspace | undefined {
  if (request.workspace !== undefined) return { name: request.workspace }
  return boundWorkspace(root) ?? selectedWorkspace(files, request.path)
}

/** The value of `terraform.workspace` at a place that uses it. */
export function workspaceAt(place: Origin, known: NamedWorkspace | undefined): Val {
  if (known !== undefined)
    return makeString(known.name, known.origin === undefined ? place : { ...place, from: known.origin })
  return {
    kind: 'unknown',
    type: STRING,
    reason: 'deployment-context',
    detail: 'terraform.workspace depends on which workspace is selected',
    origin: place,
    notNull: true,
  }
}

/** `cloud { workspaces { name = "…" } }`. Source: developer.hashicorp.com/terraform/language/terraform#workspaces */
function boundWorkspace({ settings }: ModuleConfig): NamedWorkspace | undefined {
  for (const block of settings) {
    for (const cloud of block.body.blocks.filter(({ type }) => type === 'cloud')) {
      for (const workspaces of cloud.body.blocks.filter(({ type }) => type === 'workspaces')) {
        const name = argument(workspaces.body, 'name')
        if (name?.expression.kind !== 'literal' || typeof name.expression.value !== 'string') continue
        const { start, end, value } = name.expression
        return { name: value, origin: { source: name.source, start, end } }
      }
    }
  }
  return undefined
}

/** What `terraform workspace select` writes. Source: developer.hashicorp.com/terraform/cli/workspaces#workspace-internals */
function selectedWorkspace(files: ModuleFiles, folder: string): NamedWorkspace | undefined {
  const path = joinPath(folder, '.terraform/environment')!
  if (!files.has(path)) return undefined
  const read = files.read(path)
  const name = read.ok ? read.source.text.trim() : ''
  return read.ok && name !== ''
    ? { name, origin: { source: read.source, start: 0, end: read.source.text.length } }
    : undefined
}
