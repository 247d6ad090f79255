import type { Origin } from '../../base/origin.ts'
import type { Budget } from './budget.ts'
import type { ModuleConfig } from './module-config.ts'
import type { ModuleFiles } from './module-files.ts'
import type { Assignments, ModuleInstance, ModulePlace } from './module-instance.ts'
import type { PlannedRoot } from './planned-root.ts'
import type { Scope } from './scope.ts'
import type { Val } from './val.ts'

/** What all modules of one rendering share. */
export interface Evaluation {
  /** Folder of the root module: file functions and `path.module` start there. */
  readonly rootFolder: string
  readonly budget: Budget
  readonly files: ModuleFiles
  readonly call: Scope['call']
  /** `terraform.workspace`, for a place that uses it. */
  readonly workspace: (place: Origin) => Val
  /** What a plan of the same root module knows, where the tree has one. */
  readonly planned: PlannedRoot | undefined
  /** The module of a folder, or undefined where there is none. */
  readonly module: (folder: string) => ModuleConfig | undefined
  /** Folders of modules that `init` fetched and somebody committed, by the path of their calls. */
  readonly vendored: ReadonlyMap<string, string>
  readonly instantiate: (config: ModuleConfig, place: ModulePlace, assignments: Assignments) => ModuleInstance
  /** A resource of the root's tree that a data source asks for, if it is there. */
  readonly findManaged: (
    type: string,
    wanted: ReadonlyMap<string, string>,
  ) => { readonly address: string; readonly attribute: (name: string) => Val } | undefined
}
