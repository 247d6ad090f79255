import { dig, get, itemsOf } from '../base/value.ts'
import type { StateView } from '../compare/state-view.ts'
import type { KubernetesNetwork } from '../model/kubernetes/kubernetes-network.ts'
import { matches } from '../model/kubernetes/labels.ts'
import type { PolicyPort } from '../model/kubernetes/network-policy.ts'
import type { Service } from '../model/kubernetes/service.ts'
import { type Workload, workloadName } from '../model/kubernetes/workload.ts'
import { eachPolicy } from './each.ts'
import { replaceScalar } from './edit/collection-edit.ts'
import { inPlace } from './edit/one-patch.ts'
import { podsOf } from './facts/judged-endpoints.ts'
import { listNames, verb } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const policyPortMismatch = defineRule({
  id: 'policy-port-mismatch',
  meta: {
    title: 'Rule allows a port that the pods do not serve',
    severity: 'low',
    concepts: ['network-policy'],
    layer: 'network-policy',
    why: 'Policies see the port of the pod, not that of the Service, so the connection that was meant stays closed.',
    fix: 'Name the port that the container listens on.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource'],
  },

  /** Yields a hit for each port of an ingress rule that none of the selected workloads declares, though all of them declare ports. */
  check: eachPolicy(function* (policy, view) {
    if (
      policy.isolates.ingress === 'no' ||
      policy.rejections.length > 0 ||
      policy.rules.ingress.every(({ ports }) => ports === undefined)
    )
      return
    const selected = podsOf(view.reach, policy)
    if (selected.length === 0 || selected.some(({ ports }) => ports.every(({ init }) => init))) return
    let found: readonly Service[] | undefined
    const own = () => {
      found ??= (servicesByNamespace(view).get(policy.namespace) ?? []).filter(
        ({ selector }) => selector !== undefined && selected.some(({ labels }) => matches(selector, labels) !== 'no'),
      )
      return found
    }
    for (const rule of policy.rules.ingress) {
      for (const [index, port] of (rule.ports ?? []).entries()) {
        if (isServed(port, selected, own)) continue
        const wanted = port.kind === 'named' ? port.name : `${(port as { first: number }).first}`
        const meant = meantPort(port, selected, own())
        const { address } = policy.resource
        const names = selected.map(workloadName)
        yield {
          resource: address,
          at: port.origin,
          subject: `${view.identity(address)} ${port.protocol} ${wanted}`,
          message: `${address} ingress rule ${rule.index + 1} allows ${port.protocol} ${wanted}, which ${listNames(names)} ${verb(names, 'does', 'do')} not declare${meant === undefined ? '' : `; ${meant.words}`}. Policies see the port of the pod, not that of the Service, so the connection that was meant may be closed. Name the port that the container listens on.`,
          fix: () => {
            const item = itemsOf(get(itemsOf(dig(policy.resource.value, 'spec', 'ingress'))[rule.index], 'ports'))[
              index
            ]
            const value = get(item, 'port')
            return (
              meant &&
              value &&
              inPlace(replaceScalar(value, `${meant.port}`), `Allows ${meant.port} instead of ${wanted} in ${address}.`)
            )
          },
        }
      }
    }
  }),

  /** The pod's port behind the Service's, or the only port that the pods declare. */
  patch: (hit) => hit.fix?.(),
})

const known = new WeakMap<KubernetesNetwork, ReadonlyMap<string, readonly Service[]>>()

function servicesByNamespace({ network: { kubernetes } }: StateView): ReadonlyMap<string, readonly Service[]> {
  const made = known.get(kubernetes)
  if (made !== undefined) return made
  const spaces = new Map<string, Service[]>()
  for (const service of kubernetes.services) {
    const same = spaces.get(service.namespace)
    if (same === undefined) spaces.set(service.namespace, [service])
    else same.push(service)
  }
  known.set(kubernetes, spaces)
  return spaces
}

/** What is not one exact port is taken to be right; so is a port that a Service sends to, declared or not. */
function isServed(port: PolicyPort, selected: readonly Workload[], services: () => readonly Service[]): boolean {
  if (port.kind === 'unknown') return true
  if (port.kind === 'range' && port.first !== port.last) return true
  const declares = ({ ports }: Workload) =>
    ports.some((each) =>
      port.kind === 'named'
        ? each.name === port.name && each.protocol === port.protocol
        : each.port === undefined || (each.port === port.first && each.protocol === port.protocol),
    )
  if (selected.some(declares)) return true
  return (
    port.kind === 'range' && services().some(({ ports }) => ports.some(({ targetPort }) => targetPort === port.first))
  )
}

/** The port that was meant: where a Service of that port leads to, or the only one that the pods declare. */
function meantPort(port: PolicyPort, selected: readonly Workload[], services: readonly Service[]) {
  for (const { ports, resource } of services) {
    for (const each of ports) {
      if (port.kind !== 'range' || each.port !== port.first || each.protocol !== port.protocol) continue
      if (typeof each.targetPort === 'number') {
        return {
          port: each.targetPort,
          words: `${resource.address} leads from ${port.first} to port ${each.targetPort} of the pod`,
        }
      }
    }
  }
  const declared = new Set(selected.flatMap(({ ports }) => ports.map((each) => each.port)))
  const [only] = declared
  return declared.size === 1 && only !== undefined && port.kind === 'range'
    ? { port: only, words: `the only port that is declared is ${only}` }
    : undefined
}
