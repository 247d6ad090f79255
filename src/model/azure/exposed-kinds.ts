import { type AzureObject, read } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { type Prop, textProp } from './prop.ts'

/**
 * A service that the engine has no model of: all that is read of it is whether its public endpoint is on.
 *
 * Sources: the ARM reference of each type (learn.microsoft.com/azure/templates) and azurerm's page, August 2026.
 */
export interface ExposedKind {
  readonly type: string
  /** Where the switch stands. */
  readonly path: string
  /** What it is where it is absent. */
  readonly fallback: 'on' | 'off' | 'unknown'
  /** As ARM and azurerm write "off". */
  readonly off: string | boolean
  readonly azurerm?: readonly string[]
  /** A word of another property with which there is no public endpoint, whatever the switch says. */
  readonly unless?: { readonly path: string; readonly value: string }
}

const ACCESS = 'properties.publicNetworkAccess'

function kind(type: string, more: Partial<ExposedKind> = {}): ExposedKind {
  return { type, path: ACCESS, fallback: 'on', off: 'Disabled', azurerm: ['public_network_access_enabled'], ...more }
}

export const EXPOSED_KINDS: readonly ExposedKind[] = [
  // In the internal mode the gateway has an address of the network alone.
  kind('microsoft.apimanagement/service', {
    unless: { path: 'properties.virtualNetworkType', value: 'internal' },
  }),
  kind('microsoft.automation/automationaccounts', { off: false }),
  kind('microsoft.batch/batchaccounts'),
  kind('microsoft.botservice/botservices'),
  kind('microsoft.compute/disks'),
  kind('microsoft.compute/snapshots'),
  kind('microsoft.dashboard/grafana'),
  kind('microsoft.databricks/workspaces'),
  kind('microsoft.datafactory/factories', { azurerm: ['public_network_enabled'] }),
  kind('microsoft.devices/iothubs'),
  kind('microsoft.devices/provisioningservices'),
  kind('microsoft.digitaltwins/digitaltwinsinstances'),
  kind('microsoft.eventgrid/domains'),
  kind('microsoft.eventgrid/namespaces', { azurerm: ['public_network_access'] }),
  kind('microsoft.eventgrid/partnernamespaces'),
  kind('microsoft.eventgrid/topics'),
  kind('microsoft.healthcareapis/services'),
  kind('microsoft.healthcareapis/workspaces/dicomservices'),
  kind('microsoft.healthcareapis/workspaces/fhirservices'),
  kind('microsoft.iotcentral/iotapps'),
  kind('microsoft.kusto/clusters'),
  kind('microsoft.machinelearningservices/workspaces'),
  kind('microsoft.purview/accounts', { azurerm: ['public_network_enabled'] }),
  kind('microsoft.recoveryservices/vaults'),
  kind('microsoft.relay/namespaces'),
  kind('microsoft.signalrservice/signalr'),
  kind('microsoft.signalrservice/webpubsub'),
  kind('microsoft.sql/managedinstances', {
    path: 'properties.publicDataEndpointEnabled',
    fallback: 'off',
    off: false,
    azurerm: ['public_data_endpoint_enabled'],
  }),
  kind('microsoft.synapse/workspaces'),
  kind('microsoft.web/sites/slots'),
  kind('microsoft.web/sites/config', { fallback: 'unknown' }),
  kind('microsoft.appplatform/spring/apiportals', { path: 'properties.public', fallback: 'off', off: false }),
]

/** One such service; `endpoint` is true where its public endpoint is on. */
export interface ExposedService {
  readonly object: AzureObject
  readonly kind: ExposedKind
  readonly endpoint: Prop<boolean> | undefined
}

const OFF = new Set(['disabled', 'false', 'securedbyperimeter'])

/** The services of these kinds that the tree creates; `endpoint` is undefined where nothing is said and no default is documented. */
export function exposedServices(objects: AzureObjects): readonly ExposedService[] {
  return EXPOSED_KINDS.flatMap((kind) =>
    objects
      .ofType(kind.type)
      .filter(({ existing }) => !existing)
      .map((object) => ({ object, kind, endpoint: endpointOf(object, kind) })),
  )
}

function endpointOf(object: AzureObject, { path, fallback, unless }: ExposedKind): Prop<boolean> | undefined {
  const value = read(object, path)
  if (unless !== undefined) {
    const other = textProp(read(object, unless.path), '', object.resource.origin)
    if (!other.known) return other
    if (other.value.toLowerCase() === unless.value) return { ...other, value: false }
  }
  if (value === undefined && fallback === 'unknown') return undefined
  const text = textProp(value, fallback === 'on' ? 'Enabled' : 'Disabled', object.resource.origin)
  return text.known ? { ...text, value: !OFF.has(text.value.toLowerCase()) } : text
}
