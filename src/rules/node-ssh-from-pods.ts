import { type AddressSet, addressSets, parseCidr } from '../algebra/addresses.ts'
import type { StateView } from '../compare/state-view.ts'
import { eachEndpoint } from './each.ts'
import { exceptFromRule } from './edit/except.ts'
import { findGrant, type Grant, printGrant } from './facts/grant.ts'
import { isShown } from './facts/judged-endpoints.ts'
import { nodeBlock, turnSshOff } from './facts/node-settings.ts'
import { openEgress, reachesSsh } from './facts/open-egress.ts'
import { nodesEnd, proofOf } from './facts/proof.ts'
import { endpointHit, hiddenHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { capital, listNames } from './hits/listing.ts'
import { ofGrant } from './hits/of-grant.ts'
import { withinIsolation } from './hits/wider-finding.ts'
import { defineRule, type ProposedPatch } from './rule.ts'

export const nodeSshFromPods = defineRule({
  id: 'node-ssh-from-pods',
  meta: {
    title: "Workload can reach the nodes' SSH port",
    severity: 'medium',
    concepts: ['egress'],
    layer: 'network-policy',
    why: 'From a compromised container, SSH on the nodes is the next step: a stolen or guessed key takes the node and every pod on it.',
    fix: 'Except the node subnet from the block, or limit its ports; turn SSH off on the node pools.',
    sources: ['https://learn.microsoft.com/azure/aks/manage-ssh-node-access'],
  },

  /** Yields a hit for each endpoint whose policies let it connect to TCP 22 of the nodes, for certain or because a block may hold them. */
  check: eachEndpoint(function* (endpoint, view, { trusted }) {
    const { reach } = view
    const { subject, end, id, name, workload } = endpoint
    const { nodeSsh, internet, metadata } = openEgress(view, subject, trusted)
    if (nodeSsh === 'no') return
    const grant = findGrant(reach, subject, 'egress', (region) => reachesSsh(region, reach))
    const resource = grant?.policy.resource ?? workload?.resource
    if (resource === undefined || !isShown(view, endpoint, 'egress')) {
      yield hiddenHit(id)
      return
    }
    // That a block may hold the nodes too is said where the change is told that brought the block.
    const wider = internet !== undefined ? 'egress-internet' : metadata ? 'imds-reachable' : 'egress-widened'
    yield endpointHit({
      resource: resource.address,
      at: grant?.rule.origin ?? resource.origin,
      subject: id,
      ...(nodeSsh === 'yes' ? {} : { severity: 'low' as const }),
      ...ofGrant(view, grant),
      within: { rule: wider, subject: id },
      ...withinIsolation(view, endpoint, 'egress'),
      name,
      say: (names) =>
        `${capital(listNames(names))} ${nodeSsh === 'yes' ? 'can' : 'may'} connect to SSH (TCP 22) on the nodes: ${grant === undefined ? 'no policy limits it' : `${printGrant(grant)} allows it`}${nodeSsh === 'yes' ? '' : ', if the block holds their addresses, which is not known from here'}. From a compromised container, a stolen key would take the node and every pod on it. Except the node subnet from the block, or limit its ports.`,
      prove: () => proofOf(reach, { from: end, to: nodesEnd(reach), protocol: 'TCP', port: 22 }),
      decide: 'Which range the nodes are in; no manifest of the tree tells it.',
      objectsTo: ({ to }) => to.name === 'nodes' || isOfNodes(view, to.addresses),
      fix: () => exceptNodes(view, grant),
      otherwise: () => [turnSshOff(view)].flatMap((patch) => patch ?? []),
    })
  }),

  merge: mergeEndpoints,

  /** An `except` for the nodes, where their range is known. */
  patch: (hit) => hit.fix?.(),
})

function isOfNodes({ reach: { cluster } }: StateView, addresses: AddressSet | undefined): boolean {
  const { nodeAddresses } = cluster
  return addresses !== undefined && nodeAddresses !== undefined && addressSets.covers(nodeAddresses, addresses)
}

function exceptNodes(view: StateView, grant: Grant | undefined): ProposedPatch | undefined {
  const block = nodeBlock(view)
  const range = block === undefined ? undefined : parseCidr(block)
  return grant && range && exceptFromRule(view, grant, range.addresses, block!)
}
