import { get } from '../base/value.ts'
import { parseAzureId } from '../model/azure/azure-id.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { type AzureObject, read } from '../model/azure/azure-object.ts'
import { knownValue, textProp } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const nsgOnManagedGroup = defineRule({
  id: 'nsg-on-managed-group',
  meta: {
    title: 'Rule of your own in the security group that AKS manages',
    severity: 'low',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'AKS writes the security group in the node resource group itself, by the Services of the cluster. It does not support rules of others there, and they can be gone after an upgrade.',
    fix: 'Put the rule into a group of your own on the subnet of the nodes.',
    sources: [
      'https://learn.microsoft.com/azure/aks/support-policies',
      'https://learn.microsoft.com/azure/aks/concepts-network#network-security-groups',
    ],
  },

  /** Yields a hit for each rule that the tree writes into the group of a node resource group. */
  *check(view) {
    const azure = azureOf(view)
    for (const object of azure.objects.ofType('microsoft.network/networksecuritygroups/securityrules')) {
      if (object.existing || !isManaged(azure, object)) continue
      const group = groupName(object)
      yield azureHit(view, {
        object,
        severity: 'low',
        say: `is written into the security group ${group === undefined ? 'of the node resource group' : group}, which AKS manages: AKS does not support rules of others there, and may take them out when it writes the group anew. Put it into a group of your own on the subnet of the nodes.`,
        decide: 'Which group of your own, on the subnet of the nodes, is to hold the rule?',
      })
    }
  },

  merge: mergeAzure,
})

/** As AKS names the group of its nodes. Source: the resource names of the AKS resource provider, as PSRule for Azure knows them */
const MANAGED_NAME = /^aks-agentpool-\d+-nsg$/i
/** Rules of the cloud controller. Source: kubernetes-sigs/cloud-provider-azure, securitygroup.go and its predecessor */
const GENERATED_RULE = /^(?:k8s-azure-lb_|[a-z0-9]{32}-)/i

function isManaged(azure: AzureNetwork, object: AzureObject): boolean {
  const group = groupName(object)
  if (group !== undefined && MANAGED_NAME.test(group)) return !GENERATED_RULE.test(knownValue(object.name) ?? '')
  // A group that the tree makes is its own, wherever it stands.
  return (object.parent === undefined || object.parent.existing) && isInNodeGroup(azure, object)
}

function groupName({ parent, parentHint }: AzureObject): string | undefined {
  if (parent !== undefined) return knownValue(parent.name)
  if (parentHint?.kind === 'id') return parseAzureId(parentHint.id)?.names.at(-1)
  if (parentHint?.kind !== 'scalar') return undefined
  const text = `${parentHint.value}`
  return parseAzureId(text)?.names.at(-1) ?? text
}

/** Whether azurerm puts it into the resource group of a cluster's nodes: the cluster's attribute, its name, or the name that AKS gives. */
function isInNodeGroup({ clusters }: AzureNetwork, { resource, azurerm }: AzureObject): boolean {
  const group = azurerm === undefined ? undefined : get(resource.value, 'resource_group_name')
  if (group?.kind === 'unknown')
    return group.reference?.attribute === 'node_resource_group' || /^mc_/i.test(group.prefix ?? '')
  if (group?.kind !== 'scalar') return false
  const text = `${group.value}`.toLowerCase()
  return (
    /^mc_/.test(text) ||
    clusters.all.some(
      ({ object }) =>
        knownValue(
          textProp(read(object, 'properties.nodeResourceGroup'), '', object.resource.origin),
        )?.toLowerCase() === text,
    )
  )
}
