import { hasClass } from '../algebra/classes.ts'
import { connectionSet, connectionSets } from '../algebra/connections.ts'
import type { Region } from '../algebra/regions.ts'
import type { PeerSet } from '../reach/peers.ts'
import type { Reachability } from '../reach/reachability.ts'
import { NODES } from '../reach/universe.ts'
import { eachEndpoint } from './each.ts'
import { causeOf, findGrant, printGrant } from './facts/grant.ts'
import { isOpen, isShown } from './facts/judged-endpoints.ts'
import { nodesEnd, proofOf } from './facts/proof.ts'
import { endpointHit, hiddenHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { capital, listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const kubeletFromPods = defineRule({
  id: 'kubelet-from-pods',
  meta: {
    title: "Workload can reach the nodes' kubelet",
    severity: 'low',
    concepts: ['egress'],
    layer: 'network-policy',
    why: 'The kubelet on TCP 10250 runs commands in every pod of its node for whoever may sign in; a stolen token of the right kind is enough.',
    fix: 'Except the node subnet from the block, or limit its ports.',
    sources: ['https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/'],
  },

  /** Yields a hit for each endpoint that policies isolate and certainly let connect to TCP 10250 of the nodes. */
  check: eachEndpoint(function* (endpoint, view) {
    const { reach } = view
    const { subject, end, id, name } = endpoint
    const { certain, possible } = reach.own(subject, 'egress')
    if (!reachesKubelet(possible, reach)) return
    // What no policy limits another rule says.
    if (isOpen(reach, subject, 'egress')) {
      yield hiddenHit(id)
      return
    }
    const grant = findGrant(reach, subject, 'egress', (region) => reachesKubelet(region, reach))
    // That a block perhaps holds the nodes is told with SSH.
    if (grant === undefined || !reachesKubelet(certain, reach) || !isShown(view, endpoint, 'egress')) {
      yield hiddenHit(id)
      return
    }
    yield endpointHit({
      resource: grant.policy.resource.address,
      at: grant.rule.origin,
      subject: id,
      cause: causeOf(view, grant),
      // SSH on the nodes is worse, and the same rule leads to both.
      within: { rule: 'node-ssh-from-pods', subject: id },
      name,
      say: (names) =>
        `${capital(listNames(names))} can connect to the kubelet (TCP 10250) of the nodes: ${printGrant(grant)} allows it. It runs commands in every pod of its node for whoever may sign in. Except the node subnet from the block, or limit its ports.`,
      prove: () => proofOf(reach, { from: end, to: nodesEnd(reach), protocol: 'TCP', port: 10250 }),
      decide: 'Which ports of the nodes the workload needs.',
    })
  }),

  merge: mergeEndpoints,
})

const KUBELET = connectionSet('TCP', 10250)

function reachesKubelet(region: Region<PeerSet>, reach: Reachability): boolean {
  const nodes = reach.universe.classOf.get(NODES.id)!
  return region.some(
    ({ peers, connections }) => hasClass(peers.classes, nodes) && connectionSets.covers(connections, KUBELET),
  )
}
