import { NO_ADDRESSES } from '../algebra/addresses.ts'
import { connectionSets } from '../algebra/connections.ts'
import type { Severity } from '../base/severity.ts'
import type { EffectiveEgress } from '../compare/effective-egress.ts'
import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import type { Cluster } from '../model/azure/cluster.ts'
import { type Workload, workloadName } from '../model/kubernetes/workload.ts'
import { poolsOf } from '../reach/azure/placement.ts'
import { isPolicy } from './closing/close-way.ts'
import { askAzure, azureWitness, linkedCluster } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { internetPart } from './facts/internet-way.ts'
import { podEgress } from './facts/pod-egress.ts'
import { type WayOut, waysOut } from './facts/way-out.ts'
import type { Layer } from './finding.ts'
import { endpointHit, hiddenHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { capital, listNames, verb } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const egressOneLayer = defineRule({
  id: 'egress-one-layer',
  meta: {
    title: 'Only one layer holds egress to the internet back',
    severity: 'note',
    concepts: ['egress'],
    layer: 'network-policy',
    why: 'Where network policies and Azure both close the internet, a mistake in one opens nothing. With one of them, the next mistake is a way out.',
    fix: 'Close the internet in the other layer too: by network policies, or by a firewall or security group of the subnet.',
    sources: [
      'https://learn.microsoft.com/azure/aks/operator-best-practices-network',
      'https://learn.microsoft.com/azure/aks/limit-egress-traffic',
    ],
  },

  /** Yields a note for each workload of a linked cluster that is certainly kept from the internet by its policies alone, or by Azure alone. */
  *check(view) {
    const cluster = linkedCluster(view)
    if (cluster === undefined) return
    const way = waysOut(view).find((one) => one.cluster === cluster && one.carries !== 'nodes')
    const before = view.before === undefined ? undefined : holdersOf(view.before)
    const layers = new Map<string, Refusal | undefined>()
    for (const [id, { workload, kind, holder }] of holdersOf(view)) {
      const was = before?.get(id)?.holder
      const subject = `${id} ${holder}`
      // What gains its first layer, or comes with one, is no loss: it is compared and not shown.
      const isLoss = before === undefined || was === 'both' || was === holder
      if (holder === 'none') {
        if (was === 'policies' || was === 'azure') yield hiddenHit(`${id} ${was}`)
        continue
      }
      if (holder === 'both') continue
      if (!isLoss) {
        yield hiddenHit(subject)
        continue
      }
      // Workloads of one kind on the same pools leave alike.
      const same = `${kind.egress.key} ${poolsOf(cluster, workload).map((pool) => cluster.pools.indexOf(pool))}`
      if (holder === 'azure' && !layers.has(same)) layers.set(same, layerOf(view, workload, way))
      const layer = holder === 'azure' ? layers.get(same) : undefined
      if (holder === 'azure' && layer === undefined) continue
      const resource = holder === 'policies' ? cluster.object.resource : workload.resource
      yield endpointHit({
        resource: resource.address,
        at: resource.origin,
        subject,
        severity: 'note' satisfies Severity,
        layer: layer?.layer ?? 'network-policy',
        cause: `${holder} ${subjectOf(view, cluster.object)}`,
        name: workloadName(workload),
        say: (names) =>
          layer === undefined
            ? `${capital(listNames(names))} ${verb(names, 'is', 'are')} kept from the internet by ${verb(names, 'its', 'their')} network policies alone: behind them ${labelOf(cluster.object)} leaves for it freely. Without one of these policies nothing holds a pod back. A firewall or a security group of the subnet would.`
            : `${capital(listNames(names))} ${verb(names, 'is', 'are')} kept from the internet by Azure alone: no network policy closes it, and ${layer.rule}. A change of that alone opens it. A network policy of ${verb(names, 'its', 'their')} own would hold.`,
        prove: () => {
          const way = holder === 'policies' ? wayBehind(view, cluster, workload) : undefined
          const query = { from: way?.peer ?? workloadName(workload), ...TO_INTERNET }
          return azureWitness(query, askAzure(view, query))
        },
        decide: 'Close the internet in the other layer too, or accept that one holds.',
      })
    }
  },

  merge: mergeEndpoints,
})

const TO_INTERNET = { to: 'internet', protocol: 'TCP', port: 443 } as const

/** How nodes that may run a workload leave: a way that the base did not have, where there is such a one. */
function wayBehind(view: StateView, cluster: Cluster, workload: Workload): WayOut | undefined {
  const pools = poolsOf(cluster, workload)
  const ways = waysOut(view).filter(
    (one) => one.cluster === cluster && one.carries !== 'nodes' && one.pools.some((pool) => pools.includes(pool)),
  )
  const { before } = view
  const isNew = ({ peer }: WayOut) =>
    before !== undefined && askAzure(before, { from: peer, ...TO_INTERNET }).answer !== 'allowed'
  return ways.find(isNew) ?? ways[0]
}

type Holder = 'policies' | 'azure' | 'both' | 'none' | 'unknown'

type PodKind = NonNullable<ReturnType<typeof podEgress>>['kinds'][number]

interface Held {
  readonly workload: Workload
  readonly kind: PodKind
  readonly holder: Holder
}

const known = new WeakMap<StateView, ReadonlyMap<string, Held>>()

/** By workload, what certainly keeps it from the internet; without those of which it is not known. */
function holdersOf(view: StateView) {
  const made = known.get(view)
  if (made !== undefined) return made
  const found = new Map<string, Held>()
  for (const kind of podEgress(view)?.kinds ?? []) {
    const holder = holderOf(kind.egress)
    if (holder === 'unknown') continue
    for (const workload of kind.workloads) found.set(workload.id, { workload, kind, holder })
  }
  known.set(view, found)
  return found
}

function holderOf({ policies, azure }: EffectiveEgress): Holder {
  const [inside, outside] = [standOf(policies), standOf(azure)]
  if (inside === undefined || outside === undefined) return 'unknown'
  if (inside === 'open') return outside === 'open' ? 'none' : 'azure'
  return outside === 'open' ? 'policies' : 'both'
}

/** Whether a side certainly lets hosts that no rule names be reached, or certainly none of them. */
function standOf({ certain, possible }: EffectiveEgress['policies']): 'open' | 'closed' | undefined {
  if (!connectionSets.isEmpty(internetPart(certain, NO_ADDRESSES))) return 'open'
  return connectionSets.isEmpty(internetPart(possible, NO_ADDRESSES)) ? 'closed' : undefined
}

interface Refusal {
  readonly layer: Layer
  readonly rule: string
}

/** The layer of Azure that refuses, where it is certainly the only one: behind a group that denies there must be no firewall. */
function layerOf(view: StateView, workload: Workload, way: WayOut | undefined): Refusal | undefined {
  const outcome = askAzure(view, { from: workloadName(workload), ...TO_INTERNET })
  const step = outcome.steps.findLast(({ answer }) => answer === 'denied')
  // Policies may let out one family and refuse the packet of the other that is asked about.
  if (step === undefined || way === undefined || isPolicy(step)) return undefined
  const isAlone =
    step.layer === 'firewall' || step.layer === 'route' || step.layer === 'nat' || way.exit.kind === 'internet'
  return isAlone ? { layer: step.layer, rule: step.rule } : undefined
}
