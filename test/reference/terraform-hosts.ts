import { type Block, block, COMMON, link, optional, publicIp, ref, resource } from './hcl.ts'
import type { AdminCollection, Gateway, Machine, State } from './state.ts'
import { endpointMembers } from './terraform-paas.ts'

/** Machines, balancers, gateways and the rules of Virtual Network Manager. */
export function hostBlocks(state: State): readonly Block[] {
  return [
    ...state.machines.flatMap((machine) => machineBlocks(machine, state)),
    ...balancerBlocks(state),
    ...(state.gateway === undefined ? [] : gatewayBlocks(state.gateway)),
    ...adminBlocks(state),
    ...endpointMembers(state),
  ]
}

function machineBlocks(machine: Machine, { balancer }: State): readonly Block[] {
  const { name, subnet, address, nsg, groups, publicIp: hasPublicIp } = machine
  const card = ['network_interface_id', ref(`azurerm_network_interface.${name}.id`)] as const
  return [
    ...(hasPublicIp ? [publicIp(`${name}-ip`)] : []),
    resource('network_interface', name, [
      ...COMMON,
      block('ip_configuration', [
        ['name', 'main'],
        ['subnet_id', ref(`azurerm_subnet.${subnet}.id`)],
        ['private_ip_address_allocation', 'Static'],
        ['private_ip_address', address],
        ...optional(hasPublicIp, 'public_ip_address_id', ref(`azurerm_public_ip.${name}-ip.id`)),
      ]),
    ]),
    ...(nsg === undefined
      ? []
      : [
          link('network_interface_security_group_association', name, [
            card,
            ['network_security_group_id', ref(`azurerm_network_security_group.${nsg}.id`)],
          ]),
        ]),
    ...groups.map((group) =>
      link('network_interface_application_security_group_association', `${name}-${group}`, [
        card,
        ['application_security_group_id', ref(`azurerm_application_security_group.${group}.id`)],
      ]),
    ),
    ...(machine.balanced && balancer !== undefined
      ? [
          link('network_interface_backend_address_pool_association', name, [
            card,
            ['ip_configuration_name', 'main'],
            ['backend_address_pool_id', ref('azurerm_lb_backend_address_pool.machines.id')],
          ]),
        ]
      : []),
  ]
}

function balancerBlocks({ balancer }: State): readonly Block[] {
  if (balancer === undefined) return []
  const owner = ['loadbalancer_id', ref('azurerm_lb.lb.id')] as const
  return [
    publicIp('lb-ip'),
    resource('lb', 'lb', [
      ...COMMON,
      ['sku', 'Standard'],
      block('frontend_ip_configuration', [
        ['name', 'main'],
        ['public_ip_address_id', ref('azurerm_public_ip.lb-ip.id')],
      ]),
    ]),
    resource('lb_backend_address_pool', 'machines', [owner]),
    ...(balancer.outbound
      ? [
          resource('lb_outbound_rule', 'out', [
            owner,
            ['protocol', 'All'],
            ['backend_address_pool_id', ref('azurerm_lb_backend_address_pool.machines.id')],
            block('frontend_ip_configuration', [['name', 'main']]),
          ]),
        ]
      : []),
  ]
}

/** Modes of the web application firewall: of a policy, of the gateway's own settings, or none. */
function gatewayBlocks(gateway: Gateway): readonly Block[] {
  const { subnet, isPublic, privateAddress, waf, listeners } = gateway
  const policy = resource('web_application_firewall_policy', 'waf', [
    ...COMMON,
    block('policy_settings', [
      ['enabled', waf !== 'disabled'],
      ['mode', waf === 'Detection' ? 'Detection' : 'Prevention'],
    ]),
  ])
  return [
    ...(isPublic ? [publicIp('agw-ip')] : []),
    ...(waf === 'none' ? [] : [policy]),
    resource('application_gateway', 'agw', [
      ...COMMON,
      block('sku', [
        ['name', waf === 'none' ? 'Standard_v2' : 'WAF_v2'],
        ['tier', waf === 'none' ? 'Standard_v2' : 'WAF_v2'],
      ]),
      ...optional(waf !== 'none', 'firewall_policy_id', ref('azurerm_web_application_firewall_policy.waf.id')),
      block('gateway_ip_configuration', [
        ['name', 'main'],
        ['subnet_id', ref(`azurerm_subnet.${subnet}.id`)],
      ]),
      ...(isPublic
        ? [
            block('frontend_ip_configuration', [
              ['name', 'public'],
              ['public_ip_address_id', ref('azurerm_public_ip.agw-ip.id')],
            ]),
          ]
        : []),
      ...(privateAddress === undefined
        ? []
        : [
            block('frontend_ip_configuration', [
              ['name', 'private'],
              ['subnet_id', ref(`azurerm_subnet.${subnet}.id`)],
              ['private_ip_address_allocation', 'Static'],
              ['private_ip_address', privateAddress],
            ]),
          ]),
      ...listeners.flatMap((listener, index) => [
        block('frontend_port', [
          ['name', `port${index}`],
          ['port', listener.port],
        ]),
        block('backend_address_pool', [
          ['name', `pool${index}`],
          ...optional(listener.backends.length > 0, 'ip_addresses', listener.backends),
        ]),
        block('http_listener', [
          ['name', `listener${index}`],
          ['frontend_ip_configuration_name', listener.isPublic ? 'public' : 'private'],
          ['frontend_port_name', `port${index}`],
          ['protocol', listener.port === 443 ? 'Https' : 'Http'],
        ]),
        block('request_routing_rule', [
          ['name', `rule${index}`],
          ['priority', 100 + index],
          ['rule_type', 'Basic'],
          ['http_listener_name', `listener${index}`],
          ['backend_address_pool_name', `pool${index}`],
          ['backend_http_settings_name', 'http'],
        ]),
      ]),
      block('backend_http_settings', [
        ['name', 'http'],
        ['port', 80],
        ['protocol', 'Http'],
        ['cookie_based_affinity', 'Disabled'],
      ]),
    ]),
  ]
}

function adminBlocks({ adminRules }: State): readonly Block[] {
  if (adminRules === undefined) return []
  const manager = ['network_manager_id', ref('azurerm_network_manager.avnm.id')] as const
  const configuration = ref('azurerm_network_manager_security_admin_configuration.admin.id')
  return [
    resource('network_manager', 'avnm', [...COMMON, ['scope_accesses', ['SecurityAdmin']]]),
    resource('network_manager_security_admin_configuration', 'admin', [manager]),
    ...adminRules.collections.flatMap((collection, index) => [
      resource('network_manager_network_group', `members${index}`, [manager]),
      ...collection.vnets.map((vnet) =>
        resource('network_manager_static_member', `${vnet}${index}`, [
          ['network_group_id', ref(`azurerm_network_manager_network_group.members${index}.id`)],
          ['target_virtual_network_id', ref(`azurerm_virtual_network.${vnet}.id`)],
        ]),
      ),
      resource('network_manager_admin_rule_collection', `collection${index}`, [
        ['security_admin_configuration_id', configuration],
        ['network_group_ids', [ref(`azurerm_network_manager_network_group.members${index}.id`)]],
      ]),
      ...collection.rules.map((rule, each) => adminRule(rule, `rule${index}-${each}`, `collection${index}`)),
    ]),
    ...(adminRules.deployed
      ? [
          link('network_manager_deployment', 'admin', [
            manager,
            ['location', 'westeurope'],
            ['scope_access', 'SecurityAdmin'],
            ['configuration_ids', [configuration]],
          ]),
        ]
      : []),
  ]
}

function adminRule(rule: AdminCollection['rules'][number], name: string, collection: string): Block {
  const ends = (side: 'source' | 'destination', prefixes: readonly string[]) =>
    prefixes.map((prefix) =>
      block(side, [
        ['address_prefix_type', /^[\d*]/.test(prefix) ? 'IPPrefix' : 'ServiceTag'],
        ['address_prefix', prefix],
      ]),
    )
  const ports = rule.ports.map((port) => (port === '*' ? '0-65535' : port))
  return resource('network_manager_admin_rule', name, [
    ['admin_rule_collection_id', ref(`azurerm_network_manager_admin_rule_collection.${collection}.id`)],
    ['action', rule.access],
    ['direction', rule.direction],
    ['priority', rule.priority],
    ['protocol', rule.protocol === '*' ? 'Any' : rule.protocol],
    ['source_port_ranges', ['0-65535']],
    ['destination_port_ranges', ports],
    ...ends('source', rule.sources),
    ...ends('destination', rule.destinations),
  ])
}
