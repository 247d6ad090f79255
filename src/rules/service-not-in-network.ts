import { type AzureObject, read } from '../model/azure/azure-object.ts'
import { blocksOf, present, textProp } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const serviceNotInNetwork = defineRule({
  id: 'service-not-in-network',
  meta: {
    title: 'Service runs outside of any virtual network',
    severity: 'note',
    concepts: ['no-vnet'],
    layer: 'nsg',
    why: 'What runs outside of your networks is reached, and reaches out, past your network rules.',
    fix: 'Place the service into a subnet where its plan allows it.',
    sources: ['https://learn.microsoft.com/azure/virtual-network/virtual-network-for-azure-services'],
  },

  /** Yields a note for each service that could be placed into a network and, for certain, is not. */
  *check(view) {
    const { objects } = azureOf(view)
    for (const { type, concept, isOutside, words } of PLACED_SERVICES) {
      for (const object of objects.ofType(type)) {
        if (object.existing || !isOutside(object)) continue
        yield azureHit(view, { object, concepts: [concept], severity: 'note', say: words })
      }
    }
  },

  merge: mergeAzure,
})

interface PlacedService {
  readonly type: string
  readonly concept: string
  readonly isOutside: (object: AzureObject) => boolean
  readonly words: string
}

const isMissing = (object: AzureObject, path: string): boolean => present(read(object, path)) === undefined
const isWord = (object: AzureObject, path: string, fallback: string, words: RegExp): boolean => {
  const text = textProp(read(object, path), fallback, object.resource.origin)
  return text.known && words.test(text.value)
}

const PLACED_SERVICES: readonly PlacedService[] = [
  {
    type: 'microsoft.apimanagement/service',
    concept: 'apim-no-vnet',
    isOutside: (object) => isWord(object, 'properties.virtualNetworkType', 'None', /^none$/i),
    words: 'is not in a virtual network, so its gateway is public and its back ends have to be.',
  },
  {
    type: 'microsoft.containerinstance/containergroups',
    concept: 'container-group-no-vnet',
    isOutside: (object) =>
      blocksOf(read(object, 'properties.subnetIds')).complete &&
      blocksOf(read(object, 'properties.subnetIds')).blocks.length === 0 &&
      isMissing(object, 'properties.networkProfile'),
    words: 'is not in a subnet, so no network rule of yours limits what it reaches.',
  },
  {
    type: 'microsoft.appplatform/spring',
    concept: 'spring-cloud-no-vnet',
    // The Basic plan cannot be placed.
    isOutside: (object) =>
      isMissing(object, 'properties.networkProfile.serviceRuntimeSubnetId') || isWord(object, 'sku.name', 'S0', /^B/i),
    words: 'does not run in a subnet, so no network rule of yours limits what it reaches.',
  },
  {
    type: 'microsoft.synapse/workspaces',
    concept: 'synapse-no-managed-vnet',
    isOutside: (object) => isWord(object, 'properties.managedVirtualNetwork', '', /^$/),
    words: 'has no managed virtual network, so what it runs reaches out past any network rule.',
  },
]
