import { expect, test } from 'vitest'
import { findStates } from '../../src/model/state.ts'
import { ParseCache } from '../../src/parse/front-end.ts'
import { parseTree } from '../../src/parse/units.ts'
import { treeOf } from '../parse/tree-of.ts'

const NETWORK = `variable "name" {}
resource "azurerm_virtual_network" "a" { name = var.name }
resource "azurerm_subnet" "a" { name = var.name }
`
const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n'

/** What each state is made of: kinds of its resources with the paths of their units. */
const states = (files: Record<string, string>) =>
  Object.fromEntries(
    findStates(parseTree(treeOf(files), { cache: new ParseCache() }).units).map(({ name, resources }) => [
      name,
      resources.map(({ kind, unit }) => `${kind} ${unit.path} ${unit.environment ?? ''}`.trim()).sort(),
    ]),
  )

test('variable files of one root are states of their own, with the overlay of the same name', () => {
  const found = states({
    'infra/main.tf': NETWORK,
    'infra/dev.tfvars': 'name = "dev"',
    'infra/prod.tfvars': 'name = "prod"',
    'apps/dev/web.yaml': service,
    'apps/prod/web.yaml': service,
  })
  expect(Object.keys(found)).toEqual(['dev', 'prod'])
  for (const [name, resources] of Object.entries(found)) {
    expect(resources.filter((text) => text.startsWith('Service'))).toHaveLength(1)
    expect(resources.filter((text) => text.startsWith('azurerm'))).toEqual([
      `azurerm_subnet infra ${name}`,
      `azurerm_virtual_network infra ${name}`,
    ])
  }
})

test('roots of two environments are two states; a hub beside them is in both', () => {
  const found = states({
    'infra/hub/main.tf': 'resource "azurerm_virtual_network" "a" { name = "hub" }',
    'infra/dev/main.tf': 'resource "azurerm_virtual_network" "a" { name = "dev" }',
    'infra/prod/main.tf': 'resource "azurerm_virtual_network" "a" { name = "prod" }',
  })
  expect(found).toEqual({
    dev: ['azurerm_virtual_network infra/dev', 'azurerm_virtual_network infra/hub'],
    prod: ['azurerm_virtual_network infra/hub', 'azurerm_virtual_network infra/prod'],
  })
})

test('manifests that stand under no environment join every state', () => {
  const found = states({ 'infra/main.tf': NETWORK, 'infra/a.tfvars': 'name = "a"', 'apps/web.yaml': service })
  expect(Object.keys(found)).toEqual([''])
  expect(found['']).toHaveLength(3)
})
