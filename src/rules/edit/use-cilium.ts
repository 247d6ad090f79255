import type { Edit } from '../../base/edit.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import type { ProposedPatch } from '../rule.ts'
import { addSetting, setProperty } from './azure-property.ts'
import { inPlace } from './one-patch.ts'

/** Switches a cluster to the Cilium data plane; undefined where that would need another network plugin, and so a new cluster. */
export function useCilium({ object, plugin, dataplane, policyEngine }: Cluster): ProposedPatch | undefined {
  if (!plugin.known || plugin.value !== 'azure' || plugin.isDefault === true) return undefined
  if (!dataplane.known || !policyEngine.known) return undefined
  const plane = setProperty(object, dataplane, {
    arm: 'properties.networkProfile.networkDataplane',
    azurerm: ['network_profile', 'network_data_plane'],
    value: 'cilium',
  })
  const setting = {
    arm: 'properties.networkProfile.networkPolicy',
    azurerm: ['network_profile', 'network_policy'],
    value: 'cilium',
  }
  const engine =
    policyEngine.isDefault === true ? addSetting(object, setting) : setProperty(object, policyEngine, setting)
  if (plane === undefined || engine === undefined) return undefined
  return inPlace(
    joinInsertions([...plane, ...engine]),
    'Switches the cluster to the Cilium data plane, which enforces network policies.',
  )
}

/** Two insertions at one place are one edit. */
function joinInsertions(edits: readonly Edit[]): readonly Edit[] {
  const [a, b] = edits
  if (a === undefined || b === undefined || a.path !== b.path || a.start !== b.start || a.end !== b.end) return edits
  return [{ ...a, text: a.text + b.text }]
}
