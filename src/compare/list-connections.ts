import type { ClassSet } from '../algebra/classes.ts'
import type { ConnectionSet } from '../algebra/connections.ts'
import { connectionSets, printConnections } from '../algebra/connections.ts'
import { byCodeUnit } from '../base/order.ts'
import type { Reachability } from '../reach/reachability.ts'
import { outsideName } from './diff-states.ts'
import { namePeers } from './name-peers.ts'
import type { StateView } from './state-view.ts'

/** One allowed connection of a state, between peers as people call them. */
export interface ListedConnection {
  readonly from: string
  readonly to: string
  /** `TCP 80,443`. */
  readonly connection: string
  /** False where something unknown decides. */
  readonly certain: boolean
  readonly state?: string
}

/**
 * Every allowed connection of workloads with each other and with addresses; with `exposure` also those of pods that may exist, and the
 * ways in from outside. Sorted by peers. Workloads are named one by one only where that tells them apart.
 */
export function listConnections(view: StateView, exposure: boolean): readonly ListedConnection[] {
  const { reach } = view
  const { universe } = reach
  const found = new Map<string, { from: string; to: string; connections: ConnectionSet; certain: boolean }>()
  const add = (from: string, to: string, connections: ConnectionSet, certain: boolean): void => {
    const key = `${from}\0${to}\0${certain}`
    const same = found.get(key)
    if (same === undefined) found.set(key, { from, to, connections, certain })
    else same.connections = connectionSets.union(same.connections, connections)
  }
  for (const { from, to, connections, certain } of reach.connections(exposure ? podClasses(reach) : undefined)) {
    for (const sender of namePeers(from, to.classes, reach, reach)) {
      for (const receiver of namePeers(to, from.classes, reach, reach)) {
        if (sender.name === receiver.name) continue
        add(
          sender.addresses === undefined ? sender.name : outsideName(sender.name),
          receiver.name,
          connections,
          certain,
        )
      }
    }
  }
  if (exposure) {
    for (const door of reach.doors()) {
      const workload = { classes: universe.classSets.of([door.subject]), addresses: universe.peerSets.empty.addresses }
      for (const { name } of namePeers(workload, universe.classSets.empty, reach, reach)) {
        const certain = !connectionSets.isEmpty(door.internet.certain)
        if (!connectionSets.isEmpty(door.internet.possible)) add('internet', name, door.internet.possible, certain)
      }
    }
  }
  const state = view.name === '' ? {} : { state: view.name }
  for (const row of found.values()) {
    // What is certain of a pair is told without doubt, and only the rest with it.
    const certain = row.certain ? undefined : found.get(`${row.from}\0${row.to}\0true`)
    if (certain !== undefined) row.connections = connectionSets.subtract(row.connections, certain.connections)
  }
  return [...found.values()]
    .filter(({ connections }) => !connectionSets.isEmpty(connections))
    .map(({ from, to, connections, certain }) => ({
      from,
      to,
      connection: printConnections(connections),
      certain,
      ...state,
    }))
    .sort((a, b) => byCodeUnit(a.from, b.from) || byCodeUnit(a.to, b.to) || byCodeUnit(a.connection, b.connection))
}

/** Workloads of the state and pods that may exist in it. */
function podClasses({ universe, classes }: Reachability): ClassSet {
  const numbers = universe.classes.flatMap(({ members }, number) => {
    const { kind } = members[0]!
    return (kind === 'workload' || kind === 'hypothetical') && classes.facts[number] !== undefined ? number : []
  })
  return universe.classSets.of(numbers)
}
