import { type AddressSet, addressSets, firstAddress, NO_ADDRESSES, printAddress } from '../algebra/addresses.ts'
import { samplePort } from '../algebra/connections.ts'
import { firstOf } from '../base/first-of.ts'
import { filtersOf, type RulePackets, type Way } from '../compare/nsg-packets.ts'
import type { StateView } from '../compare/state-view.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import { type Cluster, podAddressing } from '../model/azure/cluster.ts'
import { knownItems, knownValue } from '../model/azure/prop.ts'
import { type Subnet, subnetName } from '../model/azure/virtual-network.ts'
import { type Places, parseRange } from '../reach/azure/places.ts'
import { workerPools } from '../reach/azure/state.ts'
import { askAzure, azureWitness, siteOf } from './facts/azure-site.ts'
import { subjectOf } from './facts/azure-subject.ts'
import { azureOf } from './facts/azure-view.ts'
import { plainAddresses } from './facts/cluster-firewall-rules.ts'
import { overlaps } from './facts/cluster-ranges.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { takesRule } from './hits/rule-object.ts'
import { defineRule } from './rule.ts'

export const nsgFalseSegmentation = defineRule({
  id: 'nsg-false-segmentation',
  meta: {
    title: 'Security group rule does not apply to the pods that it names',
    severity: 'medium',
    concepts: ['nsg'],
    layer: 'nsg',
    why: 'Which address a pod has on the wire depends on the network plugin, and packets between two pods of one node never leave it. A rule for addresses that no packet has protects nothing.',
    fix: 'Separate pods with network policies. For the layers of Azure name the range of the nodes, or give the pods a subnet of their own.',
    sources: [
      'https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay',
      'https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-pod-subnet',
      'https://learn.microsoft.com/azure/aks/outbound-rules-control-egress',
    ],
  },

  /** Yields a hit for each rule written for addresses of pods that packets do not have where the rule stands; a note for rules that allow. */
  *check(view) {
    const azure = azureOf(view)
    const plans = azure.clusters.all.flatMap((cluster) => plansOf(view, cluster))
    if (plans.length === 0) return
    for (const filter of filtersOf(azure)) {
      if (!filter.filter.complete) continue
      const guarded = azure.subnets.all.filter(
        ({ securityGroup }) => securityGroup.kind === 'found' && securityGroup.object === filter.object,
      )
      for (const way of ['inbound', 'outbound'] as const) {
        for (const one of filter.of(way)) {
          const { rule } = one
          if (rule.isDefault || rule.present !== 'yes' || rule.access === undefined) continue
          const found = firstOf(plans, (plan) => judge(plan, one, way, guarded))
          if (found === undefined) continue
          const isDenial = rule.access === 'Deny'
          if (!isDenial && found.isPartial) continue
          const hit = azureHit(view, {
            object: filter.object,
            at: rule.origin,
            detail: `pods ${way} ${rule.name} ${subjectOf(view, found.plan.cluster.object)}`,
            severity: isDenial ? 'medium' : 'note',
            say: `${isDenial ? 'does not separate what' : 'does not open what'} rule ${rule.name} (${way}, priority ${rule.priority}) names: ${found.why}. ${isDenial ? found.instead : 'The rule can go, or must name the addresses that packets have.'}`,
            ...(isDenial && found.proof(view, one)),
            decide: 'Which pods must be kept from what? A network policy says it for pods, wherever they run.',
          })
          yield takesRule(hit, rule)
        }
      }
    }
  },

  merge: mergeAzure,
})

/** Where the pods and nodes of one subnet stand for Azure. */
interface AddressPlan {
  readonly cluster: Cluster
  readonly nodes: Subnet | undefined
  /** A subnet of the pods' own. */
  readonly pods: Subnet | undefined
  /** Addresses that pods have among themselves, and only there: of overlay and kubenet. */
  readonly hidden: AddressSet
  /** Addresses in which sender and receiver can be on one node. */
  readonly together: readonly AddressSet[]
  readonly podRange: AddressSet
  readonly mode: string
  readonly peer: string
}

function plansOf(view: StateView, cluster: Cluster): readonly AddressPlan[] {
  const site = siteOf(view)
  const seen = new Map<string, AddressPlan>()
  for (const pool of workerPools(cluster)) {
    const addressing = podAddressing(cluster, pool)
    if (addressing === 'unknown') continue
    const nodes = site.azure.subnets.of(pool.subnet)
    const pods = addressing === 'pod-subnet' ? site.azure.subnets.of(pool.podSubnet) : undefined
    const isHidden = addressing === 'overlay' || addressing === 'kubenet'
    const hidden = isHidden ? rangesOf(knownItems(cluster.podCidrs)) : NO_ADDRESSES
    const nodeRange = nodes === undefined ? NO_ADDRESSES : site.topology.addressesOf(nodes).certain
    const podRange = isHidden ? hidden : pods === undefined ? nodeRange : site.topology.addressesOf(pods).certain
    // A range that a network has too is not the pods' alone.
    const isTaken = azureNetworksHold(view, hidden)
    const clusterName = knownValue(cluster.object.name)
    const poolName = knownValue(pool.name) ?? '?'
    const key = `${addressing} ${nodes && subjectOf(view, nodes.object)} ${pods && subjectOf(view, pods.object)}`
    if (seen.has(key)) continue
    seen.set(key, {
      cluster,
      nodes,
      pods,
      hidden: isTaken ? NO_ADDRESSES : hidden,
      together: [nodeRange, podRange].filter((range) => !addressSets.isEmpty(range)),
      podRange,
      mode: {
        overlay: 'overlay mode',
        kubenet: 'kubenet',
        'node-subnet': 'node-subnet mode',
        'pod-subnet': 'pod-subnet mode',
      }[addressing],
      peer:
        pods === undefined
          ? clusterName === undefined
            ? `node/${poolName}`
            : `node/${clusterName}/${poolName}`
          : `subnet/${knownValue(subnetName(pods)) ?? '?'}`,
    })
  }
  return [...seen.values()]
}

function rangesOf(texts: readonly string[]): AddressSet {
  return texts.map((text) => parseRange(text) ?? NO_ADDRESSES).reduce(addressSets.union, NO_ADDRESSES)
}

function azureNetworksHold(view: StateView, range: AddressSet): boolean {
  const { topology, azure } = siteOf(view)
  return azure.virtualNetworks.all.some((network) => overlaps(topology.spaceOf(network).certain, range))
}

interface Judgement {
  readonly plan: AddressPlan
  readonly why: string
  readonly instead: string
  /** True where it applies to some of the packets that it names. */
  readonly isPartial: boolean
  proof(view: StateView, one: RulePackets): { readonly witness?: ReturnType<typeof azureWitness> }
}

function judge(
  plan: AddressPlan,
  { matches }: RulePackets,
  way: Way,
  guarded: readonly Subnet[],
): Judgement | undefined {
  const { from, to } = matches.possible
  const [source, target] = [plainAddresses(from), plainAddresses(to)]
  const label = labelOf(plan.cluster.object)
  const none = { proof: () => ({}) }
  const walk = {
    proof: (view: StateView, one: RulePackets) => proofOf(view, plan, one),
  }
  const inside = (range: AddressSet | undefined, whole: AddressSet) =>
    range !== undefined && !addressSets.isEmpty(range) && addressSets.covers(whole, range)
  if (inside(source, plan.hidden) && !inside(target, plan.hidden))
    return {
      plan,
      ...walk,
      isPartial: target === undefined ? places(to) : overlaps(target, plan.hidden),
      why: `in ${plan.mode}, pods of ${label} leave for everything outside of the cluster with the address of their node, so no such packet comes from the range of the pods`,
      instead: 'What pods open there is not denied: name the range of the nodes, or use a network policy.',
    }
  if (inside(target, plan.hidden) && !inside(source, plan.hidden))
    return {
      plan,
      ...none,
      isPartial: source === undefined ? places(from) : overlaps(source, plan.hidden),
      why: `in ${plan.mode}, nothing outside of the cluster reaches a pod of ${label} at its own address: packets go to nodes and load balancers`,
      instead: 'Name the addresses of those, or use a network policy.',
    }
  const own = way === 'outbound' ? source : target
  if (plan.pods !== undefined && plan.pods !== plan.nodes && inside(own, plan.podRange)) {
    const isOnNodes = plan.nodes !== undefined && guarded.includes(plan.nodes)
    if (isOnNodes && !guarded.includes(plan.pods))
      return {
        plan,
        ...(way === 'outbound' ? walk : none),
        isPartial: false,
        why: `the pods of ${label} are in ${labelOf(plan.pods.object)}, and this group is on ${labelOf(plan.nodes!.object)} of the nodes: no packet of a pod passes it`,
        instead: 'Put the rule into the group of that subnet, or use a network policy.',
      }
  }
  const shared = plan.together.find((range) => inside(source, range) && inside(target, range))
  const isGuarded = [plan.nodes, plan.pods].some((subnet) => subnet !== undefined && guarded.includes(subnet))
  if (shared === undefined || !isGuarded) return undefined
  return {
    plan,
    ...none,
    isPartial: true,
    why: `what two pods of ${label}, or a pod and its node, send each other on one node never leaves it, and which pods share a node is nobody's decision`,
    instead: 'It holds between nodes alone, and AKS does not support such rules: use a network policy.',
  }
}

/** Whether a side that tags or `*` describe can hold pods as well. */
function places({ addresses, services }: Places): boolean {
  return !addressSets.isEmpty(addresses) || services.services.length > 0 || services.others.except
}

/** One packet that the rule was to deny, and that gets through. */
function proofOf(view: StateView, { peer, podRange }: AddressPlan, { matches }: RulePackets) {
  const packet = samplePort(matches.certain.connections)
  const outside = addressSets.subtract(matches.certain.to.addresses, podRange)
  const target = firstAddress(outside)
  if (packet === undefined || target === undefined) return {}
  const query = { from: peer, to: printAddress(target), ...packet }
  const outcome = askAzure(view, query)
  return outcome.answer === 'allowed' ? { witness: azureWitness(query, outcome) } : {}
}
