import type { Origin } from '../base/origin.ts'
import type { Ingress } from '../model/kubernetes/ingress.ts'
import { listNames } from './hits/listing.ts'
import { defineRule } from './rule.ts'

export const ingressHostConflict = defineRule({
  id: 'ingress-host-conflict',
  meta: {
    title: 'Two namespaces claim one host and path',
    severity: 'medium',
    concepts: ['ingress'],
    layer: 'ingress',
    why: 'The controller serves one of them, by age or by name: a team can take over the traffic of another without touching its namespace.',
    fix: 'Give each host and path to one namespace.',
    sources: [
      'https://kubernetes.io/docs/concepts/services-networking/ingress/#name-based-virtual-hosting',
      'https://kubernetes.github.io/ingress-nginx/how-it-works/#building-the-nginx-model',
    ],
  },

  /** Yields a hit for each host and path that Ingresses of one class claim in several namespaces. */
  *check(view) {
    const claims = new Map<string, Claim[]>()
    for (const ingress of view.network.kubernetes.ingresses) {
      if (ingress.kind !== 'Ingress') continue
      for (const { host, paths } of ingress.rules) {
        if (host === undefined || host === '') continue
        for (const { path, origin } of paths) {
          const key = `${ingress.className ?? ''} ${host.toLowerCase()}${path ?? '/'}`
          const same = claims.get(key)
          const claim = { ingress, host: `${host.toLowerCase()}${path ?? '/'}`, origin }
          if (same === undefined) claims.set(key, [claim])
          else same.push(claim)
        }
      }
    }
    for (const [key, all] of claims) {
      const [first] = all
      const others = [...new Set(all.filter((one) => one.ingress.namespace !== first!.ingress.namespace))]
      const last = others.at(-1)
      if (last === undefined) continue
      const namespaces = [...new Set(all.map(({ ingress }) => ingress.namespace))]
      yield {
        resource: last.ingress.resource.address,
        at: last.origin,
        subject: key,
        extent: namespaces.length,
        message: `${last.ingress.resource.address} claims ${last.host}, which ${first!.ingress.resource.address} claims too: the namespaces ${listNames(namespaces)} take each other's traffic, and which of them is served the controller decides. Give the host and path to one namespace.`,
        decide: 'Which namespace is the host and path for?',
      }
    }
  },
})

interface Claim {
  readonly ingress: Ingress
  readonly host: string
  readonly origin: Origin
}
