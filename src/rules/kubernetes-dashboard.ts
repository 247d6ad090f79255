import { dig, get, stringOf } from '../base/value.ts'
import { textEntries } from '../model/kubernetes/fields.ts'
import { imagePath } from '../model/kubernetes/program.ts'
import { type Workload, workloadName } from '../model/kubernetes/workload.ts'
import { eachWorkload } from './each.ts'
import { lastingContainers } from './facts/containers.ts'
import { defineRule } from './rule.ts'

export const kubernetesDashboard = defineRule({
  id: 'kubernetes-dashboard',
  meta: {
    title: 'The Kubernetes dashboard runs in the cluster',
    severity: 'low',
    concepts: ['k8s-dashboard'],
    layer: 'ingress',
    why: 'Whoever reaches a dashboard and passes its login works on the cluster from there; the project is archived and gets no fixes.',
    fix: 'Use kubectl, Headlamp or the resource view of the Azure portal, which keep to the rights of who asks.',
    sources: [
      'https://github.com/kubernetes-retired/dashboard',
      'https://learn.microsoft.com/azure/aks/kubernetes-portal',
    ],
  },

  /** Yields a hit for each workload that runs the dashboard, by its images or its labels. */
  check: eachWorkload(function* (workload) {
    if (!runsDashboard(workload)) return
    yield {
      resource: workload.resource.address,
      at: workload.resource.origin,
      subject: workload.id,
      message: `${workloadName(workload)} runs the Kubernetes dashboard, a way to the whole cluster for whoever reaches it and passes its login; its project is archived. Remove it unless it is needed.`,
    }
  }),
})

function runsDashboard({ podSpec, labels, resource }: Workload): boolean {
  const images = lastingContainers(podSpec).map((container) => stringOf(get(container, 'image')) ?? '')
  // `kubernetesui` publishes nothing else; before, it was `kubernetes-dashboard-amd64`.
  if (images.some((image) => /(?:^|\/)(?:kubernetesui\/|kubernetes-dashboard)/i.test(imagePath(image)))) return true
  const own = textEntries(dig(resource.value, 'metadata', 'labels'))
  return [labels.known, own].some((known) =>
    ['k8s-app', 'app', 'app.kubernetes.io/name'].some((key) => known.get(key) === 'kubernetes-dashboard'),
  )
}
