import { folderOf } from '../../base/path.ts'
import { type Problem, problemPlace } from '../../base/problem.ts'
import type { Tree } from '../../source/tree.ts'
import type { FrontEnd, FrontEndClaim, ParseCache, UnitRequest } from '../front-end.ts'
import type { RenderedUnit, Resource } from '../resource.ts'
import { isNetworkKind } from './kinds.ts'
import { type Layout, layoutOf } from './layout.ts'
import { type Manifest, readManifest } from './read-manifest.ts'
import { mayHoldManifests } from './recognise.ts'

/**
 * Plain Kubernetes manifests, YAML and JSON: each folder that holds some directly is a unit. Asked last, so what other front
 * ends claim is not seen. Charts and kustomizations that nobody else claimed become incomplete units with the reason.
 */
export const kubernetes: FrontEnd = {
  find(tree: Tree): FrontEndClaim {
    const layout = layoutOf(tree)
    const units: UnitRequest[] = []
    const files = new Set<string>()
    const take = (request: UnitRequest) => {
      units.push(request)
      for (const file of request.inputs) files.add(file)
    }
    for (const [path, { kind, files: inputs }] of layout.unrendered) take({ kind, path, inputs })
    for (const [path, inputs] of layout.folders) take({ kind: 'manifests', path, inputs })
    return { units, files, problems: [] }
  },

  render(tree: Tree, request: UnitRequest, cache: ParseCache): RenderedUnit {
    const layout = layoutOf(tree)
    if (request.kind !== 'manifests') return renderNothing(request, layout)
    const files = request.inputs.length > 0 ? request.inputs : filesBelow(tree, request.path)
    const ids = files.map((file) => tree.entry(file)?.id ?? '')
    // An unchanged folder gives the identical unit in base and head.
    return cache.parsed(`manifests ${layout.flux} ${files.join('\0')}`, request.path, ids.join(' '), () =>
      renderFolder(tree, request.path, files, layout.flux, cache),
    )
  },
}

/** The folders that were rendered, and whether Flux builds them. */
const folders = new WeakMap<RenderedUnit, { readonly flux: boolean }>()

/**
 * A folder of manifests with one of its files as another tree has it. Undefined where the file does not hold the same objects of the
 * network's kinds, in the same order and without a problem: then other files may mean something else.
 */
export function withEditedFile(
  rendered: RenderedUnit,
  tree: Tree,
  file: string,
  cache: ParseCache,
): RenderedUnit | undefined {
  const folder = folders.get(rendered)
  if (folder === undefined) return undefined
  const isOwn = ({ origin }: Resource): boolean => origin.source.path === file
  const before = rendered.resources.filter(isOwn)
  const { resources: after, problems } = manifestOf(tree, file, folder.flux, cache)
  const isSame =
    problems.length === 0 &&
    !rendered.problems.some((problem) => problemPlace(problem).file === file) &&
    before.length === after.length &&
    before.every(
      ({ address, kind }, i) => isNetworkKind(kind) && address === after[i]!.address && kind === after[i]!.kind,
    )
  if (!isSame) return undefined
  const start = rendered.resources.findIndex(isOwn)
  const resources = rendered.resources.toSpliced(start, before.length, ...after)
  const edited = { ...rendered, resources }
  folders.set(edited, folder)
  return edited
}

function renderFolder(
  tree: Tree,
  path: string,
  files: readonly string[],
  flux: boolean,
  cache: ParseCache,
): RenderedUnit {
  const resources: Resource[] = []
  const problems: Problem[] = []
  const used: string[] = []
  for (const file of files) {
    const manifest = manifestOf(tree, file, flux, cache)
    if (manifest.resources.length === 0 && manifest.problems.length === 0) continue
    used.push(file)
    for (const resource of manifest.resources) resources.push(resource)
    problems.push(...manifest.problems)
  }
  const incomplete = problems.some(({ code }) => code !== 'duplicate-key')
  const unit = { kind: 'manifests' as const, path, files: used }
  const rendered = incomplete ? { unit, resources, problems, incomplete } : { unit, resources, problems }
  folders.set(rendered, { flux })
  return rendered
}

function manifestOf(tree: Tree, file: string, flux: boolean, cache: ParseCache): Manifest {
  const read = tree.read(file)
  if (!read.ok) {
    if (read.reason === 'absent' || read.reason === 'binary') return { resources: [], problems: [] }
    const code =
      read.reason === 'too-large'
        ? 'too-large'
        : read.reason === 'symlink' || read.reason === 'submodule'
          ? 'not-followed'
          : 'not-readable'
    return { resources: [], problems: [{ code, message: read.message, at: { file } }] }
  }
  const id = tree.entry(file)?.id ?? ''
  return cache.parsed(flux ? 'manifest built by Flux' : 'manifest', file, id, () =>
    readManifest(read.source, { flux, maxLength: cache.maxFileLength }),
  )
}

function renderNothing(request: UnitRequest, layout: Layout): RenderedUnit {
  const { kind, path, inputs } = request
  const known = layout.unrendered.get(path)
  const message = known?.message ?? `the ${kind} unit was not rendered`
  const files = known?.files ?? inputs
  const file = files.find((name) => folderOf(name) === path && ROOT_FILE.test(name)) ?? path
  return {
    unit: { kind, path, files },
    resources: [],
    problems: [{ code: 'not-rendered', message, at: { file } }],
    incomplete: true,
  }
}

const ROOT_FILE = /(?:^|\/)(?:Chart\.yaml|[Kk]ustomization(?:\.ya?ml)?)$/

/** What a unit of one's own choice reads: the file itself, or every file below the folder. */
function filesBelow(tree: Tree, path: string): readonly string[] {
  if (tree.entry(path)?.kind === 'file') return [path]
  const prefix = path === '.' ? '' : `${path}/`
  return tree.entries
    .filter((entry) => entry.kind === 'file' && entry.path.startsWith(prefix) && mayHoldManifests(entry.path))
    .map((entry) => entry.path)
}
