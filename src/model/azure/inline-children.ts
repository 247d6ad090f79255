import type { MapValue, Value } from '../../base/value.ts'
import { at, textProp } from './prop.ts'
import type { Building } from './translate.ts'

/** Inline children of an object, with null parents' lists left out. */
export function inlineChildren(parent: Building): Building[] {
  const made: Building[] = []
  for (const kind of INLINE_CHILDREN) {
    if (kind.parent !== parent.type) continue
    const list = at(parent.body, kind.path)
    const items = list?.kind === 'list' ? list.items : list === undefined ? [] : [list]
    for (const item of items) made.push(inlineChild(parent, item, kind))
  }
  return made
}

/**
 * Children that ARM allows inside their parent's body: the list, the child's type, and whether the properties stand beside the name
 * (agent pools do) instead of under `properties`.
 */
const INLINE_CHILDREN: readonly { parent: string; path: string; type: string; flat?: true; name?: string }[] = [
  { parent: 'microsoft.network/virtualnetworks', path: 'properties.subnets', type: 'subnets' },
  {
    parent: 'microsoft.network/virtualnetworks',
    path: 'properties.virtualNetworkPeerings',
    type: 'virtualnetworkpeerings',
  },
  { parent: 'microsoft.network/networksecuritygroups', path: 'properties.securityRules', type: 'securityrules' },
  { parent: 'microsoft.network/routetables', path: 'properties.routes', type: 'routes' },
  {
    parent: 'microsoft.network/azurefirewalls',
    path: 'properties.networkRuleCollections',
    type: 'networkrulecollections',
  },
  {
    parent: 'microsoft.network/azurefirewalls',
    path: 'properties.applicationRuleCollections',
    type: 'applicationrulecollections',
  },
  { parent: 'microsoft.network/azurefirewalls', path: 'properties.natRuleCollections', type: 'natrulecollections' },
  {
    parent: 'microsoft.containerservice/managedclusters',
    path: 'properties.agentPoolProfiles',
    type: 'agentpools',
    flat: true,
  },
  {
    parent: 'microsoft.network/privateendpoints',
    path: 'properties.privateDnsZoneGroups',
    type: 'privatednszonegroups',
  },
  {
    parent: 'microsoft.eventhub/namespaces',
    path: 'properties.networkRuleSet',
    type: 'networkrulesets',
    flat: true,
    name: 'default',
  },
  {
    parent: 'microsoft.servicebus/namespaces',
    path: 'properties.networkRuleSet',
    type: 'networkrulesets',
    flat: true,
    name: 'default',
  },
  { parent: 'microsoft.network/loadbalancers', path: 'properties.loadBalancingRules', type: 'loadbalancingrules' },
  { parent: 'microsoft.network/loadbalancers', path: 'properties.outboundRules', type: 'outboundrules' },
  { parent: 'microsoft.network/loadbalancers', path: 'properties.inboundNatRules', type: 'inboundnatrules' },
  { parent: 'microsoft.network/loadbalancers', path: 'properties.backendAddressPools', type: 'backendaddresspools' },
]

function inlineChild(parent: Building, item: Value, kind: (typeof INLINE_CHILDREN)[number]): Building {
  return {
    type: `${parent.type}/${kind.type}`,
    name:
      kind.name === undefined
        ? textProp(at(item, 'name'), '', item.origin)
        : { known: true, value: kind.name, origin: item.origin },
    parent,
    parentHint: undefined,
    parentType: parent.type,
    body: childBody(item, kind.flat === true),
    resource: parent.resource,
    inline: true,
    apiVersion: parent.apiVersion,
    existing: false,
    azurerm: parent.azurerm,
  }
}

/** An item that is not known stands as properties that are not known. */
function childBody(item: Value, flat: boolean): MapValue {
  if (item.kind === 'map' && !flat) return item
  return { kind: 'map', entries: new Map([['properties', { value: item }]]), origin: item.origin }
}
