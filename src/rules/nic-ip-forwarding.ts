import { surely } from '../model/azure/prop.ts'
import { setProperty } from './edit/azure-property.ts'
import { inPlace } from './edit/one-patch.ts'
import { azureOf } from './facts/azure-view.ts'
import { azureHit, mergeAzure, writtenOrigin } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const nicIpForwarding = defineRule({
  id: 'nic-ip-forwarding',
  meta: {
    title: 'Network card forwards packets',
    severity: 'low',
    concepts: ['nic-ip-forwarding'],
    layer: 'nsg',
    why: 'A machine that forwards packets can lead traffic around network rules.',
    fix: 'Turn forwarding off where the machine is no appliance.',
    sources: [
      'https://learn.microsoft.com/azure/virtual-network/virtual-network-network-interface#enable-or-disable-ip-forwarding',
    ],
  },

  /** Yields a hit for each card that forwards and that no route of the tree leads to. */
  *check(view) {
    const azure = azureOf(view)
    const hops = new Set(
      azure.routeTables.all.flatMap(({ routes }) =>
        routes.flatMap(({ nextHopAddress }) => (nextHopAddress?.known === true ? [nextHopAddress.value] : [])),
      ),
    )
    for (const { object, ipForwarding, configurations } of azure.interfaces) {
      if (!surely(ipForwarding, true) || !ipForwarding.known) continue
      const isAppliance = configurations.some(
        ({ privateAddress }) => privateAddress?.known === true && hops.has(privateAddress.value),
      )
      if (isAppliance) continue
      yield azureHit(view, {
        object,
        at: writtenOrigin(ipForwarding),
        severity: 'low',
        say: 'forwards packets that are not its own, and no route of this repository leads to it as an appliance. Turn forwarding off where it is none.',
        fix: () =>
          inPlace(
            setProperty(object, ipForwarding, { arm: 'properties.enableIPForwarding', value: false }),
            'Turns forwarding off.',
          ),
      })
    }
  },

  merge: mergeAzure,

  /** Off. */
  patch: (hit) => hit.fix?.(),
})
