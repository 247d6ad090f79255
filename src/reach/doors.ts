import { type Door, openDoors, type PlainDoor } from './door.ts'
import { hostDoors } from './layers/host.ts'
import { ingressDoors } from './layers/ingress.ts'
import { serviceDoors } from './layers/service.ts'
import type { Reachability } from './reachability.ts'

/** Every way in from outside the cluster, in the order of the objects that make them. */
export function findDoors(reach: Reachability): readonly Door[] {
  const { classes, cluster } = reach
  const { services, ingresses } = reach.network.kubernetes
  const doors: PlainDoor[] = [
    ...serviceDoors(services, classes, cluster),
    ...ingressDoors(ingresses, services, classes),
    ...hostDoors(classes),
  ]
  return doors.flatMap((door) => openDoors(door, reach))
}
