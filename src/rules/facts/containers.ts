import { get, itemsOf, stringOf, type Value } from '../../base/value.ts'

/** The containers that run as long as the pod: the main ones, and init containers that restart, which are sidecars. */
export function lastingContainers(podSpec: Value | undefined): readonly Value[] {
  return [
    ...itemsOf(get(podSpec, 'containers')),
    ...itemsOf(get(podSpec, 'initContainers')).filter((one) => stringOf(get(one, 'restartPolicy')) === 'Always'),
  ]
}

/**
 * Every container of a pod that a manifest can bring. Ephemeral ones are no part of it: the API refuses them in templates and in new pods
 * (kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers).
 */
export function allContainers(podSpec: Value | undefined): readonly Value[] {
  return [...itemsOf(get(podSpec, 'containers')), ...itemsOf(get(podSpec, 'initContainers'))]
}
