import { joinPath, type ModuleFiles } from './module-files.ts'

/**
 * Folders of modules that `init` fetched and somebody committed, by the path of their calls (`net.subnets`), from
 * `.terraform/modules/modules.json` of the root module. Empty where there is none.
 */
export function readVendored(files: ModuleFiles, root: string): ReadonlyMap<string, string> {
  const vendored = new Map<string, string>()
  const path = joinPath(root, '.terraform/modules/modules.json')!
  if (!files.has(path)) return vendored
  const read = files.read(path)
  if (!read.ok) return vendored
  let manifest: unknown
  try {
    manifest = JSON.parse(read.source.text)
  } catch {
    // A manifest that is not JSON names nothing; the calls are reported as not followed.
    return vendored
  }
  const modules = (manifest as { Modules?: unknown } | null)?.Modules
  if (!Array.isArray(modules)) return vendored
  for (const entry of modules as { Key?: unknown; Dir?: unknown }[]) {
    if (typeof entry?.Key !== 'string' || typeof entry.Dir !== 'string' || entry.Key === '') continue
    const folder = joinPath(root, entry.Dir)
    if (folder !== undefined) vendored.set(entry.Key, folder)
  }
  return vendored
}
