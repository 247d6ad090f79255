import { get, type Value } from '../base/value.ts'
import { podTemplate } from '../model/kubernetes/read-workload.ts'
import { type Workload, workloadName } from '../model/kubernetes/workload.ts'
import { defineRule } from './rule.ts'

export const noContainers = defineRule({
  id: 'no-containers',
  meta: {
    title: 'Workload says nothing of its containers',
    severity: 'note',
    concepts: ['net-raw', 'host-port'],
    layer: 'host',
    why: 'The provider refuses a workload without containers. Whatever fills them in later may take ports of the node, and keeps the capability to forge packets: nothing here says otherwise.',
    fix: 'Write the containers, or take the resource out.',
    sources: ['https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs/resources/pod_v1#spec'],
  },

  /** Yields a note for each workload of the Terraform provider without containers. Of manifests it may be a fragment that others complete. */
  *check(view) {
    for (const workload of view.network.kubernetes.workloads) {
      const { resource } = workload
      if (resource.unit.kind !== 'terraform' || !isEmpty(workload)) continue
      yield {
        resource: resource.address,
        at: resource.origin,
        subject: workload.id,
        message: `${resource.address} names no containers, so ports of the node and the capability NET_RAW cannot be judged for ${workloadName(workload)}, and the provider refuses it. Write its containers, or take it out.`,
      }
    }
  },
})

function isEmpty({ resource, podSpec }: Workload): boolean {
  // A step of the way that is there and not read is not known to hold nothing.
  const way = [get(resource.value, 'spec'), podTemplate(resource), podSpec]
  if (way.some((step) => step !== undefined && step.kind !== 'map' && !isNull(step))) return false
  const containers = get(podSpec, 'containers')
  return containers === undefined || isNull(containers) || (containers.kind === 'list' && containers.items.length === 0)
}

function isNull(value: Value): boolean {
  return value.kind === 'scalar' && value.value === null
}
