import type { StateView } from '../../compare/state-view.ts'
import { type AzureNetwork, toAzureNetwork } from '../../model/azure/azure-network.ts'

const made = new WeakMap<StateView['resources'], AzureNetwork>()

/** The Azure facts of a state. */
export function azureOf({ network, resources }: StateView): AzureNetwork {
  if (network.azure !== undefined) return network.azure
  let azure = made.get(resources)
  if (azure === undefined) {
    azure = toAzureNetwork(resources)
    made.set(resources, azure)
  }
  return azure
}
