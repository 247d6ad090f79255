import { type Origin, toPlace } from '../base/origin.ts'
import type { AzureNetwork } from '../model/azure/azure-network.ts'
import { labelOf } from '../model/azure/azure-object.ts'
import type { Link } from '../model/azure/link.ts'
import type { Subnet } from '../model/azure/virtual-network.ts'
import type { Resource } from '../parse/resource.ts'
import type { Step } from '../reach/azure/outcome.ts'
import { type AzureIdentities, identitiesOf } from './azure-identity.ts'
import type { Flow } from './flows.ts'
import type { StateView } from './state-view.ts'

/** A security group or a route table that a subnet newly has, or has no more. */
export interface AttachmentChange {
  readonly subnet: Subnet
  readonly layer: 'nsg' | 'route'
  /** The side that has it. */
  readonly side: 'base' | 'head'
  /** `azurerm_subnet.nodes had azurerm_route_table.rt attached`. */
  readonly words: string
  /** Where it is attached. */
  readonly origin: Origin
  readonly resource: Resource
  /** The group or table, its rules and its routes: what speaks where it is attached. */
  readonly speakers: ReadonlySet<Resource>
}

const known = new WeakMap<StateView, WeakMap<StateView, readonly AttachmentChange[]>>()

/** What the change attaches to subnets of both sides, and takes off them. What stands on one side alone is no news of the other. */
export function attachmentChanges(base: StateView, head: StateView): readonly AttachmentChange[] {
  const made = known.get(base) ?? new WeakMap<StateView, readonly AttachmentChange[]>()
  known.set(base, made)
  let changes = made.get(head)
  if (changes === undefined) {
    changes = findChanges(base, head)
    made.set(head, changes)
  }
  return changes
}

function findChanges(base: StateView, head: StateView): readonly AttachmentChange[] {
  const [before, after] = [base.network.azure, head.network.azure]
  if (before === undefined || after === undefined || before === after) return []
  return subnetPairs(before, after, head.identity).flatMap(({ was, is, identities }) =>
    (['nsg', 'route'] as const).flatMap((layer): readonly AttachmentChange[] => {
      const [old, now] = [linkOf(was, layer), linkOf(is, layer)]
      if (keyOf(old, identities.base) === keyOf(now, identities.head)) return []
      return [...attached(after, is, now, layer, 'head'), ...attached(before, was, old, layer, 'base')]
    }),
  )
}

/** One subnet in both versions of a network. */
export interface SubnetPair {
  readonly was: Subnet
  readonly is: Subnet
  readonly identities: { readonly base: AzureIdentities; readonly head: AzureIdentities }
}

/** The subnets that base and head have, whatever the change calls them. `identity` gives the address that the base has for one of the head. */
export function subnetPairs(
  before: AzureNetwork,
  after: AzureNetwork,
  identity: (address: string) => string,
): readonly SubnetPair[] {
  const base = identitiesOf(before.objects, (address) => address, undefined)
  const head = identitiesOf(after.objects, identity, base)
  const old = new Map(before.subnets.all.map((subnet) => [base.of(subnet.object), subnet]))
  return after.subnets.all.flatMap((is) => {
    const was = old.get(head.of(is.object))
    return was === undefined ? [] : [{ was, is, identities: { base, head } }]
  })
}

/** Equal for links to one resource, and for those that lead out of the tree. */
export function keyOf(link: Link, identities: AzureIdentities): string {
  return link.kind === 'found' ? identities.of(link.object) : link.kind
}

function linkOf({ securityGroup, routeTable }: Subnet, layer: 'nsg' | 'route'): Link {
  return layer === 'nsg' ? securityGroup : routeTable
}

function attached(
  azure: AzureNetwork,
  subnet: Subnet,
  link: Link,
  layer: 'nsg' | 'route',
  side: 'base' | 'head',
): readonly AttachmentChange[] {
  if (link.kind !== 'found') return []
  const inside =
    layer === 'nsg' ? (azure.securityGroups.of(link)?.rules ?? []) : (azure.routeTables.of(link)?.routes ?? [])
  return [
    {
      subnet,
      layer,
      side,
      words: `${labelOf(subnet.object)} ${side === 'head' ? 'has' : 'had'} ${labelOf(link.object)} attached`,
      origin: link.origin,
      resource: subnet.object.resource,
      speakers: new Set([link.object.resource, ...inside.map(({ object }) => object.resource)]),
    },
  ]
}

/** The attachment that lets layers speak on one side which are silent on the other, as a step of the packet's way. */
export function attachmentStep(
  was: readonly Step[],
  is: readonly Step[],
  base: StateView,
  head: StateView,
): { readonly step: Step; readonly side: 'base' | 'head' } | undefined {
  const change = attachmentChanges(base, head).find(({ side, speakers }) =>
    (side === 'head' ? is : was).some(({ resource }) => resource !== undefined && speakers.has(resource)),
  )
  if (change === undefined) return undefined
  const { layer, side, words, origin, resource } = change
  return { step: { layer, answer: 'allowed', rule: words, origin, resource }, side }
}

/** The line that attaches, as the cause of what the attachment opens or closes. */
export function attachmentCause(change: AttachmentChange | undefined): Flow['cause'] {
  if (change === undefined) return undefined
  const { file, line } = toPlace(change.origin)
  const { layer, words, resource, side } = change
  return { file, line, resource: resource.address, why: `${layer}: ${words}`, ...(side === 'base' && { side }) }
}
