import type { Value } from '../../base/value.ts'
import { type AzureObject, read } from './azure-object.ts'
import type { AzureObjects } from './azure-objects.ts'
import { type Link, linksAt, toLink } from './link.ts'
import {
  at,
  flagProp,
  joinLists,
  listProp,
  type Prop,
  type PropList,
  textProp,
  textsProp,
  unknownProp,
  wordProp,
} from './prop.ts'

/** The network side of a PaaS service: who may call its public endpoint, and under which names it is known. */
export interface ServiceEndpoint {
  readonly object: AzureObject
  readonly kind: ServiceKind
  /** Public names by sub-resource of a private endpoint: `blob` → `acct.blob.core.windows.net`. Empty where the own name is unknown. */
  readonly names: ReadonlyMap<string, string>
  /** `Disabled` overrides every rule; `SecuredByPerimeter` hands over to a perimeter. */
  readonly publicAccess: Prop<'Enabled' | 'Disabled' | 'SecuredByPerimeter'>
  /** What holds for sources that no rule names. */
  readonly defaultAction: Prop<'Allow' | 'Deny'>
  /** CIDRs, addresses or `first-last` ranges. */
  readonly ipRules: PropList<string>
  readonly subnetRules: readonly SubnetRule[]
  /** True where every Azure address, whosever, is admitted. */
  readonly allowsAzure: Prop<boolean>
  /** True where Microsoft's trusted services pass in spite of the rules. */
  readonly trustedServices: Prop<boolean>
  /** Placed into a subnet: then there is no public endpoint. */
  readonly injectedInto: Link
}

export interface SubnetRule {
  readonly subnet: Link
}

/** How a kind of service writes its rules, and what is known of its names. */
export interface ServiceKind {
  readonly type: string
  /** Service tag of its public addresses; absent where Azure has none. */
  readonly tag?: string
  /** Service endpoint that leads to it. */
  readonly endpoint?: string
  /** DNS suffixes by sub-resource. */
  readonly suffixes: Readonly<Record<string, string>>
  /** Where the rules stand, below `properties`. */
  readonly rules: 'networkAcls' | 'networkRuleSet' | 'cosmos' | 'ranges' | 'namespace' | 'none' | 'flexible'
  /** IP rules do not match callers of the service's own region, who come with private addresses. */
  readonly ignoresOwnRegion?: true
  /** No default action of its own: where there are IP rules, everybody else is shut out. */
  readonly closedByRules?: true
  /** The default where the rules say nothing. */
  readonly open: boolean
}

/**
 * Suffixes: learn.microsoft.com/azure/private-link/private-endpoint-dns. Tags: learn.microsoft.com/azure/virtual-network/service-tags-overview.
 * Endpoints: learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview. Read August 2026.
 */
export const SERVICE_KINDS: readonly ServiceKind[] = [
  {
    type: 'microsoft.storage/storageaccounts',
    tag: 'Storage',
    endpoint: 'Microsoft.Storage',
    suffixes: {
      blob: 'blob.core.windows.net',
      file: 'file.core.windows.net',
      queue: 'queue.core.windows.net',
      table: 'table.core.windows.net',
      dfs: 'dfs.core.windows.net',
      web: 'web.core.windows.net',
    },
    rules: 'networkAcls',
    ignoresOwnRegion: true,
    open: true,
  },
  {
    type: 'microsoft.keyvault/vaults',
    tag: 'AzureKeyVault',
    endpoint: 'Microsoft.KeyVault',
    suffixes: { vault: 'vault.azure.net' },
    rules: 'networkAcls',
    open: true,
  },
  {
    type: 'microsoft.keyvault/managedhsms',
    tag: 'AzureKeyVault',
    suffixes: { managedhsm: 'managedhsm.azure.net' },
    rules: 'networkAcls',
    open: true,
  },
  {
    type: 'microsoft.containerregistry/registries',
    tag: 'AzureContainerRegistry',
    endpoint: 'Microsoft.ContainerRegistry',
    suffixes: { registry: 'azurecr.io' },
    rules: 'networkRuleSet',
    open: true,
  },
  {
    type: 'microsoft.sql/servers',
    tag: 'Sql',
    endpoint: 'Microsoft.Sql',
    suffixes: { sqlserver: 'database.windows.net' },
    rules: 'ranges',
    open: false,
  },
  {
    type: 'microsoft.dbforpostgresql/flexibleservers',
    tag: 'Sql',
    suffixes: { postgresqlserver: 'postgres.database.azure.com' },
    rules: 'flexible',
    open: false,
  },
  {
    type: 'microsoft.dbformysql/flexibleservers',
    tag: 'Sql',
    suffixes: { mysqlserver: 'mysql.database.azure.com' },
    rules: 'flexible',
    open: false,
  },
  {
    type: 'microsoft.dbforpostgresql/servers',
    tag: 'Sql',
    endpoint: 'Microsoft.Sql',
    suffixes: { postgresqlserver: 'postgres.database.azure.com' },
    rules: 'ranges',
    open: false,
  },
  {
    type: 'microsoft.dbformysql/servers',
    tag: 'Sql',
    endpoint: 'Microsoft.Sql',
    suffixes: { mysqlserver: 'mysql.database.azure.com' },
    rules: 'ranges',
    open: false,
  },
  {
    type: 'microsoft.dbformariadb/servers',
    tag: 'Sql',
    endpoint: 'Microsoft.Sql',
    suffixes: { mariadbserver: 'mariadb.database.azure.com' },
    rules: 'ranges',
    open: false,
  },
  {
    type: 'microsoft.documentdb/databaseaccounts',
    tag: 'AzureCosmosDB',
    endpoint: 'Microsoft.AzureCosmosDB',
    suffixes: {
      sql: 'documents.azure.com',
      mongodb: 'mongo.cosmos.azure.com',
      cassandra: 'cassandra.cosmos.azure.com',
      gremlin: 'gremlin.cosmos.azure.com',
      table: 'table.cosmos.azure.com',
    },
    rules: 'cosmos',
    open: true,
  },
  {
    type: 'microsoft.cache/redis',
    suffixes: { rediscache: 'redis.cache.windows.net' },
    rules: 'ranges',
    open: true,
  },
  {
    type: 'microsoft.cache/redisenterprise',
    suffixes: { redisenterprise: 'redis.azure.net' },
    rules: 'none',
    open: true,
  },
  {
    type: 'microsoft.servicebus/namespaces',
    tag: 'ServiceBus',
    endpoint: 'Microsoft.ServiceBus',
    suffixes: { namespace: 'servicebus.windows.net' },
    rules: 'namespace',
    open: true,
  },
  {
    type: 'microsoft.eventhub/namespaces',
    tag: 'EventHub',
    endpoint: 'Microsoft.EventHub',
    suffixes: { namespace: 'servicebus.windows.net' },
    rules: 'namespace',
    open: true,
  },
  {
    type: 'microsoft.appconfiguration/configurationstores',
    tag: 'AppConfiguration',
    suffixes: { configurationstores: 'azconfig.io' },
    rules: 'none',
    open: true,
  },
  {
    type: 'microsoft.cognitiveservices/accounts',
    tag: 'CognitiveServicesManagement',
    endpoint: 'Microsoft.CognitiveServices',
    suffixes: { account: 'cognitiveservices.azure.com', openai: 'openai.azure.com' },
    rules: 'networkAcls',
    open: true,
  },
  {
    type: 'microsoft.search/searchservices',
    suffixes: { searchservice: 'search.windows.net' },
    rules: 'networkRuleSet',
    closedByRules: true,
    open: true,
  },
  {
    type: 'microsoft.web/sites',
    tag: 'AppService',
    endpoint: 'Microsoft.Web',
    suffixes: { sites: 'azurewebsites.net' },
    rules: 'none',
    open: true,
  },
]

const KIND_OF: ReadonlyMap<string, ServiceKind> = new Map(SERVICE_KINDS.map((kind) => [kind.type, kind]))

export function serviceKind(type: string): ServiceKind | undefined {
  return KIND_OF.get(type)
}

export function toService(objects: AzureObjects, object: AzureObject, kind: ServiceKind): ServiceEndpoint {
  const { origin } = object.resource
  const base = {
    object,
    kind,
    names: namesOf(object, kind),
    publicAccess: publicAccessOf(object, kind),
    injectedInto: injection(objects, object, kind),
    trustedServices: bypassOf(object, kind),
  }
  const closed = (value: boolean): Prop<boolean> => ({ known: true, value, origin })
  const fallback = kind.open ? 'Allow' : 'Deny'
  switch (kind.rules) {
    case 'networkAcls':
    case 'networkRuleSet': {
      const at = (path: string) => read(object, `properties.${kind.rules}.${path}`)
      const ipRules = listProp(at('ipRules'), origin, ruleText)
      return {
        ...base,
        defaultAction:
          kind.closedByRules === true
            ? shutByRules(ipRules, origin)
            : wordProp(at('defaultAction'), ['Allow', 'Deny'], fallback, origin),
        ipRules,
        subnetRules: subnetRules(objects, object, `properties.${kind.rules}.virtualNetworkRules`, 'id'),
        allowsAzure: closed(false),
      }
    }
    case 'namespace': {
      const set = objects.childrenOf(object, 'networkRuleSets')[0]
      return {
        ...base,
        publicAccess: stricter(base.publicAccess, set, origin),
        defaultAction: namespaceDefault(set, origin),
        ipRules: listProp(set && read(set, 'properties.ipRules'), origin, ruleText),
        subnetRules: set === undefined ? [] : subnetRules(objects, set, 'properties.virtualNetworkRules', 'subnet.id'),
        allowsAzure: closed(false),
      }
    }
    case 'cosmos': {
      // Before API version 2020-04-01 one text with commas.
      const rules = joinLists(
        listProp(read(object, 'properties.ipRules'), origin, ruleText),
        textsProp(read(object, 'properties.ipRangeFilter'), origin),
      )
      const subnets = subnetRules(objects, object, 'properties.virtualNetworkRules', 'id')
      const filtered = flagProp(read(object, 'properties.isVirtualNetworkFilterEnabled'), false, origin)
      const texts = splitCommas(rules)
      return {
        ...base,
        defaultAction:
          texts.items.length > 0 || (filtered.known && filtered.value)
            ? closedWord('Deny', origin)
            : openUnless(filtered, origin),
        ipRules: { ...texts, items: texts.items.filter((item) => !item.known || item.value !== '0.0.0.0') },
        subnetRules: filtered.known && !filtered.value ? [] : subnets,
        allowsAzure: closed(texts.items.some((item) => item.known && item.value === '0.0.0.0')),
      }
    }
    case 'ranges':
    case 'flexible': {
      const ranges = rangeRules(objects, object)
      const subnets = objects
        .childrenOf(object, 'virtualNetworkRules')
        .flatMap((rule) => subnetRules(objects, rule, 'properties.virtualNetworkSubnetId'))
      // A cache without rules is open, a database without rules is closed.
      const open = kind.open && ranges.absent
      return {
        ...base,
        defaultAction: closedWord(open ? 'Allow' : 'Deny', origin),
        ipRules: { ...ranges, items: ranges.items.filter((item) => !item.known || item.value !== AZURE_RANGE) },
        subnetRules: subnets,
        allowsAzure: closed(ranges.items.some((item) => item.known && item.value === AZURE_RANGE)),
      }
    }
    case 'none':
      return {
        ...base,
        defaultAction: closedWord(fallback, origin),
        ipRules: textsProp(undefined, origin),
        subnetRules: [],
        allowsAzure: closed(false),
      }
  }
}

/** Without rules everybody may come; the first rule shuts out all whom none names. */
function shutByRules(rules: PropList<string>, origin: AzureObject['resource']['origin']): Prop<'Allow' | 'Deny'> {
  const unknown = rules.complete ? undefined : rules.items.find((item) => !item.known)
  if (unknown !== undefined && !unknown.known) return unknown
  return closedWord(rules.items.length === 0 ? 'Allow' : 'Deny', origin)
}

/** The rule that means every Azure address. Source: learn.microsoft.com/azure/azure-sql/database/firewall-configure#connections-from-inside-azure */
const AZURE_RANGE = '0.0.0.0-0.0.0.0'

function namespaceDefault(
  set: AzureObject | undefined,
  origin: AzureObject['resource']['origin'],
): Prop<'Allow' | 'Deny'> {
  return wordProp(set && read(set, 'properties.defaultAction'), ['Allow', 'Deny'], 'Allow', origin)
}

/** Namespace and rule set both have the flag; the stricter one holds. */
function stricter(
  own: ServiceEndpoint['publicAccess'],
  set: AzureObject | undefined,
  origin: AzureObject['resource']['origin'],
): ServiceEndpoint['publicAccess'] {
  if (set === undefined || (own.known && own.value !== 'Enabled')) return own
  const inner = accessProp(read(set, 'properties.publicNetworkAccess'), origin)
  return inner.known && inner.value === 'Enabled' ? own : inner
}

function closedWord(value: 'Allow' | 'Deny', origin: AzureObject['resource']['origin']): Prop<'Allow' | 'Deny'> {
  return { known: true, value, origin }
}

function openUnless(filtered: Prop<boolean>, origin: AzureObject['resource']['origin']): Prop<'Allow' | 'Deny'> {
  return filtered.known ? closedWord('Allow', origin) : unknownProp(filtered.unknown)
}

function accessProp(
  value: Value | undefined,
  origin: AzureObject['resource']['origin'],
): ServiceEndpoint['publicAccess'] {
  return wordProp(value, ['Enabled', 'Disabled', 'SecuredByPerimeter'], 'Enabled', origin)
}

function publicAccessOf(object: AzureObject, kind: ServiceKind): ServiceEndpoint['publicAccess'] {
  const { origin } = object.resource
  const path = kind.rules === 'flexible' ? 'properties.network.publicNetworkAccess' : 'properties.publicNetworkAccess'
  return accessProp(read(object, path) ?? read(object, 'properties.publicNetworkAccess'), origin)
}

function bypassOf(object: AzureObject, kind: ServiceKind): Prop<boolean> {
  const { origin } = object.resource
  const value =
    kind.rules === 'networkRuleSet'
      ? read(object, 'properties.networkRuleBypassOptions')
      : read(object, 'properties.networkAcls.bypass')
  const list = listProp(value, origin, (item) => textProp(item, '', item.origin))
  if (list.absent) return { known: true, value: true, origin, isDefault: true }
  const unknown = list.items.find((item) => !item.known)
  if (unknown !== undefined && !unknown.known) return unknown
  return {
    known: true,
    value: list.items.some((item) => item.known && /azureservices/i.test(item.value)),
    origin: list.origin,
  }
}

function injection(objects: AzureObjects, object: AzureObject, kind: ServiceKind): Link {
  const path = kind.rules === 'flexible' ? 'properties.network.delegatedSubnetResourceId' : 'properties.subnetId'
  return toLink(objects, object, read(object, path))
}

function namesOf(object: AzureObject, kind: ServiceKind): ReadonlyMap<string, string> {
  const own = object.name
  const names = new Map<string, string>()
  if (!own.known || own.value === '') return names
  const custom = textProp(read(object, 'properties.customSubDomainName'), own.value, object.resource.origin)
  const label = custom.known ? custom.value : own.value
  for (const [group, suffix] of Object.entries(kind.suffixes)) names.set(group, `${label}.${suffix}`.toLowerCase())
  return names
}

/** `{value}`, `{ipMask}` or `{ipAddressOrRange}` items, or plain texts. */
function ruleText(item: Value): Prop<string> {
  if (item.kind !== 'map') return textProp(item, '', item.origin)
  return textProp(
    at(item, 'value') ?? at(item, 'ipMask') ?? at(item, 'ipAddressOrRange') ?? at(item, 'addressRange'),
    '',
    item.origin,
  )
}

/** azurerm before 4.0 has one text with commas. */
function splitCommas(list: PropList<string>): PropList<string> {
  return {
    ...list,
    items: list.items.flatMap((item): Prop<string>[] => {
      if (!item.known) return [item]
      const texts = item.value.split(',').map((text) => text.trim())
      return texts.filter((text) => text !== '').map((value) => ({ ...item, value }))
    }),
  }
}

function subnetRules(objects: AzureObjects, object: AzureObject, path: string, key?: string): SubnetRule[] {
  return linksAt(objects, object, path, key).map((subnet) => ({ subnet }))
}

/** `firewallRules` children as `first-last` texts. */
function rangeRules(objects: AzureObjects, object: AzureObject): PropList<string> {
  const { origin } = object.resource
  const children = objects.childrenOf(object, 'firewallRules')
  const items = children.map((rule): Prop<string> => {
    const first = textProp(
      read(rule, 'properties.startIpAddress') ?? read(rule, 'properties.startIP'),
      '',
      rule.resource.origin,
    )
    const last = textProp(
      read(rule, 'properties.endIpAddress') ?? read(rule, 'properties.endIP'),
      '',
      rule.resource.origin,
    )
    if (!first.known) return first
    if (!last.known) return last
    return { ...first, value: `${first.value}-${last.value}` }
  })
  return { items, complete: true, origin, absent: items.length === 0 }
}
