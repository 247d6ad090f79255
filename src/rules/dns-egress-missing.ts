import { addressSets, NO_ADDRESSES } from '../algebra/addresses.ts'
import { membersOf } from '../algebra/classes.ts'
import { hasPort } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import { dig, get, itemsOf, stringOf } from '../base/value.ts'
import type { StateView } from '../compare/state-view.ts'
import type { NetworkPolicy } from '../model/kubernetes/network-policy.ts'
import type { Workload } from '../model/kubernetes/workload.ts'
import type { Engine } from '../reach/engine.ts'
import type { PeerSet } from '../reach/peers.ts'
import { NODES } from '../reach/universe.ts'
import { selectedAlike } from './each.ts'
import { append, replaceEntryByBlock } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { DNS_RULE, ruleLines } from './edit/policy-manifest.ts'
import { rulesList } from './facts/grant.ts'
import { isShown, judgedEndpoints } from './facts/judged-endpoints.ts'
import { isWide, publicPart } from './facts/open-egress.ts'
import { endpointHit, hiddenHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { capital, listNames, verb } from './hits/listing.ts'
import { defineRule, type ProposedPatch } from './rule.ts'

export const dnsEgressMissing = defineRule({
  id: 'dns-egress-missing',
  meta: {
    title: 'Egress is isolated and DNS is not allowed',
    severity: 'medium',
    concepts: ['egress'],
    layer: 'network-policy',
    why: 'Without DNS no name can be resolved, so connections that the policies allow fail as well.',
    fix: 'Allow UDP and TCP 53 to the DNS pods in kube-system.',
    sources: [
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic',
    ],
  },

  /** Yields a hit for each endpoint whose egress is isolated and certainly without DNS: a note where nothing else may leave either. */
  *check(view, _settings, against) {
    const { reach } = view
    const isSelectedAlike = selectedAlike(view, against)
    const answers = new Map<number, DnsAnswer>()
    for (const endpoint of judgedEndpoints(view)) {
      const { subject, id, name, workload } = endpoint
      if (isSelectedAlike(subject, 'egress')) continue
      const policy = reach.selecting(subject, 'egress').find(({ selects }) => selects === 'yes')?.policy
      if (policy === undefined || !isShown(view, endpoint, 'egress')) continue
      const group = reach.groups.egress.groupOf(subject)
      const region = reach.own(subject, 'egress')
      const answer = answers.get(group) ?? {
        byUdp: dnsIn(view, region.possible, 'UDP'),
        byTcp: dnsIn(view, region.possible, 'TCP'),
        isClosed: region.possible.length === 0,
      }
      answers.set(group, answer)
      const { byUdp } = answer
      if (byUdp === 'pods') continue
      if (byUdp !== 'none' && !isCertain(reach.cluster.engine, byUdp, workload)) {
        // Neither missing nor there for certain: whoever claims that the change mends or breaks it guesses.
        if (asksCluster(workload)) yield { ...hiddenHit(id, 0), severity: 'note' }
        continue
      }
      yield endpointHit({
        resource: policy.resource.address,
        at: policy.rulesOrigin.egress ?? policy.podSelectorOrigin,
        subject: id,
        ...(answer.isClosed ? { severity: 'note' as const } : {}),
        extent: 1,
        cause: view.identity(policy.resource.address),
        name,
        say: (names) =>
          `${capital(listNames(names))} ${verb(names, 'has', 'have')} isolated egress without DNS${byUdp === 'none' && answer.byTcp !== 'none' ? ' over UDP' : ''}: ${byUdp === 'none' ? '' : 'its address blocks do not mean the DNS pods of the cluster, and '}${effectOf(answer)}. Allow UDP and TCP 53 to the DNS pods in kube-system${answer.isClosed ? ' once something may leave' : ''}.`,
        fix: () => allowDns(policy),
      })
    }
  },

  merge: mergeEndpoints,

  /** A rule for the DNS pods in the policy that isolates. */
  patch: (hit) => hit.fix?.(),
})

interface DnsAnswer {
  /** Over UDP, which every resolver asks over first. */
  readonly byUdp: DnsWay
  readonly byTcp: DnsWay
  readonly isClosed: boolean
}

/**
 * What answers on port 53 that is let through: pods that may be those of the cluster; an address, which may be that of a server that
 * somebody runs; a good part of the internet, which means no server of anybody's.
 */
type DnsWay = 'pods' | 'address' | 'internet' | 'none'

function effectOf({ isClosed, byUdp, byTcp }: DnsAnswer): string {
  if (isClosed) return 'nothing may leave, names included'
  const fails = 'names cannot be resolved, so the connections that are allowed by name fail as well'
  const isTcpAlone = byUdp === 'none' && byTcp !== 'none'
  return isTcpAlone ? `resolvers take TCP for long answers alone, and without UDP ${fails}` : fails
}

/** Pods of kube-system, and pods of which the namespace is not known, may be those that answer. */
function dnsIn({ reach }: StateView, region: Region<PeerSet>, protocol: 'UDP' | 'TCP'): DnsWay {
  const parts = region.filter(({ connections }) => hasPort(connections, protocol, 53))
  const nodes = reach.universe.classOf.get(NODES.id)
  const isPods = parts.some(({ peers }) =>
    membersOf(peers.classes).some((subject) => {
      const facts = reach.classes.facts[subject]
      return (
        facts !== undefined &&
        subject !== nodes &&
        (facts.namespace === undefined || facts.namespace === 'kube-system' || isDnsPod(facts.labels.known))
      )
    }),
  )
  if (isPods) return 'pods'
  const addresses = parts.reduce((sum, { peers }) => addressSets.union(sum, peers.addresses), NO_ADDRESSES)
  if (addressSets.isEmpty(addresses)) return 'none'
  return isWide(publicPart(addresses)) ? 'internet' : 'address'
}

/** Where the engine says that blocks mean no pods, a block of the internet leads to no DNS of a pod that asks the cluster's. */
function isCertain(engine: Engine, way: DnsWay, workload: Workload | undefined): boolean {
  return engine !== 'unknown' && way === 'internet' && workload !== undefined && asksCluster(workload)
}

/**
 * False where the pod asks servers of its own, or those of its node.
 *
 * Source: kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy
 */
function asksCluster(workload: Workload | undefined): boolean {
  const policy = get(workload?.podSpec, 'dnsPolicy')
  const isClusterFirst = policy === undefined || /^ClusterFirst/.test(stringOf(policy) ?? '')
  return isClusterFirst && itemsOf(dig(workload?.podSpec, 'dnsConfig', 'nameservers')).length === 0
}

function isDnsPod(labels: ReadonlyMap<string, unknown>): boolean {
  return (
    labels.get('k8s-app') === 'kube-dns' ||
    labels.get('k8s-app') === 'node-local-dns' ||
    labels.get('app.kubernetes.io/name') === 'coredns'
  )
}

function allowDns(policy: NetworkPolicy): ProposedPatch | undefined {
  const list = rulesList(policy, 'egress')
  const spec = get(policy.resource.value, 'spec')
  if (spec?.kind !== 'map') return undefined
  const lines = ruleLines(DNS_RULE, 'to')
  const summary = `Allows DNS in ${policy.resource.address}.`
  if (list !== undefined && list.items.length > 0) return inPlace(append(list, lines), summary)
  if (list === undefined && !spec.entries.has('egress'))
    return inPlace(append(spec, ['egress:', ...lines.map((line) => `  ${line}`)]), summary)
  return inPlace(replaceEntryByBlock({ map: spec, key: 'egress' }, lines), summary)
}
