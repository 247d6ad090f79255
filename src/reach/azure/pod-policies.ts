import {
  type AddressSet,
  ALL_V4,
  addressSets,
  firstAddress,
  NO_ADDRESSES,
  printAddress,
} from '../../algebra/addresses.ts'
import type { KubernetesNetwork } from '../../model/kubernetes/kubernetes-network.ts'
import { knownLabels } from '../../model/kubernetes/labels.ts'
import { labelsOfUnseenNamespace } from '../../model/kubernetes/namespace.ts'
import { DIRECTIONS } from '../../model/kubernetes/network-policy.ts'
import { selectorOf } from '../../model/kubernetes/selector.ts'
import type { Workload } from '../../model/kubernetes/workload.ts'
import { PUBLIC_ADDRESSES } from '../address-ranges.ts'
import type { Endpoint, EndpointFacts } from '../endpoint.ts'
import { findPeer } from '../find-peer.ts'
import { hypothetical, namedSelector } from '../hypothetical.ts'
import type { PacketEnd } from '../layer.ts'
import type { Reachability } from '../reachability.ts'
import { inSeries, type Outcome, type Step, toAnswer, whichever } from './outcome.ts'

/** One end of a packet as the in-cluster layers see it. */
export type PolicyEnd =
  | { readonly kind: 'workload'; readonly workload: Workload }
  | { readonly kind: 'nodes' }
  /** The cluster's DNS server, which stands in no tree. */
  | { readonly kind: 'cluster-dns' }
  /** A pod of a namespace of which nothing more is known. */
  | { readonly kind: 'any-pod'; readonly namespace: string }
  /** A host that no policy names more closely than "everything". */
  | { readonly kind: 'public-host' }
  | { readonly kind: 'addresses'; readonly addresses: AddressSet }

/** The in-cluster layers, asked one packet at a time. */
export interface PodPolicies {
  judge(from: PolicyEnd, to: PolicyEnd, protocol: 'TCP' | 'UDP' | 'SCTP', port: number): Outcome
}

/** The engine's own layers for the packets of this walk. */
export function toPodPolicies(reach: Reachability): PodPolicies {
  const publicHost = unnamedAddress(reach.network.kubernetes)
  const toEnd = (end: PolicyEnd): PacketEnd => {
    switch (end.kind) {
      case 'workload': {
        const found = findPeer(reach, end.workload.id)
        if (found?.kind === 'endpoint') return found.end
        return { kind: 'address', address: publicHost }
      }
      case 'nodes': {
        const found = findPeer(reach, 'nodes')
        return found?.kind === 'endpoint' ? found.end : { kind: 'address', address: publicHost }
      }
      case 'cluster-dns':
        return unseenPod(reach.network.kubernetes, 'kube-system', [['k8s-app', 'kube-dns']])
      case 'any-pod':
        return unseenPod(reach.network.kubernetes, end.namespace, [])
      case 'public-host':
        return { kind: 'address', address: publicHost }
      case 'addresses': {
        const first = firstAddress(end.addresses)
        return { kind: 'address', address: first === undefined ? publicHost : printAddress(first) }
      }
    }
  }
  const divide = divider(reach.network.kubernetes)
  const toEnds = (end: PolicyEnd): readonly PacketEnd[] =>
    end.kind === 'addresses' ? divide(end.addresses).map((addresses) => toEnd({ ...end, addresses })) : [toEnd(end)]
  const judgeOne = (from: PacketEnd, to: PacketEnd, protocol: 'TCP' | 'UDP' | 'SCTP', port: number): Outcome => {
    const path = reach.explain({ from, to, protocol, port })
    const steps = path.verdicts.map(
      ({ layer, allowed, rule, resource, origin }): Step => ({
        layer,
        answer: toAnswer(allowed),
        rule,
        ...(resource && { resource }),
        ...(origin && { origin }),
      }),
    )
    const answer = toAnswer(path.allowed)
    const outcome = inSeries(...steps.map((step) => ({ answer: step.answer, layer: step.layer, steps: [step] })))
    const layer = outcome.layer ?? (answer === 'allowed' ? undefined : 'network-policy')
    return { answer, layer: answer === 'allowed' ? undefined : layer, steps }
  }
  return {
    judge(from, to, protocol, port) {
      const targets = toEnds(to)
      return whichever(
        toEnds(from).flatMap((source) => targets.map((target) => judgeOne(source, target, protocol, port))),
      )
    },
  }
}

/** Sets that fall into more parts are not divided further: nobody writes so many blocks within one subnet. */
const MOST_PARTS = 64

/** Divides a set of addresses into parts that no block of a policy divides: all of a part fare alike. */
function divider({ policies }: KubernetesNetwork): (addresses: AddressSet) => readonly AddressSet[] {
  const blocks = new Map<string, AddressSet>([['v4', ALL_V4]])
  for (const { rules } of policies) {
    for (const peer of DIRECTIONS.flatMap((direction) => rules[direction].flatMap((rule) => rule.peers ?? []))) {
      if (peer.kind !== 'block') continue
      for (const { addresses } of [peer.cidr, ...peer.except]) blocks.set(keyOf(addresses), addresses)
    }
  }
  const known = new Map<string, readonly AddressSet[]>()
  return (addresses) => {
    const key = keyOf(addresses)
    let parts = known.get(key)
    if (parts === undefined) {
      parts = isSingle(addresses) ? [addresses] : divideBy(addresses, blocks.values())
      known.set(key, parts)
    }
    return parts
  }
}

function divideBy(addresses: AddressSet, blocks: Iterable<AddressSet>): readonly AddressSet[] {
  let parts: readonly AddressSet[] = [addresses]
  for (const block of blocks) {
    if (parts.length > MOST_PARTS) break
    parts = parts.flatMap((part) => {
      const within = addressSets.intersect(part, block)
      const without = addressSets.subtract(part, block)
      return addressSets.isEmpty(within) || addressSets.isEmpty(without) ? [part] : [within, without]
    })
  }
  return parts
}

function isSingle({ v4, v6 }: AddressSet): boolean {
  return v6.length === 0 && v4.length === 2 && v4[1]! - v4[0]! === 1
}

function keyOf({ v4, v6 }: AddressSet): string {
  return `${v4.join()}|${v6.join()}`
}

/**
 * A pod that stands in no tree, by its namespace and labels. Those of the cluster's DNS server are `k8s-app: kube-dns` in `kube-system`
 * (learn.microsoft.com/azure/aks/coredns-custom).
 */
function unseenPod(
  network: KubernetesNetwork,
  namespace: string,
  labels: readonly (readonly [string, string])[],
): PacketEnd {
  const endpoint: Endpoint = hypothetical(namespace, namedSelector(namespace), selectorOf(labels))
  const facts: EndpointFacts = {
    namespace,
    namespaceLabels: network.namespaces.get(namespace)?.labels ?? labelsOfUnseenNamespace(namespace),
    labels: knownLabels(labels),
    ports: undefined,
    hostNetwork: 'no',
    workload: undefined,
  }
  return { kind: 'endpoint', endpoint, facts }
}

/** A public address outside every range that a policy writes out, which stands for hosts that none names. */
function unnamedAddress(network: KubernetesNetwork): string {
  let free: AddressSet = { v4: PUBLIC_ADDRESSES.v4, v6: NO_ADDRESSES.v6 }
  const take = (addresses: AddressSet) => {
    if (!addressSets.covers(addresses, PUBLIC_ADDRESSES_V4)) free = addressSets.subtract(free, addresses)
  }
  for (const policy of network.policies) {
    for (const direction of DIRECTIONS) {
      for (const peer of policy.rules[direction].flatMap((rule) => rule.peers ?? [])) {
        if (peer.kind !== 'block') continue
        take(peer.cidr.addresses)
        for (const except of peer.except) take(except.addresses)
      }
    }
  }
  const first = firstAddress(free) ?? firstAddress(PUBLIC_ADDRESSES)!
  return printAddress(first)
}

const PUBLIC_ADDRESSES_V4: AddressSet = { v4: PUBLIC_ADDRESSES.v4, v6: NO_ADDRESSES.v6 }
