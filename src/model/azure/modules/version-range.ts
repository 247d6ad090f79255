import type { Value } from '../../../base/value.ts'
import { newestAllowed } from '../provider-version.ts'

/** Versions of a module, both ends included; of `to` every minor version where it has none. */
export interface VersionRange {
  readonly from: string
  readonly to: string
  /** Where the inputs of these versions are declared. */
  readonly read: string
}

/**
 * Whether a call is of a version in the range: the newest that its constraint allows, or, where that has no end, the newest that the
 * mapping was read from. A version that is not known may be any.
 */
export function isWithin(version: Value | undefined, { from, to }: VersionRange): boolean {
  if (version === undefined || (version.kind === 'scalar' && version.value === null)) return true
  if (version.kind !== 'scalar') return false
  const [major, minor] = newestAllowed([`${version.value}`])
  if (major === Number.POSITIVE_INFINITY) return true
  const [first, last] = [bound(from, 0), bound(to, Number.POSITIVE_INFINITY)]
  if (minor === Number.POSITIVE_INFINITY) return major >= first[0] && major <= last[0]
  return compare([major, minor], first) >= 0 && compare([major, minor], last) <= 0
}

type Version = readonly [major: number, minor: number]

function bound(text: string, missing: number): Version {
  const [major, minor] = text.split('.')
  return [Number(major), minor === undefined ? missing : Number(minor)]
}

function compare(a: Version, b: Version): number {
  return a[0] === b[0] ? Math.sign(a[1] - b[1]) || 0 : a[0] - b[0]
}
