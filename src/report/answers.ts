import type { Truth } from '../algebra/truth.ts'
import { toPlace } from '../base/origin.ts'
import type { ConnectionChange, ConnectionChanges, ExposureChanges } from '../compare/change.ts'
import type { Evaluation, LayerVerdict, Query } from '../reach/evaluate.ts'
import { wayWords } from './flows.ts'

const WORD: Readonly<Record<Truth, string>> = { yes: 'allowed', no: 'denied', maybe: 'unknown' }

/** `eval` as text: one line, `shop/web -> shop/db TCP 5432: denied by network-policy (NetworkPolicy/shop/db …)`. */
export function printEvaluation(query: Query, evaluation: Evaluation): string {
  const { allowed, verdicts, problem } = evaluation
  const deciding = verdicts.find((verdict) => verdict.allowed === allowed && allowed !== 'yes')
  const reason = problem ?? (deciding && `${deciding.layer}: ${deciding.rule}${placeOf(deciding)}`)
  return `${question(query)}: ${WORD[allowed]}${reason === undefined ? '' : ` (${reason})`}`
}

/** `explain` as text: the answer, then each layer's verdict in the order in which the packet meets them. */
export function printExplanation(query: Query, evaluation: Evaluation): string {
  const lines = evaluation.verdicts.map(
    (verdict, i) =>
      `${`${i + 1}`.padStart(3)}. ${verdict.layer}: ${VERDICT[verdict.allowed]}: ${verdict.rule}${placeOf(verdict)}`,
  )
  const problem = evaluation.problem === undefined ? [] : [`   ${evaluation.problem}`]
  return [`${question(query)}: ${WORD[evaluation.allowed]}`, ...lines, ...problem].join('\n')
}

const VERDICT: Readonly<Record<Truth, string>> = { yes: 'lets it through', no: 'drops it', maybe: 'may drop it' }

/** `explain` as JSON. */
export function toExplanationJson(query: Query, { allowed, verdicts, problem }: Evaluation): unknown {
  return {
    schemaVersion: 1,
    ...query,
    allowed: allowed === 'maybe' ? 'unknown' : allowed === 'yes',
    path: verdicts.map((verdict) => ({
      layer: verdict.layer,
      verdict: verdict.allowed === 'yes' ? 'allow' : verdict.allowed === 'no' ? 'deny' : 'unknown',
      rule: verdict.rule,
      ...(verdict.resource === undefined ? {} : { resource: verdict.resource.address }),
      ...(verdict.origin === undefined
        ? {}
        : { file: toPlace(verdict.origin).file, line: toPlace(verdict.origin).line }),
    })),
    ...(problem === undefined ? {} : { problem }),
  }
}

function question({ from, to, protocol, port }: Query): string {
  return `${from} -> ${to} ${protocol} ${port}`
}

function placeOf({ origin }: LayerVerdict): string {
  if (origin === undefined) return ''
  const { file, line } = toPlace(origin)
  return `, ${file}:${line}`
}

/** `diff` as text: a line for each connection that came (`+`), went (`-`) or changed (`~`); empty where nothing did. */
export function printChanges(connections: ConnectionChanges, exposure: ExposureChanges): string {
  const lists = [connections, exposure.ingress, exposure.egress]
  const section = (mark: string, pick: (changes: ConnectionChanges) => readonly ConnectionChange[]) =>
    lists.flatMap(pick).map((change) => `${mark} ${change.from} -> ${change.to}: ${transition(change)}${doubt(change)}`)
  return [
    ...section('+', ({ added }) => added),
    ...section('-', ({ removed }) => removed),
    ...section('~', ({ changed }) => changed),
  ].join('\n')
}

function transition({ before, after, via }: ConnectionChange): string {
  const way = via === undefined ? '' : `, ${wayWords(via)}`
  if (before === '' || before === after) return `${after}${way}`
  return after === '' ? before : `${before} => ${after}${way}`
}

function doubt({ certain, states }: ConnectionChange): string {
  const where = states === undefined || states.length === 0 ? '' : ` [${states.join(', ')}]`
  return `${certain ? '' : ' (may be)'}${where}`
}
