import type { AddressSet } from '../../algebra/addresses.ts'
import { parseCidr } from '../../algebra/addresses.ts'
import { get, type MapValue, stringOf } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'
import { type Grant, namesDirection, peersList, printGrant, rulesList, ruleValue } from '../facts/grant.ts'
import type { ProposedPatch } from '../rule.ts'
import { prepend, removeItem, replaceScalar } from './collection-edit.ts'
import { inPlace } from './one-patch.ts'
import { asItem, DNS_RULE, peerLines } from './policy-manifest.ts'
import { restoreRule } from './restore-rule.ts'

/**
 * Narrows a rule that means everybody: to the block that it had before the change (or to all that the rule
 * was, where its ports changed too), to the DNS pods where it is about DNS, or by taking
 * out the peers that are too wide, and the whole rule where nothing else is in it.
 */
export function narrowRule(
  view: StateView,
  grant: Grant,
  isDns: boolean,
  isTooWide: (block: AddressSet) => boolean,
): ProposedPatch | undefined {
  const peers = peersList(grant)
  if (peers === undefined || peers.items.length === 0) {
    const rule = ruleValue(grant)
    return isDns && rule !== undefined && rule.entries.size > 0 ? toDnsPods(rule, grant) : withoutRule(grant)
  }
  const wide = peers.items.flatMap((item, index) => {
    const cidr = stringOf(get(get(item, 'ipBlock'), 'cidr'))
    const block = cidr === undefined ? undefined : parseCidr(cidr)
    return block !== undefined && isTooWide(block.addresses) ? [index] : []
  })
  if (wide.length === 0) return undefined
  const restored = restoreBlock(view, grant, wide)
  if (restored !== undefined) return restored
  if (wide.length === peers.items.length) return withoutRule(grant)
  const edits = wide.map((index) => removeItem(peers, index))
  if (edits.includes(undefined)) return undefined
  return inPlace(
    edits.flatMap((edit) => edit ?? []),
    `Takes the widest address block out of ${printGrant(grant)}.`,
  )
}

/** Takes a rule out of its policy, which still isolates. */
export function withoutRule(grant: Grant): ProposedPatch | undefined {
  const { policy, rule, direction } = grant
  const list = rulesList(policy, direction)
  const spec = get(policy.resource.value, 'spec')
  if (list === undefined || spec?.kind !== 'map') return undefined
  if (list.items.length === 1 && !namesDirection(policy, direction)) return undefined
  const edits = removeItem(list, rule.index, { map: spec, key: direction })
  return inPlace(edits, `Takes ${printGrant(grant)} out.`)
}

function toDnsPods(rule: MapValue, grant: Grant): ProposedPatch | undefined {
  const edits = prepend(rule, ['to:', ...asItem(peerLines(DNS_RULE.peers[0]!)).map((line) => `  ${line}`)])
  return inPlace(edits, `Limits ${printGrant(grant)} to the DNS pods of the cluster.`)
}

/** The block as the base had it, where the change widened just that. */
function restoreBlock(
  { before, identity }: StateView,
  grant: Grant,
  wide: readonly number[],
): ProposedPatch | undefined {
  const { policy, rule, direction } = grant
  const known = before?.network.kubernetes.policies.find(
    ({ resource }) => resource.address === identity(policy.resource.address),
  )
  const old = known?.rules[direction][rule.index]
  const [index] = wide
  if (known === undefined || old === undefined || index === undefined || wide.length > 1) return undefined
  const oldGrant = { policy: known, rule: old, direction }
  const was = stringOf(get(get(peersList(oldGrant)?.items[index], 'ipBlock'), 'cidr'))
  const cidr = get(get(peersList(grant)?.items[index], 'ipBlock'), 'cidr')
  if (was === undefined || cidr === undefined || stringOf(cidr) === was) return undefined
  // A rule that lost its ports as well would still be wider than it was.
  if (portsText(oldGrant) !== portsText(grant)) return restoreRule(oldGrant, grant)
  const edits = replaceScalar(cidr, was)
  return inPlace(edits, `Restores ${was} in ${printGrant(grant)}.`)
}

function portsText(grant: Grant): string | undefined {
  const origin = get(ruleValue(grant), 'ports')?.origin
  return origin?.source.text.slice(origin.start, origin.end).replace(/\s+/g, ' ')
}
