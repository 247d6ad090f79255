import type { AzureObject } from './azure-object.ts'

type Version = readonly [major: number, minor: number]

/** Nothing bounds the version: whatever is newest. */
const NEWEST: Version = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]

/**
 * The newest version (major, minor) that all constraints allow, as Terraform reads them; infinite where they set no bound.
 *
 * Source: developer.hashicorp.com/terraform/language/expressions/version-constraints
 */
export function newestAllowed(constraints: readonly string[]): Version {
  return constraints
    .flatMap((text) => text.split(','))
    .map(boundOf)
    .reduce((a, b) => (isOlder(a, b) ? a : b), NEWEST)
}

function boundOf(constraint: string): Version {
  const match = /^\s*(=|!=|>=?|<=?|~>)?\s*v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(constraint)
  if (match === null) return NEWEST
  const [, operator = '=', major, minor, patch] = match
  const version: Version = [Number(major), Number(minor ?? 0)]
  switch (operator) {
    case '=':
    case '<=':
      return version
    case '<':
      return version[1] === 0 ? [version[0] - 1, Number.POSITIVE_INFINITY] : [version[0], version[1] - 1]
    case '~>':
      return patch === undefined ? [version[0], Number.POSITIVE_INFINITY] : version
    default:
      return NEWEST
  }
}

function isOlder(a: Version, b: Version): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1])
}

/** True for an azurerm resource of a provider older than that; false where the version is not known. */
export function isBefore({ azurerm }: AzureObject, major: number, minor: number): boolean {
  return azurerm?.version !== undefined && isOlder(azurerm.version, [major, minor])
}
