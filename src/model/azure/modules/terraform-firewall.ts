import { at } from '../prop.ts'
import { listOf, type ModuleMapping, main, named, valuesOf, withLists } from './mapping.ts'

const FIREWALL = 'github.com/Azure/terraform-azurerm-avm-res-network-azurefirewall: main.tf'
const POLICY =
  'github.com/Azure/terraform-azurerm-avm-res-network-firewallpolicy: main.tf, modules/rule_collection_groups'

/** Modules that create firewalls, their policies and rules. */
export const FIREWALL_MAPPINGS: readonly ModuleMapping[] = [
  {
    source: 'azure/avm-res-network-azurefirewall/azurerm',
    versions: { from: '0.1', to: '0.4', read: FIREWALL },
    expand: ({ inputs, origin, input }) => [
      main(
        'azurerm_firewall',
        {
          ...named(inputs, ['firewall_policy_id']),
          sku_name: input('firewall_sku_name'),
          sku_tier: input('firewall_sku_tier'),
          private_ip_ranges: input('firewall_private_ip_ranges'),
          ip_configuration: valuesOf(input('firewall_ip_configuration') ?? input('ip_configurations')),
          management_ip_configuration: listOf(
            input('firewall_management_ip_configuration') ?? input('management_ip_configuration'),
          ),
          virtual_hub: listOf(input('firewall_virtual_hub') ?? input('virtual_hub')),
        },
        origin,
      ),
    ],
  },
  {
    source: 'azure/avm-res-network-firewallpolicy/azurerm',
    versions: { from: '0.1', to: '0.3', read: POLICY },
    expand: ({ inputs, origin, input }) => [
      main(
        'azurerm_firewall_policy',
        {
          ...named(inputs),
          base_policy_id: input('firewall_policy_base_policy_id'),
          dns: listOf(input('firewall_policy_dns')),
          private_ip_ranges: input('firewall_policy_private_ip_ranges'),
          sku: input('firewall_policy_sku'),
          threat_intelligence_mode: input('firewall_policy_threat_intelligence_mode'),
        },
        origin,
      ),
    ],
  },
  {
    source: 'azure/avm-res-network-firewallpolicy/azurerm//modules/rule_collection_groups',
    versions: { from: '0.1', to: '0.3', read: POLICY },
    expand: ({ origin, inputs }) => {
      const own = (name: string) => at(inputs, `firewall_policy_rule_collection_group_${name}`)
      const collections = (kind: string) => withLists(valuesOf(own(`${kind}_rule_collection`)), ['rule', 'protocols'])
      return [
        main(
          'azurerm_firewall_policy_rule_collection_group',
          {
            name: own('name'),
            priority: own('priority'),
            firewall_policy_id: own('firewall_policy_id'),
            network_rule_collection: collections('network'),
            application_rule_collection: collections('application'),
            nat_rule_collection: collections('nat'),
          },
          origin,
        ),
      ]
    },
  },
]
