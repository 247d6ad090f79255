import type { TreeEdit } from '../../base/edit.ts'
import type { AzureNetwork } from '../../model/azure/azure-network.ts'
import type { AzureObject } from '../../model/azure/azure-object.ts'
import { toSecurityRule } from '../../model/azure/security-group.ts'
import type { ProposedPatch } from '../rule.ts'
import { replaceItems } from './list-items.ts'
import { replaceLiteral } from './literal.ts'
import { removeResource } from './remove-resource.ts'

/** Lets only trusted ranges through a rule of a security group; takes the rule out where the configuration names none. */
export function narrowSource(
  azure: AzureNetwork,
  object: AzureObject,
  trusted: readonly string[],
): ProposedPatch | undefined {
  const name = object.name.known ? object.name.value : object.resource.address
  const narrowed = trusted.length === 0 ? undefined : toTrusted(azure, object, trusted)
  if (narrowed !== undefined)
    return { edit: narrowed, summary: `Lets only the trusted ranges of the configuration through rule ${name}.` }
  const edits = removeResource(object)
  return (
    edits && {
      edit: { edits, newFiles: new Map() },
      summary: `Takes rule ${name} out: what it let in from the internet is denied by default.`,
    }
  )
}

function toTrusted(azure: AzureNetwork, object: AzureObject, trusted: readonly string[]): TreeEdit | undefined {
  const { prefixes } = toSecurityRule(azure.objects, object).source
  const [only] = prefixes.items
  if (only === undefined) return undefined
  const isList = prefixes.origin.source !== only.origin.source || prefixes.origin.start !== only.origin.start
  const edits = isList
    ? replaceItems(
        prefixes.origin,
        prefixes.items.map(({ origin }) => origin),
        () => true,
        trusted,
      )
    : trusted.length === 1
      ? replaceLiteral(only.origin, trusted[0]!)
      : undefined
  return edits && { edits, newFiles: new Map() }
}
