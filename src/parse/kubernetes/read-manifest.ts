import { writtenText } from '../../base/origin.ts'
import { folderOf } from '../../base/path.ts'
import type { Problem } from '../../base/problem.ts'
import type { SourceText } from '../../base/text.ts'
import { get, isAbsent, type MapEntry, type MapValue, stringOf, type Value } from '../../base/value.ts'
import { parseEverydayYaml } from '../everyday-yaml.ts'
import { parseJson } from '../json.ts'
import type { Resource, Unit } from '../resource.ts'
import { parseYaml, splitDocuments, type YamlResult } from '../yaml.ts'
import { YAML_LIMITS } from '../yaml-limits.ts'
import { groupOf, isClusterScoped, isNetworkKind, objectAddress } from './kinds.ts'
import { holdsTemplate, isToolGroup, isYaml, looksLikeManifest } from './recognise.ts'
import { markSubstituted, mayBeSubstituted } from './substitution.ts'

/** What one file of manifests holds. */
export interface Manifest {
  /** In the order of the file, an object that stands twice included. Their unit is the file's folder, with only this file. */
  readonly resources: readonly Resource[]
  readonly problems: readonly Problem[]
}

export interface ManifestOptions {
  /** Whether Flux builds this tree and substitutes `${NAME}` in every string. */
  readonly flux: boolean
  /** Longest text that is parsed, in UTF-16 units. Default: 2 Mi. */
  readonly maxLength?: number | undefined
}

/** Reads the Kubernetes objects of a file; a file that holds none gives none and no problem. Never throws. */
export function readManifest(source: SourceText, options: ManifestOptions): Manifest {
  const { text, path } = source
  if (!looksLikeManifest(text)) return NOTHING
  const { values, problems } = readValues(source, options.maxLength ?? YAML_LIMITS.maxLength)
  if (problems.some(breaksText) && holdsTemplate(text)) {
    const message = 'the file is a template that another tool fills in; it was not rendered'
    return { resources: [], problems: [{ code: 'not-rendered', message, at: { file: path } }] }
  }
  const found: Found = {
    unit: { kind: 'manifests', path: folderOf(path), files: [path] },
    resources: [],
    problems: [...problems],
    anonymous: new Map(),
  }
  const substituted = mayBeSubstituted(text)
  for (const value of values) readObject(substituted ? markSubstituted(value, options.flux) : value, found, 0)
  return { resources: found.resources, problems: found.problems }
}

const NOTHING: Manifest = { resources: [], problems: [] }

function readValues(
  source: SourceText,
  maxLength: number,
): { readonly values: readonly Value[]; readonly problems: readonly Problem[] } {
  if (!isYaml(source.path)) return parseJson(source, { maxLength })
  const limits = { ...YAML_LIMITS, maxLength }
  const everyday = parseEverydayYaml(source, limits)
  if (everyday !== undefined) return { values: everyday.map((document) => document.value), problems: [] }
  const { documents, problems } =
    source.text.length > SKIP_FROM ? readLarge(source, maxLength) : parseYaml(source, limits)
  return { values: documents.map((document) => document.value), problems }
}

/** A document of this size is looked at before it is parsed, in UTF-16 units. */
const SKIP_FROM = 256 * 1024

/** Kinds that fill files of megabytes (schemas, dashboards, certificates) and say nothing of the network when they do. */
const BULKY_KIND = /^kind:[ \t]*["']?(?:CustomResourceDefinition|ConfigMap|Secret)["']?[ \t]*(?:#.*)?$/m

/** Reads a large file without its bulky documents; what is left may still be too large. */
function readLarge(source: SourceText, maxLength: number): YamlResult {
  const { text } = source
  const limits = { ...YAML_LIMITS, maxLength }
  const bulky = splitDocuments(text).filter(
    ([start, end]) => end - start > BULKY_FROM && BULKY_KIND.test(text.slice(start, end)),
  )
  if (bulky.length === 0) return parseYaml(source, limits)
  const kept = text.length - bulky.reduce((sum, [start, end]) => sum + end - start, 0)
  if (kept > maxLength) return parseYaml(source, limits)
  // Blanked in place, so that every offset stays true.
  let blanked = ''
  let at = 0
  for (const [start, end] of bulky) {
    blanked += `${text.slice(at, start)}${BLANK_DOCUMENT.padEnd(end - start - 1)}\n`
    at = end
  }
  blanked += text.slice(at)
  return parseYaml(source, { ...YAML_LIMITS, maxLength: Math.max(maxLength, text.length) }, blanked)
}

const BULKY_FROM = 64 * 1024
const BLANK_DOCUMENT = '---'

function breaksText({ code }: Problem): boolean {
  return code === 'syntax' || code === 'rejected'
}

interface Found {
  readonly unit: Unit
  readonly resources: Resource[]
  readonly problems: Problem[]
  /** How many objects with `generateName` share an address so far. */
  readonly anonymous: Map<string, number>
}

/** A `List` of lists is refused by the API server; two levels are read so that a list of a `PodList` is. */
const MAX_LIST_DEPTH = 2

function readObject(value: Value, found: Found, depth: number): void {
  if (value.kind !== 'map') {
    if (depth > 0) reject(found, value, 'an item of a list is not an object')
    return
  }
  const apiVersion = get(value, 'apiVersion')
  const kind = get(value, 'kind')
  if (isAbsent(apiVersion) && isAbsent(kind)) return
  const items = get(value, 'items')
  if (stringOf(kind)?.endsWith('List') && (items !== undefined || stringOf(kind) === 'List')) {
    readItems(items, found, depth, listedType(value))
    return
  }
  readResource(value, apiVersion, kind, found)
}

/**
 * `apiVersion` and `kind` of the items of a typed list such as a `PodList`, whose items may leave them out; none for a plain `List`.
 *
 * Source: apimachinery pkg/apis/meta/v1/unstructured/helpers.go, `decodeToList`.
 */
function listedType(list: MapValue): ReadonlyMap<string, MapEntry> {
  const type = new Map<string, MapEntry>()
  const kind = get(list, 'kind')
  const apiVersion = list.entries.get('apiVersion')
  const name = stringOf(kind)?.slice(0, -'List'.length)
  if (kind === undefined || apiVersion === undefined || name === undefined || name === '') return type
  return type.set('apiVersion', apiVersion).set('kind', { value: { kind: 'scalar', value: name, origin: kind.origin } })
}

function withType(item: Value, type: ReadonlyMap<string, MapEntry>): Value {
  if (item.kind !== 'map' || type.size === 0 || item.entries.has('kind')) return item
  return { kind: 'map', entries: new Map([...type, ...item.entries]), origin: item.origin }
}

function readItems(items: Value | undefined, found: Found, depth: number, type: ReadonlyMap<string, MapEntry>): void {
  if (items?.kind !== 'list') return
  for (const item of items.items) {
    if (depth < MAX_LIST_DEPTH) readObject(withType(item, type), found, depth + 1)
    else reject(found, item, `lists are nested deeper than ${MAX_LIST_DEPTH} levels`)
  }
}

function readResource(
  value: MapValue,
  apiVersionValue: Value | undefined,
  kindValue: Value | undefined,
  found: Found,
): void {
  const apiVersion = stringOf(apiVersionValue)
  const kind = stringOf(kindValue)
  if (apiVersion === undefined || kind === undefined) {
    // Tools of all sorts have a `kind` alone; `apiVersion` alone is a broken manifest if it looks like one otherwise.
    const looksMeant =
      kind === undefined ? apiVersion !== undefined && get(value, 'metadata') !== undefined : isNetworkKind(kind)
    if (looksMeant)
      reject(
        found,
        kindValue ?? apiVersionValue ?? value,
        `the object has no ${kind === undefined ? '`kind`' : '`apiVersion`'}`,
      )
    return
  }
  if (isToolGroup(groupOf(apiVersion))) return
  const metadata = get(value, 'metadata')
  const name = writtenName(get(metadata, 'name'))
  const prefix = writtenName(get(metadata, 'generateName'))
  if (name === undefined && prefix === undefined) {
    if (isNetworkKind(kind)) reject(found, kindValue!, `the ${kind} has no name`)
    return
  }
  const namespace = isClusterScoped(kind) ? '' : (writtenName(get(metadata, 'namespace')) ?? 'default')
  let address = objectAddress(apiVersion, kind, namespace, name ?? `${prefix}*`)
  if (name === undefined) {
    const count = (found.anonymous.get(address) ?? 0) + 1
    found.anonymous.set(address, count)
    if (count > 1) address = `${address}#${count}`
  }
  found.resources.push({ unit: found.unit, address, kind, value, origin: value.origin })
}

/** A name as it stands in the file, also where a tool fills a part of it in. Empty counts as absent. */
function writtenName(value: Value | undefined): string | undefined {
  if (value?.kind === 'unknown') return writtenText(value.origin)
  if (value?.kind !== 'scalar' || value.value === null || value.value === '') return undefined
  return String(value.value)
}

function reject(found: Found, value: Value, message: string): void {
  found.problems.push({ code: 'rejected', message, at: value.origin })
}
