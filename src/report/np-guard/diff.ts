import { type ConnectionSet, connectionKey, connectionSets } from '../../algebra/connections.ts'
import { byCodeUnit } from '../../base/order.ts'
import { numbered, printNpGuard } from './connection-text.ts'
import { connectivity, cutsOf, ingressConnectivity, type Line, type LineEnd } from './connectivity.ts'
import { buildNpGuardState, type NpGuardInput, type NpGuardState } from './input.ts'
import { printEnd } from './list.ts'
import { type NpGuardResult, toResult } from './result.ts'

/** `diff` in np-guard's text format; nothing where nothing changed. */
export function diffNpGuard(before: NpGuardInput, after: NpGuardInput): NpGuardResult {
  return toResult(() => {
    const [old, fresh] = [buildNpGuardState(before), buildNpGuardState(after)]
    const cuts = {
      sources: new Set([...cutsOf(old).sources, ...cutsOf(fresh).sources]),
      destinations: new Set([...cutsOf(old).destinations, ...cutsOf(fresh).destinations]),
    }
    const ids = { before: idsOf(old), after: idsOf(fresh) }
    const groups = [
      [connectivity(old, cuts), connectivity(fresh, cuts)],
      [ingressConnectivity(old), ingressConnectivity(fresh)],
    ] as const
    const lines = groups.flatMap(([was, is]) => printGroup(mergeRanges(compare(was, is)), ids))
    const output = lines.length === 0 ? [] : ['Connectivity diff:', ...lines]
    return { output, messages: [...old.messages, ...fresh.messages] }
  })
}

interface Change {
  readonly from: LineEnd
  readonly to: LineEnd
  readonly before: ConnectionSet
  readonly after: ConnectionSet
}

interface Ids {
  readonly before: ReadonlySet<string>
  readonly after: ReadonlySet<string>
}

function idsOf({ network }: NpGuardState): ReadonlySet<string> {
  return new Set(network.workloads.map(({ id }) => id))
}

function compare(before: readonly Line[], after: readonly Line[]): readonly Change[] {
  const keyOf = (line: Line) => `${printEnd(line.from)} ${printEnd(line.to)}`
  const old = new Map(before.map((line) => [keyOf(line), line]))
  const changes: Change[] = []
  for (const line of after) {
    const key = keyOf(line)
    const was = old.get(key)?.connections ?? connectionSets.empty
    old.delete(key)
    if (!connectionSets.equal(was, line.connections)) changes.push({ ...line, before: was, after: line.connections })
  }
  for (const line of old.values()) changes.push({ ...line, before: line.connections, after: connectionSets.empty })
  return changes
}

/** Touching ranges with the same workload and the same change are one. */
function mergeRanges(changes: readonly Change[]): readonly Change[] {
  const merged: Change[] = []
  const open = new Map<string, Change[]>()
  for (const change of changes) {
    const side = change.from.kind === 'range' ? 'from' : change.to.kind === 'range' ? 'to' : undefined
    if (side === undefined) {
      merged.push(change)
      continue
    }
    const other = printEnd(side === 'from' ? change.to : change.from)
    const key = [side, other, connectionKey(change.before), connectionKey(change.after)].join('|')
    const list = open.get(key) ?? []
    list.push(change)
    open.set(key, list)
  }
  for (const [key, list] of open) merged.push(...joinTouching(list, key.startsWith('from') ? 'from' : 'to'))
  return merged
}

function joinTouching(changes: readonly Change[], side: 'from' | 'to'): readonly Change[] {
  const rangeOf = (change: Change) => {
    const end = change[side]
    return end.kind === 'range' ? end.range : { first: 0, end: 0 }
  }
  const joined: Change[] = []
  for (const change of [...changes].sort((a, b) => rangeOf(a).first - rangeOf(b).first)) {
    const last = joined.at(-1)
    if (last !== undefined && rangeOf(last).end === rangeOf(change).first) {
      const range = { first: rangeOf(last).first, end: rangeOf(change).end }
      joined[joined.length - 1] = { ...last, [side]: { kind: 'range', range } }
    } else joined.push(change)
  }
  return joined
}

function printGroup(changes: readonly Change[], ids: Ids): readonly string[] {
  const byType = { changed: [] as string[], added: [] as string[], removed: [] as string[] }
  for (const change of changes) {
    const type = connectionSets.isEmpty(change.before)
      ? 'added'
      : connectionSets.isEmpty(change.after)
        ? 'removed'
        : 'changed'
    byType[type].push(printChange(change, type, ids))
  }
  return [byType.changed, byType.added, byType.removed].flatMap((lines) => lines.sort(byCodeUnit))
}

function printChange({ from, to, before, after }: Change, type: 'changed' | 'added' | 'removed', ids: Ids): string {
  const text =
    `diff-type: ${type}, source: ${printEnd(from)}, destination: ${printEnd(to)}, ` +
    `ref1: ${printNpGuard(numbered(before))}, ref2: ${printNpGuard(numbered(after))}`
  if (type === 'changed') return text
  const others = type === 'added' ? ids.before : ids.after
  const fresh = [from, to].flatMap((end) =>
    end.kind === 'workload' && !others.has(end.workload.id) ? end.workload.id : [],
  )
  return fresh.length === 0 ? text : `${text}, workloads-diff-info: workload ${fresh.join(' and ')} ${type}`
}
