import { dig, get, itemsOf, stringOf, type Value } from '../base/value.ts'
import { isCloudUnit, type RenderedUnit, type Resource } from '../parse/resource.ts'

/**
 * What Azure code says of the clusters that it makes, by each folder above it: their names, and with a slash before them the folders
 * of manifests that it has them apply.
 */
export type ClusterNames = ReadonlyMap<string, ReadonlySet<string>>

/** The resources of a unit that stand at a path. */
interface ClusterPart {
  readonly path: string
  readonly unit: RenderedUnit
  readonly resources: readonly Resource[]
}

/** Reads the names from the parts of infrastructure code. */
export function clusterNames(parts: Iterable<ClusterPart>): ClusterNames {
  const names = new Map<string, Set<string>>()
  const seen = new Set<RenderedUnit>()
  const telling = new Map<string, boolean>()
  const mayTell = ({ kind }: Resource): boolean => {
    const known = telling.get(kind) ?? TELLING.test(kind)
    telling.set(kind, known)
    return known
  }
  for (const { path, unit, resources } of parts) {
    // A unit that is equal in base and head is the identical one.
    if (!isCloudUnit(unit.unit) || seen.has(unit)) continue
    seen.add(unit)
    const found = resources.filter(mayTell).flatMap(namesOfCluster)
    if (found.length === 0) continue
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const place = path.slice(0, end)
      const known = names.get(place)
      if (known === undefined) names.set(place, new Set(found))
      else for (const name of found) known.add(name)
    }
  }
  return names
}

const TELLING =
  /^(?:azapi_resource|azurerm_kubernetes_(?:cluster|flux_configuration)|microsoft\.containerservice\/managedclusters|microsoft\.kubernetesconfiguration\/fluxconfigurations)(?:@|$)/i

/** Of the kinds that tell; values of others are not read: most resources of a state that does not differ are never evaluated. */
function namesOfCluster(resource: Resource): readonly string[] {
  const { kind } = resource
  const type = (kind === 'azapi_resource' ? (stringOf(get(resource.value, 'type')) ?? '') : kind)
    .toLowerCase()
    .split('@', 1)[0]
  if (type === 'azurerm_kubernetes_cluster' || type === 'microsoft.containerservice/managedclusters') {
    const name = stringOf(get(resource.value, 'name'))
    return name === undefined ? [] : [name.toLowerCase()]
  }
  const applied =
    type === 'azurerm_kubernetes_flux_configuration'
      ? itemsOf(get(resource.value, 'kustomizations'))
      : type === 'microsoft.kubernetesconfiguration/fluxconfigurations'
        ? valuesOf(
            dig(resource.value, 'properties', 'kustomizations') ??
              dig(resource.value, 'body', 'properties', 'kustomizations'),
          )
        : []
  return applied.flatMap((item) => foldersTo(stringOf(get(item, 'path')) ?? ''))
}

function valuesOf(map: Value | undefined): readonly Value[] {
  return map?.kind === 'map' ? [...map.entries.values()].map(({ value }) => value) : []
}

/** `/clusters/a` and `/clusters` of `./clusters/a`. */
function foldersTo(path: string): readonly string[] {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  return segments.map((_, index) => `/${segments.slice(0, index + 1).join('/')}`)
}
