import { type AddressSet, addressSets, NO_ADDRESSES } from '../algebra/addresses.ts'
import { type NameSet, NO_NAMES, namePatterns } from '../algebra/names.ts'
import type { Problem } from '../base/problem.ts'
import type { Severity } from '../base/severity.ts'
import type { SourceText } from '../base/text.ts'
import { booleanOf, get, itemsOf, type MapValue, numberOf, stringOf, type Value } from '../base/value.ts'
import { type Glob, toGlob } from './glob.ts'
import { type Intent, toIntent } from './intent.ts'
import { parseRange } from './peer-pattern.ts'
import { readYaml } from './read-yaml.ts'
import { CONFIG_SCHEMA } from './schema.ts'
import { nearest } from './spelling.ts'
import { type Suppression, toSuppression } from './suppression.ts'
import { validate } from './validate.ts'

/** `.github/ringfence.yml`. What the file does not say is undefined or empty; `options.ts` has the defaults. */
export interface Config {
  /** The whole document as it was read; undefined where there is no file, or nothing in it. */
  readonly value: MapValue | undefined
  /** What the inputs of the action of the same names overrule. */
  readonly options: ConfigOptions
  /** By rule id; `off` for rules that do not run. */
  readonly severities: ReadonlyMap<string, Severity | 'off'>
  readonly states: readonly StateConfig[]
  /** What holds for each state that does not say otherwise. */
  readonly cluster: ClusterConfig
  readonly trustedRanges: readonly string[]
  /** The trusted ranges as a set. */
  readonly trusted: AddressSet
  /** Domains that any workload may reach. */
  readonly approved: NameSet
  readonly suppressions: readonly Suppression[]
  readonly inlineSuppressions: InlineMode
  readonly intents: readonly Intent[]
  /** Bytes of the largest file that is parsed; undefined where the reader's own limit holds. */
  readonly maxFileBytes: number | undefined
}

export type FailOn = Severity | 'none'
export type FailOnUnknown = 'changed' | 'any' | 'none'
export type CommentMode = 'changes' | 'on-failure' | 'always' | 'never'
export type NetworkPolicyEngine = 'azure' | 'calico' | 'cilium' | 'none'
/** `on`: comments silence findings below high; `allow-high`: all findings. */
export type InlineMode = 'on' | 'allow-high' | 'off'

export interface ConfigOptions {
  readonly failOn: FailOn | undefined
  readonly failOnUnknown: FailOnUnknown | undefined
  /** Globs of the files that are read; all where undefined. */
  readonly paths: readonly string[] | undefined
  readonly pathsIgnore: readonly string[] | undefined
  readonly comment: CommentMode | undefined
  readonly commentKey: string | undefined
  readonly inlineComments: number | undefined
  readonly suggestions: boolean | undefined
  readonly graph: boolean | undefined
  readonly summary: boolean | undefined
}

export interface ClusterConfig {
  readonly engine: NetworkPolicyEngine | undefined
  /** Addresses of nodes and of pods; undefined where they are not told. */
  readonly nodeRanges: AddressSet | undefined
  readonly podRanges: AddressSet | undefined
}

/** Units that form one state. */
export interface StateConfig extends ClusterConfig {
  readonly name: string
  /** Match the path of a unit's root. */
  readonly paths: readonly Glob[]
  /** Name of the cluster's resource. */
  readonly cluster: string | undefined
  /** Match the values and parameter files that belong to the state. */
  readonly parameters: readonly Glob[]
  readonly environment: string | undefined
}

/** What a repository without a file has. */
export const EMPTY_CONFIG: Config = toConfig(undefined)

/**
 * Reads a configuration. With any problem the config is what an empty file gives, so that half a file never decides.
 *
 * `rules` are the ids of the catalogue; an unknown one under `rules` is a problem, one of a suppression is a finding of
 * `checkSuppressions`.
 */
export function parseConfig(
  source: SourceText,
  rules?: ReadonlySet<string>,
): { readonly config: Config; readonly problems: readonly Problem[] } {
  const { value, problems } = readYaml(source)
  const found = [...problems]
  const empty = value === undefined || (value.kind === 'scalar' && value.value === null)
  if (!empty && problems.length === 0) found.push(...validate(value, CONFIG_SCHEMA), ...findUnknownRules(value, rules))
  if (empty || found.length > 0 || value.kind !== 'map') return { config: EMPTY_CONFIG, problems: found }
  return { config: toConfig(value), problems: [] }
}

function findUnknownRules(value: Value, rules: ReadonlySet<string> | undefined): readonly Problem[] {
  const given = get(value, 'rules')
  if (rules === undefined || given?.kind !== 'map') return []
  const unknown = [...given.entries].filter(([id]) => !rules.has(id))
  return unknown.map(([id, entry]) => {
    const near = nearest(id, [...rules])
    const message = `rules names ${JSON.stringify(id)}, which is no rule${near === undefined ? '' : `; did you mean ${near}?`}`
    return { code: 'rejected', message, at: entry.key ?? entry.value.origin }
  })
}

/** The typed form of a document that the schema holds for. */
function toConfig(value: MapValue | undefined): Config {
  const trustedRanges = stringsOf(get(value, 'trusted-ranges'))
  const cluster = toCluster(value, { engine: undefined, nodeRanges: undefined, podRanges: undefined })
  return {
    value,
    options: {
      failOn: stringOf(get(value, 'fail-on')) as FailOn | undefined,
      failOnUnknown: stringOf(get(value, 'fail-on-unknown')) as FailOnUnknown | undefined,
      paths: listOf(get(value, 'paths')),
      pathsIgnore: listOf(get(value, 'paths-ignore')),
      comment: stringOf(get(value, 'comment')) as CommentMode | undefined,
      commentKey: stringOf(get(value, 'comment-key')),
      inlineComments: numberOf(get(value, 'inline-comments')),
      suggestions: booleanOf(get(value, 'suggestions')),
      graph: booleanOf(get(value, 'graph')),
      summary: booleanOf(get(value, 'summary')),
    },
    severities: new Map(
      entriesOf(get(value, 'rules')).map(([id, severity]) => [id, stringOf(severity) as Severity | 'off']),
    ),
    states: itemsOf(get(value, 'states')).map((state) => toState(state, cluster)),
    cluster,
    trustedRanges,
    trusted: toAddresses(trustedRanges),
    approved: namePatterns(stringsOf(get(value, 'approved-domains')), 'any') ?? NO_NAMES,
    suppressions: itemsOf(get(value, 'suppressions')).map(toSuppression),
    inlineSuppressions: (stringOf(get(value, 'inline-suppressions')) as InlineMode | undefined) ?? 'on',
    intents: itemsOf(get(value, 'intents')).map(toIntent),
    maxFileBytes: toBytes(stringOf(get(get(value, 'limits'), 'file-size'))),
  }
}

function toState(value: Value, shared: ClusterConfig): StateConfig {
  return {
    name: stringOf(get(value, 'name')) ?? '',
    paths: stringsOf(get(value, 'paths')).map(toGlob),
    cluster: stringOf(get(value, 'cluster')),
    parameters: stringsOf(get(value, 'parameters')).map(toGlob),
    environment: stringOf(get(value, 'environment')),
    ...toCluster(value, shared),
  }
}

function toCluster(value: Value | undefined, otherwise: ClusterConfig): ClusterConfig {
  return {
    engine: (stringOf(get(value, 'engine')) as NetworkPolicyEngine | undefined) ?? otherwise.engine,
    nodeRanges: rangesOf(get(value, 'node-ranges')) ?? otherwise.nodeRanges,
    podRanges: rangesOf(get(value, 'pod-ranges')) ?? otherwise.podRanges,
  }
}

function rangesOf(value: Value | undefined): AddressSet | undefined {
  const ranges = listOf(value)
  return ranges && toAddresses(ranges)
}

function toAddresses(ranges: readonly string[]): AddressSet {
  return ranges.map((range) => parseRange(range) ?? NO_ADDRESSES).reduce(addressSets.union, NO_ADDRESSES)
}

const LARGEST_FILE = 64 * 1024 * 1024

function toBytes(size: string | undefined): number | undefined {
  const match = /^(\d+)(KiB|MiB)$/.exec(size ?? '')
  if (match === null) return undefined
  return Math.min(Number(match[1]) * (match[2] === 'KiB' ? 1024 : 1024 * 1024), LARGEST_FILE)
}

function entriesOf(value: Value | undefined): readonly (readonly [string, Value])[] {
  return value?.kind === 'map' ? [...value.entries].map(([key, entry]) => [key, entry.value] as const) : []
}

function stringsOf(value: Value | undefined): readonly string[] {
  return listOf(value) ?? []
}

/** The strings of a list; undefined where there is no list. */
function listOf(value: Value | undefined): readonly string[] | undefined {
  return value?.kind === 'list' ? value.items.map((item) => stringOf(item) ?? '') : undefined
}
