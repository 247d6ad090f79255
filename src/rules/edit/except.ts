import { type AddressSet, addressSets, parseCidr } from '../../algebra/addresses.ts'
import type { Edit } from '../../base/edit.ts'
import { get, type MapValue, stringOf } from '../../base/value.ts'
import type { StateView } from '../../compare/state-view.ts'
import { type Grant, peersList, printGrant, ruleValue } from '../facts/grant.ts'
import type { ProposedPatch } from '../rule.ts'
import { append, prepend, removeItem } from './collection-edit.ts'
import { withoutRule } from './narrow-rule.ts'
import { asItem, peerLines } from './policy-manifest.ts'

/** Keeps addresses out of a rule: an `except` in every block that holds them, or the peer taken out where it is nothing else. */
export function exceptFromRule(
  _view: StateView,
  grant: Grant,
  addresses: AddressSet,
  text: string,
): ProposedPatch | undefined {
  const peers = peersList(grant)
  if (peers === undefined || peers.items.length === 0) return exceptFromEverything(grant, text)
  const edits: Edit[] = []
  for (const [index, item] of peers.items.entries()) {
    const block = get(item, 'ipBlock')
    const cidr = parseCidr(stringOf(get(block, 'cidr')) ?? '')
    if (block?.kind !== 'map' || cidr === undefined || !addressSets.covers(cidr.addresses, addresses)) continue
    if (addressSets.equal(cidr.addresses, addresses) && peers.items.length === 1) return withoutRule(grant)
    const edit = addressSets.equal(cidr.addresses, addresses) ? removeItem(peers, index) : except(block, text)
    if (edit === undefined) return undefined
    edits.push(...edit)
  }
  if (edits.length === 0) return undefined
  return { edit: { edits, newFiles: new Map() }, summary: `Keeps ${text} out of ${printGrant(grant)}.` }
}

function except(block: MapValue, text: string): readonly Edit[] | undefined {
  const list = get(block, 'except')
  if (list?.kind === 'list' && list.items.length > 0) {
    const { origin } = list
    if (origin.from !== undefined) return undefined
    const isFlow = origin.source.text[origin.start] === '['
    if (!isFlow) return append(list, [`- ${text}`])
    const end = list.items.at(-1)!.origin.end
    return [{ path: origin.source.path, start: end, end, text: `, ${text}` }]
  }
  const { source, start } = block.origin
  if (block.origin.from !== undefined || list !== undefined) return undefined
  if (source.text[start] !== '{') return append(block, ['except:', `  - ${text}`])
  const end = [...block.entries.values()].at(-1)!.value.origin.end
  return [{ path: source.path, start: end, end, text: `, except: [${text}]` }]
}

/** A rule without peers means every address: two blocks say the same without the one, and every pod is named beside them. */
function exceptFromEverything(grant: Grant, text: string): ProposedPatch | undefined {
  const rule = ruleValue(grant)
  if (rule === undefined || rule.entries.size === 0 || rule.entries.has('to')) return undefined
  const peers = [
    asItem(['namespaceSelector: {}']),
    asItem(peerLines({ cidr: '0.0.0.0/0', except: [text] })),
    asItem(peerLines({ cidr: '::/0', except: [] })),
  ].flat()
  const edits = prepend(rule, ['to:', ...peers.map((line) => `  ${line}`)])
  return edits && { edit: { edits, newFiles: new Map() }, summary: `Keeps ${text} out of ${printGrant(grant)}.` }
}
