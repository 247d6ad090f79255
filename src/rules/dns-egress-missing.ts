import { addressSets } from '../algebra/addresses.ts'
import { membersOf } from '../algebra/classes.ts'
import { hasPort } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import { get } from '../base/value.ts'
import type { StateView } from '../compare/state-view.ts'
import type { NetworkPolicy } from '../model/kubernetes/network-policy.ts'
import type { PeerSet } from '../reach/peers.ts'
import { selectedAlike } from './each.ts'
import { append, replaceEntryByBlock } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { DNS_RULE, ruleLines } from './edit/policy-manifest.ts'
import { rulesList } from './facts/grant.ts'
import { isShown, judgedEndpoints } from './facts/judged-endpoints.ts'
import { endpointHit, mergeEndpoints } from './hits/endpoint-hit.ts'
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
      const { subject, id, name } = endpoint
      if (isSelectedAlike(subject, 'egress')) continue
      const policy = reach.selecting(subject, 'egress').find(({ selects }) => selects === 'yes')?.policy
      if (policy === undefined || !isShown(view, endpoint, 'egress')) continue
      const group = reach.groups.egress.groupOf(subject)
      const region = reach.own(subject, 'egress')
      const answer = answers.get(group) ?? {
        hasDns: hasDns(view, region.possible, 'UDP'),
        hasTcp: hasDns(view, region.possible, 'TCP'),
        isClosed: region.possible.length === 0,
      }
      answers.set(group, answer)
      if (answer.hasDns) continue
      yield endpointHit({
        resource: policy.resource.address,
        at: policy.rulesOrigin.egress ?? policy.podSelectorOrigin,
        subject: id,
        ...(answer.isClosed ? { severity: 'note' as const } : {}),
        cause: view.identity(policy.resource.address),
        name,
        say: (names) =>
          `${capital(listNames(names))} ${verb(names, 'has', 'have')} isolated egress without DNS${answer.hasTcp ? ' over UDP' : ''}: ${effectOf(answer)}. Allow UDP and TCP 53 to the DNS pods in kube-system${answer.isClosed ? ' once something may leave' : ''}.`,
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
  readonly hasDns: boolean
  readonly hasTcp: boolean
  readonly isClosed: boolean
}

function effectOf({ isClosed, hasTcp }: DnsAnswer): string {
  if (isClosed) return 'nothing may leave, names included'
  const fails = 'names cannot be resolved, so the connections that are allowed by name fail as well'
  return hasTcp ? `resolvers take TCP for long answers alone, and without UDP ${fails}` : fails
}

/** Port 53 to some address, to pods of kube-system, or to pods of which the namespace is not known. */
function hasDns({ reach }: StateView, region: Region<PeerSet>, protocol: 'UDP' | 'TCP'): boolean {
  return region.some(({ peers, connections }) => {
    if (!hasPort(connections, protocol, 53)) return false
    if (!addressSets.isEmpty(peers.addresses)) return true
    return membersOf(peers.classes).some((subject) => {
      const facts = reach.classes.facts[subject]
      return (
        facts !== undefined &&
        (facts.namespace === undefined || facts.namespace === 'kube-system' || isDnsPod(facts.labels.known))
      )
    })
  })
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
