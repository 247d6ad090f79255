import { type NameSet, namePatterns, nameSets } from '../algebra/names.ts'
import { knownItems, surely } from '../model/azure/prop.ts'
import { eachNetwork } from './each.ts'
import { azureOf } from './facts/azure-view.ts'
import { contentSubjects, firewallRules } from './facts/firewall-rules.ts'
import { azureHit } from './hits/azure-hit.ts'
import { listNames } from './hits/listing.ts'
import { lineOf } from './one-line.ts'
import { defineRule, type Hit } from './rule.ts'

export const firewallFqdnWide = defineRule({
  id: 'firewall-fqdn-wide',
  meta: {
    title: 'Firewall lets out to names that strangers can register',
    severity: 'medium',
    concepts: ['firewall'],
    layer: 'firewall',
    why: 'A wildcard such as *.blob.core.windows.net holds the accounts of everybody: data can leave to an account of a stranger.',
    fix: 'Name the accounts that are used, or use private endpoints.',
    sources: ['https://learn.microsoft.com/azure/firewall/firewall-faq'],
  },

  /** Yields a hit for each Allow rule with such names. */
  check: eachNetwork(function* (view, { approved }) {
    const subject = contentSubjects()
    for (const one of firewallRules(azureOf(view))) {
      const { rule, collection, label, owner } = one
      if (rule.kind !== 'application' || !surely(collection.action, 'Allow')) continue
      const wide = knownItems(rule.targetNames).filter((name) => isAnyones(name) && !isApproved(name, approved))
      for (const name of wide) {
        const item = rule.targetNames.items.find((target) => target.known && target.value === name)
        const hit = azureHit(view, {
          object: owner,
          at: item?.origin ?? rule.value.origin,
          detail: `${label} ${name}`,
          severity: 'medium',
          say: `lets traffic out to ${name} by rule ${label}: a name under which anybody can open an account or put content, so data can leave to strangers. Name the accounts that are used.`,
          decide: 'Which accounts or hosts are used?',
        })
        yield {
          ...hit,
          subject: subject(one, name),
          resource: collection.object.resource.address,
          cause: `${rule.value.origin.source.path} ${rule.value.origin.start}`,
          because: { line: lineOf(rule.value.origin), tells: 'condition' },
        }
      }
    }
  }),

  merge: mergeNames,
})

/**
 * Suffixes of services in which everybody can get a name or put content. Sources: the names of each service in Azure's and the
 * providers' documentation, August 2026.
 */
const SHARED_SUFFIXES =
  'blob.core.windows.net dfs.core.windows.net file.core.windows.net queue.core.windows.net table.core.windows.net web.core.windows.net core.windows.net amazonaws.com googleapis.com r2.cloudflarestorage.com azurewebsites.net azurecontainerapps.io azurestaticapps.net cloudapp.azure.com azurefd.net azureedge.net trafficmanager.net azure-api.net workers.dev pages.dev vercel.app netlify.app herokuapp.com github.io githubusercontent.com database.windows.net documents.azure.com servicebus.windows.net vault.azure.net azurecr.io redis.cache.windows.net openai.azure.com sharepoint.com slack.com docker.io ngrok.io trycloudflare.com duckdns.org devtunnels.ms azure.com windows.net microsoft.com google.com'.split(
    ' ',
  )

/** Hosts on which anybody can publish, without a wildcard. */
const SHARED_HOSTS = new Set(
  'github.com raw.githubusercontent.com gist.githubusercontent.com gitlab.com pastebin.com drive.google.com ghcr.io quay.io'.split(
    ' ',
  ),
)

function isApproved(name: string, approved: NameSet): boolean {
  const names = namePatterns([name], 'any')
  return names !== undefined && nameSets.covers(approved, names)
}

function isAnyones(name: string): boolean {
  const lower = name.toLowerCase()
  if (SHARED_HOSTS.has(lower)) return true
  if (!lower.startsWith('*')) return false
  const rest = lower.replace(/^\*\.?/, '')
  return rest.split('.').length < 2 ? rest !== '' : SHARED_SUFFIXES.includes(rest) || rest === 'github.com'
}

/** One rule that names several is one finding. */
function mergeNames(hits: readonly Hit[]): Hit {
  const [first, ...others] = hits
  const names = [...new Set(others.map(({ subject }) => subject.replace(/ \d+$/, '').split(' ').at(-1)!))]
  return names.length === 0
    ? first!
    : { ...first!, message: `${first!.message} So does it for ${listNames(names, 6)}.` }
}
