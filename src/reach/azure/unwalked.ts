import { type Truth, toTruth } from '../../algebra/truth.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import { type AzureObject, labelOf, read } from '../../model/azure/azure-object.ts'
import { linkAt } from '../../model/azure/link.ts'
import { flagProp, textProp } from '../../model/azure/prop.ts'
import type { ServiceEndpoint } from '../../model/azure/service.ts'
import type { VirtualNetwork } from '../../model/azure/virtual-network.ts'
import type { Frontend } from './frontends.ts'

/** Something of the Azure network that the tree holds and no layer walks: what hangs on it is not known. */
export interface Unwalked {
  /** What is not walked, and what is therefore not known. */
  readonly words: string
  readonly objects: readonly AzureObject[]
}

const KINDS: readonly (readonly [types: readonly string[], words: string])[] = [
  [
    ['microsoft.network/virtualhubs/hubvirtualnetworkconnections'],
    'Routing in hubs of a virtual WAN is not walked: where packets go from networks that are connected with a hub is not known',
  ],
  [['microsoft.network/privatelinkservices'], 'Private Link services are not walked: who comes in by one is not known'],
  [
    ['microsoft.cdn/profiles', 'microsoft.network/frontdoors'],
    'Front Door is not walked: whom it lets in to its origins is not known',
  ],
  [
    ['microsoft.network/networksecurityperimeters/resourceassociations'],
    'Network security perimeters are not walked: who reaches the services inside is not known',
  ],
  [
    ['microsoft.servicenetworking/trafficcontrollers'],
    'Application Gateway for Containers is not walked: who comes in by its frontends is not known',
  ],
]

/** What of the network is not walked, where the tree has it. */
export function unwalkedLayers({ objects }: AzureNetwork): readonly Unwalked[] {
  return KINDS.flatMap(([types, words]) => {
    const found = types.flatMap((type) => objects.ofType(type)).filter(({ existing }) => !existing)
    return found.length === 0 ? [] : [{ words, objects: found }]
  })
}

/** How many are named; the rest are counted. */
const MOST_NAMES = 3

/** Sentences for the coverage of a report. */
export function unwalkedNotes(azure: AzureNetwork): readonly string[] {
  return unwalkedLayers(azure).map(({ words, objects }) => {
    const names = objects.slice(0, MOST_NAMES).map(labelOf).join(', ')
    const more = objects.length > MOST_NAMES ? ` and ${objects.length - MOST_NAMES} more` : ''
    return `${words} (${names}${more}).`
  })
}

/** `Microsoft.Network/virtualHubs/hubVirtualNetworkConnections`: a network that is connected with a hub of a virtual WAN. */
export interface HubConnection {
  readonly object: AzureObject
  /** Whether the network takes the hub's default route, where it has one. */
  readonly takesDefaultRoute: Truth
}

const CONNECTIONS = new WeakMap<AzureNetwork, ReadonlyMap<AzureObject, readonly HubConnection[]>>()

/** The connections of a network with hubs of virtual WANs. */
export function hubConnectionsOf(azure: AzureNetwork, network: VirtualNetwork): readonly HubConnection[] {
  let byNetwork = CONNECTIONS.get(azure)
  if (byNetwork === undefined) {
    const made = new Map<AzureObject, HubConnection[]>()
    for (const object of azure.objects.ofType('microsoft.network/virtualhubs/hubvirtualnetworkconnections')) {
      const remote = linkAt(azure.objects, object, 'properties.remoteVirtualNetwork.id')
      if (remote.kind !== 'found') continue
      const flag = flagProp(read(object, 'properties.enableInternetSecurity'), false, object.resource.origin)
      // The provider's absent argument is false; what ARM takes an absent one for is not documented.
      const isWritten = object.azurerm !== undefined || read(object, 'properties.enableInternetSecurity') !== undefined
      const takesDefaultRoute: Truth = flag.known && isWritten ? toTruth(flag.value) : 'maybe'
      made.set(remote.object, [...(made.get(remote.object) ?? []), { object, takesDefaultRoute }])
    }
    byNetwork = made
    CONNECTIONS.set(azure, byNetwork)
  }
  return byNetwork.get(network.object) ?? []
}

const PERIMETERS = new WeakMap<AzureNetwork, ReadonlyMap<AzureObject, AzureObject>>()

/**
 * The association that puts a service into a network security perimeter which may decide in place of its own rules: not in the mode
 * `Learning`, where those still admit. Source: learn.microsoft.com/azure/private-link/network-security-perimeter-transition
 */
export function perimeterOf(azure: AzureNetwork, { object }: ServiceEndpoint): AzureObject | undefined {
  let byService = PERIMETERS.get(azure)
  if (byService === undefined) {
    const made = new Map<AzureObject, AzureObject>()
    for (const association of azure.objects.ofType(
      'microsoft.network/networksecurityperimeters/resourceassociations',
    )) {
      const service = linkAt(azure.objects, association, 'properties.privateLinkResource.id')
      const mode = textProp(read(association, 'properties.accessMode'), '', association.resource.origin)
      const isLearning = mode.known && /^(?:learning|transition|audit)$/i.test(mode.value)
      if (service.kind === 'found' && !isLearning) made.set(service.object, association)
    }
    byService = made
    PERIMETERS.set(azure, byService)
  }
  return byService.get(object)
}

/**
 * Whether a Front Door may have a balancer of the cluster as its origin: a public one, or one that a Private Link service leads to, because
 * the Service asks for it or the tree has one.
 * Source: cloud-provider-azure.sigs.k8s.io/topics/pls-integration
 */
export function mayBeOrigin({ objects }: AzureNetwork, { service, public: isPublic }: Frontend): boolean {
  if (isPublic !== 'no') return true
  if (service.annotations.get('service.beta.kubernetes.io/azure-pls-create')?.toLowerCase() === 'true') return true
  return objects.ofType('microsoft.network/privatelinkservices').some(({ existing }) => !existing)
}

/** The Front Doors of the tree, each of which may have any origin. */
export function frontDoorsOf({ objects }: AzureNetwork): readonly AzureObject[] {
  return ['microsoft.cdn/profiles', 'microsoft.network/frontdoors']
    .flatMap((type) => objects.ofType(type))
    .filter(({ existing }) => !existing)
}
