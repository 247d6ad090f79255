import { expect, it } from 'vitest'
import { kindOfSymbol } from './kind-words.ts'

it.each([
  ['nodes', 'Microsoft.Network/networkSecurityGroups', 'NSG'],
  ['policy::names', 'Microsoft.Network/firewallPolicies/ruleCollectionGroups', 'Rule collection group'],
  ['spokes[0]', 'Microsoft.Network/virtualNetworks', 'Virtual network'],
  ['outbound', 'Microsoft.Network/publicIPAddresses', 'Public IP address'],
  ['zone', 'Microsoft.Network/privateDnsZones', 'Private DNS zone'],
  ['way', 'Microsoft.Network/natGateways', 'NAT gateway'],
  ['data', 'Microsoft.Storage/storageAccounts', 'Storage account'],
  ['images', 'Microsoft.ContainerRegistry/registries', 'Container registry'],
])('%s of type %s is a %s', (address, type, words) => expect(kindOfSymbol(address, type)).toBe(words))

it.each([
  ['azurerm_subnet.nodes', 'azurerm_subnet'],
  ['Microsoft.Network/virtualNetworks/spoke', 'Microsoft.Network/virtualNetworks'],
  ['net.nodes', 'Microsoft.Network/networkSecurityGroups'],
  ['net', 'module'],
])('%s says itself what it is, or is nothing of Azure', (address, type) => {
  expect(kindOfSymbol(address, type)).toBeUndefined()
})
