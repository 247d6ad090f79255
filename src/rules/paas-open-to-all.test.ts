import { describe } from 'vitest'
import { finds, silent } from '../../test/rule-table.ts'
import { paasOpenToAll } from './paas-open-to-all.ts'
import { paasPublicEndpoint } from './paas-public-endpoint.ts'
import { privateEndpointAndPublic } from './private-endpoint-and-public.ts'

const account = (more: string) => `resource "azurerm_storage_account" "data" {
  name                     = "data"
  account_tier             = "Standard"
${more}}
`
const template = (acls: string, parameters = '') => `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  ${parameters}"resources": [
    {
      "type": "Microsoft.KeyVault/vaults",
      "apiVersion": "2023-07-01",
      "name": "vault",
      "properties": {
        "tenantId": "x"${acls}
      }
    }
  ]
}
`

describe('paas-open-to-all', () => {
  finds(paasOpenToAll, 'no rules at all: the block is written', {
    head: { 'main.tf': account('') },
    at: 'main.tf: resource "azurerm_storage_account" "data" {',
    severity: 'high',
    patched: { 'main.tf': account('\n  network_rules {\n    default_action = "Deny"\n  }\n') },
  })
  finds(paasOpenToAll, 'Allow beside a list of addresses, which has no effect', {
    head: {
      'main.tf': account(
        '\n  network_rules {\n    default_action = "Allow" # for now\n    ip_rules       = ["203.0.113.7"]\n  }\n',
      ),
    },
    at: 'main.tf: default_action = "Allow" # for now',
    patched: {
      'main.tf': account(
        '\n  network_rules {\n    default_action = "Deny" # for now\n    ip_rules       = ["203.0.113.7"]\n  }\n',
      ),
    },
  })
  finds(paasOpenToAll, 'ARM: the property is added behind the last one', {
    head: { 'vault.json': template('') },
    at: 'vault.json: {',
    patched: {
      'vault.json': template(',\n        "networkAcls": {\n          "defaultAction": "Deny"\n        }'),
    },
  })
  finds(paasOpenToAll, 'ARM: the value comes from the default of a parameter', {
    head: {
      'vault.json': template(
        `,\n        "networkAcls": { "defaultAction": "[parameters('action')]" }`,
        '"parameters": {\n    "action": { "type": "string", "defaultValue": "Allow" }\n  },\n  ',
      ),
    },
    at: 'vault.json: "action": { "type": "string", "defaultValue": "Allow" }',
  })
  silent(paasOpenToAll, 'switched off', { head: { 'main.tf': account('  public_network_access_enabled = false\n') } })
  silent(paasOpenToAll, 'a database without rules admits nobody', {
    head: { 'main.tf': 'resource "azurerm_mssql_server" "sql" {\n  name = "sql"\n}\n' },
  })
  silent(paasOpenToAll, 'unknown', {
    head: { 'main.tf': `variable "open" {}\n${account('  public_network_access_enabled = var.open\n')}` },
  })
})

describe('paas-public-endpoint', () => {
  const endpoint = `resource "azurerm_private_endpoint" "data" {
  name      = "pe"
  subnet_id = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
  private_service_connection {
    name                           = "c"
    is_manual_connection           = false
    private_connection_resource_id = azurerm_storage_account.data.id
    subresource_names              = ["blob"]
  }
}
`
  const denied = '\n  network_rules {\n    default_action = "Deny"\n    ip_rules       = ["203.0.113.7"]\n  }\n'
  finds(privateEndpointAndPublic, 'beside a private endpoint it is switched off', {
    head: { 'main.tf': account(denied) + endpoint },
    at: 'main.tf: resource "azurerm_storage_account" "data" {',
    severity: 'medium',
    patched: {
      'main.tf': account(`  public_network_access_enabled = false\n${denied}`) + endpoint,
    },
  })
  silent(paasPublicEndpoint, 'what anybody may call is told by another rule', { head: { 'main.tf': account('') } })
})
