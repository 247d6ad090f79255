import type { Edit } from '../../base/edit.ts'
import type { StateView } from '../../compare/state-view.ts'
import { type AzureObject, read } from '../../model/azure/azure-object.ts'
import { textProp } from '../../model/azure/prop.ts'
import type { ServiceEndpoint } from '../../model/azure/service.ts'
import { addSetting, type Setting, setProperty } from '../edit/azure-property.ts'
import { azureOf } from './azure-view.ts'

/** Services whose switch azurerm writes as a word. */
const WORDS = new Set(['microsoft.appconfiguration/configurationstores'])

/** Switches the public endpoint of a service off. */
export function closeEndpoint({ object, kind, publicAccess }: ServiceEndpoint): readonly Edit[] | undefined {
  if (!publicAccess.known || isLesserRegistry(object)) return undefined
  const isWord = WORDS.has(kind.type)
  const setting: Setting = {
    arm: kind.rules === 'flexible' ? 'properties.network.publicNetworkAccess' : 'properties.publicNetworkAccess',
    azurerm: [isWord ? 'public_network_access' : 'public_network_access_enabled'],
    value: 'Disabled',
    ...(isWord ? {} : { flag: false }),
  }
  return setProperty(object, publicAccess, setting)
}

/** Blocks of azurerm that hold the default action, by kind. */
const RULE_BLOCKS: Readonly<Record<string, string>> = {
  'microsoft.storage/storageaccounts': 'network_rules',
  'microsoft.containerregistry/registries': 'network_rule_set',
}

/** Lets nobody in but whom the rules name. Undefined where the service has no such switch. */
export function denyByDefault({ object, kind, defaultAction }: ServiceEndpoint): readonly Edit[] | undefined {
  if (!defaultAction.known || (kind.rules !== 'networkAcls' && kind.rules !== 'networkRuleSet')) return undefined
  if (kind.closedByRules === true || isLesserRegistry(object)) return undefined
  const setting: Setting = {
    arm: `properties.${kind.rules}.defaultAction`,
    azurerm: [RULE_BLOCKS[kind.type] ?? 'network_acls', 'default_action'],
    value: 'Deny',
  }
  // A vault's block needs its bypass as well.
  if (defaultAction.isDefault === true && kind.type.startsWith('microsoft.keyvault/') && object.azurerm !== undefined)
    return undefined
  return defaultAction.isDefault === true ? addSetting(object, setting) : setProperty(object, defaultAction, setting)
}

/**
 * A registry of another SKU than Premium, which has neither network rules nor a switch for its public endpoint.
 *
 * Source: learn.microsoft.com/azure/container-registry/container-registry-skus
 */
function isLesserRegistry(object: AzureObject): boolean {
  if (object.type !== 'microsoft.containerregistry/registries') return false
  const sku = textProp(read(object, 'sku.name'), 'Premium', object.resource.origin)
  return sku.known && sku.value.toLowerCase() !== 'premium'
}

/** True where a private endpoint of the tree leads to the service. */
export function hasPrivateEndpoint(view: StateView, { object }: ServiceEndpoint): boolean {
  return azureOf(view).privateEndpoints.all.some(({ target }) => target.kind === 'found' && target.object === object)
}
