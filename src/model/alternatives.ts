import { byCodeUnit, byKey } from '../base/order.ts'

/** One thing that is in a state as a whole or not at all: a file of manifests, or a rendered unit. */
export interface Part {
  /** Where it stands in the tree, folder by folder; parts with equal segments are one. */
  readonly segments: readonly string[]
  /**
   * What it defines, as far as two definitions contradict each other: things of which equal ones are one and the same. In each tree
   * apart, so that a move is no contradiction.
   */
  readonly defines: ReadonlySet<unknown>
}

/** A folder with children of which only some can live together. */
export interface Fork {
  /** Path of the folder; empty for the tree's root. */
  readonly path: string
  /** At least two. Children in no group belong to every state. */
  readonly groups: readonly ForkSide[]
}

/** Children of a folder that live together. */
export interface ForkSide {
  /** That of the child which defines most, without a file's extension. */
  readonly name: string
  readonly children: ReadonlySet<string>
}

/**
 * Finds the folders at which a tree splits into alternatives: two children that define the same objects are never in one state.
 *
 * Children that share little (a redis that two teams happen to call the same) stay together, since applying both is what
 * happens there, unless they are named like environments. The deepest forks come first. O(definitions × depth × groups), and at most {@link MAX_GROUPS} groups a folder.
 */
export function findForks(parts: readonly Part[]): readonly Fork[] {
  const root = new Folder('', '')
  for (const part of parts) root.add(part, 0)
  const forks: Fork[] = []
  const open = [root]
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    if (folder.children.size === 0) continue
    const groups = groupChildren(folder)
    if (groups.length > 1) forks.push({ path: folder.path, groups: groups.map(toSide) })
    for (const child of folder.children.values()) open.push(child)
  }
  return forks.sort((a, b) => depthOf(b) - depthOf(a) || byCodeUnit(a.path, b.path))
}

function depthOf({ path }: Fork): number {
  return path === '' ? 0 : path.split('/').length
}

/** The environment that a folder or file is named after (`prod`, `values-dev`, `staging-eu`), if it is. */
export function environmentOf(name: string): string | undefined {
  return stemOf(name)
    .toLowerCase()
    .split(/[-_.]/)
    .map((word) => word.replace(/\d+$/, ''))
    .find((word) => ENVIRONMENTS.has(word))
}

/** A file's name without its extension, so that `dev.yaml` and `dev/` are the same choice. */
export function stemOf(name: string): string {
  return name.replace(/\.(?:ya?ml|json)$/, '')
}

const ENVIRONMENTS = new Set(
  'dev development int integration test testing tst qa uat stage staging stg preprod nonprod prod production prd live sandbox sbx preview canary'.split(
    ' ',
  ),
)

/** Of one folder. A folder with more alternatives is a collection of examples, and the rest of it is left in one group. */
const MAX_GROUPS = 256

/** A folder, a file or a unit, with what all below it defines. */
class Folder {
  readonly path: string
  readonly name: string
  readonly children = new Map<string, Folder>()
  readonly defines = new Set<unknown>()

  constructor(path: string, name: string) {
    this.path = path
    this.name = name
  }

  add(part: Part, depth: number): void {
    for (const name of part.defines) this.defines.add(name)
    const segment = part.segments[depth]
    if (segment === undefined) return
    let child = this.children.get(segment)
    if (child === undefined) {
      child = new Folder(this.path === '' ? segment : `${this.path}/${segment}`, segment)
      this.children.set(segment, child)
    }
    child.add(part, depth + 1)
  }
}

interface Group {
  readonly members: readonly Folder[]
  /** Members by what they define. */
  readonly definers: ReadonlyMap<unknown, readonly Folder[]>
}

function groupChildren(folder: Folder): readonly Group[] {
  const contested = contestedChildren(folder)
  const groups: { readonly members: Folder[]; readonly definers: Map<unknown, Folder[]> }[] = []
  for (const child of contested) {
    let group = groups.length >= MAX_GROUPS ? groups.at(-1) : groups.find((one) => !excludes(one, child))
    if (group === undefined) {
      group = { members: [], definers: new Map() }
      groups.push(group)
    }
    group.members.push(child)
    for (const definition of child.defines) {
      const definers = group.definers.get(definition)
      if (definers === undefined) group.definers.set(definition, [child])
      else definers.push(child)
    }
  }
  if (groups.length < 2) return []
  // A child that contradicts no other group only shares a little with its neighbours: it belongs to all states.
  const bound = groups.map(({ definers, members }) => ({
    definers,
    members: members.filter((child) =>
      groups.some((other) => other.members[0] !== members[0] && excludes(other, child)),
    ),
  }))
  const left = bound.filter(({ members }) => members.length > 0)
  if (contested.length <= MAX_JOINED || contested.length > MAX_GROUPS || contradictThroughout(left)) return left
  return left.flatMap(({ definers, members }) => members.map((child) => ({ members: [child], definers })))
}

/**
 * Children of this many that contradict each other here and there still make sets that live together (a chart's parts against
 * its all-in-one file). Among more they are a collection of examples that have nothing to do with each other.
 */
const MAX_JOINED = 8

/** Whether every child contradicts every group but its own: then the groups are whole variants of each other. */
function contradictThroughout(groups: readonly Group[]): boolean {
  return groups.every((group) =>
    group.members.every((child) => groups.every((other) => other === group || excludes(other, child))),
  )
}

function toSide({ members }: Group): ForkSide {
  const main = members.reduce((a, b) => (b.defines.size > a.defines.size ? b : a))
  return { name: stemOf(main.name), children: new Set(members.map(({ name }) => name)) }
}

/** Children that define something that another child defines too, by name. */
function contestedChildren(folder: Folder): readonly Folder[] {
  const first = new Map<unknown, Folder>()
  const contested = new Set<Folder>()
  for (const child of folder.children.values()) {
    for (const definition of child.defines) {
      const other = first.get(definition)
      if (other === undefined) first.set(definition, child)
      else contested.add(child).add(other)
    }
  }
  return [...contested].sort(byKey(({ name }) => name))
}

/** Whether a child cannot live together with a group. */
function excludes(group: Group, child: Folder): boolean {
  const missing = new Map<Folder, number>()
  for (const definition of child.defines) {
    for (const member of group.definers.get(definition) ?? []) {
      if (member === child) continue
      const left = missing.get(member) ?? leastInCommon(child, member)
      if (left <= 1) return true
      missing.set(member, left - 1)
    }
  }
  return false
}

/** How many equal definitions make two children two variants of the same thing. */
function leastInCommon(a: Folder, b: Folder): number {
  if (environmentOf(a.name) !== undefined && environmentOf(b.name) !== undefined) return 1
  const smaller = Math.min(a.defines.size, b.defines.size)
  // Two files of one folder are applied together unless one is a whole variant of the other.
  const areFiles = a.children.size === 0 && b.children.size === 0
  return areFiles ? Math.max(2, Math.ceil(smaller / 2)) : Math.ceil(smaller / 4)
}
