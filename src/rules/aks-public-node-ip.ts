import { surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const aksPublicNodeIp = defineRule({
  id: 'aks-public-node-ip',
  meta: {
    title: 'Nodes have public addresses',
    severity: 'high',
    concepts: ['aks-public-node-ip'],
    layer: 'host',
    why: 'Every node is then one network rule away from the internet, and its traffic leaves past the firewall.',
    fix: 'Give nodes private addresses only.',
    sources: ['https://learn.microsoft.com/azure/aks/use-node-public-ips'],
  },

  /** Yields a hit for each node pool whose nodes get public addresses; every pool counts, not only the first. */
  *check(view) {
    for (const { pools } of azureOf(view).clusters.all) {
      for (const { object, publicIps, name } of pools) {
        if (!surely(publicIps, true) || !publicIps.known) continue
        yield azureHit(view, {
          object,
          at: publicIps.origin,
          severity: 'high',
          say: `gives each node${name.known && name.value !== '' ? ` of pool ${name.value}` : ''} a public address: only network rules stand between the nodes and the internet, and what they send leaves past any firewall. Give them private addresses only.`,
          fix: () =>
            inPlace(
              setProperty(object, publicIps, {
                arm: object.inline ? 'enableNodePublicIP' : 'properties.enableNodePublicIP',
                value: false,
              }),
              'Takes the public addresses from the nodes.',
            ),
        })
      }
    }
  },

  merge: mergeAzure,

  /** Private addresses only. */
  patch: (hit) => hit.fix?.(),
})
