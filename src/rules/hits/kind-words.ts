import { type AzureObject, labelOf } from '../../model/azure/azure-object.ts'

/**
 * A resource as a sentence begins with it: its label, and before a bare symbol of Bicep what it is the name of: `NSG nodes`. A symbol that
 * says nothing else is left out: `The firewall policy`.
 */
export function nameInProse(object: AzureObject): string {
  const label = labelOf(object)
  const kind = kindOfSymbol(object.resource.address, object.resource.kind)
  if (kind === undefined) return label
  if (!lettersOf(kind).endsWith(lettersOf(label))) return `${kind} ${label}`
  return `The ${PROPER.test(kind) ? kind : kind.charAt(0).toLowerCase() + kind.slice(1)}`
}

/** Kinds that keep their capital inside a sentence. */
const PROPER = /^(?:[A-Z][A-Za-z]*[A-Z]|Azure |Cosmos |Event |Service |App |Redis )/

function lettersOf(words: string): string {
  return words.toLowerCase().replace(/[^a-z]/g, '')
}

/** What a bare symbol of Bicep is the name of; undefined for addresses that say it themselves, as those of other languages do. */
export function kindOfSymbol(address: string, type: string): string | undefined {
  if (!/^\w+(?:::\w+|\[[^\]]*\])*$/.test(address)) return undefined
  const known = KINDS.get(type.toLowerCase())
  if (known !== undefined) return known
  const last = /^[A-Za-z.]+(?:\/[A-Za-z]+)*\/([A-Za-z]+)$/.exec(type)?.[1]
  if (last === undefined) return undefined
  const words = last.replace(/([a-z])(?=[A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$2 ').split(' ')
  const one = words.map((word) => ACRONYMS.get(word.toLowerCase()) ?? word.toLowerCase()).join(' ')
  const single = one.replace(/ies$/, 'y').replace(/(?<=ss)es$|(?<!s)s$/, '')
  return `${single.charAt(0).toUpperCase()}${single.slice(1)}`
}

const ACRONYMS: ReadonlyMap<string, string> = new Map([
  ['dns', 'DNS'],
  ['ip', 'IP'],
  ['nat', 'NAT'],
])

/** Types whose last segment says too little, by their names in Azure's documentation. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ['microsoft.cache/redis', 'Redis cache'],
  ['microsoft.cognitiveservices/accounts', 'Azure AI account'],
  ['microsoft.containerregistry/registries', 'Container registry'],
  ['microsoft.containerservice/managedclusters', 'Cluster'],
  ['microsoft.containerservice/managedclusters/agentpools', 'Node pool'],
  ['microsoft.dbformysql/flexibleservers', 'MySQL server'],
  ['microsoft.dbforpostgresql/flexibleservers', 'PostgreSQL server'],
  ['microsoft.documentdb/databaseaccounts', 'Cosmos DB account'],
  ['microsoft.eventhub/namespaces', 'Event Hubs namespace'],
  ['microsoft.keyvault/vaults', 'Key vault'],
  ['microsoft.network/azurefirewalls', 'Firewall'],
  ['microsoft.network/networksecuritygroups', 'NSG'],
  ['microsoft.network/networksecuritygroups/securityrules', 'NSG rule'],
  ['microsoft.servicebus/namespaces', 'Service Bus namespace'],
  ['microsoft.sql/servers', 'SQL server'],
  ['microsoft.web/sites', 'App Service site'],
])
