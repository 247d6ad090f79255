import { samplePort } from '../algebra/connections.ts'
import { changedStep } from '../compare/egress-cause.ts'
import { askAzure, azureWitness, linkedCluster } from './facts/azure-site.ts'
import { offeredServices } from './facts/public-service.ts'
import { defineRule } from './rule.ts'

export const serviceBlockedByNsg = defineRule({
  id: 'service-blocked-by-nsg',
  meta: {
    title: 'The security group of the subnet blocks a public load balancer',
    severity: 'medium',
    concepts: ['service-exposed'],
    layer: 'nsg',
    why: 'AKS opens its own security group for the Service, and not the one that somebody put on the subnet: clients get no answer.',
    fix: 'Admit the ports from the clients in the security group of the subnet, or make the load balancer internal.',
    sources: ['https://learn.microsoft.com/azure/aks/concepts-network#network-security-groups'],
  },

  /** Yields a hit for each public load balancer that a security group certainly closes to the internet. */
  *check(view, { trusted }) {
    if (linkedCluster(view) === undefined) return
    for (const { service, open, target, frontend, names, doors } of offeredServices(view, trusted)) {
      const [name] = names
      const port = samplePort(target) ?? samplePort(frontend)
      if (open !== 'yes' || name === undefined || port === undefined) continue
      // Who admits some addresses alone means it so.
      if (doors.some(({ public: isPublic }) => isPublic !== 'no')) continue
      const query = { from: 'internet', to: name, ...port, via: service.resource }
      const outcome = askAzure(view, query)
      const step = outcome.steps.find(({ answer, layer }) => answer === 'denied' && layer === 'nsg')
      if (outcome.answer !== 'denied' || step === undefined) continue
      const { resource } = service
      const isNews = view.before !== undefined && changedStep(step, view, view.before)
      yield {
        resource: resource.address,
        at: (isNews ? step.origin : undefined) ?? service.typeOrigin,
        subject: view.identity(resource.address),
        severity: 'medium',
        message: `${resource.address} is a public load balancer for ${name}, but ${step.rule} drops what comes from the internet: clients get no answer. Admit the ports from the clients there, or make the load balancer internal.`,
        witness: azureWitness(query, outcome),
        decide: 'Who must reach it? The security group of the subnet must admit them.',
      }
    }
  },
})
