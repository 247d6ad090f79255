/** A block of HCL: arguments are JSON-like, `Ref` is an expression, nested `Block`s are blocks. */
export type Argument = string | number | boolean | Ref | readonly Argument[]
export interface Ref {
  readonly ref: string
}
export interface Block {
  readonly head: string
  readonly body: readonly (Block | Pair)[]
}
export type Pair = readonly [name: string, value: Argument]

/** Where every resource is. */
export const COMMON: readonly Pair[] = [
  ['location', 'westeurope'],
  ['resource_group_name', 'rg'],
]

export function ref(expression: string): Ref {
  return { ref: expression }
}

export function block(head: string, body: Block['body']): Block {
  return { head, body }
}

/** A resource of azurerm whose own name is also its name in the file. */
export function resource(type: string, name: string, body: Block['body']): Block {
  return { head: `resource "azurerm_${type}" "${name}"`, body: [['name', name], ...body] }
}

/** One that has no name in Azure. */
export function link(type: string, name: string, body: Block['body']): Block {
  return { head: `resource "azurerm_${type}" "${name}"`, body }
}

/** Nothing, or one argument. */
export function optional(isThere: boolean, name: string, value: Argument): readonly Pair[] {
  return isThere ? [[name, value]] : []
}

/** `name = value`, or `names = [...]`. */
export function oneOrMany(name: string, values: readonly string[], plural = 's'): Pair {
  return values.length === 1 ? [name, values[0]!] : [`${name}${plural}`, values]
}

export function publicIp(name: string): Block {
  return resource('public_ip', name, [...COMMON, ['allocation_method', 'Static'], ['sku', 'Standard']])
}

export function print({ head, body }: Block, indent: string): string {
  const inner = `${indent}  `
  const lines = body.map((part) =>
    'head' in part ? print(part, inner) : `${inner}${part[0]} = ${printArgument(part[1])}\n`,
  )
  return `${indent}${head} {\n${lines.join('')}${indent}}\n`
}

function printArgument(value: Argument): string {
  if (typeof value !== 'object') return JSON.stringify(value)
  return 'ref' in value ? value.ref : `[${value.map(printArgument).join(', ')}]`
}
