import type { Value } from '../../base/value.ts'
import type { ArmResource } from './arm-resource.ts'
import { identityText } from './text.ts'

/** The resources of a template by what expressions call them. */
export type ArmIndex = ReadonlyMap<string, ArmResource>

/** The resource that a symbol, a name or an id stands for. */
export function findResource(key: Value, index: ArmIndex): ArmResource | undefined {
  const text = identityText(key)?.toLowerCase()
  return text === undefined ? undefined : (index.get(text) ?? index.get(belowProviders(text)))
}

/** Resources by symbol, by id without scope, and by their name where no other has it. */
export function indexResources(resources: readonly ArmResource[]): ArmIndex {
  const byName = new Map<string, ArmResource>()
  const short = new Map<string, ArmResource | undefined>()
  for (const resource of resources) {
    const id = identityText(resource.id(resource.json.origin))
    if (id !== undefined) {
      const relative = belowProviders(id.toLowerCase())
      if (!byName.has(relative)) byName.set(relative, resource)
    }
    const name = identityText(resource.fullName())?.toLowerCase()
    if (name !== undefined) short.set(name, short.has(name) ? undefined : resource)
  }
  for (const [name, resource] of short) if (resource !== undefined && !byName.has(name)) byName.set(name, resource)
  for (const resource of resources)
    if (resource.symbol !== undefined) byName.set(resource.symbol.toLowerCase(), resource)
  return byName
}

/** An id, in lower case, without its scope. */
function belowProviders(id: string): string {
  const at = id.indexOf(PROVIDERS)
  return at < 0 ? id : id.slice(at + PROVIDERS.length)
}

const PROVIDERS = '/providers/'
