import { ALL_ADDRESSES } from '../algebra/addresses.ts'
import { get } from '../base/value.ts'
import { removeEntry } from './edit/collection-edit.ts'
import { doorsByResource, proveDoor } from './facts/public-service.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const serviceExternalIps = defineRule({
  id: 'service-external-ips',
  meta: {
    title: 'Service takes over traffic to addresses of its choice',
    severity: 'high',
    concepts: ['service-exposed'],
    layer: 'service',
    why: 'Every node sends what goes to an address in externalIPs to the pods of the Service, whoever owns that address: a way to intercept traffic (CVE-2020-8554).',
    fix: 'Remove externalIPs; use a load balancer for an address of your own.',
    sources: ['CVE-2020-8554', 'https://kubernetes.io/docs/concepts/services-networking/service/#external-ips'],
  },

  /** Yields a hit for each Service with `externalIPs`. */
  *check(view) {
    for (const service of view.network.kubernetes.services) {
      const { resource, externalIPs } = service
      const [first] = externalIPs
      if (first === undefined) continue
      const addresses = externalIPs.map(({ address }) => address)
      const spec = get(resource.value, 'spec')
      yield {
        resource: resource.address,
        at: first.origin,
        subject: view.identity(resource.address),
        extent: addresses.length,
        message: `${resource.address} takes over what pods and nodes send to ${listNames(addresses)}, whoever owns ${addresses.length === 1 ? 'that address' : 'those addresses'} (CVE-2020-8554): traffic meant for another host ends in its pods. Remove externalIPs; a load balancer gives an address of your own.`,
        get witness() {
          const door = doorsByResource(view)
            .get(resource.address)
            ?.find(({ kind }) => kind === 'external-ip')
          return proveDoor(view, door, ALL_ADDRESSES, `${resource.address} takes ${first.address}`)
        },
        objectsTo: ({ kind }) => kind === 'ingress',
        fix: () => {
          const edits = spec?.kind === 'map' ? removeEntry({ map: spec, key: 'externalIPs' }) : undefined
          return (
            edits && { edit: { edits, newFiles: new Map() }, summary: `Takes externalIPs out of ${resource.address}.` }
          )
        },
      }
    }
  },

  patch: (hit) => hit.fix?.(),
})
