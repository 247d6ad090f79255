import { addressSets } from '../algebra/addresses.ts'
import { METADATA_ADDRESS } from '../reach/address-ranges.ts'
import { eachEndpoint } from './each.ts'
import { exceptFromRule } from './edit/except.ts'
import { goesTo } from './facts/flow-ends.ts'
import { findGrant, printGrant } from './facts/grant.ts'
import { isShown } from './facts/judged-endpoints.ts'
import { isKeptFromMetadata } from './facts/metadata-way.ts'
import { barMetadata } from './facts/node-settings.ts'
import { openEgress, reachesMetadata } from './facts/open-egress.ts'
import { addressOf, proofOf } from './facts/proof.ts'
import { endpointHit, hiddenHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { capital, listNames } from './hits/listing.ts'
import { ofGrant } from './hits/of-grant.ts'
import { withinIsolation } from './hits/wider-finding.ts'
import { defineRule } from './rule.ts'

const ADDRESS = '169.254.169.254'

export const imdsReachable = defineRule({
  id: 'imds-reachable',
  meta: {
    title: 'Workload can reach the instance metadata service',
    severity: 'medium',
    concepts: ['egress'],
    layer: 'network-policy',
    why: 'On 169.254.169.254 every node tells its configuration, and hands out tokens of its managed identities to whoever asks.',
    fix: 'Except 169.254.169.254/32 from the block that holds it; workloads that need an identity should use workload identity.',
    sources: [
      'https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service',
      'https://learn.microsoft.com/azure/aks/imds-restriction',
    ],
  },

  /** Yields a hit for each endpoint whose policies certainly let it connect to the metadata service, unless its cluster keeps it from that. */
  check: eachEndpoint(function* (endpoint, view, { trusted }) {
    const { reach } = view
    const { subject, end, id, name, workload } = endpoint
    const { metadata, internet } = openEgress(view, subject, trusted)
    if (!metadata || isKeptFromMetadata(view, workload)) return
    const grant = findGrant(reach, subject, 'egress', reachesMetadata)
    const resource = grant?.policy.resource ?? workload?.resource
    if (resource === undefined || !isShown(view, endpoint, 'egress')) {
      yield hiddenHit(id)
      return
    }
    yield endpointHit({
      resource: resource.address,
      at: grant?.rule.origin ?? resource.origin,
      subject: id,
      ...ofGrant(
        view,
        grant,
        () => "The metadata service hands out tokens of the node's managed identities to whoever asks.",
      ),
      ...(internet === undefined ? {} : { within: { rule: 'egress-internet', subject: id } }),
      ...withinIsolation(view, endpoint, 'egress'),
      name,
      say: (names) =>
        `${capital(listNames(names))} can connect to the instance metadata service (${ADDRESS}, TCP 80): ${grant === undefined ? 'no policy limits it' : `${printGrant(grant)} allows it`}. The service hands out tokens of the node's managed identities to whoever asks, so a compromised container could act in Azure as the node. Except ${ADDRESS}/32 from the block.`,
      prove: () => proofOf(reach, { from: end, to: addressOf(ADDRESS), protocol: 'TCP', port: 80 }),
      objectsTo: (flow) => goesTo(flow, METADATA_ADDRESS) && isOnlyMetadata(flow.to.addresses!),
      fix: () => grant && exceptFromRule(view, grant, METADATA_ADDRESS, `${ADDRESS}/32`),
      otherwise: () => [barMetadata(view)].flatMap((patch) => patch ?? []),
    })
  }),

  merge: mergeEndpoints,

  /** An `except` in the block that holds the address. */
  patch: (hit) => hit.fix?.(),
})

function isOnlyMetadata(addresses: Parameters<typeof addressSets.covers>[1]): boolean {
  return addressSets.covers(METADATA_ADDRESS, addresses)
}
