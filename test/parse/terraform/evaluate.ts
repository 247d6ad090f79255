import { toJson } from '../../../src/base/value.ts'
import { ParseCache } from '../../../src/parse/front-end.ts'
import type { RenderedUnit, Resource } from '../../../src/parse/resource.ts'
import { terraform } from '../../../src/parse/terraform/index.ts'
import { treeOf } from '../tree-of.ts'

/** The root module of a tree of files, `main.tf` where only one text is given. */
export function renderFiles(
  files: string | Readonly<Record<string, string>>,
  path = '.',
  inputs: readonly string[] = [],
): RenderedUnit {
  const tree = treeOf(typeof files === 'string' ? { 'main.tf': files } : files)
  return terraform.render(tree, { kind: 'terraform', path, inputs }, new ParseCache())
}

export function resourceAt({ resources }: RenderedUnit, address: string): Resource {
  const found = resources.find((resource) => resource.address === address)
  if (found === undefined)
    throw new Error(`no ${address} in ${resources.map((resource) => resource.address).join(', ')}`)
  return found
}

/** The value of an expression, as JSON output prints it, with further files or declarations beside it. */
export function jsonOf(expression: string, more = '', files: Readonly<Record<string, string>> = {}): unknown {
  const unit = renderFiles({
    ...files,
    'main.tf': `resource "terraform_data" "x" {\n  input = ${expression}\n}\n${more}`,
  })
  const resource = resourceAt(unit, 'terraform_data.x')
  const value = JSON.parse(JSON.stringify(toJson(resource.value))) as Record<string, unknown>
  return value['input']
}

export const ERROR = 'error'
export const UNKNOWN = 'unknown'

/** As {@link jsonOf}, with `ERROR` and `UNKNOWN` in place of what is such as a whole. */
export function outcomeOf(expression: string, more = '', files: Readonly<Record<string, string>> = {}): unknown {
  const value = jsonOf(expression, more, files)
  if (typeof value === 'object' && value !== null && '$error' in value) return ERROR
  if (typeof value === 'object' && value !== null && '$unknown' in value) return UNKNOWN
  return value
}
