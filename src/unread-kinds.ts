import { editableOrigin, toPlace } from './base/origin.ts'
import { networkSignature } from './compare/renames.ts'
import type { Resource } from './parse/resource.ts'
import type { ParsedTree } from './parse/units.ts'
import type { Coverage, NotAnalysed } from './report/review-report.ts'

/**
 * Kinds that decide who reaches whom and that no layer reads: what they allow or deny is no part of a result. By API group; staged
 * policies are not enforced and so are not among them.
 */
const UNREAD: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    'cilium.io': [
      'CiliumNetworkPolicy',
      'CiliumClusterwideNetworkPolicy',
      'CiliumCIDRGroup',
      'CiliumLocalRedirectPolicy',
    ],
    'projectcalico.org': [
      'NetworkPolicy',
      'GlobalNetworkPolicy',
      'NetworkSet',
      'GlobalNetworkSet',
      'Tier',
      'HostEndpoint',
    ],
    'gateway.networking.k8s.io': [
      'Gateway',
      'HTTPRoute',
      'GRPCRoute',
      'TCPRoute',
      'TLSRoute',
      'UDPRoute',
      'ReferenceGrant',
      'ListenerSet',
    ],
    'networking.istio.io': ['Gateway', 'VirtualService', 'ServiceEntry', 'Sidecar'],
    'security.istio.io': ['AuthorizationPolicy', 'PeerAuthentication'],
    'policy.linkerd.io': [
      'Server',
      'ServerAuthorization',
      'AuthorizationPolicy',
      'NetworkAuthentication',
      'EgressNetwork',
    ],
  }).map(([group, kinds]) => [group, new Set(kinds)]),
)

/**
 * The coverage with what the tree holds of such kinds: in a sentence for all of them, and one by one those that the change touches,
 * which so cannot look like a pass. `before` is undefined where one tree is judged by itself.
 */
export function withUnreadKinds(
  coverage: Coverage,
  before: ParsedTree | undefined,
  after: ParsedTree,
  touched: ReadonlySet<string>,
): Coverage {
  const unread = unreadOf(after)
  const changed = before === undefined ? [] : changedOf(unreadOf(before), unread, touched)
  if (unread.length === 0 && changed.length === 0) return coverage
  const kinds = [...new Set(unread.map(({ kind }) => kind))].sort()
  const note = `The tree holds ${kinds.join(', ')} objects, which no layer reads yet: what they allow or deny is no part of the result.`
  return {
    ...coverage,
    notAnalysed: [...changed, ...coverage.notAnalysed],
    notes: kinds.length === 0 ? coverage.notes : [...coverage.notes, note],
  }
}

function unreadOf({ units }: ParsedTree): readonly Resource[] {
  return units.flatMap(({ unit, resources }) => (unit.kind === 'manifests' ? resources.filter(isUnread) : []))
}

const UNREAD_KINDS: ReadonlySet<string> = new Set([...UNREAD.values()].flatMap((kinds) => [...kinds]))

function isUnread(resource: Resource): boolean {
  const { kind } = resource
  // Told by the kind first, which costs nothing: the value of most objects is not read.
  if (!UNREAD_KINDS.has(kind)) return false
  const { value } = resource
  const version = value.kind === 'map' ? value.entries.get('apiVersion')?.value : undefined
  if (version?.kind !== 'scalar' || typeof version.value !== 'string') return false
  const group = version.value.split('/', 1)[0]!
  return UNREAD.get(group === 'crd.projectcalico.org' ? 'projectcalico.org' : group)?.has(kind) === true
}

/** New, gone or not what it was, in the files that the change touches. */
function changedOf(
  before: readonly Resource[],
  after: readonly Resource[],
  touched: ReadonlySet<string>,
): readonly NotAnalysed[] {
  const sides = [before, after].map((list) => list.filter(({ origin }) => touched.has(origin.source.path)))
  const [was, is] = sides.map((list) => new Set(list.map((one) => `${one.address}\0${networkSignature(one)}`)))
  const differs = (resource: Resource, other: ReadonlySet<string>) =>
    !other.has(`${resource.address}\0${networkSignature(resource)}`)
  const now = new Set(sides[1]!.map(({ address }) => address))
  return [
    ...sides[1]!.filter((one) => differs(one, was!)).map((one) => toPart(one, 'is new or changed')),
    ...sides[0]!.filter((one) => !now.has(one.address) && differs(one, is!)).map((one) => toPart(one, 'is gone')),
  ]
}

function toPart({ address, origin }: Resource, what: string): NotAnalysed {
  const { file, line } = toPlace(editableOrigin(origin))
  return { file, line, reason: `${address} ${what}, and no layer reads its kind yet`, changed: true }
}
