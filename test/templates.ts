/** A value of a template: as ARM has it, and the id of another resource. */
export type Part = string | number | boolean | Ref | readonly Part[] | { readonly [key: string]: Part }

export interface Ref {
  readonly type: string
  readonly names: readonly string[]
}

/** One resource: its type with the API version behind an `@`, its name, and what else it has. */
export interface TemplateResource {
  readonly type: string
  readonly name: string
  readonly properties: { readonly [key: string]: Part }
}

/** The id of a resource of the same template. */
export function idOf(type: string, ...names: readonly string[]): Ref {
  return { type, names }
}

/** The same resources in both languages of templates, by the path of the file. */
export function templates(
  ...resources: readonly TemplateResource[]
): readonly (readonly [language: string, files: Readonly<Record<string, string>>])[] {
  return [
    ['ARM', { 'azuredeploy.json': toArm(resources) }],
    ['Bicep', { 'main.bicep': resources.map(toBicepResource).join('') }],
  ]
}

function toArm(resources: readonly TemplateResource[]): string {
  const written = resources.map(({ type, name, properties }) => {
    const [kind, apiVersion] = type.split('@')
    return { type: kind, apiVersion, name, location: 'westeurope', properties: armPart(properties) }
  })
  const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
  return `${JSON.stringify({ $schema: schema, contentVersion: '1.0.0.0', resources: written }, null, 2)}\n`
}

function armPart(part: Part): unknown {
  if (isRef(part)) return `[${idText(part)}]`
  if (Array.isArray(part)) return (part as readonly Part[]).map(armPart)
  if (typeof part !== 'object') return part
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, armPart(value)]))
}

function toBicepResource({ type, name, properties }: TemplateResource, index: number): string {
  return `resource r${index} '${type}' = {\n  name: '${name}'\n  location: 'westeurope'\n  properties: ${bicepPart(properties, '  ')}\n}\n`
}

function bicepPart(part: Part, indent: string): string {
  if (isRef(part)) return idText(part)
  if (typeof part === 'string') return `'${part}'`
  if (typeof part !== 'object') return `${part}`
  const inner = `${indent}  `
  if (Array.isArray(part)) {
    const items = (part as readonly Part[]).map((item) => `${inner}${bicepPart(item, inner)}\n`)
    return `[\n${items.join('')}${indent}]`
  }
  const lines = Object.entries(part).map(([key, value]) => `${inner}${key}: ${bicepPart(value, inner)}\n`)
  return `{\n${lines.join('')}${indent}}`
}

function isRef(part: Part): part is Ref {
  return typeof part === 'object' && !Array.isArray(part) && Array.isArray((part as Ref).names)
}

function idText({ type, names }: Ref): string {
  return `resourceId(${[type, ...names].map((one) => `'${one}'`).join(', ')})`
}
