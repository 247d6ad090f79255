import { NO_ADDRESSES } from '../algebra/addresses.ts'
import { exactly } from '../algebra/bounds.ts'
import { hasClass } from '../algebra/classes.ts'
import {
  connectionSet,
  connectionSets,
  hasPort,
  NO_CONNECTIONS,
  PORT_PROTOCOLS,
  type PortProtocol,
} from '../algebra/connections.ts'
import { flowCauses } from '../compare/flow-cause.ts'
import type { Flow } from '../compare/flows.ts'
import type { StateView } from '../compare/state-view.ts'
import { type Workload, workloadName } from '../model/kubernetes/workload.ts'
import type { PacketEnd } from '../reach/layer.ts'
import type { PeerSet } from '../reach/peers.ts'
import { findEvidence, type NeededConnection } from './facts/evidence.ts'
import { proofOf } from './facts/proof.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const connectivityLost = defineRule({
  id: 'connectivity-lost',
  meta: {
    title: 'Change closes a connection that the manifests need',
    severity: 'medium',
    concepts: ['network-policy'],
    layer: 'network-policy',
    why: 'A setting of one workload names another, and the policies no longer let it through: it fails when the change is rolled out.',
    fix: 'Allow the connection, or take the setting away.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/network-policies/'],
  },

  /** Yields a hit for each connection between workloads of both sides that the head still needs, the base certainly allowed and the head certainly refuses. */
  *checkChange({ base, head, flows }) {
    if (base === undefined || head === undefined || !flows.some(isClosed)) return
    const before = new Map(base.network.kubernetes.workloads.map((workload) => [workload.id, workload]))
    const seen = new Set<string>()
    const causes = flowCauses(base, head)
    for (const needed of findEvidence(head).connections) {
      const { from, to } = needed
      if (from === undefined || from.id === to.id) continue
      const [oldFrom, oldTo] = [before.get(from.id), before.get(to.id)]
      if (oldFrom === undefined || oldTo === undefined) continue
      for (const { protocol, port } of portsOf(needed)) {
        const key = `${from.id} ${to.id} ${protocol} ${port}`
        if (seen.has(key)) continue
        seen.add(key)
        if (allows(base, oldFrom, oldTo, protocol, port) !== 'yes') continue
        if (allows(head, from, to, protocol, port) !== 'no') continue
        const [sender, receiver] = [endOf(head, from), endOf(head, to)]
        if (sender === undefined || receiver === undefined) continue
        const proof = proofOf(head.reach, { from: sender, to: receiver, protocol, port })
        const refusal = proof.path.findLast(({ verdict }) => verdict === 'deny')
        const connections = connectionSet(protocol, port)
        const cause = causes.of({
          from: one(head, from),
          to: one(head, to),
          before: exactly(connections),
          after: exactly(NO_CONNECTIONS),
        })({ name: workloadName(from), workload: from.id }, { name: workloadName(to), workload: to.id })
        const place = cause ?? to.resource
        yield {
          resource: (cause?.resource ?? to.resource).address,
          at: place.origin,
          ...(cause?.side && { side: cause.side }),
          subject: key,
          message: `${workloadName(from)} can no longer connect to ${workloadName(to)} on ${protocol} ${port}, which it needs: ${needed.evidence}. ${refusal === undefined ? 'The policies refuse it' : refusal.rule} now. Allow the connection, or take the setting away.`,
          witness: proof,
          decide: `Is ${workloadName(from)} to reach ${listNames([workloadName(to)])}?`,
        }
      }
    }
  },
})

/** What needs what is read only where something closes. */
function isClosed({ kind, before, after }: Flow): boolean {
  return kind === 'connection' && !connectionSets.isEmpty(connectionSets.subtract(before.certain, after.possible))
}

function one({ reach: { universe } }: StateView, { id }: Workload): PeerSet {
  return { classes: universe.classSets.of([universe.classOf.get(id)!]), addresses: NO_ADDRESSES }
}

function endOf({ reach }: StateView, workload: Workload): PacketEnd | undefined {
  const subject = reach.universe.classOf.get(workload.id)
  const facts = subject === undefined ? undefined : reach.classes.facts[subject]
  return facts && { kind: 'endpoint', endpoint: { kind: 'workload', id: workload.id }, facts: { ...facts, workload } }
}

function portsOf({
  to,
  ports,
}: NeededConnection): readonly { readonly protocol: PortProtocol; readonly port: number }[] {
  return ports.flatMap(({ protocol, port }) => {
    const number = typeof port === 'number' ? port : to.ports.find(({ name }) => name === port)?.port
    const known = PORT_PROTOCOLS.find((one) => one === protocol)
    return number === undefined || known === undefined ? [] : [{ protocol: known, port: number }]
  })
}

/** Whether both ends let the connection through. */
function allows(
  { reach }: StateView,
  from: Workload,
  to: Workload,
  protocol: PortProtocol,
  port: number,
): 'yes' | 'no' | 'maybe' {
  const [sender, receiver] = [reach.universe.classOf.get(from.id), reach.universe.classOf.get(to.id)]
  if (sender === undefined || receiver === undefined || from.hostNetwork !== 'no' || to.hostNetwork !== 'no')
    return 'maybe'
  const on = (side: 'certain' | 'possible') =>
    reach
      .own(sender, 'egress')
      [side].some(
        ({ peers, connections }) => hasClass(peers.classes, receiver) && hasPort(connections, protocol, port),
      ) &&
    reach
      .own(receiver, 'ingress')
      [side].some(({ peers, connections }) => hasClass(peers.classes, sender) && hasPort(connections, protocol, port))
  return on('certain') ? 'yes' : on('possible') ? 'maybe' : 'no'
}
