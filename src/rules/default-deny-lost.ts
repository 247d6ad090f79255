import type { Origin } from '../base/origin.ts'
import { get } from '../base/value.ts'
import type { StateView } from '../compare/state-view.ts'
import { labelsKey } from '../model/kubernetes/labels.ts'
import { DIRECTIONS, type Direction, type NetworkPolicy } from '../model/kubernetes/network-policy.ts'
import { isEverything } from '../model/kubernetes/selector.ts'
import type { Workload } from '../model/kubernetes/workload.ts'
import type { Endpoint } from '../reach/endpoint.ts'
import { restoreManifest } from './edit/restore-manifest.ts'
import { restoreText } from './edit/restore-text.ts'
import { anyPod } from './facts/any-pod.ts'
import { isIsolated, isOpen, isShown, pairedEndpoints } from './facts/judged-endpoints.ts'
import { addressOf, newestOf, packetsFrom, packetsTo, proofOf } from './facts/proof.ts'
import { workloadsByNamespace } from './facts/workloads-by-namespace.ts'
import { endpointHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { listNames } from './hits/listing.ts'
import { defineRule, type ProposedPatch } from './rule.ts'

export const defaultDenyLost = defineRule({
  id: 'default-deny-lost',
  meta: {
    title: 'Change ends the isolation of a workload',
    severity: 'high',
    concepts: ['namespace-no-netpol'],
    layer: 'network-policy',
    why: 'A pod that no policy selects any more is open to everybody, although nothing in the change says so.',
    fix: 'Keep the policy, its selector or the label; put another policy in its place first.',
    sources: [
      'https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation',
    ],
  },

  /** Yields a hit for each endpoint of both sides that a policy isolated in the base and none isolates in the head. */
  *checkChange({ base, head }) {
    if (base === undefined || head === undefined) return
    const told = new Set<string>()
    // Workloads of a namespace come before the pods that may still come into it.
    for (const [old, { subject, end, id, name, workload }] of pairedEndpoints(base, head)) {
      const { namespace } = end.facts
      const lost = DIRECTIONS.filter(
        (direction) =>
          isIsolated(base.reach, old.subject, direction) &&
          isOpen(head.reach, subject, direction) &&
          gainsAnything(base, old.subject, head, subject, direction),
      )
      const [direction] = lost
      if (direction === undefined) continue
      const isShared = workload === undefined && !isShown(base, old, direction)
      if (isShared && (!isAnyPod(end.endpoint) || !runsWorkloads(head, namespace) || told.has(`${namespace}`))) continue
      told.add(`${namespace}`)
      const policy = base.reach.selecting(old.subject, direction).find(({ selects }) => selects === 'yes')!.policy
      const loss = explainLoss(policy, head, direction, old.workload, workload)
      const port = workload?.ports.find((each) => each.port !== undefined)
      yield endpointHit({
        resource: (workload?.resource ?? policy.resource).address,
        at: loss.at,
        ...(loss.kind === 'gone' && { side: 'base' as const }),
        subject: id,
        ...(isShared ? { severity: 'low' as const } : {}),
        cause: `${policy.resource.address} ${loss.kind} ${lost.join()}`,
        extent: lost.length,
        name,
        say: (names) => {
          const it = names.length === 1 ? 'it' : 'them'
          const inside = `every pod of the cluster can connect to ${it}`
          const outside = `${it === 'it' ? 'it' : 'they'} can connect anywhere, the internet included as far as the cluster decides`
          const effect = lost.length === 2 ? `${inside}, and ${outside}` : direction === 'ingress' ? inside : outside
          const scope = lost.length === 2 ? '' : ` for ${direction}`
          if (isShared) return sayDefault(namespace!, lost, loss)
          return `No NetworkPolicy isolates ${listNames(names)}${scope} any more: ${loss.words}. Now ${effect}. Keep the isolation, or put another policy in its place first.`
        },
        prove: () =>
          proofOf(
            head.reach,
            newestOf(
              base,
              lost.flatMap((each) =>
                each === 'ingress'
                  ? [anyPod(head), ...ANY_HOSTS].flatMap((from) =>
                      packetsTo(end, from, { protocol: port?.protocol ?? 'TCP', port: port?.port ?? 80 }),
                    )
                  : packetsFrom(end),
              ),
            ),
          ),
        decide: 'Whether the isolation is meant to go.',
        fix: () => loss.restore(),
      })
    }
  },

  merge: mergeEndpoints,

  /** The policy, its selector or the label as the base has it. */
  patch: (hit) => hit.fix?.(),
})

/** The pods of the tree have policies of their own, and one that comes later without any is open. */
function sayDefault(namespace: string, lost: readonly Direction[], { words }: Loss): string {
  const effects = {
    ingress: 'every pod of the cluster can connect to one that comes without',
    egress: 'one that comes without can connect anywhere',
  }
  return `Namespace ${namespace} no longer denies ${listNames(lost)} by default: ${words}. Its workloads have policies of their own; ${listNames(lost.map((direction) => effects[direction]))}. Keep the default, so that what nobody thought of stays closed.`
}

/** Any pod of one namespace, whatever its labels are. */
function isAnyPod(endpoint: Endpoint): boolean {
  return endpoint.kind === 'hypothetical' && isEverything(endpoint.podSelector)
}

function runsWorkloads({ network }: StateView, namespace: string | undefined): boolean {
  return namespace !== undefined && workloadsByNamespace(network.kubernetes).has(namespace)
}

/** False where the policies that are gone let everything through. */
function gainsAnything(base: StateView, old: number, head: StateView, subject: number, direction: Direction): boolean {
  const { regions } = head.reach.universe
  const was = base.reach.own(old, direction).certain
  return !regions.isEmpty(regions.subtract(head.reach.own(subject, direction).certain, was))
}

const ANY_HOSTS = ['203.0.113.10', '2001:db8::10'].map(addressOf)

interface Loss {
  readonly kind: string
  readonly words: string
  readonly at: Origin
  readonly restore: () => ProposedPatch | undefined
}

function explainLoss(
  old: NetworkPolicy,
  head: StateView,
  direction: Direction,
  was: Workload | undefined,
  workload: Workload | undefined,
): Loss {
  const { address } = old.resource
  const policy = head.network.kubernetes.policies.find(({ resource }) => head.identity(resource.address) === address)
  if (policy === undefined) {
    return {
      kind: 'gone',
      words: `${address} is gone`,
      at: old.resource.origin,
      restore: () => restoreManifest(old.resource, old.name, head),
    }
  }
  if (policy.isolates[direction] === 'no') {
    return {
      kind: 'types',
      words: `${address} no longer isolates ${direction}, which its policyTypes decide`,
      at: get(get(policy.resource.value, 'spec'), 'policyTypes')?.origin ?? policy.resource.origin,
      restore: () =>
        restoreText(
          get(get(old.resource.value, 'spec'), 'policyTypes')?.origin,
          get(get(policy.resource.value, 'spec'), 'policyTypes')?.origin,
          `Restores the policyTypes of ${address}.`,
        ),
    }
  }
  if (policy.podSelector.key !== old.podSelector.key) {
    return {
      kind: 'selector',
      words: `the podSelector of ${address} changed and no longer selects ${workload === undefined ? 'them' : 'these pods'}`,
      at: policy.podSelectorOrigin,
      restore: () =>
        restoreText(old.podSelectorOrigin, policy.podSelectorOrigin, `Restores the podSelector of ${address}.`),
    }
  }
  if (workload !== undefined && was !== undefined && labelsKey(was.labels) !== labelsKey(workload.labels)) {
    return {
      kind: `labels of ${workload.id}`,
      words: `its pods lost a label that ${address} selects`,
      at: workload.labelsOrigin,
      restore: () =>
        restoreText(was.labelsOrigin, workload.labelsOrigin, `Restores the labels that ${address} selects.`),
    }
  }
  return {
    kind: 'namespace',
    words: `${address} is in another namespace now`,
    at: namespaceOf(policy)?.origin ?? policy.resource.origin,
    restore: () =>
      restoreText(namespaceOf(old)?.origin, namespaceOf(policy)?.origin, `Puts ${address} back into its namespace.`),
  }
}

function namespaceOf({ resource }: NetworkPolicy) {
  return get(get(resource.value, 'metadata'), 'namespace')
}
