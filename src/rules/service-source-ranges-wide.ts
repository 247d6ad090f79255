import { printAddress } from '../algebra/addresses.ts'
import { sampleAddress } from '../reach/address-ranges.ts'
import { countAddresses, isWide, publicPart } from './facts/open-egress.ts'
import { doorsByResource, proveDoor } from './facts/public-service.ts'
import { defineRule } from './rule.ts'

export const serviceSourceRangesWide = defineRule({
  id: 'service-source-ranges-wide',
  meta: {
    title: 'Source ranges of a Service admit a large part of the internet',
    severity: 'medium',
    concepts: ['service-exposed'],
    layer: 'service',
    why: 'Ranges so large are nobody’s own: strangers have addresses in them.',
    fix: 'List the ranges of those who must connect.',
    sources: ['https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/'],
  },

  /** Yields a hit for each public load balancer whose ranges hold as much as a /8 of public addresses, and not all of them. */
  *check(view, { trusted }) {
    for (const service of view.network.kubernetes.services) {
      const { resource, loadBalancer } = service
      if (loadBalancer?.sourcesOrigin === undefined || loadBalancer.public === 'no') continue
      const open = publicPart(loadBalancer.sources.certain, trusted)
      const count = countAddresses(open)
      if (!isWide(open) || count >= 2 ** 31) continue
      const doors = doorsByResource(view).get(resource.address) ?? []
      if (
        doors.length > 0 &&
        doors.every(({ internet }) => internet.possible.TCP.length + internet.possible.UDP.length === 0)
      )
        continue
      const example = sampleAddress(open)
      yield {
        resource: resource.address,
        at: loadBalancer.sourcesOrigin,
        subject: view.identity(resource.address),
        extent: count,
        message: `The source ranges of ${resource.address} hold ${Math.round(count / 1e6)} million public addresses${example === undefined ? '' : `, ${printAddress(example)} among them`}: that is no list of those who must connect, strangers have addresses in it too. List the ranges that are needed.`,
        get witness() {
          return proveDoor(view, doors[0], open, `${resource.address} admits the address`)
        },
        decide: 'Which ranges must connect.',
      }
    }
  },
})
