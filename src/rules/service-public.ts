import { printConnections } from '../algebra/connections.ts'
import { closeService } from './closing/close-service.ts'
import { closeInElsewhere } from './closing/elsewhere.ts'
import { makeInternal } from './edit/load-balancer.ts'
import { publicServices } from './facts/public-service.ts'
import { sensitivePort } from './facts/sensitive-ports.ts'
import { listNames } from './hits/listing.ts'
import { lineOf } from './one-line.ts'
import { defineRule } from './rule.ts'

export const servicePublic = defineRule({
  id: 'service-public',
  meta: {
    title: 'Service is open to the whole internet',
    severity: 'high',
    concepts: ['service-exposed'],
    layer: 'service',
    why: 'A load balancer without source ranges and without the annotation for an internal one gets a public address that anybody can connect to.',
    fix: 'Make it internal, or list the ranges that may connect.',
    sources: [
      'https://learn.microsoft.com/azure/aks/internal-lb',
      'https://learn.microsoft.com/azure/aks/configure-load-balancer-standard',
    ],
  },

  /** Yields a hit for each public load balancer that admits the internet and whose pods no policy closes. */
  *check(view, { trusted, trustedRanges }) {
    for (const { service, open, frontend, target, names, extent, doors, prove } of publicServices(view, trusted)) {
      const { resource } = service
      const sensitive = sensitivePort(target) ?? sensitivePort(frontend)
      const ports = printConnections(frontend)
      const behind = names.length === 0 ? 'the pods that it selects, of which none is in the tree' : listNames(names)
      const may = open === 'yes' ? 'can' : 'may'
      const what = sensitive === undefined ? '' : ` It is ${sensitive.words}, which is not made for strangers.`
      yield {
        resource: resource.address,
        at: service.typeOrigin,
        subject: view.identity(resource.address),
        severity: open !== 'yes' ? 'medium' : sensitive === undefined ? 'high' : 'critical',
        extent,
        because: { line: lineOf(service.typeOrigin), tells: 'effect' },
        within: { rule: 'service-became-public', subject: view.identity(resource.address) },
        message: `Anybody on the internet ${may} connect to ${behind} through ${resource.address}${ports === '' ? '' : ` on ${ports}`}: it is a load balancer with a public address, no source range limits it, and no policy stops it.${what} Make it internal, or list the ranges that may connect.`,
        get witness() {
          return prove()
        },
        decide: 'Who must reach it: nobody outside the network (internal), some ranges, or everybody.',
        objectsTo: ({ kind }) => kind === 'ingress',
        fix: () => makeInternal(service, trustedRanges),
        elsewhere: () => closeInElsewhere(view, printConnections(frontend)),
        otherwise: () => closeService(view, service, doors[0], trustedRanges),
      }
    }
  },

  /** The annotation for an internal load balancer, or the trusted ranges of the configuration. */
  patch: (hit) => hit.fix?.(),
})
