import type { Problem } from '../base/problem.ts'
import type { Tree } from '../source/tree.ts'
import { arm } from './arm/index.ts'
import { bicep } from './bicep/index.ts'
import { type FrontEnd, ParseCache, type UnitRequest } from './front-end.ts'
import { kubernetes } from './kubernetes/index.ts'
import { plan } from './plan/index.ts'
import type { RenderedUnit } from './resource.ts'
import { terraform } from './terraform/index.ts'

/** The readers of units, in the order in which they are asked: a file that one claims is not seen by those behind it. */
export const FRONT_ENDS: readonly FrontEnd[] = [
  terraform,
  plan,
  bicep,
  arm,
  // The reader of plain manifests stays last: whatever has `apiVersion` and `kind` and belongs to nobody else is its own.
  kubernetes,
]

export interface ParseOptions {
  readonly frontEnds?: readonly FrontEnd[]
  /** Shared by base and head, so that what is equal in both is parsed once and is the identical object. */
  readonly cache?: ParseCache
  /** Files for which this is false are not seen. */
  readonly only?: (path: string) => boolean
}

export interface ParsedTree {
  /** In a fixed order: by front end, then as it found them. Units that hold nothing and have no problem are left out. */
  readonly units: readonly RenderedUnit[]
  /** Problems that belong to no unit; those of a unit are in it. */
  readonly problems: readonly Problem[]
  /** The units of which nothing was rendered: a change to one of their files could not be judged. They are in `units` too. */
  readonly notRendered: readonly RenderedUnit[]
}

/** Finds the units of a tree and renders each. Never throws for what the tree holds. */
export function parseTree(tree: Tree, options: ParseOptions = {}): ParsedTree {
  const { cache = new ParseCache() } = options
  const units: RenderedUnit[] = []
  const { found, problems } = findUnits(tree, options)
  for (const { frontEnd, seen, requests } of found) {
    for (const request of requests) {
      const rendered = frontEnd.render(seen, request, cache)
      if (rendered.resources.length > 0 || rendered.problems.length > 0 || rendered.incomplete) units.push(rendered)
    }
  }
  return { units, problems, notRendered: units.filter((unit) => unit.incomplete && unit.resources.length === 0) }
}

export interface FoundUnits {
  readonly found: readonly {
    readonly frontEnd: FrontEnd
    /** The tree as this front end sees it: without the files that those before it claimed. */
    readonly seen: Tree
    readonly requests: readonly UnitRequest[]
  }[]
  readonly problems: readonly Problem[]
}

/** Finds the units of a tree without rendering them. */
export function findUnits(tree: Tree, options: Pick<ParseOptions, 'frontEnds' | 'only'> = {}): FoundUnits {
  const { frontEnds = FRONT_ENDS, only } = options
  const problems: Problem[] = []
  const found: FoundUnits['found'][number][] = []
  let seen = only === undefined ? tree : keepFiles(tree, only)
  for (const frontEnd of frontEnds) {
    const claim = frontEnd.find(seen)
    found.push({ frontEnd, seen, requests: claim.units })
    problems.push(...claim.problems)
    if (claim.files.size > 0 && frontEnd !== frontEnds.at(-1)) {
      const { files } = claim
      seen = keepFiles(seen, (path) => !files.has(path))
    }
  }
  return { found, problems }
}

/** The tree without the files for which `keep` is false. */
function keepFiles(tree: Tree, keep: (path: string) => boolean): Tree {
  const entries = tree.entries.filter((entry) => keep(entry.path))
  if (entries.length === tree.entries.length) return tree
  return {
    name: tree.name,
    entries,
    entry: (path) => (keep(path) ? tree.entry(path) : undefined),
    read: (path) =>
      keep(path) ? tree.read(path) : { ok: false, reason: 'absent', message: `${path} is not in the tree` },
    prefetch: (paths) => tree.prefetch(paths),
  }
}
