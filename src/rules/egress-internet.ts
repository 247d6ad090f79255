import { type AddressSet, addressSets, printAddress } from '../algebra/addresses.ts'
import { hasPort, printConnections, samplePort } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import type { StateView } from '../compare/state-view.ts'
import { METADATA_ADDRESS, PUBLIC_ADDRESSES, sampleAddress } from '../reach/address-ranges.ts'
import type { PeerSet } from '../reach/peers.ts'
import type { Reachability } from '../reach/reachability.ts'
import { closeOutElsewhere } from './closing/elsewhere.ts'
import { eachEndpoint } from './each.ts'
import { isolateNamespace } from './edit/namespace-policies.ts'
import { narrowRule } from './edit/narrow-rule.ts'
import { goesTo, leavesCluster } from './facts/flow-ends.ts'
import { causeOf, findGrant, type Grant, printGrant } from './facts/grant.ts'
import { type InternetWay, internetWay } from './facts/internet-way.ts'
import { isShown, type JudgedEndpoint } from './facts/judged-endpoints.ts'
import { type InternetBreadth, isWide, openEgress, publicPart } from './facts/open-egress.ts'
import { addressOf, proofOf } from './facts/proof.ts'
import { type EndpointHit, endpointHit, hiddenHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { capital, listNames } from './hits/listing.ts'
import { withinIsolation } from './hits/wider-finding.ts'
import { lineOf } from './one-line.ts'
import { defineRule, type Hit, type ProposedPatch } from './rule.ts'

export const egressInternet = defineRule({
  id: 'egress-internet',
  meta: {
    title: 'Workload can reach the whole internet',
    severity: 'high',
    concepts: ['egress'],
    layer: 'network-policy',
    why: 'A compromised container can send data to any address, and load tools from any.',
    fix: 'Allow the addresses that the workload needs, or send it through a proxy or firewall that knows the names.',
    sources: [
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource',
      'https://learn.microsoft.com/azure/aks/limit-egress-traffic',
    ],
  },

  /** Yields a hit for each endpoint whose policies certainly let it connect to a good part of the public addresses, unless Azure keeps them closed. */
  check: eachEndpoint(function* (endpoint, view, { trusted }) {
    const { reach } = view
    const { subject, end, id, name, workload } = endpoint
    const { internet, metadata, nodeSsh } = openEgress(view, subject, trusted)
    if (internet === undefined) return
    const way = internetWay(view, endpoint, trusted)
    if (way.kind === 'closed') return
    const { addresses } = internet
    const { connections, breadth, extent } = way.kind === 'open' ? way : internet
    const cause = way.kind === 'open' ? way.cause : undefined
    const isWideRegion = (region: Region<PeerSet>) =>
      region.some(({ peers }) => isWide(publicPart(peers.addresses, trusted)))
    const grant = findGrant(reach, subject, 'egress', isWideRegion)
    const resource = grant?.policy.resource ?? workload?.resource
    if (resource === undefined || !isShown(view, endpoint, 'egress')) {
      yield hiddenHit(id, extent)
      return
    }
    const also = [
      metadata ? 'the instance metadata service (169.254.169.254)' : '',
      nodeSsh === 'yes' ? "the nodes' SSH port" : '',
    ]
    const alsoWords = listNames(also.filter((text) => text !== ''))
    const isDns = hasPort(connections, 'UDP', 53) && breadth === 'names'
    const { protocol, port } = isDns
      ? ({ protocol: 'UDP', port: 53 } as const)
      : (samplePort(connections) ?? { protocol: 'TCP', port: 443 })
    yield endpointHit({
      resource: cause?.resource?.address ?? resource.address,
      at: cause?.origin ?? cause?.resource?.origin ?? grant?.rule.origin ?? resource.origin,
      subject: id,
      severity: way.kind === 'open' ? way.severity : SEVERITY[breadth],
      extent,
      ...byLine(view, way.kind === 'open' ? way : undefined, grant),
      ...withinIsolation(view, endpoint, 'egress'),
      name,
      say: (names) => {
        const by = grant === undefined ? 'no policy limits it' : `${printGrant(grant)} allows it`
        const ports = breadth === 'any' ? 'on any port' : `on ${printConnections(connections)}`
        const more = alsoWords === '' ? '' : ` The same rule leads to ${alsoWords}.`
        const may = way.kind === 'unknown' ? 'may' : 'can'
        return `${capital(listNames(names))} ${may} connect to any address on the internet ${ports}: ${by}.${way.kind === 'unseen' ? '' : way.words}${more} ${ADVICE[breadth]}`
      },
      prove: () => {
        if (way.kind !== 'unseen') return way.witness
        const address = sampleAddress(grant === undefined ? addresses : ownPart(reach, subject, grant, addresses))
        return address && proofOf(reach, { from: end, to: addressOf(printAddress(address)), protocol, port })
      },
      decide:
        cause === undefined
          ? 'Name the addresses that it needs; no manifest of the tree tells them.'
          : 'The change opened the way behind the policies: is it to be closed there, or by addresses in the policy?',
      objectsTo: (flow) => leavesCluster(flow) || goesTo(flow, addressSets.union(PUBLIC_ADDRESSES, METADATA_ADDRESS)),
      fix: () =>
        grant === undefined
          ? undefined
          : narrowRule(view, grant, breadth === 'names', (block) => isWide(publicPart(block, trusted))),
      elsewhere: () => (breadth === 'names' ? [] : closeOutElsewhere(view, workload)),
      otherwise: () => (way.kind === 'open' ? [...way.close(), ...isolate(view, endpoint, grant)] : []),
    })
  }),

  merge: mergeEndpoints,

  /** What the rule said before the change, DNS to the DNS pods alone, or the rule without the peers that mean everybody. */
  patch: (hit) => hit.fix?.(),
})

/** The addresses to which the rule alone leads, so that a packet there proves it; all of them where there are none. */
function ownPart(reach: Reachability, subject: number, grant: Grant, addresses: AddressSet): AddressSet {
  let own = addresses
  for (const { policy } of reach.selecting(subject, 'egress')) {
    for (const rule of policy.rules.egress) {
      if (rule === grant.rule) continue
      for (const { peers } of reach.networkPolicies.ruleRegion(rule, policy, 'egress', subject).possible)
        own = addressSets.subtract(own, peers.addresses)
    }
  }
  return addressSets.isEmpty(own) ? addresses : own
}

/** Where no policy limits the way out yet, a policy that does: it closes the way in the cluster, whatever stands behind it. */
function isolate(
  view: StateView,
  { end, workload }: JudgedEndpoint,
  grant: Grant | undefined,
): readonly ProposedPatch[] {
  const { namespace } = end.facts
  if (grant !== undefined || workload === undefined || namespace === undefined) return []
  const patch = isolateNamespace(view, namespace, ['Egress'], 'default-deny-egress')
  return patch === undefined ? [] : [{ ...patch, layer: 'network-policy' }]
}

/** What workloads share because of which they get out: a line of another layer that the change touched, else a rule of a policy. */
function byLine(
  view: StateView,
  way: Extract<InternetWay, { kind: 'open' }> | undefined,
  grant: Grant | undefined,
): Pick<Hit, 'cause' | 'because'> {
  const by = grant === undefined ? '' : causeOf(view, grant)
  const origin = way?.cause?.origin ?? way?.cause?.resource?.origin
  if (way === undefined || origin === undefined) {
    return grant === undefined ? {} : { cause: by, because: { line: lineOf(grant.rule.origin), tells: 'effect' } }
  }
  const line = lineOf(origin)
  const aside = (hit: Hit) =>
    `${capital(listNames((hit as EndpointHit).names))} can now connect to any address on the internet on ${printConnections(way.connections)}.`
  return { cause: `${line} ${way.words} ${by}`, because: { line, tells: 'effect', aside } }
}

const SEVERITY = { any: 'high', some: 'medium', names: 'low' } as const
const ADVICE: Record<InternetBreadth, string> = {
  any: 'A compromised container could send data anywhere and load code from anywhere. Allow only the addresses and ports that it needs.',
  some: 'A compromised container could send data to any host that answers there. Allow only the addresses that it needs, or leave the names to a proxy or firewall.',
  names: 'DNS to any server is a way out for data. Allow it to the DNS pods of the cluster alone.',
}
