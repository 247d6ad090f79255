import { type AddressSet, printAddress } from '../../algebra/addresses.ts'
import { type ConnectionSet, connectionSets, hasPort, NO_CONNECTIONS, samplePort } from '../../algebra/connections.ts'
import { hasName } from '../../algebra/names.ts'
import type { Severity } from '../../base/severity.ts'
import { effectiveEgress } from '../../compare/effective-egress.ts'
import { askLinked, changedStep } from '../../compare/egress-cause.ts'
import type { StateView } from '../../compare/state-view.ts'
import { sampleAddress } from '../../reach/address-ranges.ts'
import type { PlaceRegion } from '../../reach/azure/flows.ts'
import type { Outcome, Step } from '../../reach/azure/outcome.ts'
import type { PacketEnd } from '../../reach/layer.ts'
import { closeWay, isPolicy } from '../closing/close-way.ts'
import type { Witness } from '../finding.ts'
import type { ProposedPatch } from '../rule.ts'
import { azureWitness } from './azure-site.ts'
import type { JudgedEndpoint } from './judged-endpoints.ts'
import { breadthOf, countPorts, type InternetBreadth, isWide, publicPart } from './open-egress.ts'
import { addressOf, proofOf } from './proof.ts'

/**
 * How a pod that its policies let out gets to the internet through Azure. `unseen`: no cluster is linked; `unknown`: what Azure does is
 * not known, for the layer that the path names; `closed`: some layer of Azure keeps hosts that no rule names out of reach.
 */
export type InternetWay =
  | { readonly kind: 'unseen' }
  | { readonly kind: 'unknown'; readonly words: string; readonly witness: Witness }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'open'
      readonly connections: ConnectionSet
      readonly breadth: InternetBreadth
      readonly severity: Severity
      /** The layer behind the policies by which it leaves, in words. */
      readonly words: string
      /** Grows with the ports. */
      readonly extent: number
      readonly witness: Witness
      /** What the change made of the path, where that is not a policy. */
      readonly cause: Step | undefined
      /** Edits that close it again where the change opened it behind the policies. */
      readonly close: () => readonly ProposedPatch[]
    }

/** Follows the way out of an endpoint, whose policies certainly reach the internet, through the layers of its linked cluster. */
export function internetWay(
  view: StateView,
  { subject, end, workload, name }: JudgedEndpoint,
  trusted: AddressSet,
): InternetWay {
  const { link } = view
  if (link?.kind !== 'linked') return { kind: 'unseen' }
  const { all, pools } = effectiveEgress(view, link, subject, workload)
  const [certain, possible] = [internetPart(all.certain, trusted), internetPart(all.possible, trusted)]
  if (connectionSets.isEmpty(possible)) return { kind: 'closed' }
  const isOpen = !connectionSets.isEmpty(certain)
  const connections = isOpen ? certain : possible
  const packet = hasPort(connections, 'TCP', 443) ? ({ protocol: 'TCP', port: 443 } as const) : samplePort(connections)
  if (packet === undefined) return { kind: 'unseen' }
  const asked = { subject, workload: workload?.id, pool: pools[0] }
  const peer = peerIn(isOpen ? all.certain : all.possible, packet, trusted)
  const outcome = askLinked({ view, link }, asked, peer, packet)
  const followed = azureWitness({ from: name, to: peer, ...packet }, outcome)
  // Of pods that no manifest runs, the way out of their nodes is asked; what policies say stands before it.
  const inside = workload === undefined ? proofOf(view.reach, { from: end, to: addressFor(peer), ...packet }).path : []
  const witness = { ...followed, path: [...inside, ...followed.path] }
  const open = outcome.steps.find(({ answer }) => answer !== 'allowed')
  if (!isOpen && outcome.answer === 'unknown' && open !== undefined) {
    return { kind: 'unknown', words: ` Whether Azure lets it out is not known: ${open.rule}.`, witness }
  }
  if (!isOpen && pools.length > 1) {
    // The pools leave by different ways, and nobody says on which of them the pod runs.
    const rule = 'on which nodes it runs is not known'
    const steps = witness.path.map((step) =>
      step.verdict === 'deny' ? { ...step, verdict: 'unknown' as const } : step,
    )
    const path = [{ layer: 'host', verdict: 'unknown', rule } as const, ...steps]
    return {
      kind: 'unknown',
      words: ` Whether Azure lets it out is not known: ${rule}.`,
      witness: { ...witness, path },
    }
  }
  if (!isOpen || outcome.answer !== 'allowed') return { kind: 'unseen' }
  const breadth = breadthOf(certain)
  const firewall = outcome.steps.find(({ layer }) => layer === 'firewall')
  const exit = firewall ?? outcome.steps.findLast(({ layer }) => layer === 'nat' || layer === 'route')
  return {
    kind: 'open',
    connections: certain,
    breadth,
    severity: severityOf(breadth, firewall),
    words: exit === undefined ? '' : ` Behind the policies nothing holds it back: ${exit.rule}.`,
    extent: countPorts(certain) * (firewall === undefined ? 2 : 1),
    witness,
    cause: azureCause(view, outcome),
    close() {
      const { before } = view
      const old = before?.link?.kind === 'linked' ? { view: before, link: before.link } : undefined
      return closeWay(view, old && askLinked(old, asked, 'internet', packet), outcome)
    },
  }
}

/** `internet` where hosts that no rule names are reached, else an address: in a dual-stack cluster one family may be open alone. */
function peerIn(region: PlaceRegion, { protocol, port }: PortPacket, trusted: AddressSet): string {
  const reached = region.filter(({ connections }) => hasPort(connections, protocol, port))
  if (reached.some(({ peers }) => hasName(peers.hosts, ''))) return 'internet'
  const wide = reached.map(({ peers }) => publicPart(peers.addresses, trusted)).find(isWide)
  const address = wide && sampleAddress(wide)
  return address === undefined ? 'internet' : printAddress(address)
}

type PortPacket = NonNullable<ReturnType<typeof samplePort>>

/** The address of a peer; of the internet as a whole one that no rule means. Source: RFC 5737 */
function addressFor(peer: string): PacketEnd {
  return addressOf(peer === 'internet' ? '203.0.113.10' : peer)
}

/** A firewall that looks at names knows what it lets through; DNS alone is a narrow way out. */
function severityOf(breadth: InternetBreadth, firewall: Step | undefined): Severity {
  if (breadth === 'names') return 'low'
  if (firewall !== undefined) return firewall.by === 'application' ? 'medium' : 'high'
  return breadth === 'any' ? 'critical' : 'high'
}

/** The connections on which a region holds hosts that no rule names: a good part of the internet. */
export function internetPart(region: PlaceRegion, trusted: AddressSet): ConnectionSet {
  const known = INTERNET_PARTS.get(region)
  if (known?.trusted === trusted) return known.part
  const part = region
    .filter(({ peers }) => hasName(peers.hosts, '') || isWide(publicPart(peers.addresses, trusted)))
    .map(({ connections }) => connections)
    .reduce(connectionSets.union, NO_CONNECTIONS)
  INTERNET_PARTS.set(region, { trusted, part })
  return part
}

/** All workloads of a kind have the identical region, and several rules ask about each. */
const INTERNET_PARTS = new WeakMap<PlaceRegion, { readonly trusted: AddressSet; readonly part: ConnectionSet }>()

function azureCause(view: StateView, { steps }: Outcome): Step | undefined {
  const { before } = view
  const step = before && steps.find((one) => changedStep(one, view, before))
  return step === undefined || isPolicy(step) ? undefined : step
}
