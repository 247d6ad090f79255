import { describe, expect, it } from 'vitest'
import { editableOrigin, toPlace } from '../../../src/base/origin.ts'
import { get, toJson } from '../../../src/base/value.ts'
import { ParseCache } from '../../../src/parse/front-end.ts'
import { terraform } from '../../../src/parse/terraform/index.ts'
import { treeOf } from '../tree-of.ts'
import { renderFiles, resourceAt } from './evaluate.ts'

const json = (files: Readonly<Record<string, string>>) =>
  JSON.parse(JSON.stringify(toJson(resourceAt(renderFiles(files), 'terraform_data.x').value)))
const WHY = 'terraform.workspace depends on which workspace is selected'

describe('terraform.workspace', () => {
  it('is not known, and what depends on it is one or the other', () => {
    const main = `locals {
  cidrs = { dev = "10.1.0.0/16", prod = "10.2.0.0/16" }
}
resource "terraform_data" "x" {
  input = terraform.workspace == "default" ? "*" : "10.0.0.0/8"
  name  = "vnet-\${terraform.workspace}"
  cidr  = local.cidrs[terraform.workspace]
  rule  = lookup(local.cidrs, terraform.workspace, "*")
}
resource "terraform_data" "prod" {
  count = terraform.workspace == "prod" ? 1 : 0
}
`
    expect(json({ 'main.tf': main })).toEqual({
      input: { $choice: ['*', '10.0.0.0/8'], $unknown: WHY },
      name: { $unknown: WHY },
      cidr: { $choice: ['10.1.0.0/16', '10.2.0.0/16'], $unknown: WHY },
      rule: { $choice: ['10.1.0.0/16', '10.2.0.0/16', '*'], $unknown: WHY },
    })
    expect(resourceAt(renderFiles(main), 'terraform_data.prod[0]').maybe).toMatchObject({ detail: WHY })
  })

  it('is the one that the root module is bound to', () => {
    const cloud = 'terraform {\n  cloud {\n    workspaces {\n      name = "net-prod"\n    }\n  }\n}\n'
    const unit = renderFiles({
      'main.tf': 'resource "terraform_data" "x" {\n  input = terraform.workspace\n}\n',
      'cloud.tf': cloud,
    })
    const input = get(resourceAt(unit, 'terraform_data.x').value, 'input')!
    expect(toJson(input)).toBe('net-prod')
    expect(toPlace(editableOrigin(input.origin))).toMatchObject({ file: 'cloud.tf', line: 4 })
    const tags = cloud.replace('name = "net-prod"', 'tags = ["net"]')
    expect(
      json({ 'main.tf': 'resource "terraform_data" "x" {\n  input = terraform.workspace\n}\n', 'cloud.tf': tags }),
    ).toEqual({
      input: { $unknown: WHY },
    })
  })

  it('is the one that is selected, where that is part of the tree', () => {
    const main = 'resource "terraform_data" "x" {\n  input = tofu.workspace\n}\n'
    expect(json({ 'main.tf': main, '.terraform/environment': 'staging\n' })).toEqual({ input: 'staging' })
    const request = { kind: 'terraform', path: '.', inputs: [], workspace: 'default' } as const
    const asked = terraform.render(treeOf({ 'main.tf': main }), request, new ParseCache())
    expect(toJson(resourceAt(asked, 'terraform_data.x').value)).toEqual({ input: 'default' })
  })

  it('leaves a name that holds it a name of the same resource', () => {
    const unit = renderFiles(`resource "azurerm_virtual_network" "v" {
  name = "vnet-\${terraform.workspace}"
}
resource "azurerm_subnet" "s" {
  virtual_network_name = azurerm_virtual_network.v.name
}
`)
    expect(get(resourceAt(unit, 'azurerm_subnet.s').value, 'virtual_network_name')).toMatchObject({
      kind: 'unknown',
      reference: { address: 'azurerm_virtual_network.v', attribute: 'name' },
    })
  })
})
