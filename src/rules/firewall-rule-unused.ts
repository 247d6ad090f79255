import { type AddressSet, addressSets, NO_ADDRESSES, printAddress, printAddresses } from '../algebra/addresses.ts'
import { connectionSets, printConnections, samplePort } from '../algebra/connections.ts'
import { sampleName } from '../algebra/names.ts'
import type { Edit } from '../base/edit.ts'
import type { StateView } from '../compare/state-view.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import { type Cluster, podAddressing } from '../model/azure/cluster.ts'
import { knownItems } from '../model/azure/prop.ts'
import { workloadName } from '../model/kubernetes/workload.ts'
import { sampleAddress } from '../reach/address-ranges.ts'
import type { PlaceRegion } from '../reach/azure/flows.ts'
import { parseRange, places } from '../reach/azure/places.ts'
import type { Site } from '../reach/azure/state.ts'
import { removeBlock } from './edit/hcl-block.ts'
import { removeItem } from './edit/list-items.ts'
import { syntaxOf } from './edit/literal.ts'
import { inPlace } from './edit/one-patch.ts'
import { askAzure, linkedCluster, siteOf } from './facts/azure-site.ts'
import { allowRules, plainAddresses, sourcesOf } from './facts/cluster-firewall-rules.ts'
import { overlaps } from './facts/cluster-ranges.ts'
import { contentSubjects, type FirewallRulePackets } from './facts/firewall-rules.ts'
import { meetingConnections, type PodEgress, podEgress } from './facts/pod-egress.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const firewallRuleUnused = defineRule({
  id: 'firewall-rule-unused',
  meta: {
    title: 'Firewall rule that nobody can use',
    severity: 'note',
    concepts: ['firewall'],
    layer: 'firewall',
    why: 'A rule whose senders do not exist, or are held back before the firewall, is open without a use: it stays when its reason is gone, and becomes a way out by the next change below it.',
    fix: 'Take the rule out, or name the addresses that packets really have.',
    sources: [
      'https://learn.microsoft.com/azure/firewall/rule-processing',
      'https://learn.microsoft.com/azure/aks/concepts-network-azure-cni-overlay',
    ],
  },

  /** Yields a note for each rule whose senders no subnet of the tree has, or which policies, security groups and routes keep from every pod. */
  *check(view) {
    const subject = contentSubjects()
    const unsent = senderless(view)
    const cluster = clusterBehind(view)
    for (const one of allowRules(view)) {
      const detail = subject(one)
      const found = unsent.get(one) ?? (cluster && withoutPods(view, cluster, one))
      if (found === undefined) continue
      yield {
        ...azureHit(view, {
          object: one.owner,
          at: one.rule.value.origin,
          detail: `unused ${detail}`,
          severity: 'note',
          say: `has ${one.rule.kind} rule ${one.label}, which ${found.why}. ${found.what}`,
          fix: () =>
            found.isSure
              ? inPlace(removeRule(one), `Takes rule ${one.label} out: no packet has a source that it names.`)
              : undefined,
          decide: found.what,
        }),
        resource: one.collection.object.resource.address,
      }
    }
  },

  merge: mergeAzure,

  /** Without the rule, where nothing of the tree sends from what it names. */
  patch: (hit) => hit.fix?.(),
})

interface Unused {
  readonly why: string
  readonly what: string
  /** True where no host at all can use it, nodes included. */
  readonly isSure: boolean
}

/** Of a network, whatever state looks at it: which of its rules have no senders hangs on its own ranges. */
const SENDERLESS = new WeakMap<AzureNetwork, ReadonlyMap<FirewallRulePackets, Unused>>()

/** The rules that no host at all can use. */
function senderless(view: StateView): ReadonlyMap<FirewallRulePackets, Unused> {
  const site = siteOf(view)
  let found = SENDERLESS.get(site.azure)
  if (found === undefined) {
    const hidden = hiddenPods(site.azure)
    found = new Map(
      allowRules(view).flatMap((rule) => {
        const unused = withoutSenders(site, hidden, rule)
        return unused === undefined ? [] : [[rule, unused] as const]
      }),
    )
    SENDERLESS.set(site.azure, found)
  }
  return found
}

/** A cluster whose pods leave with the address of their node. */
interface HiddenPods {
  readonly cluster: Cluster
  readonly range: AddressSet
}

function hiddenPods(azure: AzureNetwork): readonly HiddenPods[] {
  return azure.clusters.all
    .filter(
      (cluster) =>
        cluster.pools.length > 0 &&
        cluster.pools.every((pool) => ['overlay', 'kubenet'].includes(podAddressing(cluster, pool))),
    )
    .map((cluster) => {
      const ranges = knownItems(cluster.podCidrs).map((text) => parseRange(text) ?? NO_ADDRESSES)
      return { cluster, range: ranges.reduce(addressSets.union, NO_ADDRESSES) }
    })
}

/** A rule for the range of overlay pods, which leave with the address of their node, or for a part of a network that no subnet has. */
function withoutSenders(
  { azure, topology }: Site,
  hidden: readonly HiddenPods[],
  { packets }: FirewallRulePackets,
): Unused | undefined {
  const from = plainAddresses(packets.possible.from)
  if (from === undefined || addressSets.isEmpty(from)) return undefined
  const isOnNetwork = () =>
    azure.virtualNetworks.all.some((network) => overlaps(topology.spaceOf(network).possible, from))
  const pods = hidden.find(({ range }) => addressSets.covers(range, from))
  if (pods !== undefined && !isOnNetwork()) {
    return {
      isSure: true,
      why: `names ${printAddresses(from)}, the range of the pods of ${labelOf(pods.cluster.object)}: these come to the firewall with the address of their node, so no packet matches`,
      what: 'Name the range of the subnet of the nodes, or take the rule out.',
    }
  }
  const home = azure.virtualNetworks.all.find((network) => addressSets.covers(topology.spaceOf(network).certain, from))
  if (home === undefined) return undefined
  const subnets = topology.subnetsOf(home)
  if (subnets.length === 0 || subnets.some((one) => overlaps(topology.addressesOf(one).possible, from)))
    return undefined
  return {
    isSure: true,
    why: `names ${printAddresses(from)}, where ${labelOf(home.object)} has no subnet: nothing sends from there`,
    what: 'Take the rule out.',
  }
}

/** Names that nodes need to run pods at all: registries and the updates of the system. */
const FOR_NODES =
  /(?:^|\.)(?:azurecr\.io|docker\.(?:io|com)|ghcr\.io|quay\.io|gcr\.io|pkg\.dev|k8s\.io|ubuntu\.com|microsoft\.com|azure\.com|windows\.net|mcr-msedge\.net|azmk8s\.io|azureedge\.net|amazonaws\.com|cloudfront\.net|nvidia\.com|githubusercontent\.com|msftcloudes\.com|microsoftmetrics\.com|visualstudio\.com|applicationinsights\.azure\.com|microsoftonline\.com)$/i
/** Time, names and the tunnel of the control plane are of the nodes. */
const NODE_PORTS = new Set([53, 123, 1194, 9000])

/** The cluster of a state that comes to the firewall, with the addresses that it comes with and what its pods may send. */
interface ClusterBehind {
  readonly cluster: Cluster
  readonly sources: AddressSet
  readonly pods: PodEgress
}

function clusterBehind(view: StateView): ClusterBehind | undefined {
  const cluster = linkedCluster(view)
  const sources = cluster && sourcesOf(view, cluster)
  const pods = podEgress(view)
  return cluster === undefined || sources === undefined || pods === undefined ? undefined : { cluster, sources, pods }
}

/** A rule for a cluster that its pods cannot use: their policies, or what Azure has before the firewall, close all of it. */
function withoutPods(
  view: StateView,
  { cluster, sources, pods }: ClusterBehind,
  { rule, packets }: FirewallRulePackets,
): Unused | undefined {
  const from = plainAddresses(packets.possible.from)
  if (from === undefined) return undefined
  if (addressSets.isEmpty(from) || !addressSets.covers(sources, from) || isForNodes(rule)) return undefined
  const { to, connections } = packets.possible
  const common = connectionSets.intersect(meetingConnections(pods.policies, to), connections)
  const what = 'Take it out where the nodes themselves do not need it.'
  if (connectionSets.isEmpty(common))
    return {
      isSure: false,
      why: `no pod of ${labelOf(cluster.object)} in this repository can use: no policy of theirs lets out ${printConnections(connections)} to what it names`,
      what,
    }
  if (meets(pods.azure, packets.possible)) return undefined
  const packet = samplePort(connections)
  const address = sampleAddress(to.addresses)
  const target = address === undefined ? sampleName(to.hosts) : printAddress(address)
  const workload = pods.kinds[0]?.workloads[0]
  if (packet === undefined || target === undefined || target === '' || workload === undefined) return undefined
  const outcome = askAzure(view, { from: workloadName(workload), to: target, ...packet })
  const step = outcome.steps.find(({ answer, layer }) => answer === 'denied' && (layer === 'nsg' || layer === 'route'))
  return step === undefined
    ? undefined
    : {
        isSure: false,
        why: `no pod of ${labelOf(cluster.object)} can use: ${step.rule} stops it before the firewall`,
        what,
      }
}

function meets(region: PlaceRegion, { to, connections }: FirewallRulePackets['packets']['possible']): boolean {
  return region.some(
    (part) =>
      !connectionSets.isEmpty(connectionSets.intersect(part.connections, connections)) &&
      !places.isEmpty(places.intersect(part.peers, to)),
  )
}

function isForNodes({
  nameTags,
  targetNames,
  destinationPorts,
  destinations,
  destinationNames,
}: FirewallRulePackets['rule']): boolean {
  if (!nameTags.absent) return true
  if (knownItems(destinationPorts).some((port) => NODE_PORTS.has(Number(port)))) return true
  const names = [...knownItems(targetNames), ...knownItems(destinationNames)]
  if (names.some((name) => name === '*' || FOR_NODES.test(name.replace(/^\*\.?/, '')))) return true
  // Tags are whole services of Azure, which nodes use too.
  return knownItems(destinations).some((text) => /^[a-z]/i.test(text) && parseRange(text) === undefined)
}

function removeRule({ rule }: FirewallRulePackets): readonly Edit[] | undefined {
  const { origin } = rule.value
  if (origin.from !== undefined) return undefined
  switch (syntaxOf(origin.source.path)) {
    case 'hcl':
      return removeBlock(origin)
    case 'bicep':
    case 'json':
      return origin.source.text[origin.start] === '{' ? removeItem(origin) : undefined
    case undefined:
      return undefined
  }
}
