import { byCodeUnit } from '../../base/order.ts'
import type { UnitRequest } from '../front-end.ts'
import type { UnitKind } from '../resource.ts'

/** A template that parameter files may belong to. */
export interface Entry {
  readonly path: string
  /** Names of its parameters, in lower case. */
  readonly declared: ReadonlySet<string>
  /** Those without which it cannot be deployed. */
  readonly required: readonly string[]
}

/** A parameter file that does not say which template it is for. */
export interface LooseParameters {
  readonly path: string
  readonly names: readonly string[]
}

/**
 * The template that a parameter file is for: one that declares all its parameters and needs no others, of those the one that
 * its name says (`main.prod.parameters.json` for `main.bicep`), then the nearest; else one that its name says and that declares all of
 * them, where the rest is given at the deployment. Undefined where several are as near.
 */
export function templateOf(file: LooseParameters, entries: readonly Entry[]): Entry | undefined {
  return (
    nearestFit(file, entries) ??
    nearestFit(
      file,
      entries.filter(({ path }) => isNamedAfter(file.path, path)).map((entry) => ({ ...entry, required: [] })),
    )
  )
}

function nearestFit(file: LooseParameters, entries: readonly Entry[]): Entry | undefined {
  const names = new Set(file.names.map((name) => name.toLowerCase()))
  if (names.size === 0) return undefined
  let best: { readonly entry: Entry; readonly score: number } | undefined
  let isTie = false
  for (const entry of entries) {
    const score = distance(file.path, entry.path)
    if (score >= TOO_FAR || (best !== undefined && score > best.score)) continue
    const fits =
      entry.required.every((name) => names.has(name.toLowerCase())) &&
      [...names].every((name) => entry.declared.has(name))
    if (!fits) continue
    isTie = best?.score === score
    best = { entry, score }
  }
  return isTie ? undefined : best?.entry
}

/** Files of other subtrees say nothing of a template. */
const TOO_FAR = 1000

/** Names as they are compared: case is ignored. */
export function lowerCased(names: Iterable<string>): ReadonlySet<string> {
  const lower = new Set<string>()
  for (const name of names) lower.add(name.toLowerCase())
  return lower
}

/** Steps between the folders, doubled, less one where the name of the file begins with that of the template. */
function distance(file: string, entry: string): number {
  // Where the folders part, counted from the front: nothing is split, since each file is held against each template.
  let shared = 0
  for (let i = 0; i < file.length && file[i] === entry[i]; i++) if (file[i] === '/') shared = i + 1
  const up = countFolders(entry, shared)
  if (up > 1) return TOO_FAR
  const down = countFolders(file, shared)
  const named = isNamedAfter(file, entry) ? 0 : 1
  // A folder of parameters lies below or beside the template, not in another part of the tree.
  return 2 * (up + down) + named
}

function isNamedAfter(file: string, entry: string): boolean {
  return stemOf(file).startsWith(`${stemOf(entry)}.`)
}

/** Folders of a path behind an offset. */
function countFolders(path: string, from: number): number {
  let count = 0
  for (let at = path.indexOf('/', from); at !== -1; at = path.indexOf('/', at + 1)) count++
  return count
}

function stemOf(path: string): string {
  return baseOf(path).toLowerCase()
}

/** The name of a file without its folder and extension. */
function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.(?:bicep|bicepparam|jsonc?)$/i, '')
}

/** One request for each parameter file, or one without; environments are named after what tells the files apart. */
export function toRequests(kind: UnitKind, entry: string, files: readonly string[]): readonly UnitRequest[] {
  if (files.length === 0) return [{ kind, path: entry, inputs: [] }]
  const sorted = [...files].sort(byCodeUnit)
  const names = sorted.map((file) => environmentName(file, entry))
  return sorted.map((file, i) => {
    const name = names[i]!
    const isUnique = name !== '' && names.indexOf(name) === names.lastIndexOf(name)
    return { kind, path: entry, inputs: [file], environment: isUnique ? name : file }
  })
}

/** What a parameter file's name says besides the template's: `prod` of `main.prod.parameters.json` or `prod/main.bicepparam`. */
function environmentName(file: string, entry: string): string {
  const stem = stemOf(entry)
  const words = baseOf(file)
    .split('.')
    .filter((word) => !/^param(?:eter)?s?$/i.test(word))
  if (words[0]?.toLowerCase() === stem) words.shift()
  const own = words.join('.')
  if (own !== '') return own
  const folder = file.split('/').at(-2)
  return folder !== undefined && !entry.startsWith(`${file.slice(0, file.lastIndexOf('/') + 1)}`) ? folder : stem
}
