import type { StateView } from '../compare/state-view.ts'
import { labelOf, read } from '../model/azure/azure-object.ts'
import { knownValue, surely, textProp } from '../model/azure/prop.ts'
import type { AzureQuery } from '../reach/azure/explain-azure.ts'
import type { Outcome } from '../reach/azure/outcome.ts'
import { eachNetwork } from './each.ts'
import { allowAks } from './edit/allow-aks.ts'
import { askAzure, azureWitness, siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { type WayOut, waysOut } from './facts/way-out.ts'
import { azureHit } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const firewallBlocksAks = defineRule({
  id: 'firewall-blocks-aks',
  meta: {
    title: 'Firewall refuses what AKS itself must reach',
    severity: 'high',
    concepts: ['firewall', 'egress'],
    layer: 'firewall',
    why: 'Nodes pull their images, sign in and report through the firewall. Without these names nodes do not join, upgrades fail and the cluster degrades.',
    fix: 'Allow the FQDN tag AzureKubernetesService for the subnets of the nodes.',
    sources: [
      'https://learn.microsoft.com/azure/aks/outbound-rules-control-egress',
      'https://learn.microsoft.com/azure/firewall/fqdn-tags',
    ],
  },

  /** Yields a hit for each subnet of nodes whose default route leads to a firewall of the tree that certainly refuses required names. */
  check: eachNetwork(function* (view) {
    for (const way of waysOut(view)) {
      if (way.exit.kind !== 'firewall' || way.carries === 'pods' || isOtherCloud(way)) continue
      const refused = refusedNames(view, way)
      const [first] = refused
      if (first === undefined) continue
      const { firewall } = way.exit
      const policy = siteOf(view).azure.firewallPolicies.of(firewall.policy)
      const names = refused.map(({ query }) => query.to)
      yield azureHit(view, {
        object: policy?.object ?? firewall.object,
        detail: `${subjectOf(view, way.cluster.object)} ${subjectOf(view, way.subnet.object)}`,
        severity: 'high',
        extent: names.length,
        say: `refuses what the nodes of ${labelOf(way.cluster.object)} in ${labelOf(way.subnet.object)} must reach: ${listNames(names, 4)} on TCP 443. Their default route leads to this firewall, so nodes cannot join, pull system images or upgrade. Allow the FQDN tag AzureKubernetesService for the subnet.`,
        witness: azureWitness(first.query, first.outcome),
        decide: 'Add an application rule with the FQDN tag AzureKubernetesService for the addresses of the subnet.',
        fix: () => policy && allowAks(policy, way.subnet),
      })
    }
  }),

  /** One application rule with the tag, for the subnet of the nodes. */
  patch: (hit) => hit.fix?.(),
})

/**
 * What every cluster of the public cloud needs. Of several names in one entry any is enough: Microsoft moves from one to the other.
 * Source: learn.microsoft.com/azure/aks/outbound-rules-control-egress
 */
const ALWAYS: readonly (readonly string[])[] = [
  ['management.azure.com'],
  ['login.microsoftonline.com'],
  ['packages.microsoft.com'],
  ['packages.aks.azure.com', 'acs-mirror.azureedge.net'],
]
/** Needed where images do not come from a registry of the customer. */
const IMAGES: readonly (readonly string[])[] = [['mcr.microsoft.com']]

function refusedNames(
  view: StateView,
  { cluster, peer }: WayOut,
): readonly { readonly query: AzureQuery; readonly outcome: Outcome }[] {
  const needs = [...(surely(cluster.artifactSource, 'Direct') ? IMAGES : []), ...ALWAYS]
  return needs.flatMap((names) => {
    const answers = names.map((to) => {
      const query = { from: peer, to, protocol: 'TCP', port: 443 } as const
      return { query, outcome: askAzure(view, query) }
    })
    const isRefused = answers.every(({ outcome: { answer, layer } }) => answer === 'denied' && layer === 'firewall')
    return isRefused ? answers.slice(0, 1) : []
  })
}

/** Clouds of governments and of China have other names. */
function isOtherCloud({ cluster: { object } }: WayOut): boolean {
  const location = knownValue(textProp(read(object, 'location'), '', object.resource.origin))
  return location !== undefined && /^(?:us ?gov|us ?dod|us ?sec|us ?nat|china)/i.test(location)
}
