import { connectionSets } from '../algebra/connections.ts'
import { workloadName } from '../model/kubernetes/workload.ts'
import { PUBLIC_ADDRESSES } from '../reach/address-ranges.ts'
import { closePath } from './closing/close-ingress.ts'
import { proveDoor } from './facts/public-service.ts'
import { isAdminName, sensitivePort } from './facts/sensitive-ports.ts'
import { endpointHit, mergeEndpoints } from './hits/endpoint-hit.ts'
import { listNames } from './hits/listing.ts'
import { lineOf } from './one-line.ts'
import { defineRule } from './rule.ts'

export const ingressExposes = defineRule({
  id: 'ingress-exposes',
  meta: {
    title: 'Ingress leads to a workload from outside',
    severity: 'low',
    concepts: ['ingress'],
    layer: 'ingress',
    why: 'Whoever reaches the ingress controller reaches the workload; whether that is the internet, the controller’s own Service decides.',
    fix: 'Keep it if it is meant. Consoles, metrics and data stores belong behind a login or an internal entry.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/ingress/'],
  },

  /** Yields a hit for each workload that an Ingress leads to and whose policies let the controller in, for certain or perhaps. */
  *check(view) {
    const { reach } = view
    const seen = new Set<string>()
    for (const door of reach.doors()) {
      const { kind, internet, subject, resource, public: isPublic, origin } = door
      if (kind !== 'ingress' || connectionSets.isEmpty(internet.possible)) continue
      for (const { id } of reach.universe.classes[subject]!.members) {
        const workload = reach.classes.workload(id)
        if (workload === undefined || seen.has(id)) continue
        seen.add(id)
        const sensitive = sensitivePort(internet.possible)
        const isAdmin = isAdminName(workload.name)
        const what =
          sensitive !== undefined
            ? `, which serves ${sensitive.words}`
            : isAdmin
              ? ', which looks like a console for administrators'
              : ''
        yield endpointHit({
          resource: resource.address,
          at: origin,
          subject: id,
          cause: view.identity(resource.address),
          because: { line: lineOf(origin), tells: 'effect' },
          ...(sensitive !== undefined || isAdmin ? { severity: 'high' as const } : {}),
          name: `${workloadName(workload)}${what}`,
          say: (names) =>
            `Clients outside the cluster can reach ${listNames(names)} through ${resource.address}: ${isPublic === 'yes' ? 'its frontend is public' : 'whether the internet can, the Service of the ingress controller decides, which is not known from here'}. Keep it if it is meant; consoles, metrics and data stores belong behind a login or an internal entry.`,
          prove: () =>
            proveDoor(
              view,
              door,
              PUBLIC_ADDRESSES,
              `${resource.address} leads to the Service of ${workloadName(workload)}`,
            ),
          decide: 'Whether it is meant to be reached from outside.',
          objectsTo: (flow) => flow.kind === 'ingress',
          // What strangers have no business with is taken back; an application may be meant.
          otherwise: () => (sensitive !== undefined || isAdmin ? closePath(view, resource, origin) : []),
        })
      }
    }
  },

  merge: mergeEndpoints,
})
