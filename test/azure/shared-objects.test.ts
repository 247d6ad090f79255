import { describe, expect, it } from 'vitest'
import { type AzureNetwork, toAzureNetwork } from '../../src/model/azure/azure-network.ts'
import { ParseCache } from '../../src/parse/front-end.ts'
import { parseTree } from '../../src/parse/units.ts'
import { treeOf } from '../parse/tree-of.ts'

const NETWORK = (name: string, range: string) =>
  `resource "azurerm_virtual_network" "v" {\n  name = "${name}"\n  address_space = ["${range}"]\n}\n`
const SUBNET = (network: string) =>
  `resource "azurerm_subnet" "s" {\n  name = "s"\n  virtual_network_name = "${network}"\n  address_prefixes = ["10.0.0.0/24"]\n}\n`
const PEERING = `resource "azurerm_virtual_network_peering" "p" {
  name = "p"
  virtual_network_name = azurerm_virtual_network.v.name
  remote_virtual_network_id = "/subscriptions/x/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/hub"
}
`

/** Networks of several trees that share what is the same in them, as base and head do. */
function networksOf(...trees: readonly Readonly<Record<string, string>>[]): readonly AzureNetwork[] {
  const cache = new ParseCache()
  return trees.map((files) =>
    toAzureNetwork(parseTree(treeOf(files), { cache }).units.flatMap(({ resources }) => resources)),
  )
}

describe('objects and facts of several networks', () => {
  it('are the identical ones where a unit is the same', () => {
    const spoke = NETWORK('spoke', '10.0.0.0/16')
    const [base, head] = networksOf(
      { 'a/main.tf': spoke, 'b/main.tf': NETWORK('hub', '10.1.0.0/16') },
      { 'a/main.tf': spoke, 'b/main.tf': NETWORK('hub', '10.2.0.0/16') },
    )
    expect(head!.virtualNetworks.all[0]).toBe(base!.virtualNetworks.all[0])
    expect(head!.virtualNetworks.all[1]).not.toBe(base!.virtualNetworks.all[1])
  })

  it('are others where a unit that is the same names what another one newly creates', () => {
    const subnet = SUBNET('hub')
    const [base, head] = networksOf(
      { 'a/main.tf': subnet, 'b/main.tf': NETWORK('other', '10.0.0.0/16') },
      { 'a/main.tf': subnet, 'b/main.tf': NETWORK('hub', '10.0.0.0/16') },
    )
    expect(base!.subnets.all[0]?.object.parent).toBeUndefined()
    expect(head!.subnets.all[0]?.object.parent).toBe(head!.virtualNetworks.all[0]?.object)
  })

  it('are others where only a property names it', () => {
    const spoke = NETWORK('spoke', '10.0.0.0/16') + PEERING
    const [base, head] = networksOf(
      { 'a/main.tf': spoke, 'b/main.tf': NETWORK('other', '10.1.0.0/16') },
      { 'a/main.tf': spoke, 'b/main.tf': NETWORK('hub', '10.1.0.0/16') },
    )
    expect(base!.peerings.all[0]?.remote).toMatchObject({ kind: 'outside', name: 'hub' })
    const [, hub] = head!.virtualNetworks.all
    expect(head!.peerings.all[0]?.remote).toMatchObject({ kind: 'found', object: hub!.object })
    // What does not ask for the hub is shared all the same.
    expect(head!.virtualNetworks.all[0]).toBe(base!.virtualNetworks.all[0])
  })

  it('stand in the order of the state, whichever units name each other', () => {
    const [network] = networksOf({
      'a/main.tf': SUBNET('last'),
      'b/main.tf': NETWORK('middle', '10.1.0.0/16'),
      'c/main.tf': NETWORK('last', '10.0.0.0/16'),
    })
    const units = network!.objects.objects.map(({ resource }) => resource.unit.path)
    expect(units).toEqual(['a', 'b', 'c'])
    expect(network!.subnets.all[0]?.object.parent?.resource.unit.path).toBe('c')
  })
})
