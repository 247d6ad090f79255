import { type AddressSet, addressSets, printAddresses, toCidrs } from '../algebra/addresses.ts'
import { type ConnectionSet, connectionSets, PORT_PROTOCOLS, printConnections } from '../algebra/connections.ts'
import { toPairs } from '../algebra/intervals.ts'
import type { Edit } from '../base/edit.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import { knownItems, type PropList } from '../model/azure/prop.ts'
import { AKS_REQUIRED_NAMES } from '../reach/azure/aks-names.ts'
import { replaceItems } from './edit/list-items.ts'
import { inPlace } from './edit/one-patch.ts'
import { linkedCluster } from './facts/azure-site.ts'
import { allowRules, plainAddresses, sourcesOf } from './facts/cluster-firewall-rules.ts'
import { contentSubjects, type FirewallRulePackets } from './facts/firewall-rules.ts'
import { meetingConnections, type PodEgress, podEgress } from './facts/pod-egress.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule, type ProposedPatch } from './rule.ts'

export const firewallWiderThanPolicies = defineRule({
  id: 'firewall-wider-than-policies',
  meta: {
    title: 'Firewall rule is wider than what the policies allow',
    severity: 'note',
    concepts: ['firewall', 'egress'],
    layer: 'firewall',
    why: 'The policies of the pods hold back what the firewall would let out. The day a policy goes, all of the rule is open.',
    fix: 'Narrow the rule to what the policies of its pods let out.',
    sources: [
      'https://learn.microsoft.com/azure/firewall/rule-processing',
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/',
    ],
  },

  /** Yields a note for each rule for the subnets of a cluster that lets out more ports or ranges than any policy of its pods. */
  *check(view) {
    const cluster = linkedCluster(view)
    const sources = cluster && sourcesOf(view, cluster)
    const pods = podEgress(view)
    if (cluster === undefined || sources === undefined || pods === undefined) return
    const subject = contentSubjects()
    for (const one of allowRules(view)) {
      const detail = subject(one)
      const from = plainAddresses(one.packets.possible.from)
      if (from === undefined || addressSets.isEmpty(from) || !addressSets.covers(sources, from)) continue
      const excess = excessOf(one, pods)
      if (excess === undefined) continue
      yield {
        ...azureHit(view, {
          object: one.owner,
          at: one.rule.value.origin,
          detail: `wider ${detail}`,
          severity: 'note',
          extent: excess.size,
          say: `lets more out of ${labelOf(cluster.object)} than the policies of its pods: ${one.rule.kind} rule ${one.label} opens ${excess.words}. Narrow the rule to what is used.`,
          fix: () => excess.patch(),
          decide: 'What do pods and nodes need of it? The rest of the rule can go.',
        }),
        resource: one.collection.object.resource.address,
      }
    }
  },

  merge: mergeAzure,

  /** The ports, or the ranges, that policies let out. */
  patch: (hit) => hit.fix?.(),
})

interface Excess {
  readonly words: string
  readonly size: number
  patch(): ProposedPatch | undefined
}

/** Few ports more than are used are how rules are written: time, names and the like are of the nodes. */
const MANY = 16

/** What the rule opens beyond the policies; undefined where nothing of it is used at all, or the nodes may need the rest. */
function excessOf(one: FirewallRulePackets, { policies }: PodEgress): Excess | undefined {
  const { rule, packets } = one
  const { to, connections } = packets.certain
  if (rule.kind === 'application' && knownItems(rule.targetNames).some((name) => AKS_REQUIRED_NAMES.has(name)))
    return undefined
  const used = connectionSets.intersect(meetingConnections(policies, to), connections)
  if (connectionSets.isEmpty(used)) return undefined
  const ports = connectionSets.subtract(connections, used)
  if (countOf(ports) >= MANY) {
    const more = printConnections({ ...ports, ICMP: [], other: [] })
    return {
      words: `${more}, which no policy lets a pod reach`,
      size: countOf(ports),
      patch: () => narrowPorts(one, used),
    }
  }
  const open = policies.map(({ peers }) => peers.addresses).reduce(addressSets.union, addressSets.empty)
  const range = plainAddresses(to)
  if (range === undefined || addressSets.covers(open, range)) return undefined
  const part = addressSets.intersect(range, open)
  return {
    words: `${printConnections(connections)} to ${printAddresses(range)}, of which policies let pods reach ${printAddresses(part)} alone`,
    size: 1,
    patch: () => narrowRange(one, part),
  }
}

function countOf(set: ConnectionSet): number {
  let count = 0
  for (const protocol of PORT_PROTOCOLS) for (const [first, end] of toPairs(set[protocol])) count += end - first
  return count
}

/** The ports of a network rule that are used, where they are few. */
function narrowPorts({ rule, label }: FirewallRulePackets, used: ConnectionSet): ProposedPatch | undefined {
  const { destinationPorts } = rule
  const wanted = new Set<string>()
  for (const protocol of PORT_PROTOCOLS) {
    for (const [first, end] of toPairs(used[protocol]))
      wanted.add(end - first === 1 ? `${first}` : `${first}-${end - 1}`)
  }
  if (rule.kind !== 'network' || !destinationPorts.complete || wanted.size === 0 || wanted.size > 8) return undefined
  return inPlace(replaceAll(destinationPorts, [...wanted]), `Narrows rule ${label} to the ports that policies let out.`)
}

/** The part of a range that is used, where it is a few blocks. */
function narrowRange({ rule, label }: FirewallRulePackets, part: AddressSet): ProposedPatch | undefined {
  const blocks = toCidrs(part)
  if (rule.kind !== 'network' || !rule.destinations.complete || blocks.length > 8) return undefined
  return inPlace(replaceAll(rule.destinations, blocks), `Narrows rule ${label} to the ranges that policies let out.`)
}

function replaceAll(list: PropList<string>, texts: readonly string[]): readonly Edit[] | undefined {
  return replaceItems(
    list.origin,
    list.items.map(({ origin }) => origin),
    () => true,
    texts,
  )
}
