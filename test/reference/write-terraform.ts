import { block, print, ref } from './hcl.ts'
import type { State } from './state.ts'
import { clusterBlocks } from './terraform-cluster.ts'
import { firewallBlocks } from './terraform-firewall.ts'
import { hostBlocks } from './terraform-hosts.ts'
import { networkBlocks } from './terraform-network.ts'
import { paasBlocks } from './terraform-paas.ts'

/** The state's Azure resources in azurerm 4. */
export function writeTerraform(state: State): string {
  const provider = ref('{\n source = "hashicorp/azurerm"\n version = "4.30.0"\n}')
  return [
    block('terraform', [block('required_providers', [['azurerm', provider]])]),
    ...networkBlocks(state),
    ...firewallBlocks(state),
    ...clusterBlocks(state),
    ...paasBlocks(state),
    ...hostBlocks(state),
  ]
    .map((each) => print(each, ''))
    .join('')
}
