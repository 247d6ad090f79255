// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are templates of the language that is written
/** A kind of module of the generated Bicep repository: its text, with `@V` for what differs, and what a zone passes to it. */
export interface BicepKind {
  readonly name: string
  /** As it stands in the names of resources. */
  readonly short: string
  /** Parameters of the module, besides those that every module takes. */
  readonly inputs: Readonly<Record<string, string>>
  readonly text: string
}

/** Parameters that every module has. */
export const COMMON = `@description('Name of the resources, or what their names begin with')
param name string

@description('Region of the resources')
param location string

@description('Tags of every resource')
param tags object = {}
`
