import { dig, get, stringOf, type Value } from '../base/value.ts'
import { textEntries } from '../model/kubernetes/fields.ts'
import { imageName, isLoopback, readProgram } from '../model/kubernetes/program.ts'
import { type Workload, workloadName } from '../model/kubernetes/workload.ts'
import { eachService, eachWorkload } from './each.ts'
import { lastingContainers } from './facts/containers.ts'
import { defineRule } from './rule.ts'

export const tiller = defineRule({
  id: 'tiller',
  meta: {
    title: 'Tiller answers on the cluster network',
    severity: 'medium',
    concepts: ['tiller-service', 'tiller-listener'],
    layer: 'service',
    why: 'The server of Helm 2 asks its clients for nothing by default and acts with its own, often unlimited, rights. It has had no fixes since November 2020.',
    fix: 'Move to Helm 3 and remove Tiller with its Service; until then let it listen on localhost only.',
    sources: ['https://helm.sh/blog/helm-v2-deprecation-timeline/', 'https://v2.helm.sh/docs/securing_installation/'],
  },

  /** Yields a hit for each Service of Tiller, and for each workload that runs it on other addresses than its own loopback. */
  *check(view, settings, against) {
    yield* checkServices(view, settings, against)
    yield* checkWorkloads(view, settings, against)
  },
})

const checkServices = eachService(function* ({ resource }, view) {
  const { value } = resource
  const labels = [dig(value, 'metadata', 'labels'), dig(value, 'spec', 'selector')]
  const texts = labels.flatMap((map) => [...textEntries(map).values()])
  if (![stringOf(dig(value, 'metadata', 'name')) ?? '', ...texts].some(namesTiller)) return
  yield {
    resource: resource.address,
    at: resource.origin,
    subject: view.identity(resource.address),
    concepts: ['tiller-service'],
    message: `${resource.address} gives Tiller, the server of Helm 2, an address in the cluster: by default whoever reaches it may do what its service account may. Move to Helm 3 and remove it.`,
  }
})

const checkWorkloads = eachWorkload(function* (workload) {
  const at = tillerContainer(workload)
  if (at === undefined) return
  const listen = readProgram(at).flags.get('listen')?.value
  if (listen !== undefined && isLoopback(listen.replace(/:\d*$/, ''))) return
  yield {
    resource: workload.resource.address,
    at: at.origin,
    subject: workload.id,
    concepts: ['tiller-listener'],
    message: `${workloadName(workload)} runs Tiller, the server of Helm 2, on the address of its pod: by default whoever reaches it may do what its service account may. Move to Helm 3; until then start it with --listen=localhost:44134.`,
  }
})

/** The container that runs Tiller, by its image; by the labels of its pods where the image is not known to be another's. */
function tillerContainer({ podSpec, resource, labels }: Workload): Value | undefined {
  const containers = lastingContainers(podSpec)
  const byImage = containers.find((container) => namesTiller(imageName(stringOf(get(container, 'image')) ?? '')))
  if (byImage !== undefined) return byImage
  const isLabelled = [labels.known, textEntries(dig(resource.value, 'metadata', 'labels'))].some(
    (known) => known.get('name') === 'tiller' && known.get('app') === 'helm',
  )
  return isLabelled ? containers[0] : undefined
}

/** `tiller`, `tiller-deploy`, `my-tiller`; not `distiller`. */
function namesTiller(text: string): boolean {
  return /(?:^|[^a-z])tiller(?:$|[^a-z])/i.test(text)
}
