import { membersOf } from './arm-network.ts'
import { type Declared, network, type Properties, partOf, publicIp, ref, reference, symbolOf } from './arm-resources.ts'
import type { AdminCollection, Gateway, GatewayListener, Machine, State } from './state.ts'

/** Machines, balancers, gateways and the rules of Virtual Network Manager. */
export function hostResources(state: State): readonly Declared[] {
  return [
    ...balancerResources(state),
    ...state.machines.flatMap((machine) => machineResources(machine, state)),
    ...(state.gateway === undefined ? [] : gatewayResources(state.gateway)),
    ...adminResources(state),
  ]
}

function machineResources(machine: Machine, { balancer }: State): readonly Declared[] {
  const { name, subnet, address, nsg, groups, balanced, publicIp: hasPublicIp } = machine
  return [
    ...(hasPublicIp ? [publicIp(`${name}-ip`)] : []),
    network(symbolOf(name), 'networkInterfaces', [name], {
      ...(nsg !== undefined && { networkSecurityGroup: reference(symbolOf(nsg)) }),
      ipConfigurations: [
        {
          name: 'main',
          properties: {
            subnet: reference(symbolOf(subnet)),
            privateIPAllocationMethod: 'Static',
            privateIPAddress: address,
            ...(hasPublicIp && { publicIPAddress: reference(symbolOf(`${name}-ip`)) }),
            ...(groups.length > 0 && { applicationSecurityGroups: membersOf(groups) }),
            ...(balanced &&
              balancer !== undefined && {
                loadBalancerBackendAddressPools: [partOf('lb', 'backendAddressPools', 'machines')],
              }),
          },
        },
      ],
    }),
  ]
}

function balancerResources({ balancer }: State): readonly Declared[] {
  if (balancer === undefined) return []
  const out = {
    name: 'out',
    properties: {
      protocol: 'All',
      backendAddressPool: partOf('lb', 'backendAddressPools', 'machines'),
      frontendIPConfigurations: [partOf('lb', 'frontendIPConfigurations', 'main')],
    },
  }
  return [
    publicIp('lb-ip'),
    network(
      'lb',
      'loadBalancers',
      ['lb'],
      {
        frontendIPConfigurations: [{ name: 'main', properties: { publicIPAddress: reference('lb_ip') } }],
        backendAddressPools: [{ name: 'machines' }],
        ...(balancer.outbound && { outboundRules: [out] }),
      },
      { sku: { name: 'Standard' } },
    ),
  ]
}

/** Modes of the web application firewall: of a policy, or none. */
function gatewayResources(gateway: Gateway): readonly Declared[] {
  const { subnet, isPublic, privateAddress, waf, listeners } = gateway
  const tier = waf === 'none' ? 'Standard_v2' : 'WAF_v2'
  const own = (collection: string, name: string) => partOf('agw', collection, name)
  const frontends = [
    ...(isPublic ? [{ name: 'public', properties: { publicIPAddress: reference('agw_ip') } }] : []),
    ...(privateAddress === undefined
      ? []
      : [
          {
            name: 'private',
            properties: {
              subnet: reference(symbolOf(subnet)),
              privateIPAllocationMethod: 'Static',
              privateIPAddress: privateAddress,
            },
          },
        ]),
  ]
  const numbered = <T>(make: (listener: GatewayListener, index: number) => T) => listeners.map(make)
  return [
    ...(isPublic ? [publicIp('agw-ip')] : []),
    ...(waf === 'none'
      ? []
      : [
          network('waf', 'ApplicationGatewayWebApplicationFirewallPolicies', ['waf'], {
            policySettings: {
              state: waf === 'disabled' ? 'Disabled' : 'Enabled',
              ...(waf !== 'disabled' && { mode: waf }),
            },
          }),
        ]),
    network('agw', 'applicationGateways', ['agw'], {
      sku: { name: tier, tier },
      ...(waf !== 'none' && { firewallPolicy: reference('waf') }),
      gatewayIPConfigurations: [{ name: 'main', properties: { subnet: reference(symbolOf(subnet)) } }],
      frontendIPConfigurations: frontends,
      frontendPorts: numbered(({ port }, index) => ({ name: `port${index}`, properties: { port } })),
      backendAddressPools: numbered(({ backends }, index) => ({
        name: `pool${index}`,
        properties: { backendAddresses: backends.map((ipAddress) => ({ ipAddress })) },
      })),
      backendHttpSettingsCollection: [{ name: 'http', properties: { port: 80, protocol: 'Http' } }],
      httpListeners: numbered((listener, index) => ({
        name: `listener${index}`,
        properties: {
          frontendIPConfiguration: own('frontendIPConfigurations', listener.isPublic ? 'public' : 'private'),
          frontendPort: own('frontendPorts', `port${index}`),
          protocol: listener.port === 443 ? 'Https' : 'Http',
        },
      })),
      requestRoutingRules: numbered((_, index) => ({
        name: `rule${index}`,
        properties: {
          priority: 100 + index,
          ruleType: 'Basic',
          httpListener: own('httpListeners', `listener${index}`),
          backendAddressPool: own('backendAddressPools', `pool${index}`),
          backendHttpSettings: own('backendHttpSettingsCollection', 'http'),
        },
      })),
    }),
  ]
}

const MANAGER = 'networkManagers'

function adminResources({ adminRules }: State): readonly Declared[] {
  if (adminRules === undefined) return []
  const configuration = `${MANAGER}/securityAdminConfigurations`
  return [
    network('avnm', MANAGER, ['avnm'], { networkManagerScopeAccesses: ['SecurityAdmin'] }),
    network('admin', configuration, ['avnm', 'admin'], {}),
    ...adminRules.collections.flatMap((collection, index) => {
      const [members, own] = [`members${index}`, `collection${index}`]
      return [
        network(members, `${MANAGER}/networkGroups`, ['avnm', members], {}),
        ...collection.vnets.map((vnet) =>
          network(symbolOf(members, vnet), `${MANAGER}/networkGroups/staticMembers`, ['avnm', members, vnet], {
            resourceId: ref(symbolOf(vnet)),
          }),
        ),
        network(own, `${configuration}/ruleCollections`, ['avnm', 'admin', own], {
          appliesToGroups: [{ networkGroupId: ref(members) }],
        }),
        ...collection.rules.map((rule, each) =>
          network(
            symbolOf(own, `${each}`),
            `${configuration}/ruleCollections/rules`,
            ['avnm', 'admin', own, `rule${each}`],
            adminRule(rule),
            { kind: 'Custom' },
          ),
        ),
      ]
    }),
  ]
}

function adminRule(rule: AdminCollection['rules'][number]): Properties {
  const ends = (prefixes: readonly string[]) =>
    prefixes.map((addressPrefix) => ({
      addressPrefix,
      addressPrefixType: /^[\d*]/.test(addressPrefix) ? 'IPPrefix' : 'ServiceTag',
    }))
  return {
    access: rule.access,
    direction: rule.direction,
    priority: rule.priority,
    protocol: rule.protocol === '*' ? 'Any' : rule.protocol,
    sourcePortRanges: ['0-65535'],
    destinationPortRanges: rule.ports.map((port) => (port === '*' ? '0-65535' : port)),
    sources: ends(rule.sources),
    destinations: ends(rule.destinations),
  }
}
