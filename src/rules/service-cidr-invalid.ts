import { firstAddress, hasAddress, parseAddress, parseCidr } from '../algebra/addresses.ts'
import { azureOf } from './facts/azure-view.ts'
import { rangesIn } from './facts/cluster-ranges.ts'
import { azureHit, mergeAzure } from './hits/azure-hit.ts'
import { defineRule } from './rule.ts'

export const serviceCidrInvalid = defineRule({
  id: 'service-cidr-invalid',
  meta: {
    title: 'Service range or DNS address of the cluster is not valid',
    severity: 'high',
    concepts: ['ip-planning'],
    layer: 'service',
    why: 'AKS refuses a service range of /12 or wider, and a DNS address outside of it or at its start.',
    fix: 'Use a range smaller than /12, and the tenth address for DNS.',
    sources: ['https://learn.microsoft.com/azure/aks/concepts-network-ip-address-planning'],
  },

  /** Yields a hit for each cluster whose service range is too wide, or whose DNS address is not in it. */
  *check(view) {
    for (const { object, serviceCidrs, dnsServiceIp } of azureOf(view).clusters.all) {
      const ranges = rangesIn(serviceCidrs, 'services')
      const wide = ranges.find(({ text }) => !text.includes(':') && (parseCidr(text)?.prefix ?? 32) <= 12)
      if (wide !== undefined) {
        yield azureHit(view, {
          object,
          at: wide.origin,
          detail: 'wide',
          severity: 'high',
          say: `gives its services ${wide.text}, and AKS refuses ranges of /12 or wider. Use a smaller one.`,
        })
      }
      if (
        !dnsServiceIp.known ||
        ranges.length === 0 ||
        !serviceCidrs.complete ||
        ranges.length < serviceCidrs.items.length
      )
        continue
      const address = parseAddress(dnsServiceIp.value)
      if (address === undefined) continue
      const home = ranges.find(({ addresses }) => hasAddress(addresses, address))
      const first = home && firstAddress(home.addresses)
      const isFirst = first !== undefined && first.value === address.value
      if (home !== undefined && !isFirst) continue
      yield azureHit(view, {
        object,
        at: dnsServiceIp.isDefault === true ? ranges[0]!.origin : dnsServiceIp.origin,
        detail: 'dns',
        severity: 'high',
        say: `uses ${dnsServiceIp.value}${dnsServiceIp.isDefault === true ? ' (the default)' : ''} for DNS, which ${isFirst ? 'is the first address of its service range, and that one is taken' : `is not in its service range ${ranges[0]!.text}`}: the deployment is refused. Use another address of the range.`,
      })
    }
  },

  merge: mergeAzure,
})
