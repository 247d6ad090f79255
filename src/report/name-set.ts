import {
  type AddressSet,
  ALL_ADDRESSES,
  ALL_V4,
  ALL_V6,
  addressSets,
  printAddresses,
  toCidrs,
} from '../algebra/addresses.ts'
import { type ClassSet, membersOf } from '../algebra/classes.ts'
import { byCodeUnit } from '../base/order.ts'
import type { Endpoint } from '../reach/endpoint.ts'
import { printHypothetical } from '../reach/hypothetical.ts'
import type { PeerSet } from '../reach/peers.ts'
import type { Reachability } from '../reach/reachability.ts'

/** Names every peer of sets of one state, shortly and without leaving one out. */
export interface SetNames {
  /** `every workload`, `every workload of shop`, `every workload except shop/db`, `shop/web`, `any address except 10.0.0.0/8`, sorted. */
  of(peers: PeerSet): readonly string[]
}

export function setNames(reach: Reachability): SetNames {
  const { universe, classes } = reach
  const namesOf = classNames(reach)
  const workloads = membersOf(classes.present).filter(
    (number) => universe.classes[number]!.members[0]!.kind === 'workload',
  )
  const everyWorkload = universe.classSets.of(workloads)
  const byNamespace = new Map<string, number[]>()
  for (const number of workloads) {
    const namespace = classes.facts[number]!.namespace!
    const members = byNamespace.get(namespace)
    if (members === undefined) byNamespace.set(namespace, [number])
    else members.push(number)
  }
  const spaces = [...byNamespace].map(([namespace, members]) => ({
    namespace,
    set: universe.classSets.of(members),
    size: members.length,
  }))

  function nameClasses(set: ClassSet): readonly string[] {
    const own = universe.classSets.intersect(set, everyWorkload)
    const others = membersOf(universe.classSets.subtract(set, everyWorkload)).flatMap((number) => namesOf(number))
    if (universe.classSets.isEmpty(own)) return others
    return [...nameWorkloads(own), ...others]
  }

  function nameWorkloads(own: ClassSet): readonly string[] {
    const size = membersOf(own).length
    const names = (members: ClassSet) => membersOf(members).flatMap((number) => namesOf(number))
    if (size > 1 && size === workloads.length) return ['every workload']
    const missing = workloads.length - size
    if (missing < MOST_EXCEPTIONS && missing * 3 <= size) {
      return [
        `every workload except ${names(universe.classSets.subtract(everyWorkload, own)).sort(byCodeUnit).join(', ')}`,
      ]
    }
    const result: string[] = []
    let rest = own
    for (const space of spaces) {
      if (space.size < 2 || !universe.classSets.covers(own, space.set)) continue
      result.push(`every workload of ${space.namespace}`)
      rest = universe.classSets.subtract(rest, space.set)
    }
    return [...result, ...names(rest)]
  }

  return {
    of: ({ classes: set, addresses }) => {
      const outside = addressSets.isEmpty(addresses) ? [] : [nameAddresses(addresses)]
      return [...[...nameClasses(set)].sort(byCodeUnit), ...outside]
    },
  }
}

/** "Every workload except" is only shorter while the exceptions are few. */
const MOST_EXCEPTIONS = 10

/** `shop/web`; with the kind where two workloads have that name. */
function classNames(reach: Reachability): (number: number) => readonly string[] {
  const count = new Map<string, number>()
  for (const { namespace, name } of reach.network.kubernetes.workloads) {
    const text = `${namespace}/${name}`
    count.set(text, (count.get(text) ?? 0) + 1)
  }
  const nameOf = (member: Endpoint): readonly string[] => {
    switch (member.kind) {
      case 'workload': {
        const workload = reach.classes.workload(member.id)
        if (workload === undefined) return []
        const text = `${workload.namespace}/${workload.name}`
        return [count.get(text) === 1 ? text : workload.id]
      }
      case 'hypothetical':
        return [printHypothetical(member)]
      case 'nodes':
        return ['nodes']
      case 'ingress-controller':
        return ['ingress controller']
    }
  }
  return (number) => reach.universe.classes[number]!.members.flatMap(nameOf)
}

/** All addresses of a set: with exceptions where that is shorter than the list of blocks. */
function nameAddresses(addresses: AddressSet): string {
  for (const [all, name] of WHOLES) {
    if (!addressSets.covers(all, addresses)) continue
    const missing = addressSets.subtract(all, addresses)
    if (addressSets.isEmpty(missing)) return name
    const isShort = toCidrs(missing).length < toCidrs(addresses).length
    return isShort ? `${name} except ${printAddresses(missing)}` : printAddresses(addresses)
  }
  return printAddresses(addresses)
}

const WHOLES = [
  [ALL_V4, 'any IPv4 address'],
  [ALL_V6, 'any IPv6 address'],
  [ALL_ADDRESSES, 'any address'],
] as const
