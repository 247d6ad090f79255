import type { Problem } from '../base/problem.ts'
import type { Tree } from '../source/tree.ts'
import type { RenderedUnit, UnitKind } from './resource.ts'

/** One reader of units. All front ends have this shape; `units.ts` asks each in turn. */
export interface FrontEnd {
  /**
   * Finds this front end's units by paths, and by as little content as decides it. Files in `files` belong to it: the
   * Kubernetes reader, which is asked last, leaves them alone (chart templates, values files, ARM templates, tfvars …).
   */
  find(tree: Tree): FrontEndClaim
  /** Renders one unit. Never throws for what the tree holds. */
  render(tree: Tree, request: UnitRequest, cache: ParseCache): RenderedUnit
  /** A unit that starts at a path which {@link FrontEnd.find} gives no unit: a module, a generated template. Asked for by `--unit` only. */
  adopt?(tree: Tree, path: string): UnitRequest | undefined
}

export interface FrontEndClaim {
  readonly units: readonly UnitRequest[]
  readonly files: ReadonlySet<string>
  readonly problems: readonly Problem[]
}

/** A unit to render, and with what. */
export interface UnitRequest {
  readonly kind: UnitKind
  /** Folder or entry file, relative to the tree; `.` for the tree's root. */
  readonly path: string
  /** Values, tfvars or parameter files, relative to the tree, in the order in which later ones win. */
  readonly inputs: readonly string[]
  /** Name of this choice of inputs, where there are several. */
  readonly environment?: string
  /** The plan of the same root module that knows what its configuration does not, relative to the tree. */
  readonly plan?: string
  /** The Terraform workspace that is selected, where somebody says it. */
  readonly workspace?: string
  readonly release?: string
  readonly namespace?: string
  readonly kubeVersion?: string
}

/**
 * Remembers what was made of a file for the length of one run, base and head together.
 *
 * The key is what the result depends on: path and blob id for the parse of one file.
 */
export class ParseCache {
  readonly #made = new Map<string, unknown>()
  /** Longest text of a file that is parsed, in UTF-16 units; undefined where the reader's own limit holds. */
  readonly maxFileLength: number | undefined

  constructor(options: { readonly maxFileLength?: number | undefined } = {}) {
    this.maxFileLength = options.maxFileLength
  }

  /** The remembered value under `kind`, `path` and blob `id`, made on the first call. */
  parsed<T>(kind: string, path: string, id: string, make: () => T): T {
    const key = `${kind}\0${path}\0${id}`
    const made = this.#made.get(key)
    if (made !== undefined) return made as T
    const fresh = make()
    this.#made.set(key, fresh)
    return fresh
  }
}
