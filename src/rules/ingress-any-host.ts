import { defineRule } from './rule.ts'

export const ingressAnyHost = defineRule({
  id: 'ingress-any-host',
  meta: {
    title: 'Ingress takes every host name',
    severity: 'low',
    concepts: ['ingress'],
    layer: 'ingress',
    why: 'Whatever name a client asks for, and the bare address of the controller too, leads to it; it may take traffic meant for other Ingresses.',
    fix: 'Name the host.',
    sources: ['https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-rules'],
  },

  /** Yields a hit for each Ingress with a rule without host, or a default back end and no rule. */
  *check(view) {
    for (const { kind, resource, rules, defaultBackend } of view.network.kubernetes.ingresses) {
      if (kind !== 'Ingress') continue
      const rule = rules.find(({ host }) => host === undefined || host === '' || host === '*')
      if (rule === undefined && (rules.length > 0 || defaultBackend === undefined)) continue
      yield {
        resource: resource.address,
        at: rule?.origin ?? defaultBackend?.origin ?? resource.origin,
        subject: view.identity(resource.address),
        message: `${resource.address} takes every host name: whatever a client asks the controller for, its bare address too, leads there unless a more exact Ingress takes it. Scanners that know no name find it as well. Name the host.`,
        decide: 'Which host name it serves.',
      }
    }
  },
})
