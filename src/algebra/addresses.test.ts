import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ALL_ADDRESSES,
  addressSets,
  cidr,
  hasAddress,
  parseAddress,
  parseCidr,
  printAddress,
  printAddresses,
  toCidrs,
  toRanges,
} from './addresses.ts'

describe('parseCidr', () => {
  it.each([
    ['10.0.0.0/8', '10.0.0.0-10.255.255.255'],
    ['10.1.2.3/32', '10.1.2.3-10.1.2.3'],
    ['0.0.0.0/0', '0.0.0.0-255.255.255.255'],
    ['10.0.0.5/24', '10.0.0.0-10.0.0.255'],
    ['2001:db8::/126', '2001:db8::-2001:db8::3'],
    ['::/0', '::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ['::ffff:10.0.0.0/104', '10.0.0.0-10.255.255.255'],
    ['1:2:3:4:5:6:7::/128', '1:2:3:4:5:6:7:0-1:2:3:4:5:6:7:0'],
  ])('reads %s', (text, range) => {
    expect(toRanges(parseCidr(text)!.addresses)).toEqual([range])
  })

  it.each([
    '010.0.0.0/8',
    '10.0.0.0',
    '10.0.0/8',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.256/8',
    '10.0.0.0/-1',
    '10.0.0.0/8 ',
    '1.2.3.4.5/8',
    'fe80::1%eth0/64',
    ':::/0',
    '1::2::3/64',
    '::/129',
    '1:2:3:4:5:6:7:8:9/64',
    '12345::/16',
    '1:2:3:4:5:6:7:8::/64',
    'fd00:/16',
    '',
    '/8',
  ])('refuses %s', (text) => {
    expect(parseCidr(text)).toBeUndefined()
  })

  it('says when host bits were set', () => {
    expect(parseCidr('10.0.0.5/24')?.hostBits).toBe(true)
    expect(parseCidr('10.0.0.0/24')?.hostBits).toBe(false)
  })
})

const address = fc.oneof(
  fc.nat(2 ** 31).map((value) => ({ family: 'v4' as const, value: value * 2 })),
  fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map((value) => ({ family: 'v6' as const, value })),
)
const block = fc
  .tuple(
    address.filter((a) => a.family === 'v6' || a.value < 2 ** 32),
    fc.nat(128),
  )
  .map(([at, prefix]) => {
    const text = `${printAddress(at)}/${at.family === 'v4' ? prefix % 33 : prefix}`
    return parseCidr(text)!.addresses
  })

describe('address sets', () => {
  it('prints addresses so that they read back', () => {
    fc.assert(
      fc.property(
        address.filter((a) => a.family === 'v6' || a.value < 2 ** 32),
        (at) => {
          expect(parseAddress(printAddress(at), true)).toEqual(at)
        },
      ),
    )
  })

  it('prints CIDRs that make up exactly the set', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 4 }), block, (blocks, hole) => {
        const set = addressSets.subtract(blocks.reduce(addressSets.union, addressSets.empty), hole)
        const again = toCidrs(set).map(cidr).reduce(addressSets.union, addressSets.empty)
        expect(addressSets.equal(set, again)).toBe(true)
      }),
    )
  })

  it('keeps the identity a = (a ∩ b) ∪ (a − b)', () => {
    fc.assert(
      fc.property(block, block, address, (a, b, at) => {
        const common = addressSets.intersect(a, b)
        const rest = addressSets.subtract(a, b)
        expect(addressSets.union(common, rest)).toEqual(a)
        expect(addressSets.isEmpty(addressSets.intersect(common, rest))).toBe(true)
        expect(hasAddress(rest, at)).toBe(hasAddress(a, at) && !hasAddress(b, at))
      }),
    )
  })

  it('cuts exactly where a well-known library is wrong', () => {
    const rest = ['10.240.0.0/14', '10.42.0.0/15'].map(cidr).reduce(addressSets.subtract, cidr('10.0.0.0/8'))
    expect(toRanges(rest)).toEqual(['10.0.0.0-10.41.255.255', '10.44.0.0-10.239.255.255', '10.244.0.0-10.255.255.255'])
  })

  it('prints what people write', () => {
    expect(printAddresses(ALL_ADDRESSES)).toBe('0.0.0.0/0, ::/0')
    expect(printAddresses(addressSets.union(cidr('169.254.169.254/32'), cidr('fd00::1/128')))).toBe(
      '169.254.169.254, fd00::1',
    )
  })
})
