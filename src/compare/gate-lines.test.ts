import { describe, expect, test } from 'vitest'
import { cidr } from '../algebra/addresses.ts'
import { singlePort } from '../algebra/connections.ts'
import { SourceText } from '../base/text.ts'
import type { Resource } from '../parse/resource.ts'
import { atAddresses, EVERYWHERE } from '../reach/azure/places.ts'
import { findCulprit, type GateLine } from './gate-lines.ts'
import type { PacketBox } from './packets.ts'

const box = (from: string, port: number): PacketBox => ({
  from: atAddresses(cidr(from)),
  to: EVERYWHERE,
  connections: singlePort('TCP', port),
})

/** Lines of a group, one rule a line: `allow 10.0.0.0/8 443`. What of the word before the first blank is the name. */
function lines(text: string): readonly GateLine[] {
  const source = new SourceText('nsg.tf', text)
  let start = 0
  return text.split('\n').map((row) => {
    const [name, action, from, port] = row.split(' ') as [string, string, string, string]
    const origin = { source, start, end: start + row.length }
    start += row.length + 1
    const resource: Resource = {
      unit: { kind: 'terraform', path: '.', files: [] },
      address: 'azurerm_network_security_group.n',
      kind: 'azurerm_network_security_group',
      value: { kind: 'map', entries: new Map(), origin },
      origin,
    }
    const allows = action === 'allow' ? true : action === 'deny' ? false : undefined
    return { origin, resource, words: `rule ${name}`, allows, matches: box(from, Number(port)) }
  })
}

const culprit = (direction: 'gained' | 'lost', before: string, after: string, packets = box('10.1.0.0/16', 443)) => {
  const found = findCulprit(packets, direction, before === '' ? [] : lines(before), after === '' ? [] : lines(after))
  return found && `${found.side}: ${found.words}`
}

describe('findCulprit', () => {
  test.each([
    [
      'a new rule that lets them through',
      'gained',
      'web allow 10.2.0.0/16 443',
      'web allow 10.2.0.0/16 443\nall allow 10.0.0.0/8 443',
      'head: rule all',
    ],
    [
      'a rule that is written anew',
      'gained',
      'web allow 10.2.0.0/16 443',
      'web allow 10.1.0.0/16 443',
      'head: rule web',
    ],
    [
      'a denial that is gone',
      'gained',
      'no deny 10.0.0.0/8 443\nall allow 10.0.0.0/8 443',
      'all allow 10.0.0.0/8 443',
      'base: rule no before the change',
    ],
    [
      'a new denial',
      'lost',
      'all allow 10.0.0.0/8 443',
      'no deny 10.0.0.0/8 443\nall allow 10.0.0.0/8 443',
      'head: rule no',
    ],
    [
      'a rule that let them through and is gone',
      'lost',
      'all allow 10.0.0.0/8 443',
      '',
      'base: rule all before the change',
    ],
    ['a rule whose action is not known', 'gained', '', 'some maybe 10.0.0.0/8 443', 'head: rule some'],
  ] as const)('names %s', (_, direction, before, after, expected) => {
    expect(culprit(direction, before, after)).toBe(expected)
  })

  test('prefers what is new to what is gone, and that to what has always been there', () => {
    const denial = 'no deny 10.0.0.0/8 443'
    expect(culprit('gained', denial, 'all allow 10.0.0.0/8 443')).toBe('head: rule all')
    const always = 'all allow 10.0.0.0/8 443'
    expect(culprit('gained', `${denial}\n${always}`, always)).toBe('base: rule no before the change')
    expect(culprit('gained', always, always)).toBe('head: rule all')
  })

  test('passes over rules about other packets, and rules that say the opposite', () => {
    expect(culprit('gained', '', 'web allow 10.2.0.0/16 443')).toBeUndefined()
    expect(culprit('gained', '', 'ssh allow 10.0.0.0/8 22')).toBeUndefined()
    expect(culprit('gained', '', 'no deny 10.0.0.0/8 443')).toBeUndefined()
    expect(culprit('lost', 'no deny 10.0.0.0/8 443', '')).toBeUndefined()
  })

  test('knows a rule that stands in another place by its text', () => {
    const before = 'web allow 10.2.0.0/16 80\nall allow 10.0.0.0/8 443'
    const after = 'all allow 10.0.0.0/8 443\nweb allow 10.2.0.0/16 80'
    expect(culprit('gained', before, after)).toBe('head: rule all')
    expect(culprit('lost', before, after)).toBeUndefined()
  })
})
