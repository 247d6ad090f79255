import type { Edit } from '../../base/edit.ts'
import type { Origin } from '../../base/origin.ts'
import type { AzureObject } from '../../model/azure/azure-object.ts'
import { originOf } from '../../model/azure/azure-objects.ts'
import { addArgument } from './hcl-block.ts'
import { type Literal, replaceLiteral, syntaxOf } from './literal.ts'
import { addProperty } from './object-property.ts'

/** A property as each language names it, and what it is to be. */
export interface Setting {
  /** Below the resource: `properties.apiServerAccessProfile.enablePrivateCluster`. */
  readonly arm: string
  /** Blocks and argument of azurerm; absent where the provider has none. */
  readonly azurerm?: readonly string[]
  /** As ARM writes it. */
  readonly value: Literal
  /** As azurerm writes it, where that is a flag and ARM has a word or the opposite. */
  readonly flag?: boolean
}

/** A property as models read it, as far as an edit has to know. */
interface Present {
  readonly origin: Origin
  readonly isDefault?: true
}

/**
 * Gives a property of a resource a value: at the end of its origin's chain where it is written, else as a new property of the resource
 * in the language that it is written in. Undefined where the value is computed or the language has no word for it.
 */
export function setProperty(object: AzureObject, property: Present, setting: Setting): readonly Edit[] | undefined {
  const { value, flag } = setting
  if (property.isDefault !== true)
    return typeof value === 'object' ? undefined : replaceLiteral(property.origin, value, flag)
  return addSetting(object, setting)
}

/** Writes a property that the resource does not have yet. */
export function addSetting(object: AzureObject, { arm, azurerm, value, flag }: Setting): readonly Edit[] | undefined {
  const home = originOf(object)
  if (object.azurerm === undefined) {
    return object.resource.unit.kind === 'terraform' ? undefined : addProperty(home, arm.split('.'), value)
  }
  if (azurerm === undefined || syntaxOf(home.source.path) !== 'hcl') return undefined
  return addArgument(home, azurerm, flag ?? value)
}
