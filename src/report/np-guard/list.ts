import { byCodeUnit } from '../../base/order.ts'
import { numbered, printNpGuard } from './connection-text.ts'
import { connectivity, ingressConnectivity, type Line, type LineEnd } from './connectivity.ts'
import { printExposure } from './exposure.ts'
import { type Focus, type FocusOptions, NO_FOCUS, readFocus } from './focus.ts'
import { buildNpGuardState, type NpGuardInput } from './input.ts'
import { printRange } from './partition.ts'
import { type NpGuardResult, toResult } from './result.ts'

/** `list` in np-guard's text format: every allowed connection, one line for each pair. With `exposure` also what may come in addition. */
export function listNpGuard(
  input: NpGuardInput,
  options: { readonly exposure: boolean; readonly focus?: FocusOptions },
): NpGuardResult {
  return toResult(() => {
    const state = buildNpGuardState(input)
    const flags = options.focus ?? NO_FOCUS
    const focus = readFocus(flags, state)
    const messages = [...state.messages, ...focus.messages]
    const withPeers = flags.focusPeers.length > 0
    if (options.exposure && withPeers)
      messages.push('exposure is left out: --focusworkload-peer asks for connections of two workloads')
    const lines = connectivity(state)
    const shown = [...lines, ...ingressConnectivity(state)].filter(focus.hasLine)
    const listed = printLines(shown, focus)
    const exposed = options.exposure && !withPeers ? printExposure(state, lines.filter(focus.hasLine), focus) : []
    const gap = listed.length > 0 && exposed.length > 0 ? [''] : []
    return { output: [...listed, ...gap, ...exposed], messages }
  })
}

function printLines(lines: readonly Line[], { connection }: Focus): readonly string[] {
  const header = connection === undefined ? [] : [`Permitted connections on ${connection.protocol} ${connection.port}:`]
  const sorted = lines
    .map((line) => ({ from: printEnd(line.from), to: printEnd(line.to), connections: line.connections }))
    .sort((a, b) => byCodeUnit(a.from, b.from) || byCodeUnit(a.to, b.to))
  return [
    ...header,
    ...sorted.map(({ from, to, connections }) =>
      connection === undefined ? `${from} => ${to} : ${printNpGuard(numbered(connections))}` : `${from} => ${to}`,
    ),
  ]
}

export function printEnd(end: LineEnd): string {
  switch (end.kind) {
    case 'workload':
      return end.workload.id
    case 'range':
      return printRange(end.range)
    case 'ingress-controller':
      return '{ingress-controller}'
  }
}
