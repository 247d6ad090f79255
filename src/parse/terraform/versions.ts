import type { Origin } from '../../base/origin.ts'
import type { MapEntry, MapValue, Value } from '../../base/value.ts'
import type { Resource, Unit } from '../resource.ts'
import { argument, type ModuleConfig } from './module-config.ts'
import { joinPath, type ModuleFiles } from './module-files.ts'
import { parseFile } from './parse-file.ts'
import type { Attribute, Expression } from './syntax.ts'

/**
 * What a root module and the modules that it calls say of versions, as a resource of kind and address `terraform`:
 * `{required_version: [constraint], providers: {azurerm: {source, constraints: [constraint], locked: version}}}`.
 *
 * Defaults depend on it. Absent where nothing is said.
 */
export function versionsResource(
  unit: Unit,
  modules: readonly (ModuleConfig | undefined)[],
  files: ModuleFiles,
  root: string,
): Resource | undefined {
  const required: Value[] = []
  const providers = new Map<
    string,
    { source?: Value; readonly constraints: Value[]; locked?: Value; readonly origin: Origin }
  >()
  const provider = (name: string, origin: Origin) => {
    let known = providers.get(name)
    if (known === undefined) {
      known = { constraints: [], origin }
      providers.set(name, known)
    }
    return known
  }
  let first: Origin | undefined
  for (const module of modules) {
    for (const block of module?.settings ?? []) {
      first ??= { source: block.source, start: block.start, end: block.end }
      const version = argument(block.body, 'required_version')
      const constraint = version && literalOf(version)
      if (constraint !== undefined) required.push(constraint)
      for (const inner of block.body.blocks) {
        if (inner.type !== 'required_providers') continue
        for (const attribute of inner.body.attributes) readRequirement(attribute, provider)
      }
    }
    // Before 0.13 the constraint stood in the provider's own block.
    for (const block of module?.providers ?? []) {
      const version = argument(block.body, 'version')
      const constraint = version && literalOf(version)
      const [name] = block.labels
      if (constraint === undefined || name === undefined) continue
      first ??= constraint.origin
      provider(name, constraint.origin).constraints.push(constraint)
    }
  }
  readLockFile(files, root, provider)
  for (const { origin } of providers.values()) first ??= origin
  if (first === undefined) return undefined
  const origin = first
  const entries = new Map<string, MapEntry>()
  if (required.length > 0) entries.set('required_version', { value: { kind: 'list', items: required, origin } })
  const inner = new Map<string, MapEntry>()
  for (const [name, known] of providers) {
    const facts = new Map<string, MapEntry>()
    if (known.source !== undefined) facts.set('source', { value: known.source })
    facts.set('constraints', { value: { kind: 'list', items: known.constraints, origin: known.origin } })
    if (known.locked !== undefined) facts.set('locked', { value: known.locked })
    inner.set(name, { value: { kind: 'map', entries: facts, origin: known.origin } })
  }
  entries.set('providers', { value: { kind: 'map', entries: inner, origin } })
  const value: MapValue = { kind: 'map', entries, origin }
  return { unit, address: 'terraform', kind: 'terraform', value, origin }
}

type ProviderFacts = { source?: Value; readonly constraints: Value[]; locked?: Value }

function readRequirement(attribute: Attribute, provider: (name: string, origin: Origin) => ProviderFacts): void {
  const { source, expression, name } = attribute
  const known = provider(name, { source, start: expression.start, end: expression.end })
  if (expression.kind === 'literal') {
    const constraint = literalOf(attribute)
    if (constraint !== undefined) known.constraints.push(constraint)
    return
  }
  if (expression.kind !== 'object') return
  for (const { key, value } of expression.items) {
    const literal = stringValue(value, attribute)
    if (key.kind !== 'literal' || literal === undefined) continue
    if (key.value === 'source') known.source ??= literal
    if (key.value === 'version') known.constraints.push(literal)
  }
}

/** Source: developer.hashicorp.com/terraform/language/files/dependency-lock */
function readLockFile(
  files: ModuleFiles,
  root: string,
  provider: (name: string, origin: Origin) => ProviderFacts,
): void {
  const path = joinPath(root, '.terraform.lock.hcl')!
  if (!files.has(path)) return
  const read = files.read(path)
  if (!read.ok) return
  for (const block of parseFile(read.source).body.blocks) {
    const name = block.labels[0]?.split('/').at(-1)
    const version = argument(block.body, 'version')
    const locked = version && literalOf(version)
    if (block.type !== 'provider' || name === undefined || locked === undefined) continue
    provider(name, locked.origin).locked = locked
  }
}

function literalOf(attribute: Attribute): Value | undefined {
  return stringValue(attribute.expression, attribute)
}

function stringValue(node: Expression, { source }: Attribute): Value | undefined {
  if (node.kind !== 'literal' || typeof node.value !== 'string') return undefined
  return { kind: 'scalar', value: node.value, origin: { source, start: node.start, end: node.end } }
}
