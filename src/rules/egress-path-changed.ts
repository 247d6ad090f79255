import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import { originOf } from '../model/azure/azure-objects.ts'
import { egressOf } from '../reach/layers/nat.ts'
import { siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { type WayOut, waysOut } from './facts/way-out.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { lineOf } from './one-line.ts'
import { defineRule } from './rule.ts'

export const egressPathChanged = defineRule({
  id: 'egress-path-changed',
  meta: {
    title: 'Traffic to the internet takes another way',
    severity: 'low',
    concepts: ['egress', 'route'],
    layer: 'route',
    why: 'Another way out means another public address, which allow lists of partners, services and the API server may not know, and other filters or none.',
    fix: 'Check allow lists that name the old address.',
    sources: ['https://learn.microsoft.com/azure/aks/egress-outboundtype#updating-outboundtype-after-cluster-creation'],
  },

  /** Yields a hit for each subnet of a cluster that certainly leaves by something else than before. */
  *checkChange({ base, head }) {
    if (base === undefined || head === undefined) return
    const before = new Map(waysOut(base).map((way) => [keyOf(base, way), way]))
    for (const way of waysOut(head)) {
      const key = keyOf(head, way)
      const was = before.get(key)
      if (was === undefined) continue
      const [old, now] = [leavesBy(base, was), leavesBy(head, way)]
      if (old === undefined || now === undefined || old.key === now.key) continue
      const place = placeOf(was, way)
      const isLost = was.exit.kind === 'firewall' && way.exit.kind === 'internet'
      yield {
        ...azureHit(head, {
          object: way.subnet.object,
          at: place,
          detail: subjectOf(head, way.cluster.object),
          severity: isLost ? 'high' : 'low',
          say: `lets ${way.carries} of ${labelOf(way.cluster.object)} leave for the internet by ${now.words}; before the change it was ${old.words}. ${isLost ? 'No firewall sees this traffic any more.' : 'They have another public address now: check allow lists that name the old one.'}`,
        }),
        within: { rule: 'egress-uninspected', subject: key },
        ...(place && { because: { line: lineOf(place), tells: 'difference' as const } }),
      }
    }
  },

  merge: mergeAzure,
})

function keyOf(view: StateView, { subnet, cluster }: WayOut): string {
  return `${subjectOf(view, subnet.object)} ${subjectOf(view, cluster.object)}`
}

/** What of the head decides the way: its route, its NAT gateway, or the cluster's outbound type. */
function placeOf(was: WayOut, { exit, subnet, cluster }: WayOut) {
  if (exit.kind !== 'unknown' && exit.route.kind === 'user') return exit.route.origin
  if (exit.kind !== was.exit.kind) return originOf(subnet.object)
  if (subnet.natGateway.kind !== 'absent') return subnet.natGateway.origin
  return was.subnet.natGateway.kind === 'absent' ? cluster.outboundType.origin : originOf(subnet.object)
}

/** The way in words and by a name that base and head share; undefined where it is not known or there is none. */
function leavesBy(
  view: StateView,
  { exit, host }: WayOut,
): { readonly key: string; readonly words: string } | undefined {
  switch (exit.kind) {
    case 'firewall':
      return {
        key: `firewall ${subjectOf(view, exit.firewall.object)}`,
        words: `the firewall ${labelOf(exit.firewall.object)}`,
      }
    case 'internet': {
      const { answer, step } = egressOf(siteOf(view), host, 'TCP', 'v4')
      if (answer !== 'allowed') return undefined
      const words = step.rule.replace(/^leaves by /, '')
      const by = step.resource === undefined ? '' : view.identity(step.resource.address)
      return { key: `${by} ${step.resource === undefined ? words : words.replace(step.resource.address, by)}`, words }
    }
    case 'gateway':
      return { key: 'gateway', words: 'the gateway of its network' }
    case 'appliance':
      return { key: 'appliance', words: `the appliance that ${exit.route.label} leads to` }
    case 'none':
    case 'unknown':
      return undefined
  }
}
