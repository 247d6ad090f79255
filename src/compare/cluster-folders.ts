import { toPlace } from '../base/origin.ts'
import { dig, get, isAbsent, itemsOf, stringOf, type Value } from '../base/value.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { type AzureObject, read } from '../model/azure/azure-object.ts'
import type { Cluster } from '../model/azure/cluster.ts'
import { at, knownValue } from '../model/azure/prop.ts'
import { groupOf } from '../parse/kubernetes/kinds.ts'
import type { RenderedUnit, Resource } from '../parse/resource.ts'

/** Why manifests of a folder run in a cluster, as text for people: `Flux configuration apps (infra/main.tf:12)`. */
export type Claim = string

/** The folders whose manifests each cluster applies, as far as the tree says. */
export interface ClusterFolders {
  /** Each cluster that claims the path or a folder above it. */
  claimants(path: string): ReadonlyMap<Cluster, Claim>
}

/**
 * Finds what GitOps and folders' names say about where manifests run.
 *
 * A cluster has the folders that are called after it, those of its Flux configurations, and those of the Argo CD applications
 * with it as destination; and what Flux Kustomizations and Argo CD applications there apply to their own cluster, which is
 * followed until nothing new comes. O(objects × depth of folders).
 */
export function findClusterFolders(
  clusters: readonly Cluster[],
  azure: AzureNetwork,
  manifests: readonly RenderedUnit[],
  cloud: readonly RenderedUnit[],
): ClusterFolders {
  const claims = new Map<string, Map<Cluster, Claim>>()
  const claimed: { readonly folder: string; readonly cluster: Cluster }[] = []
  const claim = (folder: string, cluster: Cluster, why: Claim): void => {
    const known = claims.get(folder)
    if (known?.has(cluster)) return
    if (known === undefined) claims.set(folder, new Map([[cluster, why]]))
    else known.set(cluster, why)
    claimed.push({ folder, cluster })
  }
  /** By each folder above the object. */
  const ofOwnCluster = new Map<string, Applied[]>()

  const named = byName(clusters)
  const looked = new Set<string>()
  const called = (path: string): void => {
    if (looked.has(path)) return
    looked.add(path)
    const segments = path.split('/')
    for (const [index, segment] of segments.entries()) {
      const cluster = named.get(segment.toLowerCase())
      if (cluster === undefined) continue
      const folder = segments.slice(0, index + 1).join('/')
      claim(folder, cluster, `folder ${folder}`)
    }
  }
  for (const { unit, resources } of manifests) {
    if (unit.kind !== 'manifests')
      called(unit.environment === undefined ? unit.path : `${unit.path}/${unit.environment}`)
    for (const resource of resources) {
      const { path } = resource.origin.source
      called(path.slice(0, Math.max(0, path.lastIndexOf('/'))))
      for (const applied of appliedBy(resource)) {
        const cluster = applied.destination === undefined ? undefined : clusterAt(applied.destination, clusters)
        if (cluster !== undefined) claim(applied.folder, cluster, applied.why)
        if (applied.destination !== undefined) continue
        for (const folder of foldersAbove(resource.origin.source.path)) {
          const known = ofOwnCluster.get(folder)
          if (known === undefined) ofOwnCluster.set(folder, [applied])
          else known.push(applied)
        }
      }
    }
  }
  for (const { cluster, folder, why } of fluxConfigurations(clusters, azure, cloud)) claim(folder, cluster, why)

  // What a cluster applies may itself say what else it applies: the list grows while it is read.
  for (const { folder, cluster } of claimed) {
    for (const applied of ofOwnCluster.get(folder) ?? []) claim(applied.folder, cluster, applied.why)
  }
  return {
    claimants(path) {
      const found = new Map<Cluster, Claim>()
      for (const folder of [path, ...foldersAbove(path)]) {
        for (const [cluster, why] of claims.get(folder) ?? []) if (!found.has(cluster)) found.set(cluster, why)
      }
      return found
    },
  }
}

/** A folder that a GitOps object applies; no destination: to the cluster that the object itself runs in. */
interface Applied {
  readonly folder: string
  readonly destination: string | undefined
  readonly why: Claim
}

function* appliedBy(resource: Resource): Iterable<Applied> {
  const { kind } = resource
  // Nearly all objects are of other kinds: of these nothing need be read.
  if (kind !== 'Kustomization' && kind !== 'Application' && kind !== 'ApplicationSet') return
  const { value } = resource
  const group = groupOf(stringOf(get(value, 'apiVersion')) ?? '')
  if (kind === 'Kustomization' && group === 'kustomize.toolkit.fluxcd.io') {
    // With a kubeConfig it applies to another cluster, which a Secret names.
    if (!isAbsent(dig(value, 'spec', 'kubeConfig'))) return
    const folder = stringOf(dig(value, 'spec', 'path'))
    if (folder !== undefined) yield applied(folder, undefined, 'Flux Kustomization', resource)
  } else if (group === 'argoproj.io' && kind === 'Application') {
    yield* appliedByArgo(get(value, 'spec'), 'Argo CD Application', resource, (text) => text)
  } else if (group === 'argoproj.io' && kind === 'ApplicationSet') {
    const template = dig(value, 'spec', 'template', 'spec')
    for (const element of listedElements(dig(value, 'spec', 'generators'))) {
      yield* appliedByArgo(template, 'Argo CD ApplicationSet', resource, (text) => fillIn(text, element))
    }
  }
}

function* appliedByArgo(
  spec: Value | undefined,
  kind: string,
  resource: Resource,
  toText: (text: string) => string | undefined,
): Iterable<Applied> {
  const textAt = (...path: readonly string[]): string | undefined => {
    const text = writtenText(dig(spec, ...path))
    return text === undefined ? undefined : toText(text)
  }
  const server = textAt('destination', 'server')
  const destination = textAt('destination', 'name') ?? server
  const isOwn = destination === 'in-cluster' || server === OWN_SERVER
  for (const source of [get(spec, 'source'), ...itemsOf(get(spec, 'sources'))]) {
    const written = writtenText(get(source, 'path'))
    const folder = written === undefined ? undefined : toText(written)
    // An application that does not say where it goes to is in error.
    if (folder === undefined || destination === undefined) continue
    yield applied(folder, isOwn ? undefined : destination, kind, resource)
  }
}

/** The API server as pods of its own cluster call it. */
const OWN_SERVER = 'https://kubernetes.default.svc'

function applied(folder: string, destination: string | undefined, kind: string, resource: Resource): Applied {
  const { file, line } = toPlace(resource.origin)
  const name = stringOf(dig(resource.value, 'metadata', 'name')) ?? ''
  return { folder: normalize(folder), destination, why: `${kind} ${name} (${file}:${line})` }
}

/** The elements of an ApplicationSet's list generators. */
function* listedElements(generators: Value | undefined): Iterable<Value> {
  for (const generator of itemsOf(generators)) yield* itemsOf(dig(generator, 'list', 'elements'))
}

/** A string as it is written: placeholders of a template are for another tool to fill in, and so of unknown value. */
function writtenText(value: Value | undefined): string | undefined {
  if (value?.kind !== 'unknown' || value.reason !== 'substitution') return stringOf(value)
  const { source, start, end } = value.origin
  return source.text.slice(start, end).replace(/^(["'])(.*)\1$/s, '$2')
}

/** Fills `{{cluster}}` and `{{.cluster}}` in; undefined where something else is asked for. */
function fillIn(text: string, element: Value): string | undefined {
  let isWhole = true
  const filled = text.replace(/\{\{\s*\.?([\w-]+)\s*\}\}/g, (_, key: string) => {
    const value = stringOf(get(element, key))
    if (value === undefined) isWhole = false
    return value ?? ''
  })
  return isWhole && !filled.includes('{{') ? filled : undefined
}

/**
 * The cluster of an Argo CD destination: its name, or an API server's URL, whose host starts with the cluster's DNS prefix.
 * Source: learn.microsoft.com/azure/aks/private-clusters, `<dnsPrefix>-<guid>.<…>.azmk8s.io`.
 */
function clusterAt(destination: string, clusters: readonly Cluster[]): Cluster | undefined {
  const host = /^https?:\/\/([^/:]+)/.exec(destination)?.[1]?.toLowerCase()
  if (host === undefined) return byName(clusters).get(destination.toLowerCase())
  if (!host.endsWith('.azmk8s.io')) return undefined
  const label = host.split('.', 1)[0]!.replace(/-[0-9a-z]{8}$/, '')
  const fitting = clusters.filter(({ object }) => {
    const prefix = stringOf(read(object, 'properties.dnsPrefix')) ?? knownValue(object.name)
    return prefix?.toLowerCase() === label
  })
  return fitting.length === 1 ? fitting[0] : undefined
}

/** Clusters by their names in lower case; names that two have are left out. */
function byName(clusters: readonly Cluster[]): ReadonlyMap<string, Cluster> {
  const named = new Map<string, Cluster | undefined>()
  for (const cluster of clusters) {
    const name = knownValue(cluster.object.name)?.toLowerCase()
    if (name !== undefined) named.set(name, named.has(name) ? undefined : cluster)
  }
  return new Map([...named].filter((entry): entry is [string, Cluster] => entry[1] !== undefined))
}

const FLUX_CONFIGURATION = 'microsoft.kubernetesconfiguration/fluxconfigurations'

interface FluxFolder {
  readonly cluster: Cluster
  readonly folder: string
  readonly why: Claim
}

/** What the Azure code itself has its clusters apply. */
function* fluxConfigurations(
  clusters: readonly Cluster[],
  azure: AzureNetwork,
  cloud: readonly RenderedUnit[],
): Iterable<FluxFolder> {
  const ofObject = new Map(clusters.map((cluster) => [cluster.object, cluster]))
  const toCluster = (owner: Value | undefined, from: Resource): Cluster | undefined => {
    const object = azure.objects.resolve(owner, from, 'Microsoft.ContainerService/managedClusters')
    return object === undefined ? undefined : ofObject.get(object)
  }
  for (const object of azure.objects.ofType(FLUX_CONFIGURATION)) {
    const { resource } = object
    const cluster = toCluster(at(resource.value, 'scope') ?? at(resource.value, 'parent_id'), resource)
    if (cluster !== undefined) yield* fluxFolders(cluster, kustomizationsOf(object), resource)
  }
  for (const { resources } of cloud) {
    for (const resource of resources) {
      if (resource.kind !== 'azurerm_kubernetes_flux_configuration') continue
      const cluster = toCluster(get(resource.value, 'cluster_id'), resource)
      if (cluster !== undefined) yield* fluxFolders(cluster, itemsOf(get(resource.value, 'kustomizations')), resource)
    }
  }
}

/** The values of `properties.kustomizations`, which is a map by name. */
function kustomizationsOf(object: AzureObject): readonly Value[] {
  const map = read(object, 'properties.kustomizations')
  return map?.kind === 'map' ? [...map.entries.values()].map(({ value }) => value) : []
}

function* fluxFolders(cluster: Cluster, kustomizations: readonly Value[], resource: Resource): Iterable<FluxFolder> {
  const { file, line } = toPlace(resource.origin)
  const why = `Flux configuration ${stringOf(get(resource.value, 'name')) ?? resource.address} (${file}:${line})`
  for (const kustomization of kustomizations) {
    const path = get(kustomization, 'path')
    const folder = isAbsent(path) ? '' : stringOf(path)
    if (folder !== undefined) yield { cluster, folder: normalize(folder), why }
  }
}

/** `clusters/prod` of `./clusters/prod/`; empty for the root of the tree. */
function normalize(folder: string): string {
  return folder
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/')
}

/** From the innermost to the tree's root, which is empty. */
function foldersAbove(path: string): readonly string[] {
  const folders: string[] = []
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) folders.push(path.slice(0, end))
  return [...folders, '']
}
