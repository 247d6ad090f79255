import { toCidrs } from '../../algebra/addresses.ts'
import { booleanOf } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'
import { read } from '../../model/azure/azure-object.ts'
import type { Cluster } from '../../model/azure/cluster.ts'
import { surely } from '../../model/azure/prop.ts'
import { workerPools } from '../../reach/azure/state.ts'
import { setProperty } from '../edit/azure-property.ts'
import { inPlace } from '../edit/one-patch.ts'
import type { ProposedPatch } from '../rule.ts'
import { linkedCluster } from './azure-site.ts'

/** What nodes of the cluster that a state runs in certainly keep from their pods, whatever policies say. */
export interface NodeSettings {
  /** The instance metadata service. Source: learn.microsoft.com/azure/aks/imds-restriction */
  readonly barsMetadata: boolean
  /** SSH on every node. Source: learn.microsoft.com/azure/aks/manage-ssh-node-access */
  readonly barsSsh: boolean
}

const NONE: NodeSettings = { barsMetadata: false, barsSsh: false }

export function nodeSettings(view: StateView): NodeSettings {
  const cluster = linkedCluster(view)
  if (cluster === undefined) return NONE
  const pools = workerPools(cluster)
  return {
    barsMetadata: surely(cluster.podLinkLocalAccess, 'None'),
    barsSsh: pools.length > 0 && pools.every(({ sshAccess }) => surely(sshAccess, 'Disabled')),
  }
}

/** Keeps the metadata service from pods on the nodes; undefined where the language or the API version has no word for it. */
export function barMetadata(view: StateView): ProposedPatch | undefined {
  const cluster = linkedCluster(view)
  // The setting needs the issuer of workload identity, and Azure refuses the cluster without.
  if (cluster === undefined || !isPreview(cluster) || !hasIssuer(cluster)) return undefined
  const edits = setProperty(cluster.object, cluster.podLinkLocalAccess, {
    arm: 'properties.networkProfile.podLinkLocalAccess',
    value: 'None',
  })
  const patch = inPlace(
    edits,
    'Keeps the metadata service from all pods of the cluster that are not on the host network.',
  )
  return patch && { ...patch, layer: 'host' }
}

/** Turns SSH off on every node; undefined where the language or the API version has no word for it. */
export function turnSshOff(view: StateView): ProposedPatch | undefined {
  const cluster = linkedCluster(view)
  return cluster && turnSshOffIn(cluster)
}

/** As {@link turnSshOff}, for any cluster. */
export function turnSshOffIn(cluster: Cluster): ProposedPatch | undefined {
  if (!isPreview(cluster)) return undefined
  const edits = workerPools(cluster).map(({ object, sshAccess }) =>
    surely(sshAccess, 'Disabled')
      ? []
      : setProperty(object, sshAccess, {
          arm: `${object.inline ? '' : 'properties.'}securityProfile.sshAccess`,
          value: 'Disabled',
        }),
  )
  if (edits.includes(undefined)) return undefined
  const patch = inPlace(
    edits.flatMap((edit) => edit ?? []),
    'Turns SSH off on the nodes of every pool; kubectl debug still gives a shell on a node.',
  )
  return patch && { ...patch, layer: 'host' }
}

/** The range of the nodes, where it is known and one block. */
export function nodeBlock({ reach: { cluster } }: StateView): string | undefined {
  const [block, ...others] = cluster.nodeAddresses === undefined ? [] : toCidrs(cluster.nodeAddresses)
  return others.length === 0 ? block : undefined
}

/** Settings of previews are refused by other versions of the API, and azurerm has none of them. */
function isPreview({ object }: Cluster): boolean {
  const version = object.apiVersion ?? ''
  return object.azurerm === undefined && /-preview$/i.test(version) && version >= PREVIEW_SINCE
}

/** Both settings are in this version and later ones. Source: azure-sdk-for-go, armcontainerservice changelog, 6.1.0-beta.1 */
const PREVIEW_SINCE = '2024-05-02-preview'

function hasIssuer({ object }: Cluster): boolean {
  return booleanOf(read(object, 'properties.oidcIssuerProfile.enabled')) === true
}
