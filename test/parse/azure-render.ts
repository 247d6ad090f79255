import { toJson, type Value } from '../../src/base/value.ts'
import { arm } from '../../src/parse/arm/index.ts'
import { bicep } from '../../src/parse/bicep/index.ts'
import { ParseCache } from '../../src/parse/front-end.ts'
import type { RenderedUnit } from '../../src/parse/resource.ts'
import { treeOf } from './tree-of.ts'

export const TEMPLATE = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
export const PARAMETERS = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#'

/** Renders `main.bicep` of some files, with parameter files. */
export function renderBicep(files: Readonly<Record<string, string>>, ...inputs: readonly string[]): RenderedUnit {
  return bicep.render(treeOf(files), { kind: 'bicep', path: 'main.bicep', inputs }, new ParseCache())
}

/** Renders `main.json` of some files, which are JSON or what becomes JSON. */
export function renderArm(files: Readonly<Record<string, unknown>>, ...inputs: readonly string[]): RenderedUnit {
  return arm.render(treeOf(toFiles(files)), { kind: 'arm', path: 'main.json', inputs }, new ParseCache())
}

export function toFiles(files: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, file]) => [
      path,
      typeof file === 'string' ? file : JSON.stringify(file, null, 2),
    ]),
  )
}

/** What a Bicep expression evaluates to, after some declarations. */
export function bicepValue(expression: string, declarations = '', files: Readonly<Record<string, string>> = {}): Value {
  const main = `${declarations}\nresource probe 'Test.Probe/probes@2024-01-01' = {\n  name: 'probe'\n  properties: {\n    x: ${expression}\n  }\n}\n`
  return probeOf(renderBicep({ ...files, 'main.bicep': main }))
}

/** What an ARM expression (without its brackets) evaluates to, in a template with more in it. */
export function armValue(expression: string, more: Readonly<Record<string, unknown>> = {}): Value {
  return armJsonValue(`[${expression}]`, more)
}

/** What a part of an ARM template evaluates to. */
export function armJsonValue(json: unknown, more: Readonly<Record<string, unknown>> = {}): Value {
  const probe = { type: 'Test.Probe/probes', apiVersion: '2024-01-01', name: 'probe', properties: { x: json } }
  return probeOf(renderArm({ 'main.json': { $schema: TEMPLATE, ...more, resources: [probe] } }))
}

function probeOf(unit: RenderedUnit): Value {
  const probe = unit.resources.find((one) => one.kind === 'Test.Probe/probes')
  const properties = probe?.value.entries.get('properties')?.value
  const value = properties?.kind === 'map' ? properties.entries.get('x')?.value : undefined
  if (value === undefined) throw new Error(`no probe: ${JSON.stringify(unit.problems.map((one) => one.message))}`)
  return value
}

/** Address, kind and value of every resource, as the command line prints them. */
export function listResources(unit: RenderedUnit): readonly { address: string; kind: string; value: unknown }[] {
  return unit.resources.map(({ address, kind, value }) => ({ address, kind, value: toJson(value) }))
}
