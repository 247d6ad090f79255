import type { Cluster, NodePool } from '../model/azure/cluster.ts'
import { knownValue, surely } from '../model/azure/prop.ts'
import { workerPools } from '../reach/azure/state.ts'
import { azureOf } from './facts/azure-view.ts'
import { turnSshOffIn } from './facts/node-settings.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const aksNodeSsh = defineRule({
  id: 'aks-node-ssh',
  meta: {
    title: 'SSH is on for the nodes of the cluster',
    severity: 'low',
    concepts: ['api-server'],
    layer: 'host',
    why: 'Every node listens for SSH on its private address. Whoever gets hold of the key, or of a fault in the server, moves from a pod or a connected network onto the nodes.',
    fix: 'Turn SSH off, which is a preview, and use kubectl debug where a shell on a node is needed.',
    sources: ['https://learn.microsoft.com/azure/aks/manage-ssh-node-access'],
  },

  /** Yields a hit for each cluster with Linux nodes that certainly run SSH. */
  *check(view) {
    for (const cluster of azureOf(view).clusters.all) {
      const pools = workerPools(cluster).filter((pool) => runsSsh(cluster, pool))
      const [first] = pools
      if (first === undefined) continue
      const fix = turnSshOffIn(cluster)
      const names = pools.map(({ name }) => knownValue(name) ?? '?')
      const written = pools.find(({ sshAccess }) => sshAccess.known && sshAccess.isDefault !== true)
      yield azureHit(view, {
        object: cluster.object,
        at: writtenOrigin((written ?? first).sshAccess),
        // What no line of the tree says and none can change is only worth knowing.
        severity: written !== undefined || fix !== undefined ? 'low' : 'note',
        say: `runs SSH on the nodes of ${names.length === 1 ? 'pool' : 'pools'} ${listNames(names)}${written === undefined ? ', as AKS does by default' : ''}: whoever reaches the private address of a node, from a pod or a connected network, can try to log in. Turn it off where nobody needs it (${fix === undefined ? 'az aks nodepool update --ssh-access disabled, a preview' : 'sshAccess, a preview'}); kubectl debug still gives a shell on a node.`,
        fix: () => fix,
      })
    }
  },

  merge: mergeAzure,

  /** Off in every pool. */
  patch: (hit) => hit.fix?.(),
})

/** Nodes that AKS Automatic keeps itself, and those of Windows, cannot be without it. */
function runsSsh({ automatic }: Cluster, { osType, sshAccess, object }: NodePool): boolean {
  return (
    surely(automatic, false) &&
    surely(osType, 'Linux') &&
    surely(sshAccess, 'LocalUser') &&
    object.resource.maybe === undefined
  )
}
