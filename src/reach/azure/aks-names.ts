import { hasName, type NameSet, namePatterns } from '../../algebra/names.ts'
import { lazily } from '../../base/lazily.ts'

/**
 * What the firewall's FQDN tag `AzureKubernetesService` stands for: the names that a cluster of the public cloud needs.
 * Source: learn.microsoft.com/azure/aks/outbound-rules-control-egress, 2026-06-18.
 */
const REQUIRED = [
  '*.hcp.*.azmk8s.io',
  '*.hcp.azmk8s.io',
  'mcr.microsoft.com',
  '*.data.mcr.microsoft.com',
  'mcr-0001.mcr-msedge.net',
  'management.azure.com',
  'login.microsoftonline.com',
  'packages.microsoft.com',
  'acs-mirror.azureedge.net',
  'packages.aks.azure.com',
]

const required = lazily((): NameSet => namePatterns(REQUIRED, 'any')!)

export const AKS_REQUIRED_NAMES = {
  get names(): NameSet {
    return required()
  },
  has: (name: string): boolean => name !== '' && hasName(required(), name),
} as const

/**
 * What a tag of names may hold besides: which names Microsoft puts into one is not published and changes. They are those that it runs
 * itself, where nobody else gets a name, of certificate authorities, and of Ubuntu, which AKS nodes run.
 * Source: learn.microsoft.com/azure/firewall/fqdn-tags, and the names that each service documents for its tag; August 2026.
 */
const PERHAPS =
  'microsoft.com microsoftonline.com windows.com windowsupdate.com login.windows.net graph.windows.net management.core.windows.net policy.core.windows.net management.azure.com monitor.azure.com monitoring.azure.com opinsights.azure.com kubernetesconfiguration.azure.com guestconfiguration.azure.com azmk8s.io msedge.net msftauth.net msauth.net msftncsi.com msftconnecttest.com office.com office.net office365.com live.com live.net skype.com lync.com services.visualstudio.com applicationinsights.io ubuntu.com digicert.com verisign.com geotrust.com globalsign.com entrust.net'.split(
    ' ',
  )

/** Names that any FQDN tag may hold. */
export const taggedNames = lazily(
  (): NameSet =>
    namePatterns(
      PERHAPS.flatMap((suffix) => [suffix, `*.${suffix}`]),
      'any',
    )!,
)
