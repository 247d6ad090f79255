import { at, surely, textProp, textsProp } from '../model/azure/prop.ts'
import { azureOf } from './facts/azure-view.ts'
import { unplacedSettings } from './facts/unplaced-settings.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const storageNoAzureServices = defineRule({
  id: 'storage-no-azure-services',
  meta: {
    title: 'Trusted Azure services are kept out of the storage account',
    severity: 'note',
    concepts: ['storage-no-azure-services'],
    layer: 'paas-firewall',
    why: 'Backup, monitoring and other trusted services lose the account when it denies by default without the exception.',
    fix: 'Let trusted Azure services bypass the rules, where one of them needs the account.',
    sources: ['https://learn.microsoft.com/azure/storage/common/storage-network-security-trusted-azure-services'],
  },

  /** Yields a note for each account that denies by default and has no exception for trusted services. */
  *check(view) {
    for (const { object, defaultAction, trustedServices, kind } of azureOf(view).services.all) {
      if (kind.type !== 'microsoft.storage/storageaccounts') continue
      if (!surely(defaultAction, 'Deny') || !surely(trustedServices, false)) continue
      yield azureHit(view, {
        object,
        at: trustedServices.origin,
        severity: 'note',
        say: 'denies by default and has no exception for trusted Azure services: backup, diagnostics and others of them cannot reach it.',
      })
    }
    for (const { resource, body } of unplacedSettings(view, 'azurerm_storage_account_network_rules')) {
      const action = textProp(at(body, 'properties.networkAcls.defaultAction'), 'Allow', resource.origin)
      const bypass = textsProp(at(body, 'properties.networkAcls.bypass'), resource.origin)
      const isKnown = bypass.complete && bypass.items.every(({ known }) => known)
      if (!surely(action, 'Deny') || bypass.absent || !isKnown) continue
      if (bypass.items.some((item) => surely(item, 'AzureServices'))) continue
      yield {
        resource: resource.address,
        at: bypass.origin,
        subject: `network rules ${view.identity(resource.address)}`,
        message: `${resource.address} denies by default and has no exception for trusted Azure services: backup, diagnostics and others of them cannot reach its storage account.`,
      }
    }
  },

  merge: mergeAzure,
})
