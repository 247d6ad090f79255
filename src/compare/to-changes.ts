import type { Bounds } from '../algebra/bounds.ts'
import { type ConnectionSet, connectionSets, printConnections } from '../algebra/connections.ts'
import { byCodeUnit } from '../base/order.ts'
import type { ConnectionChange, ConnectionChanges, ExposureChanges } from './change.ts'
import type { Flow } from './flows.ts'

/** The flows of every state by the name of the state. */
export type StateFlows = readonly (readonly [state: string, flows: readonly Flow[]])[]

/** The flows as the JSON output gives them: what is the same in several states is told once, with the list. Sorted by peers. */
export function toChanges(
  states: StateFlows,
  stateCount: number,
): { readonly connections: ConnectionChanges; readonly exposure: ExposureChanges } {
  const of = (kind: Flow['kind']) => collect(states, kind, stateCount)
  return { connections: of('connection'), exposure: { ingress: of('ingress'), egress: of('egress') } }
}

function collect(states: StateFlows, kind: Flow['kind'], stateCount: number): ConnectionChanges {
  const merged = new Map<string, { change: ConnectionChange; states: string[] }>()
  for (const [state, flows] of states) {
    for (const flow of flows) {
      if (flow.kind !== kind) continue
      const change = toChange(flow)
      if (change.before === change.after && change.via === undefined) continue
      const { via } = change
      const key = [change.from, change.to, change.before, change.after, via?.before, via?.after, change.certain].join(
        '\0',
      )
      const same = merged.get(key)
      if (same === undefined) merged.set(key, { change, states: [state] })
      else if (!same.states.includes(state)) same.states.push(state)
    }
  }
  const all = [...merged.values()]
    .map(({ change, states: where }) => (stateCount > 1 ? { ...change, states: where } : change))
    .sort((a, b) => byCodeUnit(a.from, b.from) || byCodeUnit(a.to, b.to) || byCodeUnit(a.after, b.after))
  return {
    added: all.filter(({ before }) => before === ''),
    removed: all.filter(({ after }) => after === ''),
    changed: all.filter(({ before, after }) => before !== '' && after !== ''),
  }
}

function toChange({ from, to, before, after, via, cause }: Flow): ConnectionChange {
  return {
    from: from.name,
    to: to.name,
    before: print(before),
    after: print(after),
    certain: isCertain(before, after) || (via?.certain === true && stays(before, after)),
    ...(via && { via: { before: via.before, after: via.after } }),
    ...(cause && { cause }),
  }
}

/** True where the change is there whatever the unknowns are: something is certainly gained or certainly lost. */
function isCertain(before: Bounds<ConnectionSet>, after: Bounds<ConnectionSet>): boolean {
  const gained = connectionSets.subtract(after.certain, before.possible)
  const lost = connectionSets.subtract(before.certain, after.possible)
  return !connectionSets.isEmpty(gained) || !connectionSets.isEmpty(lost)
}

/** True where something surely is there on both sides. */
function stays(before: Bounds<ConnectionSet>, after: Bounds<ConnectionSet>): boolean {
  return !connectionSets.isEmpty(connectionSets.intersect(before.certain, after.certain))
}

/** What is possible, as people read it; `perhaps` stands before what is not certain. */
function print({ certain, possible }: Bounds<ConnectionSet>): string {
  if (connectionSets.equal(certain, possible)) return printConnections(certain)
  const perhaps = `perhaps ${printConnections(connectionSets.subtract(possible, certain))}`
  return connectionSets.isEmpty(certain) ? perhaps : `${printConnections(certain)}, ${perhaps}`
}
