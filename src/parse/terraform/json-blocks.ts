import type { Node } from 'jsonc-parser'
import { META_ARGUMENTS } from './body-index.ts'

/**
 * Which properties of a JSON object are blocks, by the number of their labels. Everything else is an argument.
 * Source: developer.hashicorp.com/terraform/language/syntax/json
 */
export type BlockLabels = ReadonlyMap<string, number>

/** The blocks of a module. */
export const TOP_BLOCKS: BlockLabels = new Map([
  ['resource', 2],
  ['data', 2],
  ['ephemeral', 2],
  ['module', 1],
  ['variable', 1],
  ['output', 1],
  ['provider', 1],
  ['check', 1],
  ['locals', 0],
  ['terraform', 0],
  ['moved', 0],
  ['import', 0],
  ['removed', 0],
])

const RESOURCE: BlockLabels = new Map([
  ['lifecycle', 0],
  ['provisioner', 1],
  ['connection', 0],
  ['dynamic', 1],
])
const CONDITIONS: BlockLabels = new Map([
  ['precondition', 0],
  ['postcondition', 0],
])
const NESTED: BlockLabels = new Map([['dynamic', 1]])
const DYNAMIC_BLOCK: BlockLabels = new Map([['content', 0]])
const NONE: BlockLabels = new Map()

const INSIDE: ReadonlyMap<string, BlockLabels> = new Map<string, BlockLabels>([
  ['resource', RESOURCE],
  ['data', RESOURCE],
  ['ephemeral', RESOURCE],
  ['lifecycle', CONDITIONS],
  ['output', CONDITIONS],
  ['variable', new Map([['validation', 0]])],
  [
    'check',
    new Map([
      ['data', 2],
      ['assert', 0],
    ]),
  ],
  [
    'removed',
    new Map([
      ['lifecycle', 0],
      ['provisioner', 1],
    ]),
  ],
  ['provisioner', new Map([['connection', 0]])],
  [
    'terraform',
    new Map([
      ['required_providers', 0],
      ['backend', 1],
      ['cloud', 0],
      ['provider_meta', 1],
    ]),
  ],
  ['cloud', new Map([['workspaces', 0]])],
])

/** Blocks whose properties are all arguments, whatever they are called. */
export const FLAT_BLOCKS: ReadonlySet<string> = new Set(['locals', 'required_providers'])

/** The blocks inside a block of a type; inside blocks of a provider's own there are dynamic ones only. */
export function blocksInside(type: string, byProvider: boolean): BlockLabels {
  if (type === 'dynamic') return DYNAMIC_BLOCK
  return byProvider || type === 'content' ? NESTED : (INSIDE.get(type) ?? NONE)
}

/** Providers whose arguments that are objects with names of their own are known, so that all other objects are blocks. */
const KNOWN_PROVIDERS = /^(?:azurerm|kubernetes|helm|azuread)_/

/** Arguments of these providers that take an object whose keys the user chooses, or any document. */
const OBJECT_ARGUMENTS: ReadonlySet<string> = new Set([
  'additional_info',
  'annotations',
  'app_settings',
  'binary_data',
  'binary_data_wo',
  'configuration_protected_settings',
  'configuration_settings',
  'custom_properties',
  'data',
  'data_wo',
  'default',
  'default_request',
  'environment_variables',
  'hard',
  'header',
  'headers',
  'labels',
  'limits',
  'manifest',
  'match_labels',
  'max',
  'max_limit_request_ratio',
  'metadata_map',
  'min',
  'node_labels',
  'node_selector',
  'object',
  'overhead',
  'parameters',
  'properties',
  'query_parameters',
  'requests',
  'secure_environment_variables',
  'settings',
  'string_data',
  'tags',
  'user_metadata',
  'volume_attributes',
])

/** Whether the schemas of a resource type are known enough to tell its blocks from its arguments. */
export function hasKnownBlocks(type: string | undefined): boolean {
  return type !== undefined && KNOWN_PROVIDERS.test(type)
}

/** Whether an object, or a list of objects, is one block or several: in such resources whatever has no other meaning. */
export function isProviderBlock(name: string, value: Node): boolean {
  if (OBJECT_ARGUMENTS.has(name) || META_ARGUMENTS.has(name)) return false
  if (value.type === 'array') {
    return (value.children?.length ?? 0) > 0 && value.children!.every((item) => isProviderBlock(name, item))
  }
  if (value.type !== 'object') return false
  // A selector of a Service is a map of labels, one of a workload a block.
  return (
    name !== 'selector' || propertyNames(value).some((key) => key === 'match_labels' || key === 'match_expressions')
  )
}

function propertyNames(node: Node): readonly string[] {
  return (node.children ?? []).map((property) => String(property.children?.[0]?.value))
}
