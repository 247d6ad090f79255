import type { Ingress } from '../model/kubernetes/ingress.ts'
import type { Service } from '../model/kubernetes/service.ts'
import { type Door, openDoors, type PlainDoor } from './door.ts'
import { hostDoors } from './layers/host.ts'
import { ingressDoors } from './layers/ingress.ts'
import { serviceDoors } from './layers/service.ts'
import type { Ground, Reachability } from './reachability.ts'

/** Every way in from outside the cluster, in the order of the objects that make them. */
export function findDoors(reach: Reachability): readonly Door[] {
  return plainDoors(reach).flatMap((door) => openDoors(door, reach))
}

interface PlainDoors {
  readonly services: readonly Service[]
  readonly ingresses: readonly Ingress[]
  readonly doors: readonly PlainDoor[]
}

const known = new WeakMap<Ground, PlainDoors>()

/** The ways in before any policy is asked: found once for states that differ in their policies alone. */
function plainDoors({ network, ground }: Reachability): readonly PlainDoor[] {
  const { services, ingresses } = network.kubernetes
  const before = known.get(ground)
  if (before?.services === services && before.ingresses === ingresses) return before.doors
  const { classes, cluster } = ground
  const doors: readonly PlainDoor[] = [
    ...serviceDoors(services, classes, cluster),
    ...ingressDoors(ingresses, services, classes),
    ...hostDoors(classes),
  ]
  known.set(ground, { services, ingresses, doors })
  return doors
}
