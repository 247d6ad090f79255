import { clusterResources } from './arm-cluster.ts'
import { firewallResources } from './arm-firewall.ts'
import { hostResources } from './arm-hosts.ts'
import { networkResources } from './arm-network.ts'
import { paasResources } from './arm-paas.ts'
import { type Declared, isList, isRef, type Json, type Ref } from './arm-resources.ts'
import type { State } from './state.ts'

/** The state's Azure resources as an ARM template. */
export function writeArm(state: State): string {
  const resources = declare(state)
  const bySymbol = new Map(resources.map((resource) => [resource.symbol, resource]))
  const write = (value: Json): unknown => {
    if (typeof value !== 'object') return value
    if (isList(value)) return value.map(write)
    if (isRef(value)) {
      const owner = bySymbol.get(value.$ref)!
      return value.$property === undefined
        ? `[${idOf(owner, value)}]`
        : `[reference(${idOf(owner, value)}).${value.$property}]`
    }
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, write(part)]))
  }
  return JSON.stringify(
    {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
      contentVersion: '1.0.0.0',
      resources: resources.map(({ type, api, names, body }) => ({
        type,
        apiVersion: api,
        name: names.join('/'),
        ...(write(body) as object),
      })),
    },
    null,
    1,
  )
}

/** The same in Bicep. */
export function writeBicep(state: State): string {
  const resources = declare(state)
  const bySymbol = new Map(resources.map((resource) => [resource.symbol, resource]))
  const write = (value: Json, indent: string): string => {
    if (typeof value === 'string') return `'${value}'`
    if (typeof value !== 'object') return String(value)
    const inner = `${indent}  `
    if (isList(value)) {
      return value.length === 0
        ? '[]'
        : `[\n${value.map((item) => `${inner}${write(item, inner)}\n`).join('')}${indent}]`
    }
    if (isRef(value)) {
      if (value.$part !== undefined) return idOf(bySymbol.get(value.$ref)!, value)
      return value.$property === undefined ? `${value.$ref}.id` : `${value.$ref}.properties.${value.$property}`
    }
    const fields = Object.entries(value).map(([name, part]) => `${inner}${name}: ${write(part, inner)}\n`)
    return `{\n${fields.join('')}${indent}}`
  }
  return resources
    .map(({ symbol, type, api, names, body }) => {
      return `resource ${symbol} '${type}@${api}' = ${write({ name: names.join('/'), ...body }, '')}\n`
    })
    .join('\n')
}

/** Of a resource, or of a part of it. */
function idOf({ type, names }: Declared, { $part: part }: Ref): string {
  const [collection, own] = part ?? []
  const types = collection === undefined ? type : `${type}/${collection}`
  const segments = own === undefined ? names : [...names, own]
  return `resourceId('${types}', ${segments.map((name) => `'${name}'`).join(', ')})`
}

function declare(state: State): readonly Declared[] {
  return [
    ...networkResources(state),
    ...firewallResources(state),
    ...clusterResources(state),
    ...paasResources(state),
    ...hostResources(state),
  ]
}
