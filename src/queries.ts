import { readFileSync } from 'node:fs'
import { PORT_PROTOCOLS, type PortProtocol } from './algebra/connections.ts'
import { analysePair, analyseTree } from './analyse.ts'
import { toPlace } from './base/origin.ts'
import { InputError } from './base/problem.ts'
import type { Call } from './command-line.ts'
import { diffStates } from './compare/diff-states.ts'
import { listConnections } from './compare/list-connections.ts'
import type { StateView } from './compare/state-view.ts'
import { toChanges } from './compare/to-changes.ts'
import { EMPTY_CONFIG } from './config/config.ts'
import { ParseCache } from './parse/front-end.ts'
import { parseTree } from './parse/units.ts'
import { toDot } from './report/dot.ts'
import { type Answer, type Evaluation, evaluate, type Query, toAnswer } from './report/evaluate.ts'
import { graphOfConnections } from './report/graph.ts'
import { MERMAID_MAX_EDGES, toMermaid } from './report/mermaid.ts'
import {
  diffNpGuard,
  evaluateNpGuard,
  listNpGuard,
  type NpGuardResult,
  readNpGuardInput,
} from './report/np-guard/index.ts'
import type { CommandResult } from './run-command.ts'
import type { Tree } from './source/tree.ts'

/** `list`: every allowed connection. */
export function list(tree: Tree, call: Call, only?: string): CommandResult {
  const { format, options } = call
  if (format === 'np-guard') {
    const focus = { ...options.npGuard }
    return npGuard(listNpGuard(readNpGuardInput(tree, only), { exposure: options.exposure, focus }))
  }
  const connections = views(tree).flatMap((view) => listConnections(view, options.exposure))
  switch (format) {
    case 'json':
      return done(JSON.stringify({ schemaVersion: 1, connections }, null, 1))
    case 'dot':
      return done(toDot(graphOfConnections(connections, Number.POSITIVE_INFINITY)))
    case 'mermaid':
      return done(toMermaid(graphOfConnections(connections, MERMAID_MAX_EDGES)))
    default:
      return done(
        table(
          connections.map(({ from, to, connection, certain, state }) => [
            state === undefined ? '' : `[${state}] `,
            `${from} → ${to}`,
            certain ? connection : `${connection} (perhaps)`,
          ]),
        ),
      )
  }
}

/** `diff`: only the connectivity that changed. */
export function diff(base: Tree, head: Tree, call: Call): CommandResult {
  if (call.format === 'np-guard') return npGuard(diffNpGuard(readNpGuardInput(base), readNpGuardInput(head)))
  const cache = new ParseCache()
  const pairs = analysePair(parseTree(base, { cache }), parseTree(head, { cache }), EMPTY_CONFIG)
  const flows = pairs
    .filter(({ changed }) => changed)
    .map((pair) => [pair.name, diffStates(pair.base, pair.head)] as const)
  const changes = toChanges(flows, pairs.length)
  if (call.format === 'json') return done(JSON.stringify({ schemaVersion: 1, ...changes }, null, 1))
  const kinds = [changes.connections, changes.exposure.ingress, changes.exposure.egress]
  const rows = (['added', 'removed', 'changed'] as const).flatMap((what) =>
    kinds.flatMap((kind) =>
      kind[what].map((change) => ({
        what,
        ...change,
        connection:
          what === 'added' ? change.after : what === 'removed' ? change.before : `${change.before} → ${change.after}`,
      })),
    ),
  )
  if (call.format === 'dot') return done(toDot(graphOfConnections(rows, Number.POSITIVE_INFINITY)))
  if (call.format === 'mermaid') return done(toMermaid(graphOfConnections(rows, MERMAID_MAX_EDGES)))
  return done(
    table(
      rows.map(({ what, from, to, connection, certain }) => [
        `${what} `,
        `${from} → ${to}`,
        certain ? connection : `${connection} (perhaps)`,
      ]),
    ),
  )
}

/** `eval`: one question, or the questions of a file. */
export function evaluateQueries(tree: Tree, call: Call): CommandResult {
  const { options, format } = call
  if (format === 'np-guard') {
    const { source, destination } = options.npGuard
    return npGuard(
      evaluateNpGuard(readNpGuardInput(tree), {
        source,
        destination,
        protocol: options.protocol ?? 'TCP',
        port: options.port,
      }),
    )
  }
  const state = views(tree)
  if (options.queries !== undefined) {
    const answers: readonly Answer[] = readQueries(options.queries).map((query) => toAnswer(answer(state, query)))
    return done(JSON.stringify(answers, null, 1))
  }
  const evaluation = answer(state, oneQuery(call))
  if (evaluation.problem !== undefined) throw new InputError(evaluation.problem)
  const short = toAnswer(evaluation)
  const output =
    format === 'json'
      ? JSON.stringify(short)
      : short.allowed === 'unknown'
        ? `unknown (${short.layer})`
        : short.allowed
          ? 'allowed'
          : `denied (${short.layer})`
  return { output: `${output}\n`, messages: [], exitCode: short.allowed === true ? 0 : 1 }
}

/** `explain`: each layer's verdict on the way. */
export function explain(tree: Tree, call: Call): CommandResult {
  const query = oneQuery(call)
  const evaluation = answer(views(tree), query)
  if (evaluation.problem !== undefined) throw new InputError(evaluation.problem)
  const path = evaluation.verdicts.map(({ layer, allowed, rule, resource, origin }) => {
    const place = origin && toPlace(origin)
    const verdict = allowed === 'yes' ? 'allow' : allowed === 'no' ? 'deny' : 'unknown'
    return {
      layer,
      verdict,
      rule,
      ...(resource && { resource: resource.address }),
      ...(place && { file: place.file, line: place.line }),
    }
  })
  if (call.format === 'json') return done(JSON.stringify({ ...toAnswer(evaluation), path }, null, 1))
  const { allowed } = toAnswer(evaluation)
  const head = `${query.from} → ${query.to} ${query.protocol} ${query.port}: ${allowed === true ? 'allowed' : allowed === false ? 'denied' : 'unknown'}`
  const rows = path.map(({ layer, verdict, rule, file, line }) => [
    `  ${verdict.padEnd(7)} `,
    layer,
    file === undefined ? rule : `${rule}  (${file}:${line})`,
  ])
  return done(`${head}\n${table(rows)}`)
}

function views(tree: Tree): readonly StateView[] {
  return analyseTree(parseTree(tree), EMPTY_CONFIG)
}

/** The answer of the first state that knows both peers. */
function answer(states: readonly StateView[], query: Query): Evaluation {
  const answers = states.map(({ reach }) => evaluate(reach, query))
  return answers.find(({ problem }) => problem === undefined) ?? answers[0]!
}

function oneQuery({ options }: Call): Query {
  const { from, to, port, protocol = 'TCP' } = options
  if (from === undefined || to === undefined) throw new InputError('--from and --to are needed')
  if (port === undefined) throw new InputError('--port is needed')
  return { from, to, protocol: toProtocol(protocol), port }
}

function toProtocol(text: unknown): PortProtocol {
  const protocol = PORT_PROTOCOLS.find((name) => name === String(text).toUpperCase())
  if (protocol === undefined) throw new InputError(`a protocol is TCP, UDP or SCTP, not ${JSON.stringify(text)}`)
  return protocol
}

/** Throws an `InputError` for a file that holds no list of questions. */
function readQueries(file: string): readonly Query[] {
  let data: unknown
  try {
    data = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new InputError(`the queries cannot be read: ${error instanceof Error ? error.message : error}`, { file })
  }
  if (!Array.isArray(data)) throw new InputError('the queries must be a list', { file })
  return data.map((item: unknown, index): Query => {
    const { from, to, protocol, port } = (item ?? {}) as Record<string, unknown>
    const isPort = typeof port === 'number' && Number.isInteger(port) && port >= 0 && port <= 65535
    if (typeof from !== 'string' || typeof to !== 'string' || !isPort) {
      throw new InputError(`query ${index + 1} needs "from", "to" and "port"`, { file })
    }
    return { from, to, protocol: toProtocol(protocol ?? 'TCP'), port }
  })
}

/** Rows of two glued columns and one that is aligned behind them. */
function table(rows: readonly (readonly string[])[]): string {
  const width = Math.min(100, Math.max(0, ...rows.map(([mark, pair]) => mark!.length + pair!.length)))
  return rows.map(([mark, pair, rest]) => `${`${mark}${pair}`.padEnd(width)}  ${rest}`.trimEnd()).join('\n')
}

function npGuard({ output, messages, exit }: NpGuardResult): CommandResult {
  return { output, messages, exitCode: exit }
}

function done(output: string): CommandResult {
  return { output: output === '' || output.endsWith('\n') ? output : `${output}\n`, messages: [], exitCode: 0 }
}
