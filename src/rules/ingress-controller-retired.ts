import { get, stringOf } from '../base/value.ts'
import { workloadName } from '../model/kubernetes/workload.ts'
import { eachWorkload } from './each.ts'
import { lastingContainers } from './facts/containers.ts'
import { defineRule } from './rule.ts'

export const ingressControllerRetired = defineRule({
  id: 'ingress-controller-retired',
  meta: {
    title: 'Ingress controller without maintenance',
    severity: 'note',
    concepts: ['ingress'],
    layer: 'ingress',
    why: 'Ingress NGINX of the Kubernetes project gets no releases and no security fixes since March 2026, and it stands where the internet comes in.',
    fix: 'Move to a controller that is maintained, or to the Gateway API.',
    sources: [
      'https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/',
      'https://learn.microsoft.com/azure/aks/app-routing',
    ],
  },

  /** Yields a note for each workload that runs the controller by its image. */
  check: eachWorkload(function* (workload) {
    const container = lastingContainers(workload.podSpec).find((one) => IMAGE.test(stringOf(get(one, 'image')) ?? ''))
    if (container === undefined) return
    yield {
      resource: workload.resource.address,
      at: get(container, 'image')?.origin ?? container.origin,
      subject: workload.id,
      message: `${workloadName(workload)} runs Ingress NGINX, which gets no releases and no security fixes since March 2026. Move to a controller that is maintained, or to the Gateway API.`,
    }
  }),
})

/** `registry.k8s.io/ingress-nginx/controller:v1.12`, and the same from a mirror. */
const IMAGE = /(?:^|\/)ingress-nginx\/controller(?:-chroot)?(?:[:@]|$)/
