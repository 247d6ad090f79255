import { get, stringOf, type Value } from '../../base/value.ts'
import type { Tree } from '../../source/tree.ts'
import { parseJsonFile } from '../template/json-file.ts'

/** A module of a registry, as it is named however a file writes it. */
export interface ModuleReference {
  /** `br/public:avm/res/network/nat-gateway`, `br:example.azurecr.io/net/hub`, `ts:…`: aliases resolved, without version. */
  readonly reference: string
  /** A version or a digest; null where none is written. */
  readonly version: string | null
}

/** The registry behind the alias `public`, which needs no configuration.
 *  Source: learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-config-modules#aliases-for-modules */
const PUBLIC_REGISTRY = 'br:mcr.microsoft.com/bicep/'

/** What `br:registry/path:version`, `br/alias:path:version` or their `ts` twins name, seen from a file. */
export function toModuleReference(path: string, fromFile: string, tree: Tree): ModuleReference {
  const { reference, version } = splitVersion(path)
  const alias = /^(br|ts)\/([^:]*):(.*)$/s.exec(reference)
  const full = alias === null ? reference : resolveAlias(alias[1]!, alias[2]!, alias[3]!, fromFile, tree)
  const isPublic = full?.toLowerCase().startsWith(PUBLIC_REGISTRY) === true
  return { reference: isPublic ? `br/public:${full!.slice(PUBLIC_REGISTRY.length)}` : (full ?? reference), version }
}

function splitVersion(path: string): ModuleReference {
  const digest = path.indexOf('@')
  if (digest > 0) return { reference: path.slice(0, digest), version: path.slice(digest + 1) }
  const first = path.indexOf(':')
  const last = path.lastIndexOf(':')
  // `br:localhost:5000/x` has a port, and no version behind its last slash.
  if (last <= first || path.indexOf('/', last) >= 0) return { reference: path, version: null }
  return { reference: path.slice(0, last), version: path.slice(last + 1) }
}

/** The reference without its alias, by the nearest `bicepconfig.json` above the file; undefined for an alias that it does not know. */
function resolveAlias(scheme: string, alias: string, rest: string, fromFile: string, tree: Tree): string | undefined {
  const known = get(get(get(nearestConfig(fromFile, tree), 'moduleAliases'), scheme), alias)
  if (scheme === 'br') {
    const registry = stringOf(get(known, 'registry'))
    const folder = stringOf(get(known, 'modulePath'))
    return registry === undefined
      ? undefined
      : `br:${[registry, folder, rest].filter((part) => part !== undefined).join('/')}`
  }
  const subscription = stringOf(get(known, 'subscription'))
  const group = stringOf(get(known, 'resourceGroup'))
  return subscription === undefined || group === undefined ? undefined : `ts:${subscription}/${group}/${rest}`
}

function nearestConfig(fromFile: string, tree: Tree): Value | undefined {
  const folders = fromFile.split('/').slice(0, -1)
  for (;;) {
    const path = [...folders, 'bicepconfig.json'].join('/')
    if (tree.entry(path) !== undefined) {
      const read = tree.read(path)
      return read.ok ? parseJsonFile(read.source).values[0] : undefined
    }
    if (folders.pop() === undefined) return undefined
  }
}
