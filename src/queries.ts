import { readFileSync } from 'node:fs'
import { PORT_PROTOCOLS } from './algebra/connections.ts'
import { analysePair, analyseTree } from './analyse.ts'
import { InputError } from './base/problem.ts'
import type { Call } from './command-line.ts'
import { diffLayers } from './compare/diff-layers.ts'
import type { StateView } from './compare/state-view.ts'
import { toChanges } from './compare/to-changes.ts'
import { EMPTY_CONFIG } from './config/config.ts'
import { carryOver } from './parse/carry-over.ts'
import { ParseCache } from './parse/front-end.ts'
import { withLaterPlans } from './parse/planned/later-plans.ts'
import { parseTree } from './parse/units.ts'
import { toExplainer } from './reach/azure/explain-azure.ts'
import type { Outcome } from './reach/azure/outcome.ts'
import { type Evaluation, evaluate, type Query, toAnswer } from './reach/evaluate.ts'
import { printChanges, printEvaluation, printExplanation, toExplanationJson } from './report/answers.ts'
import { toDot } from './report/dot.ts'
import { listChanges } from './report/flows.ts'
import { graphOfConnections, graphOfFlows } from './report/graph.ts'
import { type ConnectionList, listConnections, printList } from './report/list.ts'
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
  const { exposure } = options
  if (format === 'np-guard') {
    return npGuard(listNpGuard(readNpGuardInput(tree, only), { exposure, focus: options.npGuard }))
  }
  const lists = views(tree).map(({ name, reach }) => ({ state: name, ...listConnections(reach, { exposure }) }))
  switch (format) {
    case 'json':
      return done(JSON.stringify({ schemaVersion: 1, states: lists }, null, 1))
    case 'dot':
      return done(toDot(graphOfConnections(lists.flatMap(toEdges), Number.POSITIVE_INFINITY)))
    case 'mermaid':
      return done(toMermaid(graphOfConnections(lists.flatMap(toEdges), MERMAID_MAX_EDGES)))
    default:
      if (lists.length === 0) return { ...done(''), messages: [nothingIn(tree)] }
      return done(lists.map((each) => `${lists.length > 1 ? `# ${each.state}\n` : ''}${printList(each)}`).join('\n\n'))
  }
}

/** Said where a tree holds nothing to judge: an empty answer may be a folder that was misspelt. */
export function nothingIn({ name }: Tree): string {
  return `${name} holds no Kubernetes manifest and no infrastructure code that could be read`
}

function toEdges({ connections }: ConnectionList) {
  return connections.map(({ from, to, connections: connection, certain }) => ({
    from: from.join(', '),
    to: to.join(', '),
    connection,
    certain,
  }))
}

/** `diff`: only the connectivity that changed. */
export function diff(base: Tree, head: Tree, call: Call): CommandResult {
  if (call.format === 'np-guard') return npGuard(diffNpGuard(readNpGuardInput(base), readNpGuardInput(head)))
  const cache = new ParseCache()
  const before = parseTree(withLaterPlans(base, head), { cache })
  const pairs = analysePair(before, carryOver(before, parseTree(head, { cache })).tree, EMPTY_CONFIG)
  const flows = pairs
    .filter(({ changed }) => changed)
    .map((pair) => [pair.name, diffLayers(pair.base, pair.head)] as const)
  const changes = toChanges(flows, pairs.length)
  const graph = (most: number) => graphOfFlows(listChanges(changes), most)
  switch (call.format) {
    case 'json':
      return done(JSON.stringify({ schemaVersion: 1, ...changes }, null, 1))
    case 'dot':
      return done(toDot(graph(Number.POSITIVE_INFINITY)))
    case 'mermaid':
      return done(toMermaid(graph(MERMAID_MAX_EDGES)))
    default:
      return done(printChanges(changes.connections, changes.exposure))
  }
}

/** `eval`: one question, or the questions of a file. */
export function evaluateQueries(tree: Tree, call: Call): CommandResult {
  const { options, format } = call
  if (format === 'np-guard') {
    const { source, destination } = options.npGuard
    const question = { source, destination, protocol: options.protocol ?? 'TCP', port: options.port }
    return npGuard(evaluateNpGuard(readNpGuardInput(tree), question))
  }
  const ask = answerer(views(tree))
  if (options.queries !== undefined) {
    return done(
      JSON.stringify(
        readQueries(options.queries).map((query) => toAnswer(ask(query))),
        null,
        1,
      ),
    )
  }
  const query = oneQuery(call)
  const evaluation = ask(query)
  if (evaluation.problem !== undefined) throw new InputError(evaluation.problem)
  const answer = toAnswer(evaluation)
  const output = format === 'json' ? JSON.stringify(answer) : printEvaluation(query, evaluation)
  return { ...done(output), exitCode: answer.allowed === true ? 0 : 1 }
}

/** `explain`: each layer's verdict on the way. */
export function explain(tree: Tree, call: Call): CommandResult {
  const query = oneQuery(call)
  const evaluation = answerer(views(tree))(query)
  if (evaluation.problem !== undefined) throw new InputError(evaluation.problem)
  if (call.format === 'json') return done(JSON.stringify(toExplanationJson(query, evaluation), null, 1))
  return done(printExplanation(query, evaluation))
}

function views(tree: Tree): readonly StateView[] {
  return analyseTree(parseTree(tree), EMPTY_CONFIG)
}

/**
 * Answers questions by the first state that knows both peers: through every layer of Azure where the state has Azure resources, else
 * through the cluster alone.
 */
function answerer(states: readonly StateView[]): (query: Query) => Evaluation {
  const askers = states.map((view) => {
    const { azure, kubernetes } = view.network
    if (azure === undefined || azure.objects.objects.length === 0) return (query: Query) => evaluate(view.reach, query)
    const explainer = toExplainer({ azure, kubernetes })
    return (query: Query) => toEvaluation(explainer.explain(query))
  })
  return (query) => {
    let first: Evaluation | undefined
    for (const ask of askers) {
      const answer = ask(query)
      if (answer.problem === undefined) return answer
      first ??= answer
    }
    return first!
  }
}

const TRUTH: Readonly<Record<Outcome['answer'], Evaluation['allowed']>> = {
  allowed: 'yes',
  denied: 'no',
  unknown: 'maybe',
}

function toEvaluation({ answer, layer, steps }: Outcome): Evaluation {
  const verdicts = steps.map(({ answer: verdict, ...step }) => ({ ...step, allowed: TRUTH[verdict] }))
  return { allowed: TRUTH[answer], verdicts, ...(layer !== undefined && { layer }) }
}

function oneQuery({ options }: Call): Query {
  const { from, to, port, protocol = 'TCP' } = options
  if (from === undefined || to === undefined) throw new InputError('--from and --to are needed')
  if (port === undefined && protocol !== 'ICMP') throw new InputError('--port is needed')
  return { from, to, protocol: toProtocol(protocol), port: port ?? 0 }
}

function toProtocol(text: unknown): Query['protocol'] {
  const protocol = ([...PORT_PROTOCOLS, 'ICMP'] as const).find((name) => name === String(text).toUpperCase())
  if (protocol === undefined) throw new InputError(`a protocol is TCP, UDP, SCTP or ICMP, not ${JSON.stringify(text)}`)
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

function npGuard({ output, messages, exit }: NpGuardResult): CommandResult {
  return { output, messages, exitCode: exit }
}

function done(output: string): CommandResult {
  return { output: output === '' || output.endsWith('\n') ? output : `${output}\n`, messages: [], exitCode: 0 }
}
