import {
  type Address,
  type AddressSet,
  ALL_V4,
  addressSets,
  cidr,
  firstAddress,
  hasAddress,
  parseAddress,
} from '../algebra/addresses.ts'

const unionOf = (...blocks: readonly string[]) => blocks.map(cidr).reduce(addressSets.union)

/** Where addresses of pods, nodes and virtual networks lie when nobody says otherwise: RFC 1918, RFC 6598 (overlays), RFC 4193. */
export const PRIVATE_ADDRESSES = unionOf('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7')

/** The instance metadata service of every cloud. Source: learn.microsoft.com/azure/virtual-machines/instance-metadata-service */
export const METADATA_ADDRESS = cidr('169.254.169.254/32')

/** Azure's platform services: DNS, health probes, the guest agent. Source: learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 */
export const PLATFORM_ADDRESS = cidr('168.63.129.16/32')

/** What cannot be routed on the internet. Source: IANA special-purpose address registries (RFC 6890); IPv6 has global unicast in 2000::/3. */
const SPECIAL_V4 = unionOf(
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
)

/** Addresses of the internet. The documentation ranges count: examples and tests use them as public hosts. */
export const PUBLIC_ADDRESSES: AddressSet = addressSets.union(
  addressSets.subtract(addressSets.subtract(ALL_V4, SPECIAL_V4), PLATFORM_ADDRESS),
  cidr('2000::/3'),
)

/** One address of the set to show to people: a documentation address (RFC 5737, RFC 3849) where it has one; undefined where it is empty. */
export function sampleAddress(set: AddressSet): Address | undefined {
  for (const text of ['203.0.113.10', '198.51.100.10', '192.0.2.10', '2001:db8::10']) {
    const address = parseAddress(text)!
    if (hasAddress(set, address)) return address
  }
  return firstAddress(set)
}

/** Whether a block holds addresses for certain, or perhaps one of them; unknown ones (undefined) lie somewhere in the private ranges. */
export function blockHolds(block: AddressSet, addresses: AddressSet | undefined): 'yes' | 'no' | 'maybe' {
  if (addressSets.covers(block, addresses ?? ALL_V4)) return 'yes'
  const common = addressSets.intersect(block, addresses ?? PRIVATE_ADDRESSES)
  return addressSets.isEmpty(common) ? 'no' : 'maybe'
}
